// SPDX-License-Identifier: Apache-2.0
#include "instants.h"

#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr uint64_t kMillisecondsFrom = 100'000'000'000;  // as seconds it would be the year 5138

// Takes digits of a fixed number off the text; -1 where they are none.
int take_number(std::string_view& text, size_t digits) {
  if (text.size() < digits) return -1;
  const auto number = parse_decimal(text.substr(0, digits));
  if (!number) return -1;
  text.remove_prefix(digits);
  return static_cast<int>(*number);
}

bool take(std::string_view& text, std::string_view letters) {
  if (text.empty() || letters.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

int take_fraction_ms(std::string_view& text) {
  int value = 0, digits = 0;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1), ++digits) {
    if (digits < 3) value = value * 10 + (text[0] - '0');
  }
  for (; digits < 3; ++digits) value *= 10;
  return value;
}

// What stands behind the seconds: nothing, Z, or an offset. nullopt: something else.
std::optional<int> offset_minutes_of(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  const int sign = text[0] == '-' ? -1 : 1;
  if (!take(text, "+-")) return std::nullopt;
  const int hours = take_number(text, 2);
  take(text, ":");
  const int minutes = text.empty() ? 0 : take_number(text, 2);
  if (!text.empty() || hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
  return sign * (hours * 60 + minutes);
}

}  // namespace

std::optional<int64_t> parse_instant(std::string_view text) {
  text = trim(text);
  if (const auto number = parse_decimal(text)) {
    constexpr uint64_t kLast = 253'402'300'799'999;  // the end of the year 9999
    const uint64_t ms = *number < kMillisecondsFrom ? *number * 1'000 : *number;
    return ms <= kLast ? std::optional(static_cast<int64_t>(ms)) : std::nullopt;
  }
  CivilTime civil;
  civil.year = take_number(text, 4);
  if (!take(text, "-")) return std::nullopt;
  civil.month = take_number(text, 2);
  if (!take(text, "-")) return std::nullopt;
  civil.day = take_number(text, 2);
  if (!take(text, "Tt ")) return std::nullopt;
  civil.hour = take_number(text, 2);
  if (!take(text, ":")) return std::nullopt;
  civil.minute = take_number(text, 2);
  if (take(text, ":")) civil.second = take_number(text, 2);
  if (take(text, ".,")) civil.millisecond = take_fraction_ms(text);
  const auto offset = offset_minutes_of(text);
  if (!offset || civil.year < 1970 || !is_valid_civil(civil)) return std::nullopt;
  return instant_ms_from_civil(civil, *offset);
}

}  // namespace noctule
