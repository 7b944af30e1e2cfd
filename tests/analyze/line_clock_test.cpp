// SPDX-License-Identifier: Apache-2.0
#include "line_clock.h"

#include <gtest/gtest.h>

namespace noctule {
namespace {

constexpr int64_t kSecond = 1'000, kHour = 3'600'000, kDay = 24 * kHour, kYear = 365 * kDay;
constexpr int64_t kNow = 56 * kYear;

TEST(LineClock, one_wild_stamp_neither_moves_the_clock_nor_makes_others_late) {
  for (const int64_t wild : {int64_t{0}, kNow + 73 * kYear}) {
    for (const int at : {0, 50, 99}) {
      LineClock clock;
      for (int i = 0; i < 100; ++i) clock.take(i == at ? wild : kNow + i * kSecond);
      EXPECT_NEAR(static_cast<double>(clock.now_ms() - kNow), 92'000, 2'000);
      EXPECT_LE(clock.out_of_order(), 8U) << "wild line " << at;
    }
  }
}

TEST(LineClock, lines_that_come_late_are_counted_and_a_pause_is_not) {
  LineClock clock;
  for (int i = 0; i < 50; ++i) clock.take(kNow + i * kSecond);
  for (int i = 0; i < 50; ++i) clock.take(kNow + 30 * kDay + i * kSecond);
  EXPECT_EQ(clock.out_of_order(), 0U);
  clock.take(kNow);
  EXPECT_EQ(clock.out_of_order(), 1U);
  EXPECT_GE(clock.now_ms(), kNow + 30 * kDay);
}

TEST(LineClock, without_a_line_there_is_no_time) { EXPECT_EQ(LineClock().now_ms(), kNoInstant); }

DayCounts::Span span_of(std::initializer_list<std::pair<int64_t, int>> days) {
  DayCounts all, part;
  for (const auto& [starts_ms, lines] : days) {
    for (int i = 0; i < lines; ++i) part.take(starts_ms + i);
  }
  all.take_in(part);
  return all.span();
}

TEST(DayCounts, a_few_lines_more_than_a_year_away_are_strays) {
  const auto span = span_of({{0, 3}, {kNow, 30'000}, {kNow + 5 * kDay, 40'000}, {kNow + 73 * kYear, 1}});
  EXPECT_EQ(span.first_ms, kNow);
  EXPECT_EQ(span.last_ms, kNow + 5 * kDay + 39'999);
  EXPECT_EQ(span.strays, 4U);
}

TEST(DayCounts, a_small_log_of_long_ago_and_a_log_with_holes_have_none) {
  EXPECT_EQ(span_of({{0, 200}, {kNow, 900'000}}).strays, 0U);
  EXPECT_EQ(span_of({{kNow, 3}, {kNow + 300 * kDay, 900'000}}).strays, 0U);
  EXPECT_EQ(span_of({{0, 1}, {kNow, 1}}).strays, 0U);  // which of the two is wrong cannot be told
  EXPECT_EQ(span_of({}).strays, 0U);
}

TEST(DayCounts, days_before_1970_begin_at_midnight_too) {
  const auto span = span_of({{-kDay - 5, 10}, {-1, 10}});
  EXPECT_EQ(span.first_ms, -kDay - 5);
  EXPECT_EQ(span.last_ms, 8);
}

}  // namespace
}  // namespace noctule
