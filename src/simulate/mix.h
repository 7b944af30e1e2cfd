#pragma once
// SPDX-License-Identifier: Apache-2.0
// The parameters of a world, and the table that gives each its typical value, its range and the reason; docs/simulator.md
// shows the same table and a test compares the two.
#include <span>
#include <string_view>

#include "noctule/base/random.h"

namespace noctule::sim {

struct Mix {
  // Site
  double pages = 0, zipf = 0, popularity_noise = 0, fresh_part = 0, freshness_days = 0;
  // Weights of the causes that are not private shares
  double search = 0, typed = 0, bookmark = 0, feed = 0, newsletter = 0, social = 0, referral = 0, paid = 0, ai = 0, document = 0;
  // What their referrers do
  double search_loss = 0, feed_loss = 0, referral_loss = 0, ai_loss = 0, newsletter_in_app = 0, newsletter_tagged = 0;
  double typed_deep = 0, bookmark_deep = 0;
  // People
  double mobile = 0, ios = 0, ipv6 = 0, carrier_nat = 0, office_nat = 0, relay = 0, known_visitor = 0, leave_early = 0, blocks_assets = 0,
         pages_per_visit = 0, weekend = 0, night = 0;
  // Private shares
  double private_share = 0, private_home = 0, reproduction = 0, page_spread = 0, seeded_part = 0, opens_per_share = 0,
         open_delay_min = 0, preview_seen = 0, typed_prefix = 0, carried_query = 0, app_spread = 0;
  // Machines
  double scanners = 0, scanner_hits = 0, crawlers = 0, probes = 0, clients = 0, feed_polls = 0, gateways = 0, prefetches = 0;
  // Sizes of the breaks, when a world has them
  double break_unknown_app = 0, break_search_loss = 0, break_bookmark = 0, break_document = 0;
};

enum class Scale : uint8_t { Linear, Log };

struct MixRow {
  std::string_view name;
  double Mix::*field;
  double typical, low, high;
  Scale scale;             // how a varied mix is drawn between low and high
  std::string_view reason;
};

[[nodiscard]] std::span<const MixRow> mix_rows();
[[nodiscard]] Mix typical_mix();
[[nodiscard]] Mix draw_mix(Random& random);

}  // namespace noctule::sim
