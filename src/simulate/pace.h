#pragma once
// SPDX-License-Identifier: Apache-2.0
// How many visits fall into each slot: the day's and the week's curve and, where a number of lines is asked for, the
// correction that leads there. The lines that a visit brings are learned while the log grows.
#include <cstdint>
#include <vector>

#include "mix.h"
#include "stage.h"

namespace noctule::sim {

class Pace {
 public:
  // lines_target 0: visits_per_day counts.
  Pace(const Mix& mix, const Window& window, double visits_per_day, uint64_t lines_target);

  // What the world has made so far.
  struct Made {
    uint64_t visits, people_lines, machine_lines;
    double part_to_come;  // of all visits: those that will come whatever this pace says
  };
  // Mean visits of a slot. Call it once for each slot, in order.
  double visits_of_slot(size_t slot, const Made& made);
  // Of the whole window; with a line target the estimate after the slot asked for last.
  [[nodiscard]] double expected_visits() const { return expected_visits_; }

 private:
  [[nodiscard]] double missing_visits(size_t slot, const Made& made) const;

  std::vector<double> weights_;  // of slots; they sum to one
  std::vector<uint64_t> machine_lines_;  // before each slot asked for
  double rest_ = 1;              // weight of the slots not asked for yet
  double lines_target_, first_guess_, expected_visits_;
};

}  // namespace noctule::sim
