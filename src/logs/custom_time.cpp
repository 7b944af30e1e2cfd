// SPDX-License-Identifier: Apache-2.0
// Time stamps by a strftime format, as %{...}t of Apache writes them (in the C locale).
#include <fmt/format.h>

#include "pattern.h"

namespace noctule {
namespace {

constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view kConversions = "aAbBdeHhIjklmMnpsStTuwyYzZDFRr%";

// Short forms for several conversions.
std::string_view expansion(char conversion) {
  switch (conversion) {
    case 'T': return "%H:%M:%S";
    case 'R': return "%H:%M";
    case 'D': return "%m/%d/%y";
    case 'F': return "%Y-%m-%d";
    case 'r': return "%I:%M:%S %p";
    default: return {};
  }
}

// A number of at most `width` digits, blanks in front of it allowed; -1: none.
int read_number(std::string_view text, size_t width, size_t& used) {
  used = 0;
  while (used < width && used < text.size() && text[used] == ' ') ++used;
  const size_t begin = used;
  int value = 0;
  while (used < width && used < text.size() && is_digit(text[used])) value = value * 10 + (text[used++] - '0');
  return used == begin ? -1 : value;
}

size_t skip_letters(std::string_view text) {
  size_t used = 0;
  while (used < text.size() && is_alpha(text[used])) ++used;
  return used;
}

size_t read_month_name(std::string_view text, bool is_full, int& month) {
  if (text.size() < 3) return 0;
  month = month_number(text.data());
  if (month == 0) return 0;
  if (!is_full) return 3;
  const std::string_view name = kMonths[month - 1];
  return starts_with_ignoring_case(text, name) ? name.size() : 0;
}

size_t read_fraction_digits(std::string_view text, size_t width, int& millisecond) {
  size_t used = 0;
  const int value = read_number(text, width, used);
  if (value < 0 || used != width) return 0;
  millisecond = width == 3 ? value : value / 1'000;
  return used;
}

size_t read_seconds_since_1970(std::string_view text, TimeParts& parts) {
  size_t used = 0;
  int64_t value = 0;
  while (used < text.size() && used < 11 && is_digit(text[used])) value = value * 10 + (text[used++] - '0');
  parts.instant_ms = value * 1'000;
  parts.has_instant = used > 0;
  return used;
}

size_t read_zone_name(std::string_view text, TimeParts& parts) {
  const size_t used = skip_letters(text);
  const std::string_view name = text.substr(0, used);
  if (name == "UTC" || name == "GMT") parts.has_offset = true;
  return used;
}

size_t read_half_day(std::string_view text, CivilTime& civil) {
  const bool is_pm = starts_with_ignoring_case(text, "pm");
  if (!is_pm && !starts_with_ignoring_case(text, "am")) return 0;
  if (is_pm && civil.hour < 12) civil.hour += 12;
  if (!is_pm && civil.hour == 12) civil.hour = 0;
  return 2;
}

size_t read_offset(std::string_view text, TimeParts& parts) {
  size_t used = 0;
  if (!read_utc_offset(text, parts.offset_minutes, used)) return 0;
  parts.has_offset = true;
  return used;
}

size_t read_conversion(char conversion, std::string_view text, TimeParts& parts) {
  CivilTime& civil = parts.civil;
  size_t used = 0;
  const auto number = [&](size_t width, int& out) {
    out = read_number(text, width, used);
    return out < 0 ? 0 : used;
  };
  int ignored = 0;
  switch (conversion) {
    case 'd': case 'e': return number(2, civil.day);
    case 'm': return number(2, civil.month);
    case 'Y': return number(4, civil.year);
    case 'y': {
      const size_t size = number(2, civil.year);
      civil.year += civil.year < 70 ? 2'000 : 1'900;
      return size;
    }
    case 'b': case 'h': return read_month_name(text, false, civil.month);
    case 'B': return read_month_name(text, true, civil.month);
    case 'H': case 'I': case 'k': case 'l': return number(2, civil.hour);
    case 'M': return number(2, civil.minute);
    case 'S': return number(2, civil.second);
    case 'p': return read_half_day(text, civil);
    case 'z': return read_offset(text, parts);
    case 'Z': return read_zone_name(text, parts);
    case 's': return read_seconds_since_1970(text, parts);
    case 'a': case 'A': return skip_letters(text);
    case 'j': return number(3, ignored);
    case 'u': case 'w': return number(1, ignored);
    case kMilliFraction: return read_fraction_digits(text, 3, civil.millisecond);
    case kMicroFraction: return read_fraction_digits(text, 6, civil.millisecond);
    default: return 0;
  }
}

}  // namespace

Result<std::vector<TimeItem>> compile_strftime(std::string_view format, size_t place) {
  std::vector<TimeItem> items;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      items.push_back({'\0', format[i]});
      continue;
    }
    const char conversion = ++i < format.size() ? format[i] : '\0';
    if (conversion == '\0' || kConversions.find(conversion) == std::string_view::npos) {
      return fail(ErrorCode::InvalidInput,
                  fmt::format("format string, character {}: in the time format \"{}\", %{} cannot be read back", place,
                              printable(format, 60), conversion == '\0' ? ' ' : conversion));
    }
    if (const std::string_view longer = expansion(conversion); !longer.empty()) {
      NOCT_TRY(const auto more, compile_strftime(longer, place));
      items.insert(items.end(), more.begin(), more.end());
    } else if (conversion == '%' || conversion == 'n' || conversion == 't') {
      items.push_back({'\0', conversion == '%' ? '%' : conversion == 'n' ? '\n' : '\t'});
    } else {
      items.push_back({conversion, '\0'});
    }
  }
  return items;
}

size_t read_custom_time(std::string_view text, const std::vector<TimeItem>& items, TimeParts& parts) {
  size_t at = 0;
  for (const TimeItem& item : items) {
    const std::string_view rest = text.substr(at);
    const size_t used = item.conversion != '\0' ? read_conversion(item.conversion, rest, parts)
                        : rest.starts_with(item.literal) ? size_t{1} : size_t{0};
    if (used == 0) return 0;
    at += used;
  }
  // simplify() saw to it that the pieces of the time make a whole; an instant is one by itself.
  parts.has_date = parts.has_clock = true;
  return at;
}

}  // namespace noctule
