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
