// SPDX-License-Identifier: Apache-2.0
#include "numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "noctule/base/civil_time.h"

namespace noctule {
namespace {

// Counts of arrivals stay far below 2^53; what is not a number or is negative counts as none.
uint64_t clamp_count(double value) { return value >= 0 && value < 9e15 ? static_cast<uint64_t>(value) : 0; }

// A sum of per-arrival probabilities may miss its whole number by a rounding error.
constexpr double kRoundingError = 1e-6;

std::string month_name(Language language, int month) {
  std::string names = message(language, "date.months");
  for (; month > 1; --month) names.erase(0, names.find(' ') + 1);
  return names.substr(0, names.find(' '));
}

}  // namespace

std::string count_text(Language language, uint64_t count) {
  const std::string digits = std::to_string(count), separator = message(language, "number.group");
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += separator;
    out += digits[i];
  }
  return out;
}

uint64_t floor_count(double value) { return clamp_count(std::floor(value + kRoundingError)); }
uint64_t ceil_count(double value) { return clamp_count(std::ceil(value - kRoundingError)); }

std::string range_text(Language language, Range range) {
  const uint64_t low = floor_count(range.low), high = ceil_count(range.high);
  if (low == high) return count_text(language, low);
  return message(language, "range.some", {count_text(language, low), count_text(language, high)});
}

std::string decimal_text(Language language, double value) {
  const std::string digits = fmt::format("{:.1f}", value);
  const size_t point = std::min(digits.find('.'), digits.size() - 1);
  return message(language, "number.decimal", {digits.substr(0, point), digits.substr(point + 1)});
}

std::string amount_text(Language language, double value) {
  if (!(value > 0)) return "0";
  if (value < 0.1) return fmt::format("<{}", decimal_text(language, 0.1));
  if (value < 9.95) return decimal_text(language, value);
  return count_text(language, clamp_count(std::round(value)));
}

std::string percent_text(Language language, double part, double whole, Rounding rounding) {
  const double percent = whole > 0 ? 100 * part / whole : 0;
  if (percent > 0 && percent < 1 && rounding != Rounding::Up) return message(language, "number.percent", {"<1"});
  const uint64_t shown = rounding == Rounding::Down ? floor_count(percent)
                         : rounding == Rounding::Up ? ceil_count(percent)
                                                    : clamp_count(std::round(percent));
  return message(language, "number.percent", {std::to_string(shown)});
}

std::string day_text(Language language, int64_t day_number) {
  const CivilTime day = civil_from_days(day_number);
  return message(language, "date.day", {std::to_string(day.day), month_name(language, day.month), std::to_string(day.year)});
}

std::string period_text(Language language, int64_t first_ms, int64_t last_ms) {
  if (first_ms == 0 && last_ms == 0) return message(language, "date.none");
  const std::string first = day_text(language, day_number(first_ms, 0)), last = day_text(language, day_number(last_ms, 0));
  return first == last ? first : message(language, "date.range", {first, last});
}

std::string minute_text(int64_t instant_ms) {
  std::string iso = format_iso_instant(instant_ms);
  if (iso.size() < 16) return iso;
  iso.resize(iso.rfind(':'));
  std::ranges::replace(iso, 'T', ' ');
  return iso;
}

std::string duration_text(uint64_t seconds) {
  if (seconds < 3'600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
}

}  // namespace noctule
