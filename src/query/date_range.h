#pragma once
// SPDX-License-Identifier: Apache-2.0
// date_range: the words for a range of time ("7d", "month", two dates, two instants), and the instants they mean on a day and in
// a zone. As in Plausible, ranges of n days and n months end before today and before this month. Pure functions.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"
#include "question.h"
#include "zone.h"

namespace noctule {

enum class RangeKind : uint8_t { Day, Hours24, LastDays, LastMonths, Month, Year, All, Dates, Instants };

struct RangeAsked {
  RangeKind kind = RangeKind::Day;
  int count = 0;                     // LastDays, LastMonths
  int64_t first = 0, last = 0;       // Dates: days since 1970-01-01, both included; Instants: ms, last second included
};

inline constexpr int kRangeDaysMax = 36'600;   // a century
inline constexpr size_t kTimeLabelsMax = 20'000;

// "day", "24h", "30d", "6mo", "month", "year", "all". Error: InvalidInput.
[[nodiscard]] Result<RangeAsked> parse_range(std::string_view word);
// Two dates (2026-01-05), or two instants with an offset (2026-01-05T06:00:00+01:00). Error: InvalidInput.
[[nodiscard]] Result<RangeAsked> parse_range(std::string_view first, std::string_view last);

// first_ms: the site's first event, for All. trim: ranges that have not ended end with this hour (Day) or today.
[[nodiscard]] Range resolve_range(const RangeAsked& asked, const Zone& zone, int64_t now_ms, int64_t first_ms, bool trim);

// The unit that "time" stands for: hours up to 2 days, days up to 40, weeks up to 52, else months.
[[nodiscard]] TimeUnit unit_for(const Range& range);

// What days, weeks or months of a range are called: the local days [first, end) and the label, the first day of it. A first
// week that began before the range is called after the range's first day, as in Plausible; a first month is not.
struct Bucket {
  std::string label;
  int64_t first_day = 0, end_day = 0;
};
[[nodiscard]] std::vector<Bucket> buckets_of(const Range& range, TimeUnit unit);
// Labels of every hour: "2026-01-05 06:00:00", of others as above. Error: InvalidInput, more than kTimeLabelsMax.
[[nodiscard]] Result<std::vector<std::string>> time_labels(const Range& range, TimeUnit unit, const Zone& zone);

}  // namespace noctule
