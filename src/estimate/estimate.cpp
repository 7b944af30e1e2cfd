// SPDX-License-Identifier: Apache-2.0
#include "noctule/estimate/estimate.h"

namespace noctule {

PrivateEstimate estimate_private(std::span<const JudgedArrival> arrivals, const EstimateContext& context) {
  PrivateEstimate estimate;
  for (const JudgedArrival& arrival : arrivals) {
    if (is_known_private(arrival)) ++estimate.low;
    if (may_be_private(arrival)) ++estimate.high;
  }
  estimate.high += estimate.low;
  estimate.central = {estimate.low, estimate.high};
  if (!context.has_referrer_field) estimate.reasons.emplace_back("no_referrer_field");
  return estimate;
}

}  // namespace noctule
