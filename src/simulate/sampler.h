#pragma once
// SPDX-License-Identifier: Apache-2.0
// Draws an index with probability proportional to its weight: in constant time from a prepared table (alias method,
// A. J. Walker 1977, in M. D. Vose's form of 1991), or straight from a short list of rows.
#include <cstdint>
#include <span>
#include <vector>

#include "noctule/base/random.h"

namespace noctule::sim {

class Sampler {
 public:
  Sampler() = default;
  // Weights must be positive.
  explicit Sampler(std::span<const double> weights);
  [[nodiscard]] uint32_t draw(Random& random) const {
    const double place = random.uniform() * static_cast<double>(accept_.size());
    const auto column = static_cast<uint32_t>(place);
    return place - static_cast<double>(column) < accept_[column] ? column : alias_[column];
  }

 private:
  std::vector<double> accept_;
  std::vector<uint32_t> alias_;
};

// Walks the rows: for tables of at most a few dozen. weight_of(row) >= 0, not all zero.
template <typename Rows, typename WeightOf>
size_t draw_row(Random& random, const Rows& rows, WeightOf weight_of) {
  double total = 0;
  for (const auto& row : rows) total += weight_of(row);
  double rest = random.uniform() * total;
  size_t last = 0, index = 0;
  for (const auto& row : rows) {
    const double weight = weight_of(row);
    if (weight > 0) {
      last = index;
      if (rest < weight) return index;
      rest -= weight;
    }
    ++index;
  }
  return last;
}

}  // namespace noctule::sim
