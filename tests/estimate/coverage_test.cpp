// SPDX-License-Identifier: Apache-2.0
// The 90 % interval against worlds whose truth is known. A world in which the estimate says "not enough" is counted apart:
// it is neither covered nor missed, and there may be few of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "worlds.h"

namespace noctule {
namespace {

constexpr uint64_t kWorlds = 200;

const std::vector<Outcome>& outcomes() {
  static const std::vector<Outcome> all = run_worlds(kTestSeeds, kWorlds);
  return all;
}

bool any(const Outcome&) { return true; }

TEST(Coverage, the_central_interval_holds_the_truth_in_85_to_97_percent_of_200_worlds) {
  for (const Outcome& outcome : outcomes()) ASSERT_EQ(outcome.error, "") << "seed " << outcome.seed;
  fmt::print("{}", coverage_table(outcomes()));
  const Coverage all = cover(outcomes(), any);
  EXPECT_EQ(all.worlds, kWorlds);
  EXPECT_GE(all.part(all.covered), 0.85);
  EXPECT_LE(all.part(all.covered), 0.97);
}

TEST(Coverage, worlds_that_break_an_assumption_are_covered_as_well) {
  const Coverage broken = cover(outcomes(), [](const Outcome& outcome) { return break_of(outcome.seed) != "none"; });
  EXPECT_EQ(broken.worlds, kWorlds / 2);
  EXPECT_GE(broken.part(broken.covered), 0.85);
  // Twenty worlds of each break: one in six thousand such sets falls below 13 when nine in ten are covered.
  for (const std::string_view name : kBreaks) {
    const Coverage of_break = cover(outcomes(), [&](const Outcome& outcome) { return break_of(outcome.seed) == name; });
    EXPECT_EQ(of_break.worlds, kWorlds / 2 / std::size(kBreaks)) << name;
    EXPECT_GE(of_break.covered, of_break.said() * 13 / 20) << name;
  }
}

TEST(Coverage, the_two_ends_hold_the_truth_nearly_always) {
  const Coverage all = cover(outcomes(), any);
  EXPECT_GE(all.part(all.low_holds), 0.9);
  EXPECT_GE(all.part(all.high_holds), 0.97);
}

TEST(Coverage, few_worlds_leave_nothing_to_say) { EXPECT_LE(cover(outcomes(), any).unsaid, kWorlds / 20); }

TEST(Coverage, the_central_interval_is_much_narrower_than_the_two_ends) {
  const Coverage all = cover(outcomes(), any);
  EXPECT_LT(all.width_of_truth, 0.6 * all.outer_width_of_truth);
}

}  // namespace
}  // namespace noctule
