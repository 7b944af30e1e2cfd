// SPDX-License-Identifier: Apache-2.0
// The collector: whatever bytes a request is made of, what it keeps decodes, is clean and within its limits. The first byte is the
// protocol, the second holds flags, the first line behind them is the query and the user agent with a tab between them.
#include <cstddef>
#include <cstdint>
#include <string>

#include "expect.h"
#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"
#include "noctule/collect/collector.h"

using namespace noctule;
using fuzzing::expect;

namespace {

SiteBook make_sites() {
  std::vector<Site> sites(2);
  sites[0].id = SiteId{1};
  sites[0].domain = "example.org";
  sites[0].umami_id = "11111111-2222-4333-8444-555555555555";
  sites[0].query_parameters = {"id"};
  sites[1].id = SiteId{2};
  sites[1].domain = "consented.example.net";
  sites[1].mode = ConsentMode::Consented;
  return SiteBook(std::move(sites));
}

void expect_clean(std::string_view text, size_t size_max) {
  expect(text.size() <= size_max);
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    expect(length > 0 && (length > 1 || (text[0] >= 0x20 && text[0] != 0x7F)));
    text.remove_prefix(length);
  }
}

void expect_sound(const Event& event) {
  expect(event.site == SiteId{1} || event.site == SiteId{2});
  expect(event.path.starts_with('/') && !event.host.empty());
  expect(event.site == SiteId{2} || (event.click_hash == 0 && event.recipient_hash == 0));
  expect((event.kind == EventKind::Custom) == !event.name.empty());
  expect_clean(event.name, kNameSizeMax);
  expect_clean(event.host, 253);
  expect_clean(event.path, 2 * kUrlSizeMax + 1);
  expect_clean(event.referrer, kUrlSizeMax + 300);
  expect_clean(event.tags, kTagsSizeMax);
  expect_clean(event.user_agent, kUserAgentSizeMax + 8);
  expect_clean(event.properties, kPropertiesMax * 2 * (kPropertyKeySizeMax + kPropertyValueSizeMax + 8));
  expect(event.engaged_ms >= 0 && event.engaged_ms <= kEngagedMsMax);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const SiteBook sites = make_sites();
  static const PseudonymKeys keys{};
  static Collector collector;
  if (size < 2) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::string_view line = rest.substr(0, rest.find('\n'));
  const size_t tab = line.find('\t');
  std::string body(rest.substr(std::min(line.size() + 1, rest.size())));
  body.reserve(body.size() + kBodyPadding);
  CollectRequest request;
  request.protocol = static_cast<Protocol>(data[0] % 8);
  request.query = line.substr(0, tab);
  request.user_agent = tab == std::string_view::npos ? std::string_view("Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0") : line.substr(tab + 1);
  request.body = body;
  request.referer = (data[1] & 1) != 0 ? "https://example.org/x" : "";
  request.debug = (data[1] & 2) != 0;
  request.api_key_ok = (data[1] & 4) != 0;
  request.key_site = (data[1] & 8) != 0 ? SiteId{1} : SiteId::None;
  request.address = "192.0.2.1";
  CollectOutcome outcome;
  collector.collect(request, sites, keys, 1'777'636'800'000, outcome);
  uint32_t count = 0;
  for (std::string_view bytes = outcome.events; !bytes.empty(); ++count) {
    const auto event = take_encoded(bytes);
    expect(event.has_value());
    expect_sound(*event);
  }
  expect(count == outcome.kept && outcome.drops.size() <= outcome.dropped);
  (void)api_key_of(request);
  return 0;
}
