// SPDX-License-Identifier: Apache-2.0
// The 90 % interval against worlds whose truth is known. A world in which the estimate says "not enough" is counted apart:
// it is neither covered nor missed, and there may be few of them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "noctule/analyze/codes.h"
#include "worlds.h"

namespace noctule {
namespace {

constexpr uint64_t kWorlds = 200;

bool any(const Outcome&) { return true; }

// One test, because each test of the suite is a process of its own and the worlds are made once.
TEST(Coverage, the_central_interval_holds_the_truth_in_85_to_97_percent_of_200_worlds_half_of_them_broken) {
  const std::vector<Outcome> outcomes = run_worlds(kTestSeeds, kWorlds);
  for (const Outcome& outcome : outcomes) {
    ASSERT_EQ(outcome.error, "") << "seed " << outcome.seed;
    for (const std::string& reason : outcome.estimate.reasons) EXPECT_THAT(doubt::kAll, testing::Contains(reason));
  }
  fmt::print("{}", coverage_table(outcomes));

  const Coverage all = cover(outcomes, any);
  ASSERT_EQ(all.worlds, kWorlds);
  EXPECT_LE(all.unsaid, kWorlds / 20);
  EXPECT_GE(all.part(all.covered), 0.85);
  EXPECT_LE(all.part(all.covered), 0.97);
  EXPECT_GE(all.part(all.low_holds), 0.95);
  EXPECT_GE(all.part(all.high_holds), 0.97);
  EXPECT_LT(all.width_of_truth, 0.6 * all.outer_width_of_truth) << "the central interval says hardly more than the two ends";

  const Coverage broken = cover(outcomes, [](const Outcome& outcome) { return break_of(outcome.seed) != "none"; });
  EXPECT_EQ(broken.worlds, kWorlds / 2);
  EXPECT_GE(broken.part(broken.covered), 0.85);
  // Twenty worlds of each break are few: at nine in ten covered, one set in four hundred has less than 14.
  for (const std::string_view name : kBreaks) {
    const Coverage of_break = cover(outcomes, [&](const Outcome& outcome) { return break_of(outcome.seed) == name; });
    EXPECT_EQ(of_break.worlds, kWorlds / 2 / std::size(kBreaks)) << name;
    EXPECT_GE(of_break.covered, of_break.said() * 14 / 20) << name;
  }
}

}  // namespace
}  // namespace noctule
