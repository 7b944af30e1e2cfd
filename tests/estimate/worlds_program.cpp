// SPDX-License-Identifier: Apache-2.0
// estimate_worlds [FIRST_SEED [COUNT]]: the coverage table of these worlds, and the factors of calibration that would have
// fitted them. Not installed: ./dev bench estimate and whoever changes the model run it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "worlds.h"

using namespace noctule;

namespace {

// The factor that leaves this part of the worlds out on one side.
double factor_that_misses(double part, std::vector<double> needed) {
  std::ranges::sort(needed);
  return needed[static_cast<size_t>((1 - part) * static_cast<double>(needed.size() - 1))];
}

void print_factors(const std::vector<Outcome>& outcomes) {
  std::vector<double> below, above;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.estimate.enough) continue;
    below.push_back(outcome.below_needed);
    above.push_back(outcome.above_needed);
  }
  if (below.empty()) return;
  for (const double part : {0.03, 0.04, 0.05, 0.06, 0.07, 0.08}) {
    fmt::print("misses of {:.0f} % on one side: widen below {:.2f}, above {:.2f}\n", 100 * part, factor_that_misses(part, below),
               factor_that_misses(part, above));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t first = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : kTestSeeds;
  const uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 200;
  const std::vector<Outcome> outcomes = fit_worlds(first, count);
  for (const Outcome& outcome : outcomes) {
    if (!outcome.error.empty()) fmt::print(stderr, "seed {}: {}\n", outcome.seed, outcome.error);
  }
  fmt::print("seeds {} to {}\n{}", first, first + count - 1, coverage_table(outcomes));
  print_factors(outcomes);
  return std::ranges::all_of(outcomes, [](const Outcome& outcome) { return outcome.error.empty(); }) ? 0 : 1;
}
