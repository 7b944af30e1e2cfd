// SPDX-License-Identifier: Apache-2.0
#include "noctule/estimate/estimate.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "model.h"
#include "tally.h"

namespace noctule {
namespace {

// The codes of analyze's doubt, which this module may not name.
constexpr std::string_view kFewArrivals = "few_arrivals", kFewDeepArrivals = "few_deep_arrivals", kShortLog = "short_log",
                           kNoReferrerField = "no_referrer_field", kNoUserAgentField = "no_user_agent_field",
                           kCdnEdgeAddresses = "cdn_edge_addresses", kBehindProxy = "behind_proxy", kAssetlessSite = "assetless_site",
                           kJsonApi = "json_api", kLittleEvidence = "little_evidence", kUnknownSurfaces = "unknown_surfaces",
                           kReferrersLost = "referrers_lost", kConcentratedPages = "concentrated_pages";

// Below these there is not enough to say: the model then repeats its priors.
constexpr double kArrivalsMin = 100, kOpenMin = 20;
constexpr double kDaysMin = 0.1;
// What makes a range wide enough to be named.
constexpr double kKnownMin = 10, kShortDays = 3, kLossMin = 0.2, kSurfacesPart = 0.3, kPagePart = 0.25;

// How much wider than the model's own 90 % the interval is, below and above its median, on the scale of stretch(). Fitted
// by tests/estimate/calibrate.cpp on worlds that no test uses; docs/estimate.md has the figures.
constexpr double kWidenBelow = 1.1, kWidenAbove = 1.5;

// [low, high] on a line without ends.
double stretch(double total, double low, double high) { return std::log((total - low + 1) / (high - total + 1)); }
double unstretch(double value, double low, double high) {
  const double odds = std::exp(value);
  return ((high + 1) * odds + low - 1) / (1 + odds);
}

Range widen(const Posterior& posterior, double low, double high) {
  const auto at = [&](double part) { return stretch(std::clamp(quantile(posterior, part), low, high), low, high); };
  const double middle = at(0.5);
  const double below = middle - kWidenBelow * (middle - at(0.05)), above = middle + kWidenAbove * (at(0.95) - middle);
  // Arrivals are whole.
  const double from = std::clamp(std::floor(unstretch(below, low, high)), low, high);
  return {from, std::clamp(std::ceil(unstretch(above, low, high)), from, high)};
}

// Reasons for which there is nothing to say, and the estimate stops at its two ends.
bool find_obstacles(const Tally& tally, const EstimateContext& context, std::vector<std::string>& reasons) {
  const size_t before = reasons.size();
  const auto add_if = [&](bool is_so, std::string_view code) {
    if (is_so) reasons.emplace_back(code);
  };
  add_if(!context.has_referrer_field, kNoReferrerField);
  add_if(context.is_api, kJsonApi);
  add_if(context.is_assetless, kAssetlessSite);
  add_if(tally.arrivals < kArrivalsMin, kFewArrivals);
  add_if(tally.arrivals >= kArrivalsMin && tally.dark + tally.known + tally.unknown_surface + tally.unknown_mail < kOpenMin, kFewDeepArrivals);
  add_if(context.span_days < kDaysMin, kShortLog);
  return reasons.size() > before;
}

void find_doubts(const Tally& tally, const Posterior& posterior, const EstimateContext& context, std::vector<std::string>& reasons) {
  const auto add_if = [&](bool is_so, std::string_view code) {
    if (is_so) reasons.emplace_back(code);
  };
  double crowds = 0;
  for (const double crowd : tally.crowds) crowds += crowd;
  const double open = tally.dark + tally.unknown_surface;
  add_if(context.addresses_are_edges, kCdnEdgeAddresses);
  add_if(context.is_behind_proxy, kBehindProxy);
  add_if(!context.has_user_agent_field, kNoUserAgentField);
  add_if(context.span_days < kShortDays, kShortLog);
  add_if(tally.known < kKnownMin, kLittleEvidence);
  add_if(posterior.search_loss > kLossMin, kReferrersLost);
  add_if(tally.unknown_surface > kSurfacesPart * open, kUnknownSurfaces);
  add_if(tally.dark > 0 && (crowds > kPagePart * tally.dark || tally.largest_page > kPagePart * tally.dark), kConcentratedPages);
}

}  // namespace

PrivateEstimate estimate_private(std::span<const JudgedArrival> arrivals, const EstimateContext& context) {
  PrivateEstimate estimate;
  for (const JudgedArrival& arrival : arrivals) {
    if (is_known_private(arrival)) ++estimate.low;
    if (may_be_private(arrival)) ++estimate.high;
  }
  estimate.high += estimate.low;
  estimate.central = {estimate.low, estimate.high};
  const Tally tally = tally_arrivals(arrivals, context);
  if (find_obstacles(tally, context, estimate.reasons)) return estimate;
  const Posterior posterior = draw_posterior(tally, context);
  find_doubts(tally, posterior, context, estimate.reasons);
  estimate.central = widen(posterior, estimate.low, estimate.high);
  estimate.enough = true;
  return estimate;
}

}  // namespace noctule
