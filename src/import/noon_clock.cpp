// SPDX-License-Identifier: Apache-2.0
#include "noon_clock.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <exception>

#include "noctule/base/text.h"

namespace noctule {

Result<NoonClock> NoonClock::make(const std::string& zone) {
  NoonClock clock;
  try {
    clock.zone_ = date::locate_zone(zone.empty() ? "UTC" : zone);
    return clock;
  } catch (const std::exception&) {
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no time zone of the system's database; expected a name like Europe/Paris",
                                                     printable(zone, 60)));
  }
}

int64_t NoonClock::noon_ms(int64_t day) const {
  const date::local_seconds noon = date::local_days(date::days(day)) + std::chrono::hours(12);
  const auto info = static_cast<const date::time_zone*>(zone_)->get_info(noon);
  return (noon.time_since_epoch().count() - info.first.offset.count()) * 1'000;
}

}  // namespace noctule
