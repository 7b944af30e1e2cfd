// SPDX-License-Identifier: Apache-2.0
// The adapter for Howard Hinnant's date library, which reads the system's zone database.
#include "zone.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <exception>

#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr int64_t kDaySeconds = 86'400;

const date::time_zone& zone_of(const void* entry) { return *static_cast<const date::time_zone*>(entry); }

int64_t floor_divide(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
  Zone zone;
  zone.name_ = name.empty() ? "UTC" : std::string(name);
  try {
    zone.entry_ = date::locate_zone(zone.name_);
    return zone;
  } catch (const std::exception&) {
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no time zone of the system's database; expected is a name like "
                                                     "Europe/Paris", printable(name, 60)));
  }
}

int Zone::offset_minutes(int64_t instant_ms) const {
  const date::sys_seconds instant(std::chrono::seconds(floor_divide(instant_ms, 1'000)));
  return static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(zone_of(entry_).get_info(instant).offset).count());
}

int64_t Zone::day_of(int64_t instant_ms) const { return day_number(instant_ms, offset_minutes(instant_ms)); }

int64_t Zone::start_of_day(int64_t day) const {
  const date::local_seconds midnight(std::chrono::seconds(day * kDaySeconds));
  const date::local_info info = zone_of(entry_).get_info(midnight);
  if (info.result == date::local_info::nonexistent) return info.second.begin.time_since_epoch().count() * 1'000;
  return (midnight.time_since_epoch() - info.first.offset).count() * 1'000;
}

}  // namespace noctule
