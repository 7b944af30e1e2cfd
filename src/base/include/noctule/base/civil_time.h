#pragma once
// SPDX-License-Identifier: Apache-2.0
// Instants and civil dates. An instant is milliseconds since 1970-01-01T00:00:00Z; a civil time is what a calendar and a
// clock on a wall show. Pure functions, free of the machine's own time zone.
// The day arithmetic follows H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013).
#include <cstdint>
#include <string>

namespace noctule {

struct CivilTime {
  int year = 1970, month = 1, day = 1;       // month 1-12, day 1-31
  int hour = 0, minute = 0, second = 0;      // second 0-60: a leap second may be logged
  int millisecond = 0;
  friend bool operator==(const CivilTime&, const CivilTime&) = default;
};

// Days since 1970-01-01 of a proleptic Gregorian date, and back.
[[nodiscard]] int64_t days_from_civil(int year, int month, int day);
[[nodiscard]] CivilTime civil_from_days(int64_t days);

// True when every part is in its range and the day exists in that month.
[[nodiscard]] bool is_valid_civil(const CivilTime& civil);

// The instant, in ms, at which a clock that is offset_minutes ahead of UTC shows this civil time.
[[nodiscard]] int64_t instant_ms_from_civil(const CivilTime& civil, int offset_minutes);
[[nodiscard]] CivilTime civil_from_instant_ms(int64_t instant_ms, int offset_minutes);

// 2026-01-05T06:26:48Z, and 2026-01-05: UTC unless an offset is given.
[[nodiscard]] std::string format_iso_instant(int64_t instant_ms);
// 2026-01-05T07:26:48+01:00: as a clock showed it that is offset_minutes ahead of UTC; with Z where that is 0.
[[nodiscard]] std::string format_iso_local(int64_t instant_ms, int offset_minutes);
[[nodiscard]] std::string format_iso_day(int64_t day_number);

// Whole days since 1970-01-01 on a calendar that is offset_minutes ahead of UTC; right for instants before 1970 too.
[[nodiscard]] constexpr int64_t day_number(int64_t instant_ms, int offset_minutes) {
  const int64_t local = instant_ms + int64_t{offset_minutes} * 60'000;
  return (local >= 0 ? local : local - 86'399'999) / 86'400'000;
}

}  // namespace noctule
