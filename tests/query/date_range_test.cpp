// SPDX-License-Identifier: Apache-2.0
#include "date_range.h"

#include <gtest/gtest.h>

#include "noctule/base/civil_time.h"

namespace noctule {
namespace {

// Wednesday, 5 May 2021, 12:30:05 UTC.
const int64_t kNow = instant_ms_from_civil({.year = 2021, .month = 5, .day = 5, .hour = 12, .minute = 30, .second = 5}, 0);

std::string days_of(std::string_view word, const std::string& zone = "UTC") {
  const Range range = resolve_range(parse_range(word).value(), *Zone::find(zone), kNow, kNow - 86'400'000LL * 40, false);
  return format_iso_day(range.first_day) + " " + format_iso_day(range.last_day);
}

TEST(DateRange, words_mean_the_days_that_plausible_means) {
  EXPECT_EQ(days_of("day"), "2021-05-05 2021-05-05");
  EXPECT_EQ(days_of("7d"), "2021-04-28 2021-05-04");
  EXPECT_EQ(days_of("28d"), "2021-04-07 2021-05-04");
  EXPECT_EQ(days_of("30d"), "2021-04-05 2021-05-04");
  EXPECT_EQ(days_of("91d"), "2021-02-03 2021-05-04");
  EXPECT_EQ(days_of("month"), "2021-05-01 2021-05-31");
  EXPECT_EQ(days_of("6mo"), "2020-11-01 2021-04-30");
  EXPECT_EQ(days_of("12mo"), "2020-05-01 2021-04-30");
  EXPECT_EQ(days_of("year"), "2021-01-01 2021-12-31");
  EXPECT_EQ(days_of("all"), "2021-03-26 2021-05-05");
}

TEST(DateRange, today_is_the_sites_own) {
  EXPECT_EQ(days_of("day", "Pacific/Auckland"), "2021-05-06 2021-05-06");
  const Range range = resolve_range(*parse_range("2021-03-28", "2021-03-28"), *Zone::find("Europe/Paris"), kNow, kNow, false);
  EXPECT_EQ(range.to_ms - range.from_ms, 23 * 3'600'000) << "clocks went forward";
}

TEST(DateRange, instants_include_their_last_second) {
  const auto asked = parse_range("2021-05-05T12:00:00+02:00", "2021-05-05T10:04:59Z");
  ASSERT_TRUE(asked.has_value());
  const Range range = resolve_range(*asked, *Zone::find("UTC"), kNow, kNow, false);
  EXPECT_EQ(range.to_ms - range.from_ms, 300'000);
}

TEST(DateRange, what_is_no_range_is_refused) {
  for (const char* word : {"", "d", "0d", "5001d", "7 d", "-7d", "101mo", "mo", "week"}) EXPECT_FALSE(parse_range(word).has_value()) << word;
  EXPECT_FALSE(parse_range("2021-05-05", "2021-05-04").has_value());
  EXPECT_FALSE(parse_range("2021-02-29", "2021-03-01").has_value());
  EXPECT_FALSE(parse_range("2021-05-05T12:00:00", "2021-05-05T13:00:00").has_value()) << "no offset";
  EXPECT_FALSE(parse_range("1970-01-01", "2199-01-01").has_value()) << "too long";
}

TEST(DateRange, a_trimmed_range_ends_with_this_hour_or_today) {
  const Zone zone = *Zone::find("UTC");
  const Range day = resolve_range(*parse_range("day"), zone, kNow, kNow, true);
  EXPECT_EQ(day.to_ms, instant_ms_from_civil({.year = 2021, .month = 5, .day = 5, .hour = 13}, 0));
  EXPECT_EQ(format_iso_day(resolve_range(*parse_range("month"), zone, kNow, kNow, true).last_day), "2021-05-05");
}

TEST(DateRange, a_week_that_began_before_the_range_is_called_after_its_first_day) {
  const Zone zone = *Zone::find("UTC");
  const Range range = resolve_range(*parse_range("2021-04-28", "2021-05-11"), zone, kNow, kNow, false);
  EXPECT_EQ(*time_labels(range, TimeUnit::Week, zone), (std::vector<std::string>{"2021-04-28", "2021-05-03", "2021-05-10"}));
  EXPECT_EQ(*time_labels(range, TimeUnit::Month, zone), (std::vector<std::string>{"2021-04-01", "2021-05-01"}));
  EXPECT_FALSE(time_labels(resolve_range(*parse_range("5000d"), zone, kNow, kNow, false), TimeUnit::Hour, zone).has_value());
}

TEST(DateRange, hours_are_told_where_clocks_change_and_zones_are_half_an_hour_away) {
  const Zone paris = *Zone::find("Europe/Paris"), kolkata = *Zone::find("Asia/Kolkata");
  const auto spring = time_labels(resolve_range(*parse_range("2021-03-28", "2021-03-28"), paris, kNow, kNow, false), TimeUnit::Hour, paris);
  ASSERT_TRUE(spring.has_value());
  EXPECT_EQ(spring->size(), 23U);
  EXPECT_EQ((*spring)[2], "2021-03-28 03:00:00");
  EXPECT_EQ(time_labels(resolve_range(*parse_range("day"), kolkata, kNow, kNow, false), TimeUnit::Hour, kolkata)->size(), 24U);
}

TEST(DateRange, time_alone_is_hours_days_weeks_or_months) {
  const Zone zone = *Zone::find("UTC");
  const auto unit = [&](std::string_view word) { return unit_for(resolve_range(*parse_range(word), zone, kNow, kNow, false)); };
  EXPECT_EQ(unit("day"), TimeUnit::Hour);
  EXPECT_EQ(unit("7d"), TimeUnit::Day);
  EXPECT_EQ(unit("30d"), TimeUnit::Day);
  EXPECT_EQ(unit("91d"), TimeUnit::Week);
  EXPECT_EQ(unit("24mo"), TimeUnit::Month);
}

TEST(Zone, a_zone_that_nobody_knows_is_an_error) { EXPECT_FALSE(Zone::find("Europe/Atlantis").has_value()); }

}  // namespace
}  // namespace noctule
