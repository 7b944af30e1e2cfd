#pragma once
// SPDX-License-Identifier: Apache-2.0
// Findings: the trackers' result judged: each arrival with its verdict, the unfurl ledger, the warnings that follow from the
// log as a whole, the estimate. What reports show is made of them in tables.h. A plain value.
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine.h"
#include "noctule/analyze/analysis.h"
#include "noctule/analyze/analyze.h"
#include "noctule/visits/inference.h"
#include "noctule/visits/unfurl.h"

namespace noctule {

// By behaviour: where addresses are visitors', nearly all assets that name a page of the site as referrer come from an
// address that just asked for that page (0.9 and more on logs with real addresses); an edge asks for what others saw.
[[nodiscard]] bool behave_like_edges(const TrackerTotals& totals);

struct Findings {
  TrackerResult tracked;                  // arrivals by time
  std::vector<ArrivalVerdict> verdicts;   // parallel to arrivals
  std::vector<JudgedArrival> judged;      // parallel to arrivals
  std::vector<Unfurl> unfurls;            // by time
  Addresses addresses = Addresses::OfVisitors;
  EstimateContext context;
  PrivateEstimate estimate;
  std::vector<Warning> warnings;
  double unfurl_matches = 0, unfurl_matches_by_chance = 0;
  // By arrival; kept for --explain only.
  std::unordered_map<size_t, UnfurlMatch> matches;
  std::vector<bool> echoes;
  uint64_t click_echoes = 0;
  int64_t first_ms = 0, last_ms = 0;      // of the log; 0 when no line was read
  bool has_referrer_field = false, has_user_agent_field = false;  // of any file with lines
};

// Changes the arrivals before they are judged: how tests hide evidence.
using RewriteArrivals = std::function<void(std::vector<Arrival>&)>;

[[nodiscard]] Result<Findings> make_findings(Engine& engine, const AnalyzeOptions& options, const RewriteArrivals& rewrite = {},
                                             Engine::Afterwards afterwards = Engine::Afterwards::Keep);

}  // namespace noctule
