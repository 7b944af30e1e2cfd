// SPDX-License-Identifier: Apache-2.0
// Property: a log that was written on a server's clock comes back to the instants it was written at, across the changes of
// that clock.
#include <date/tz.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "noctule/base/civil_time.h"
#include "noctule/logs/log_format.h"

namespace noctule {
namespace {

int offset_minutes(const date::time_zone& zone, int64_t instant_ms) {
  const auto info = zone.get_info(date::sys_seconds(std::chrono::seconds(instant_ms / 1'000)));
  return static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(info.offset).count());
}

std::string line_at(int64_t instant_ms, int offset) {
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime c = civil_from_instant_ms(instant_ms, offset);
  return fmt::format("192.0.2.7:1 [{:02}/{}/{:04}:{:02}:{:02}:{:02}.{:03}] f b/s 0/0/0/1/1 200 1 - - ---- 1/1/1/1/0 0/0 "
                     "\"GET / HTTP/1.1\"", c.day, kMonths[c.month - 1], c.year, c.hour, c.minute, c.second, c.millisecond);
}

// Lord Howe Island sets its clocks by half an hour; the others by an hour, in either half of the year.
RC_GTEST_PROP(ZoneClock, stamps_on_a_servers_clock_come_back_to_their_instants_across_its_changes, ()) {
  const std::string name = *rc::gen::element<std::string>("Europe/Paris", "America/New_York", "America/Santiago",
                                                          "Australia/Lord_Howe", "Asia/Kolkata", "UTC");
  const date::time_zone& zone = *date::locate_zone(name);
  const auto year = *rc::gen::inRange(2000, 2030);
  int64_t instant_ms = instant_ms_from_civil({.year = year, .month = *rc::gen::element(3, 4, 10, 11), .day = 1}, 0);
  const auto parser = LogFormat::from_name_or_string("haproxy", {.time_zone = name})->make_parser();
  LogRecord record;
  LineProblem problem;
  // Steps of less than half of the shortest change, so that an order can be seen in them.
  for (int i = 0; i < 6'000; ++i, instant_ms += 60'000 * (1 + (i * 7) % 13) + i % 1'000) {
    const int offset = offset_minutes(zone, instant_ms);
    RC_ASSERT(parser->parse(line_at(instant_ms, offset), record, problem) == LineResult::Parsed);
    RC_ASSERT(record.instant_ms == instant_ms);
    RC_ASSERT(record.offset_minutes == offset);
  }
}

}  // namespace
}  // namespace noctule
