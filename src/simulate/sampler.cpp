// SPDX-License-Identifier: Apache-2.0
#include "sampler.h"

namespace noctule::sim {

Sampler::Sampler(std::span<const double> weights) : accept_(weights.size(), 1.0), alias_(weights.size()) {
  NOCT_ASSERT(!weights.empty());
  double total = 0;
  for (const double weight : weights) {
    NOCT_ASSERT(weight > 0);
    total += weight;
  }
  std::vector<double> scaled(weights.size());
  std::vector<uint32_t> small, large;
  for (uint32_t i = 0; i < weights.size(); ++i) {
    alias_[i] = i;
    scaled[i] = weights[i] * static_cast<double>(weights.size()) / total;
    (scaled[i] < 1 ? small : large).push_back(i);
  }
  while (!small.empty() && !large.empty()) {
    const uint32_t poor = small.back(), rich = large.back();
    small.pop_back();
    accept_[poor] = scaled[poor];
    alias_[poor] = rich;
    scaled[rich] -= 1 - scaled[poor];
    if (scaled[rich] < 1) {
      large.pop_back();
      small.push_back(rich);
    }
  }
  // What is left over differs from 1 by rounding only.
}

}  // namespace noctule::sim
