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

namespace {

// ".123456" after a second: milliseconds of it, and how many bytes it took.
size_t read_fraction(std::string_view text, int& millisecond) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !is_digit(text[1])) return 0;
  int value = 0, scale = 100;
  size_t at = 1;
  for (; at < text.size() && is_digit(text[at]); ++at, scale /= 10) value += (text[at] - '0') * scale;
  millisecond = value;
  return at;
}

// An offset, with or without a blank before it; 0: none follows.
size_t read_offset(std::string_view text, TimeParts& parts) {
  const size_t blank = text.starts_with(' ') ? 1 : 0;
  size_t used = 0;
  if (!read_utc_offset(text.substr(blank), parts.offset_minutes, used)) return 0;
  parts.has_offset = true;
  return blank + used;
}

size_t read_common_time(std::string_view text, TimeParts& parts) {
  if (text.size() < 20 || text[2] != '/' || text[6] != '/' || text[11] != ':') return 0;
  parts.civil.day = two_digits(text.data());
  parts.civil.month = month_number(text.data() + 3);
  parts.civil.year = digits(text.substr(7, 4));
  parts.has_date = true;
  const size_t used = read_clock(text.substr(12), parts);
  if (used == 0 || !is_valid_civil(parts.civil)) return 0;
  return 12 + used + read_offset(text.substr(12 + used), parts);
}

size_t read_iso_time(std::string_view text, TimeParts& parts) {
  size_t at = read_date(text, parts);
  if (at == 0 || at >= text.size() || (text[at] != 'T' && text[at] != 't' && text[at] != ' ')) return 0;
  const size_t used = read_clock(text.substr(++at), parts);
  if (used == 0) return 0;
  at += used;
  return at + read_offset(text.substr(at), parts);
}

// How many of a number's units are a millisecond, or a millisecond of how many, is told by its size: seconds have ten
// digits from 2001 to 2286, and each smaller unit has three digits more.
size_t read_epoch(std::string_view text, TimeParts& parts) {
  int64_t value = 0;
  size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    if (at == 19 || value > (INT64_MAX - 9) / 10) return 0;
    value = value * 10 + (text[at] - '0');
  }
  if (at < 9) return 0;  // before 1973: no log
  int millisecond = 0;
  if (at <= 11) {
    at += read_fraction(text.substr(at), millisecond);
    parts.instant_ms = value * 1'000 + millisecond;
  } else {
    int dropped = 0;
    const int64_t per_ms = at <= 14 ? 1 : at <= 17 ? 1'000 : 1'000'000;
    parts.instant_ms = value / per_ms;
    at += read_fraction(text.substr(at), dropped);
  }
  parts.has_instant = true;
  return at;
}

}  // namespace

size_t read_date(std::string_view text, TimeParts& parts) {
  if (text.size() < 10 || text[4] != text[7] || (text[4] != '-' && text[4] != '/')) return 0;
  CivilTime civil = parts.civil;
  civil.year = digits(text.substr(0, 4));
  civil.month = two_digits(text.data() + 5);
  civil.day = two_digits(text.data() + 8);
  if (civil.year < 0 || !is_valid_civil(civil)) return 0;
  parts.civil = civil;
  parts.has_date = true;
  return 10;
}

size_t read_clock(std::string_view text, TimeParts& parts) {
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') return 0;
  const int hour = two_digits(text.data()), minute = two_digits(text.data() + 3), second = two_digits(text.data() + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return 0;
  parts.civil.hour = hour;
  parts.civil.minute = minute;
  parts.civil.second = second;
  parts.civil.millisecond = 0;
  parts.has_clock = true;
  return 8 + read_fraction(text.substr(8), parts.civil.millisecond);
}

size_t read_any_time(std::string_view text, TimeParts& parts) {
  if (text.size() < 9) return 0;
  if (text[2] == '/') return read_common_time(text, parts);
  if (text[4] == '-' || text[4] == '/') return read_iso_time(text, parts);
  return read_epoch(text, parts);
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
