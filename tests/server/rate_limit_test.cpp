// SPDX-License-Identifier: Apache-2.0
#include "rate_limit.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace noctule {
namespace {

constexpr int64_t kSecond = 1'000'000;

TEST(RateLimit, a_burst_is_let_through_and_then_the_average) {
  RateLimit limit(1024, 1);
  limit.set_rate({.per_second = 10, .burst = 5});
  int64_t now = 17 * kSecond;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limit.allow("192.0.2.1", now));
  EXPECT_FALSE(limit.allow("192.0.2.1", now));
  EXPECT_TRUE(limit.allow("192.0.2.2", now)) << "another key has its own";
  EXPECT_TRUE(limit.allow("192.0.2.1", now + kSecond / 10));
  EXPECT_FALSE(limit.allow("192.0.2.1", now + kSecond / 10));
  now += 10 * kSecond;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limit.allow("192.0.2.1", now)) << "no more than a burst is saved up";
  EXPECT_FALSE(limit.allow("192.0.2.1", now));
}

TEST(RateLimit, a_rate_of_nothing_is_no_limit_and_a_new_rate_holds_at_once) {
  RateLimit limit(1024, 1);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(limit.allow("a", kSecond));
  limit.set_rate({.per_second = 1, .burst = 1});
  EXPECT_TRUE(limit.allow("a", kSecond));
  EXPECT_FALSE(limit.allow("a", kSecond));
}

// Keys that meet in a slot are told apart by 16 bits of their hash: of those who come once, hardly any is taken for another.
TEST(RateLimit, more_keys_than_slots_cost_no_memory_and_hardly_anybody_who_comes_once_is_refused) {
  RateLimit limit(64, 1);
  limit.set_rate({.per_second = 1, .burst = 1});
  int refused = 0;
  for (int i = 0; i < 100'000; ++i) refused += !limit.allow(fmt::format("2001:db8::{:x}", i), kSecond + i * 100);
  EXPECT_LE(refused, 30);
}

// However requests fall, no more than burst plus average times duration are let through.
RC_GTEST_PROP(RateLimit, never_lets_more_through_than_burst_and_average, ()) {
  RateLimit limit(64, 3);
  const auto per_second = static_cast<uint64_t>(*rc::gen::inRange(1, 100)), burst = static_cast<uint64_t>(*rc::gen::inRange(1, 50));
  limit.set_rate({.per_second = per_second, .burst = burst});
  int64_t now = kSecond;
  uint64_t allowed = 0;
  for (int i = 0; i < 500; ++i) {
    now += *rc::gen::inRange(0, 30'000);
    allowed += limit.allow("a", now);
  }
  const double seconds = static_cast<double>(now - kSecond) / kSecond;
  RC_ASSERT(static_cast<double>(allowed) <= static_cast<double>(burst) + seconds * static_cast<double>(per_second) * 1.001 + 1);
}

}  // namespace
}  // namespace noctule
