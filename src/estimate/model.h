#pragma once
// SPDX-License-Identifier: Apache-2.0
// The model of the alternatives: draws of what may have happened, weighted by how well each explains what the log shows.
// Private to this module; pure; the seed makes it repeatable. docs/estimate.md has the priors and their sources.
#include <vector>

#include "tally.h"

namespace noctule {

struct WeightedDraw {
  double total = 0;   // arrivals by private shares, known and dark
  double weight = 0;  // of all draws: 1 in sum
};

struct Posterior {
  std::vector<WeightedDraw> draws;  // by total
  double search_loss = 0;           // weighted mean of the part of searches without referrer
  double effective_draws = 0;
};

[[nodiscard]] Posterior draw_posterior(const Tally& tally, const EstimateContext& context);

// The total below which this part of the weight lies.
[[nodiscard]] double quantile(const Posterior& posterior, double part);

}  // namespace noctule
