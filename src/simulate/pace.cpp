// SPDX-License-Identifier: Apache-2.0
#include "pace.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "noctule/base/civil_time.h"

namespace noctule::sim {
namespace {

constexpr double kQuietHour = 3.5;
constexpr double kGuessWeight = 150;  // visits that the first guess counts as
constexpr double kCorrectionMax = 4;  // of a slot against its share of what is expected
constexpr double kEndPart = 0.12;
constexpr size_t kLookBackSlots = 36;
constexpr double kPeopleLines = 10;   // assets and pages of one visit

double day_factor(const Mix& mix, int64_t instant_ms) {
  const int64_t day = day_number(instant_ms, 0);
  const int64_t weekday = ((day + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; 0 is Monday
  return weekday >= 5 ? mix.weekend : 1.0;
}

double hour_factor(const Mix& mix, int64_t instant_ms) {
  const double hour = static_cast<double>((instant_ms % 86'400'000 + 86'400'000) % 86'400'000) / 3'600'000;
  const double height = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (hour - kQuietHour) / 24);
  return mix.night + (1 - mix.night) * height;
}

}  // namespace

Pace::Pace(const Mix& mix, const Window& window, double visits_per_day, uint64_t lines_target)
    : lines_target_(static_cast<double>(lines_target)),
      first_guess_(kPeopleLines + mix.crawlers + mix.probes + mix.clients + mix.feed_polls + 0.4 * mix.scanners) {
  double total = 0;
  for (size_t slot = 0; slot < window.slot_count(); ++slot) {
    const int64_t middle_ms = window.start_ms + static_cast<int64_t>(slot) * window.slot_ms + window.slot_ms / 2;
    weights_.push_back(day_factor(mix, middle_ms) * hour_factor(mix, middle_ms));
    total += weights_.back();
  }
  for (double& weight : weights_) weight /= total;
  const double days = static_cast<double>(window.end_ms - window.start_ms) / 86'400'000;
  expected_visits_ = lines_target == 0 ? visits_per_day * days : lines_target_ / first_guess_;
}

// Machines bring lines by the clock and people by the visit: near the end the machines' part is told from their last hours,
// until then it is taken to grow with the visits.
double Pace::missing_visits(size_t slot, const Made& made) const {
  const double visits = static_cast<double>(made.visits) + kGuessWeight;
  const double people = static_cast<double>(made.people_lines), machines = static_cast<double>(made.machine_lines);
  const double missing = std::max(0.0, lines_target_ - people - machines);
  const size_t slots_left = weights_.size() - slot;
  if (static_cast<double>(slots_left) > kEndPart * static_cast<double>(weights_.size())) {
    return missing / ((people + machines + first_guess_ * kGuessWeight) / visits);
  }
  const size_t look_back = std::min(slot, slots_left + kLookBackSlots);
  const double by_slot = look_back == 0 ? 0 : static_cast<double>(made.machine_lines - machine_lines_[slot - look_back]) / static_cast<double>(look_back);
  return std::max(0.0, missing - by_slot * static_cast<double>(slots_left)) / ((people + kPeopleLines * kGuessWeight) / visits);
}

double Pace::visits_of_slot(size_t slot, const Made& made) {
  const double weight = weights_[slot];
  if (lines_target_ <= 0) return expected_visits_ * weight;
  machine_lines_.push_back(made.machine_lines);
  const double missing = missing_visits(slot, made);
  const double free = std::max(0.0, missing - made.part_to_come * expected_visits_);
  const double visits = std::min(free * weight / rest_, kCorrectionMax * lines_target_ / first_guess_ * weight);
  expected_visits_ = static_cast<double>(made.visits) + missing;
  rest_ = std::max(rest_ - weight, 1e-12);
  return visits;
}

}  // namespace noctule::sim
