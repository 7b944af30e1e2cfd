// SPDX-License-Identifier: Apache-2.0
// The adapter for Howard Hinnant's date library, which reads the system's zone database.
#include "zone_clock.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr int64_t kDayMs = 86'400'000;

int16_t minutes_of(const date::sys_info& info) {
  return static_cast<int16_t>(std::chrono::duration_cast<std::chrono::minutes>(info.offset).count());
}

int64_t ms_of(date::sys_seconds seconds) { return seconds.time_since_epoch().count() * 1'000; }

}  // namespace

struct ZoneClock::Zone {
  const date::time_zone* entry;
};

Result<ZoneClock> ZoneClock::make(const std::string& zone_name) {
  ZoneClock clock;
  if (zone_name.empty() || zone_name == "UTC") return clock;
  try {
    clock.zone_ = std::make_shared<const Zone>(date::locate_zone(zone_name));
    return clock;
  } catch (const std::exception&) {
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no time zone of the system's database; expected is a name "
                                                     "like Europe/Paris", printable(zone_name, 60)));
  }
}

Stamp ZoneClock::read(const CivilTime& civil) {
  const int64_t civil_ms = instant_ms_from_civil(civil, 0);
  if (!zone_) return {civil_ms, 0};
  if (civil_ms < steady_from_ms_ || civil_ms >= steady_to_ms_) {
    const auto info = zone_->entry->get_info(date::local_seconds(std::chrono::seconds(civil_ms / 1'000)));
    const int16_t first = minutes_of(info.first);
    int16_t offset = first;
    if (info.result == date::local_info::ambiguous) {
      const int64_t half_of_overlap_ms = int64_t{first - minutes_of(info.second)} * 60'000 / 2;
      const bool goes_back = last_ms_ != INT64_MIN && civil_ms - int64_t{first} * 60'000 < last_ms_ - half_of_overlap_ms;
      if (goes_back) set_back_ms_ = ms_of(info.first.end);
      if (set_back_ms_ == ms_of(info.first.end)) offset = minutes_of(info.second);
    }
    if (info.result == date::local_info::unique) {
      // A day from either change no civil time is skipped or doubled. The ends of the database lie far outside of int64
      // milliseconds' useful range; clamp before scaling.
      const auto begin = std::max(info.first.begin, date::sys_seconds(std::chrono::seconds(-62'135'596'800)));
      const auto end = std::min(info.first.end, date::sys_seconds(std::chrono::seconds(253'402'300'799)));
      steady_from_ms_ = ms_of(begin) + int64_t{first} * 60'000 + kDayMs;
      steady_to_ms_ = ms_of(end) + int64_t{first} * 60'000 - kDayMs;
      steady_offset_ = first;
    }
    last_ms_ = civil_ms - int64_t{offset} * 60'000;
    return {last_ms_, offset};
  }
  last_ms_ = civil_ms - int64_t{steady_offset_} * 60'000;
  return {last_ms_, steady_offset_};
}

}  // namespace noctule
