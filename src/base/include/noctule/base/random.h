#pragma once
// SPDX-License-Identifier: Apache-2.0
// Seeded randomness whose sequence is the same on every machine and library: the simulator, permutation and bootstrap
// need to print a seed and be repeated. Not for secrets. xoshiro256** by D. Blackman and S. Vigna (2018), seeded by
// SplitMix64. One generator per thread.
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "noctule/base/result.h"

namespace noctule {

__extension__ using Wide = unsigned __int128;

class Random {
 public:
  explicit Random(uint64_t seed) {
    for (uint64_t& word : state_) {
      seed += 0x9E3779B97F4A7C15ULL;
      uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
      z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
      word = z ^ (z >> 31);
    }
  }

  uint64_t next() {
    const uint64_t result = std::rotl(state_[1] * 5, 7) * 9, shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // [0, 1) with 53 random bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  // [0, bound), bound > 0; the bias is below 2^-32 for every bound used here (multiply-shift, D. Lemire 2019).
  uint64_t below(uint64_t bound) {
    NOCT_ASSERT(bound > 0);
    return static_cast<uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
  }

  bool chance(double probability) { return uniform() < probability; }
  double exponential(double mean) { return -mean * std::log1p(-uniform()); }

  double normal() {  // Box-Muller; the second value is dropped to keep the state small
    const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));  // first: the order of the draws is part of the sequence
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

  uint64_t poisson(double mean) {
    if (mean > 64) {
      const double value = std::round(mean + std::sqrt(mean) * normal());
      return value < 0 ? 0 : static_cast<uint64_t>(value);
    }
    const double limit = std::exp(-mean);
    double product = uniform();
    uint64_t count = 0;
    for (; product > limit; product *= uniform()) ++count;
    return count;
  }

 private:
  uint64_t state_[4];
};

}  // namespace noctule
