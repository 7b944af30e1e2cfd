#pragma once
// SPDX-License-Identifier: Apache-2.0
// The seeded worlds on which the estimate is calibrated and tested, and what became of each. A seed is a world: its mix, its
// size and, for odd seeds, the one assumption that it breaks.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/estimate/estimate.h"
#include "noctule/simulate/world.h"

namespace noctule {

// Worlds for tests have seeds from here on, worlds to calibrate on from there on: no seed is in both.
inline constexpr uint64_t kTestSeeds = 1, kFitSeeds = 10'001;

[[nodiscard]] WorldOptions world_of(uint64_t seed);
[[nodiscard]] std::string_view break_of(uint64_t seed);  // "none" for even seeds
inline constexpr std::string_view kBreaks[] = {"unknown_app", "search_referrer_loss", "bookmark_wave", "cdn_edge", "pdf_link"};

struct Outcome {
  uint64_t seed = 0;
  std::string error;  // not empty: the world could not be made or read
  double truth = 0, arrivals = 0;
  PrivateEstimate estimate;
  double below_needed = 0, above_needed = 0;  // factors by which the model's own interval would have held the truth
};

// Simulates the worlds, two at a time, and analyses each through the public interface; in the order of the seeds.
[[nodiscard]] std::vector<Outcome> run_worlds(uint64_t first_seed, uint64_t count);
// The same through the module's inner parts, with the factors needed.
[[nodiscard]] std::vector<Outcome> fit_worlds(uint64_t first_seed, uint64_t count);

struct Coverage {
  size_t worlds = 0, unsaid = 0;             // unsaid: "not enough to say"; counted in nothing below
  size_t covered = 0, below = 0, above = 0;  // the truth within the central interval, below it, above it
  size_t low_holds = 0, high_holds = 0;      // low <= truth, truth <= high
  double width_of_arrivals = 0, width_of_truth = 0, outer_width_of_truth = 0;  // medians; of truth: of at least one
  [[nodiscard]] size_t said() const { return worlds - unsaid; }
  [[nodiscard]] double part(size_t count) const { return said() == 0 ? 0 : static_cast<double>(count) / static_cast<double>(said()); }
};

[[nodiscard]] Coverage cover(const std::vector<Outcome>& outcomes, const std::function<bool(const Outcome&)>& is_in);
// One line per kind of world.
[[nodiscard]] std::string coverage_table(const std::vector<Outcome>& outcomes);

}  // namespace noctule
