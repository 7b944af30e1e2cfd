// SPDX-License-Identifier: Apache-2.0
#include "date_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr int64_t kHourMs = 3'600'000, kDayMs = 86'400'000;
constexpr uint64_t kLastDaysMax = 5'000, kLastMonthsMax = 100;  // Plausible's

std::unexpected<Error> invalid_range(std::string_view range) {
  return fail(ErrorCode::InvalidInput,
              fmt::format("#/date_range: Invalid date range \"{}\": expected day, 24h, 7d, 28d, 30d, 91d, month, 6mo, 12mo, year, all, or two "
                          "dates or instants with an offset", printable(range, 80)));
}

std::optional<int> digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return std::nullopt;
  const auto value = parse_decimal(text.substr(at, count));
  if (!value || !is_digit(text[at])) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<CivilTime> parse_date(std::string_view text) {
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const CivilTime civil{.year = *year, .month = *month, .day = *day};
  if (*year < 1970 || *year > 2200 || !is_valid_civil(civil)) return std::nullopt;
  return civil;
}

// +02:00, -05:30 or Z; minutes.
std::optional<int> parse_offset(std::string_view text) {
  if (text == "Z") return 0;
  const auto hours = digits(text, 1, 2), minutes = digits(text, 4, 2);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !hours || !minutes) return std::nullopt;
  if (*hours > 14 || *minutes > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes);
}

std::optional<int64_t> parse_instant(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':') return std::nullopt;
  auto civil = parse_date(text.substr(0, 10));
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!civil || !hour || !minute || !second) return std::nullopt;
  civil->hour = *hour;
  civil->minute = *minute;
  civil->second = *second;
  size_t at = 19;
  if (text[at] == '.') {  // parts of a second do not matter
    ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
  }
  const auto offset = parse_offset(text.substr(at));
  if (!offset || !is_valid_civil(*civil)) return std::nullopt;
  return instant_ms_from_civil(*civil, *offset);
}

Range of_days(int64_t first, int64_t last, const Zone& zone) {
  return {zone.start_of_day(first), zone.start_of_day(last + 1), first, last};
}

int64_t first_of_month(int64_t day, int months_later) {
  const CivilTime civil = civil_from_days(day);
  const int months = civil.year * 12 + civil.month - 1 + months_later;
  return days_from_civil(months / 12, months % 12 + 1, 1);
}

// 1970-01-01 was a Thursday.
int64_t monday_of(int64_t day) { return day - (day + 3) % 7; }

Range range_of(const RangeAsked& asked, const Zone& zone, int64_t now_ms, int64_t first_ms) {
  const int64_t today = zone.day_of(now_ms);
  switch (asked.kind) {
    case RangeKind::Day: return of_days(today, today, zone);
    case RangeKind::Hours24: return {now_ms - kDayMs + 1, now_ms + 1, zone.day_of(now_ms - kDayMs + 1), today};
    case RangeKind::LastDays: return of_days(today - asked.count, today - 1, zone);
    case RangeKind::LastMonths: return of_days(first_of_month(today, -asked.count), first_of_month(today, 0) - 1, zone);
    case RangeKind::Month: return of_days(first_of_month(today, 0), first_of_month(today, 1) - 1, zone);
    case RangeKind::Year: {
      const int year = civil_from_days(today).year;
      return of_days(days_from_civil(year, 1, 1), days_from_civil(year, 12, 31), zone);
    }
    case RangeKind::All: return of_days(std::min(zone.day_of(first_ms), today), today, zone);
    case RangeKind::Dates: return of_days(asked.first, asked.last, zone);
    case RangeKind::Instants: return {asked.first, asked.last + 1'000, zone.day_of(asked.first), zone.day_of(asked.last + 999)};
  }
  return {};
}

}  // namespace

Result<RangeAsked> parse_range(std::string_view word) {
  constexpr std::pair<std::string_view, RangeKind> kWords[] = {{"day", RangeKind::Day},     {"24h", RangeKind::Hours24},
                                                               {"month", RangeKind::Month}, {"year", RangeKind::Year},
                                                               {"all", RangeKind::All}};
  for (const auto& [name, kind] : kWords) {
    if (word == name) return RangeAsked{.kind = kind};
  }
  const bool months = word.ends_with("mo");
  if (!months && !word.ends_with('d')) return invalid_range(word);
  const auto count = parse_decimal(word.substr(0, word.size() - (months ? 2 : 1)));
  if (!count || *count == 0 || *count > (months ? kLastMonthsMax : kLastDaysMax)) return invalid_range(word);
  return RangeAsked{.kind = months ? RangeKind::LastMonths : RangeKind::LastDays, .count = static_cast<int>(*count)};
}

Result<RangeAsked> parse_range(std::string_view first, std::string_view last) {
  RangeAsked asked;
  if (first.size() == 10 && last.size() == 10) {
    const auto from = parse_date(first), to = parse_date(last);
    if (!from || !to) return invalid_range(fmt::format("{}, {}", first, last));
    asked = {.kind = RangeKind::Dates, .first = days_from_civil(from->year, from->month, from->day),
             .last = days_from_civil(to->year, to->month, to->day)};
    if (asked.last - asked.first > kRangeDaysMax) return invalid_range(fmt::format("{}, {}", first, last));
  } else {
    const auto from = parse_instant(first), to = parse_instant(last);
    if (!from || !to || *to - *from > kRangeDaysMax * kDayMs) return invalid_range(fmt::format("{}, {}", first, last));
    asked = {.kind = RangeKind::Instants, .first = *from, .last = *to};
  }
  if (asked.last < asked.first) return invalid_range(fmt::format("{}, {}", first, last));
  return asked;
}

Range resolve_range(const RangeAsked& asked, const Zone& zone, int64_t now_ms, int64_t first_ms, bool trim) {
  Range range = range_of(asked, zone, now_ms, first_ms);
  const bool open = asked.kind == RangeKind::Day || asked.kind == RangeKind::Month || asked.kind == RangeKind::Year;
  if (!trim || !open) return range;
  if (asked.kind == RangeKind::Day) {
    range.to_ms = std::min(range.to_ms, range.from_ms + ((now_ms - range.from_ms) / kHourMs + 1) * kHourMs);
  } else {
    range = of_days(range.first_day, std::min(range.last_day, zone.day_of(now_ms)), zone);
  }
  return range;
}

TimeUnit unit_for(const Range& range) {
  const int64_t length_ms = range.to_ms - range.from_ms;
  if (length_ms <= 48 * kHourMs) return TimeUnit::Hour;
  if (length_ms <= 41 * kDayMs) return TimeUnit::Day;
  return length_ms <= 53 * 7 * kDayMs ? TimeUnit::Week : TimeUnit::Month;
}

std::vector<Bucket> buckets_of(const Range& range, TimeUnit unit) {
  std::vector<Bucket> out;
  for (int64_t day = range.first_day; day <= range.last_day;) {
    int64_t end = day + 1, label = day;
    if (unit == TimeUnit::Week) end = monday_of(day) + 7;
    if (unit == TimeUnit::Month) {
      end = first_of_month(day, 1);
      label = first_of_month(day, 0);
    }
    out.push_back({format_iso_day(label), day, std::min(end, range.last_day + 1)});
    day = end;
  }
  return out;
}

Result<std::vector<std::string>> time_labels(const Range& range, TimeUnit unit, const Zone& zone) {
  std::vector<std::string> out;
  const int64_t hours = (range.to_ms - range.from_ms) / kHourMs;
  if (static_cast<size_t>(unit == TimeUnit::Hour ? hours : hours / 24) > kTimeLabelsMax) {
    return fail(ErrorCode::InvalidInput, fmt::format("#/include/time_labels: the range has more than {} of them", kTimeLabelsMax));
  }
  if (unit != TimeUnit::Hour) {
    for (Bucket& bucket : buckets_of(range, unit)) out.push_back(std::move(bucket.label));
    return out;
  }
  // Steps of a quarter, because some zones are a part of an hour away from UTC, and clocks change.
  for (int64_t instant = range.from_ms; instant < range.to_ms; instant += kHourMs / 4) {
    const CivilTime civil = civil_from_instant_ms(instant, zone.offset_minutes(instant));
    std::string label = fmt::format("{:04}-{:02}-{:02} {:02}:00:00", civil.year, civil.month, civil.day, civil.hour);
    if (out.empty() || out.back() < label) out.push_back(std::move(label));
  }
  return out;
}

}  // namespace noctule
