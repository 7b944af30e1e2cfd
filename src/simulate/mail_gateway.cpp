// SPDX-License-Identifier: Apache-2.0
#include "mail_gateway.h"

#include <iterator>

#include "addresses.h"

namespace noctule::sim {
namespace {

constexpr double kWindowMs = 10.0 * 60'000;
// Microsoft's and Proofpoint's blocks for mail, as they publish them.
constexpr Ipv4Range kMailClouds[] = {{ipv4(40, 92, 0, 0), 15}, {ipv4(52, 100, 0, 0), 14}, {ipv4(67, 231, 144, 0), 20}};

}  // namespace

void fetch_by_gateway(Stage& stage, uint32_t page, const QueryPart& query, int64_t sent_ms) {
  Random& random = stage.random;
  Hit hit{.instant_ms = sent_ms + static_cast<int64_t>(random.uniform() * kWindowMs), .page = page};
  hit.client = draw_in(random, kMailClouds[random.below(std::size(kMailClouds))]);
  hit.user_agent = stage.devices.device(stage.devices.draw(random, Platform::Desktop)).user_agent;
  hit.target = {.text = stage.site.page(page).path, .first = query};
  hit.method = random.chance(0.3) ? Method::Head : Method::Get;
  hit.bytes = stage.site.page(page).bytes;
  hit.protocol = Protocol::Http11;
  hit.duration_ms = static_cast<uint16_t>(15 + random.below(120));
  hit.truth.machine = Machine::MailGateway;
  stage.add_hit(hit);
}

}  // namespace noctule::sim
