// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/civil_time.h"

#include <fmt/format.h>

#include <cstdlib>

namespace noctule {
namespace {

constexpr bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

}  // namespace

int64_t days_from_civil(int year, int month, int day) {
  const int64_t y = year - (month <= 2 ? 1 : 0);
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

CivilTime civil_from_days(int64_t days) {
  const int64_t z = days + 719'468;
  const int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const int64_t day_of_era = z - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  CivilTime civil;
  civil.day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  civil.month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  civil.year = static_cast<int>(year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0));
  return civil;
}

bool is_valid_civil(const CivilTime& civil) {
  return civil.month >= 1 && civil.month <= 12 && civil.day >= 1 && civil.day <= days_in_month(civil.year, civil.month) &&
         civil.hour >= 0 && civil.hour <= 23 && civil.minute >= 0 && civil.minute <= 59 && civil.second >= 0 &&
         civil.second <= 60 && civil.millisecond >= 0 && civil.millisecond <= 999;
}

int64_t instant_ms_from_civil(const CivilTime& civil, int offset_minutes) {
  const int64_t days = days_from_civil(civil.year, civil.month, civil.day);
  const int64_t seconds = days * 86'400 + civil.hour * 3'600 + (civil.minute - offset_minutes) * 60 + civil.second;
  return seconds * 1'000 + civil.millisecond;
}

CivilTime civil_from_instant_ms(int64_t instant_ms, int offset_minutes) {
  const int64_t days = day_number(instant_ms, offset_minutes);
  int64_t rest = instant_ms + int64_t{offset_minutes} * 60'000 - days * 86'400'000;
  CivilTime civil = civil_from_days(days);
  civil.millisecond = static_cast<int>(rest % 1'000);
  rest /= 1'000;
  civil.second = static_cast<int>(rest % 60);
  civil.minute = static_cast<int>(rest / 60 % 60);
  civil.hour = static_cast<int>(rest / 3'600);
  return civil;
}

std::string format_iso_instant(int64_t instant_ms) {
  const CivilTime c = civil_from_instant_ms(instant_ms, 0);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string format_iso_local(int64_t instant_ms, int offset_minutes) {
  if (offset_minutes == 0) return format_iso_instant(instant_ms);
  const std::string local = format_iso_instant(instant_ms + int64_t{offset_minutes} * 60'000);
  const int ahead = std::abs(offset_minutes);
  return fmt::format("{}{}{:02}:{:02}", local.substr(0, local.size() - 1), offset_minutes < 0 ? '-' : '+', ahead / 60, ahead % 60);
}

std::string format_iso_day(int64_t day_number) {
  const CivilTime c = civil_from_days(day_number);
  return fmt::format("{:04}-{:02}-{:02}", c.year, c.month, c.day);
}

}  // namespace noctule
