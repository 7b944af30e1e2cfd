#pragma once
// SPDX-License-Identifier: Apache-2.0
// The estimate: how many of the visits that a log corroborates came by a private share. Never a point: what evidence shows
// is the lower end, everything that could be one is the upper end, and between them a central interval from a model of
// the alternatives. docs/estimate.md describes the model and how it was checked. Pure functions; the seed makes them
// repeatable.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "noctule/model/evidence.h"

namespace noctule {

struct Range {
  double low = 0, high = 0;
};

// Numbers of arrivals; low <= central.low <= central.high <= high.
struct PrivateEstimate {
  double low = 0;                // proven + strong + inferred
  Range central;                 // 90 % interval of the model
  double high = 0;               // plus every corroborated deep arrival without referrer, and surfaces unknown
  bool enough = false;           // false: "not enough to say"; then central is the whole of [low, high]
  std::vector<std::string> reasons;  // stable codes: why it is wide or not enough, e.g. "few_arrivals", "cdn_edge_addresses"
};

// One corroborated arrival after its verdict.
struct JudgedArrival {
  int64_t instant_ms = 0;
  uint64_t visitor = 0, page = 0;   // hashes, to group by
  bool deep = true;                 // neither home nor a section page
  Grade grade = Grade::None;
  Private is_private = Private::No;
  Channel channel = Channel::Direct;
  uint16_t visit_number = 1, pages_in_visit = 1;
  bool no_referrer = false;         // the log has the column and it is empty
  bool mobile = false;
  double unfurl_chance = 1;         // of a match with an unfurl before it: probability that it is chance; 1: no match
};

// What evidence shows: counted in the lower end.
[[nodiscard]] constexpr bool is_known_private(const JudgedArrival& a) {
  return a.is_private == Private::Yes && a.grade >= Grade::Inferred;
}
// What else could be a private share: counted in the upper end.
[[nodiscard]] constexpr bool may_be_private(const JudgedArrival& a) {
  if (is_known_private(a)) return false;
  if (a.is_private == Private::Unknown || a.channel == Channel::NotLogged) return true;
  return a.deep && a.no_referrer && (a.grade == Grade::Estimated || a.grade == Grade::Direct);
}

struct EstimateContext {
  bool addresses_are_edges = false;  // a CDN's: visitors cannot be told apart by address
  bool has_referrer_field = true, has_user_agent_field = true;
  bool is_assetless = false, is_behind_proxy = false, is_api = false;
  double span_days = 0;
  double unfurl_matches = 0, unfurl_matches_by_chance = 0;
  uint64_t seed = 1;
};

[[nodiscard]] PrivateEstimate estimate_private(std::span<const JudgedArrival> arrivals, const EstimateContext& context);

}  // namespace noctule
