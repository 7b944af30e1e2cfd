// SPDX-License-Identifier: Apache-2.0
#include "log_time.h"

#include <cstring>

#include "noctule/base/text.h"

namespace noctule {

int two_digits(const char* text) {
  return is_digit(text[0]) && is_digit(text[1]) ? (text[0] - '0') * 10 + (text[1] - '0') : -1;
}

int digits(std::string_view text) {
  int value = 0;
  if (text.empty() || text.size() > 9) return -1;
  for (const char c : text) {
    if (!is_digit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

int month_number(const char* three_letters) {
  constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  const char low[3] = {to_lower(three_letters[0]), to_lower(three_letters[1]), to_lower(three_letters[2])};
  for (size_t i = 0; i < 12; ++i) {
    if (std::memcmp(kMonths.data() + i * 3, low, 3) == 0) return static_cast<int>(i) + 1;
  }
  return 0;
}

bool read_utc_offset(std::string_view text, int16_t& minutes, size_t& used) {
  if (text.starts_with('Z') || text.starts_with('z')) {
    minutes = 0;
    used = 1;
    return true;
  }
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return false;
  const bool colon = text[3] == ':';
  if (colon && text.size() < 6) return false;
  const int hours = two_digits(text.data() + 1), rest = two_digits(text.data() + (colon ? 4 : 3));
  // The widest offset in use is +14:00 (Kiribati); -15:59 to +15:59 is what the zone database allows for.
  if (hours < 0 || hours > 15 || rest < 0 || rest > 59) return false;
  const int total = hours * 60 + rest;
  minutes = static_cast<int16_t>(text[0] == '-' ? -total : total);
  used = colon ? 6 : 5;
  return true;
}

bool CommonClock::read(const char* text, Stamp& stamp) {
  if (std::memcmp(text, last_, kSize) == 0) {
    stamp = last_stamp_;
    return true;
  }
  if (text[2] != '/' || text[6] != '/' || text[11] != ':' || text[14] != ':' || text[17] != ':' || text[20] != ' ') {
    return false;
  }
  CivilTime civil;
  civil.day = two_digits(text);
  civil.month = month_number(text + 3);
  civil.year = digits({text + 7, 4});
  civil.hour = two_digits(text + 12);
  civil.minute = two_digits(text + 15);
  civil.second = two_digits(text + 18);
  size_t used = 0;
  if (!is_valid_civil(civil) || !read_utc_offset({text + 21, 5}, stamp.offset_minutes, used) || used != 5) return false;
  stamp.instant_ms = instant_ms_from_civil(civil, stamp.offset_minutes);
  std::memcpy(last_, text, kSize);
  last_stamp_ = stamp;
  return true;
}

}  // namespace noctule
