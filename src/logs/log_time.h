#pragma once
// SPDX-License-Identifier: Apache-2.0
// Time stamps as logs write them. The readers remember the last stamp: neighbouring lines mostly share a second or a day.
#include <cstdint>
#include <string_view>

#include "noctule/base/civil_time.h"

namespace noctule {

struct Stamp {
  int64_t instant_ms = 0;
  int16_t offset_minutes = 0;
};

// Two, three or four digits to a number; -1 where they are not all digits.
[[nodiscard]] int two_digits(const char* text);
[[nodiscard]] int digits(std::string_view text);
// 1-12 for Jan...Dec in any case, 0 for anything else.
[[nodiscard]] int month_number(const char* three_letters);
// "+hhmm", "+hh:mm", "-hhmm", "Z"; false on anything else. used: bytes read.
[[nodiscard]] bool read_utc_offset(std::string_view text, int16_t& minutes, size_t& used);

// What a line says about its time, gathered from one stamp or from several columns.
struct TimeParts {
  CivilTime civil;
  int64_t instant_ms = 0;
  int16_t offset_minutes = 0;
  bool has_date = false, has_clock = false;
  bool has_offset = false;   // civil is on a clock that is offset_minutes ahead of UTC
  bool has_instant = false;  // instant_ms is all that is needed
};

// Each reads a stamp at the front of the text and says how many bytes it used; 0: there is none.
// 2026-01-05
[[nodiscard]] size_t read_date(std::string_view text, TimeParts& parts);
// 07:26:48, 07:26:48.123 (any number of digits; those past the third are dropped)
[[nodiscard]] size_t read_clock(std::string_view text, TimeParts& parts);
// Any of: 05/Jan/2026:07:26:48 +0100 (offset and fraction optional), 2026-01-05T07:26:48.123+01:00 (or with a blank, or
// without offset), seconds since 1970 with or without fraction, or so many digits that they are milli-, micro- or
// nanoseconds.
[[nodiscard]] size_t read_any_time(std::string_view text, TimeParts& parts);

// 10/Feb/2012:16:42:07 -0500, the time of the common log format.
class CommonClock {
 public:
  static constexpr size_t kSize = 26;
  // text holds at least kSize bytes.
  [[nodiscard]] bool read(const char* text, Stamp& stamp);

 private:
  char last_[kSize] = {};
  Stamp last_stamp_;
};

}  // namespace noctule
