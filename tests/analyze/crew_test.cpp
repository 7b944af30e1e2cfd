// SPDX-License-Identifier: Apache-2.0
#include "crew.h"

#include <gtest/gtest.h>

#include <numeric>

namespace noctule {
namespace {

TEST(Crew, every_task_is_done_once_by_any_number_of_workers) {
  for (const int size : {1, 2, 5}) {
    Crew crew(size);
    for (size_t round = 0; round < 50; ++round) {
      std::vector<std::atomic<int>> done(round);
      crew.run(round, [&](size_t task, int worker) {
        EXPECT_LT(worker, size);
        ++done[task];
      });
      for (const auto& count : done) EXPECT_EQ(count, 1);
    }
  }
}

TEST(Crew, what_tasks_wrote_is_seen_after_run) {
  Crew crew(2);
  std::vector<uint64_t> squares(10'000);
  crew.run(squares.size(), [&](size_t task, int) { squares[task] = task * task; });
  EXPECT_EQ(std::accumulate(squares.begin(), squares.end(), uint64_t{0}), 333'283'335'000U);
}

}  // namespace
}  // namespace noctule
