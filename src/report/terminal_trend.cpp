// SPDX-License-Identifier: Apache-2.0
// Sparklines over the days of the log.
#include <algorithm>
#include <cmath>

#include "cells.h"
#include "numbers.h"
#include "terminal_sections.h"

namespace noctule {
namespace {

struct Bucket {
  double visits = 0, low = 0, high = 0, pastes = 0;
};

struct Trend {
  int64_t first_day = 0, last_day = 0, days_per_bucket = 1;
  std::vector<Bucket> buckets;
};

// As many days to a bucket as make the whole log fit; days without a row are buckets of zero. At most `width` buckets,
// whatever dates a log holds.
Trend trend_of(const Analysis& analysis, int width) {
  const auto [first, last] = std::ranges::minmax_element(analysis.days, {}, &DayRow::day_number);
  Trend trend{first->day_number, last->day_number, 1, {}};
  const int64_t days = trend.last_day - trend.first_day + 1;
  trend.days_per_bucket = (days + width - 1) / width;
  trend.buckets.resize(static_cast<size_t>((days + trend.days_per_bucket - 1) / trend.days_per_bucket));
  for (const DayRow& day : analysis.days) {
    Bucket& bucket = trend.buckets[static_cast<size_t>((day.day_number - trend.first_day) / trend.days_per_bucket)];
    bucket.visits += static_cast<double>(day.arrivals);
    bucket.low += day.private_low;
    bucket.high += day.private_high;
    bucket.pastes += static_cast<double>(day.unfurls);
  }
  return trend;
}

// Eighths of a cell; zero is a dot, so that a day without anything differs from a small one.
std::string spark(const std::vector<Bucket>& buckets, double Bucket::*member, double peak) {
  static constexpr std::string_view kSteps[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string out;
  for (const Bucket& bucket : buckets) {
    const double value = bucket.*member;
    if (!(value > 0) || !(peak > 0)) {
      out += "·";
      continue;
    }
    out += kSteps[std::clamp(static_cast<int>(std::ceil(value / peak * 8)) - 1, 0, 7)];
  }
  return out;
}

double peak_of(const std::vector<Bucket>& buckets, double Bucket::*member) {
  double peak = 0;
  for (const Bucket& bucket : buckets) peak = std::max(peak, bucket.*member);
  return peak;
}

struct Series {
  std::string_view key;
  double Bucket::*member;
  double Bucket::*scale;  // both ends of the range are drawn on one scale
  Ink ink;
};

constexpr Series kSeries[] = {{"terminal.trend_visits", &Bucket::visits, &Bucket::visits, Ink::Plain},
                              {"terminal.trend_private", &Bucket::high, &Bucket::high, Ink::Maybe},
                              {"terminal.trend_shown", &Bucket::low, &Bucket::high, Ink::Private},
                              {"terminal.trend_pastes", &Bucket::pastes, &Bucket::pastes, Ink::Inferred}};

}  // namespace

void write_trend(Sheet& sheet, Language language, const Analysis& analysis) {
  if (analysis.days.size() < 2) return;  // one point is no trend
  int label_width = 0;
  for (const Series& series : kSeries) label_width = std::max(label_width, display_width(message(language, series.key)));
  constexpr int kPeakWidth = 14;
  const int room = std::max(sheet.width() - Sheet::kIndent - label_width - 2 - kPeakWidth, 10);
  const Trend trend = trend_of(analysis, room);
  const auto days = static_cast<uint64_t>(trend.days_per_bucket);
  sheet.title(message(language, "section.trend"),
              days > 1 ? message_counted(language, "terminal.trend_bucket", days) : std::string());
  for (const Series& series : kSeries) {
    const double peak = peak_of(trend.buckets, series.member);
    sheet.line({{pad_right(message(language, series.key), label_width), Ink::Dim},
                {"  "},
                {spark(trend.buckets, series.member, peak_of(trend.buckets, series.scale)), series.ink},
                {"  "},
                {message(language, "terminal.trend_scale", {count_text(language, ceil_count(peak))}), Ink::Dim}});
  }
  const std::string first = day_text(language, trend.first_day), last = day_text(language, trend.last_day);
  const int gap = static_cast<int>(trend.buckets.size()) - display_width(first) - display_width(last);
  const std::string axis = gap > 0 ? first + std::string(static_cast<size_t>(gap), ' ') + last
                                   : message(language, "date.range", {first, last});
  sheet.line({{std::string(static_cast<size_t>(label_width + 2), ' ')}, {axis, Ink::Dim}});
}

}  // namespace noctule
