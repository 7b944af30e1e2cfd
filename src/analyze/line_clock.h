#pragma once
// SPDX-License-Identifier: Apache-2.0
// LineClock: where in time a run of lines stands, robust against single stamps that are wildly wrong (a router's clock at
// boot, a line of another log): one line in the year 2099 must not make all others late. DayCounts: the lines of each day,
// which tell stray stamps from the log's own span. Plain values.
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace noctule {

// Before any instant, and far enough from the end of its type to be reckoned with.
inline constexpr int64_t kNoInstant = INT64_MIN / 2;
// A line is written when its answer was sent: a minute late is usual.
inline constexpr int64_t kOutOfOrder_ms = 60'000;

class LineClock {
 public:
  void take(int64_t instant_ms) {
    latest_[taken_++ % kLatest] = instant_ms;
    if (reference_ms_ == kNoInstant) {
      reference_ms_ = instant_ms;
    } else if (instant_ms >= reference_ms_ && instant_ms - reference_ms_ <= kLeap_ms) {
      reference_ms_ = instant_ms;
      strange_in_a_row_ = 0;
    } else if (reference_ms_ - instant_ms > kOutOfOrder_ms || instant_ms > reference_ms_) {
      if (instant_ms < reference_ms_) ++out_of_order_;
      // Where this many agree, it was the reference that was strange, or the log goes on elsewhere in time.
      if (++strange_in_a_row_ >= kAgreed) {
        reference_ms_ = instant_ms;
        strange_in_a_row_ = 0;
      }
    }
  }

  // Lines that stand more than a minute before one that came earlier.
  [[nodiscard]] uint64_t out_of_order() const { return out_of_order_; }
  // The median of the last lines; kNoInstant without any.
  [[nodiscard]] int64_t now_ms() const {
    if (taken_ == 0) return kNoInstant;
    std::array<int64_t, kLatest> sorted = latest_;
    const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(taken_, kLatest));
    const auto middle = sorted.begin() + (end - sorted.begin()) / 2;
    std::nth_element(sorted.begin(), middle, end);
    return *middle;
  }

 private:
  static constexpr size_t kLatest = 15, kAgreed = 8;
  static constexpr int64_t kLeap_ms = 86'400'000;

  std::array<int64_t, kLatest> latest_{};
  size_t taken_ = 0, strange_in_a_row_ = 0;
  int64_t reference_ms_ = kNoInstant;
  uint64_t out_of_order_ = 0;
};

class DayCounts {
 public:
  struct Day {
    uint64_t lines = 0;
    int64_t first_ms = INT64_MAX, last_ms = kNoInstant;
  };
  struct Span {
    int64_t first_ms = 0, last_ms = 0;
    uint64_t strays = 0;  // lines outside of it
  };

  void take(int64_t instant_ms) {
    if (runs_.empty() || instant_ms < runs_.back().starts_ms || instant_ms >= runs_.back().starts_ms + kDay_ms) {
      runs_.push_back({floor_to_day(instant_ms), {}});
    }
    add(runs_.back().day, {1, instant_ms, instant_ms});
  }

  // Takes the runs of another's lines into the days.
  void take_in(DayCounts& part) {
    for (const Run& run : part.runs_) {
      if (days_.size() < kDaysMax || days_.contains(run.starts_ms)) add(days_[run.starts_ms], run.day);
      else ++beyond_;
    }
    part.runs_.clear();
  }
  void clear() { *this = DayCounts(); }

  // The log's own time: from the first to the last stretch of days that is not stray. Stretches are parted by a year
  // without a line; a stretch is stray when it holds less than a hundredth of the lines, and fewer than a hundred of them.
  [[nodiscard]] Span span() const {
    struct Stretch {
      int64_t first_ms, last_ms;
      uint64_t lines;
    };
    std::vector<Stretch> stretches;
    uint64_t lines = 0;
    for (const auto& [starts_ms, day] : days_) {
      if (stretches.empty() || day.first_ms - stretches.back().last_ms > kGap_ms) stretches.push_back({day.first_ms, day.last_ms, 0});
      stretches.back().last_ms = day.last_ms;
      stretches.back().lines += day.lines;
      lines += day.lines;
    }
    const auto is_stray = [&](const Stretch& s) { return s.lines < kStrayMax && s.lines * kStrayShare < lines; };
    Span span{0, 0, beyond_};
    bool any = false;
    for (const Stretch& stretch : stretches) {
      if (is_stray(stretch)) continue;
      if (!any) span.first_ms = stretch.first_ms;
      span.last_ms = stretch.last_ms;
      any = true;
    }
    for (const Stretch& stretch : stretches) {
      if (any && (stretch.last_ms < span.first_ms || stretch.first_ms > span.last_ms)) span.strays += stretch.lines;
    }
    return span;
  }

 private:
  struct Run {
    int64_t starts_ms;
    Day day;
  };
  static constexpr int64_t kDay_ms = 86'400'000, kGap_ms = 366 * kDay_ms;
  static constexpr uint64_t kStrayMax = 100, kStrayShare = 100;
  static constexpr size_t kDaysMax = 100'000;  // of a hostile log

  static int64_t floor_to_day(int64_t instant_ms) {
    return (instant_ms >= 0 ? instant_ms : instant_ms - (kDay_ms - 1)) / kDay_ms * kDay_ms;
  }
  static void add(Day& sum, const Day& part) {
    sum.lines += part.lines;
    sum.first_ms = std::min(sum.first_ms, part.first_ms);
    sum.last_ms = std::max(sum.last_ms, part.last_ms);
  }

  std::vector<Run> runs_;
  std::map<int64_t, Day> days_;
  uint64_t beyond_ = 0;
};

}  // namespace noctule
