// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/civil_time.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace noctule {
namespace {

TEST(CivilTime, known_instants_agree_with_date_dash_u) {
  EXPECT_EQ(instant_ms_from_civil({.year = 1970}, 0), 0);
  EXPECT_EQ(instant_ms_from_civil({2026, 1, 5, 6, 26, 48, 0}, 0), 1'767'594'408'000);
  EXPECT_EQ(instant_ms_from_civil({2000, 2, 29, 23, 59, 59, 999}, 0), 951'868'799'999);
  EXPECT_EQ(instant_ms_from_civil({1969, 12, 31, 23, 59, 59, 0}, 0), -1'000);
}

TEST(CivilTime, an_offset_ahead_of_utc_is_an_earlier_instant) {
  EXPECT_EQ(instant_ms_from_civil({2019, 1, 22, 3, 56, 14, 0}, 210), instant_ms_from_civil({2019, 1, 22, 0, 26, 14, 0}, 0));
}

TEST(CivilTime, days_that_do_not_exist_are_refused) {
  EXPECT_FALSE(is_valid_civil({.year = 2023, .month = 2, .day = 29}));
  EXPECT_TRUE(is_valid_civil({.year = 2024, .month = 2, .day = 29}));
  EXPECT_FALSE(is_valid_civil({.year = 1900, .month = 2, .day = 29}));
  EXPECT_FALSE(is_valid_civil({.year = 2024, .month = 13, .day = 1}));
  EXPECT_FALSE(is_valid_civil({.year = 2024, .month = 1, .day = 1, .hour = 24}));
}

TEST(CivilTime, civil_and_instant_are_inverse_at_any_offset) {
  EXPECT_TRUE(rc::check([] {
    const auto instant = *rc::gen::inRange<int64_t>(-4'000'000'000'000, 8'000'000'000'000);
    const auto offset = *rc::gen::inRange(-12 * 60, 14 * 60 + 1);
    const CivilTime civil = civil_from_instant_ms(instant, offset);
    RC_ASSERT(is_valid_civil(civil));
    RC_ASSERT(instant_ms_from_civil(civil, offset) == instant);
    RC_ASSERT(days_from_civil(civil.year, civil.month, civil.day) == day_number(instant, offset));
  }));
}

TEST(CivilTime, formats_are_iso) {
  EXPECT_EQ(format_iso_instant(1'767'594'408'000), "2026-01-05T06:26:48Z");
  EXPECT_EQ(format_iso_day(day_number(1'767'594'408'000, 0)), "2026-01-05");
}

TEST(CivilTime, an_instant_is_written_as_a_local_clock_showed_it) {
  const int64_t instant = instant_ms_from_civil({2026, 1, 5, 0, 26, 48, 0}, 330);
  EXPECT_EQ(format_iso_local(instant, 330), "2026-01-05T00:26:48+05:30");
  EXPECT_EQ(format_iso_local(instant, 0), "2026-01-04T18:56:48Z");
  EXPECT_EQ(format_iso_local(instant, -210), "2026-01-04T15:26:48-03:30");
}

}  // namespace
}  // namespace noctule
