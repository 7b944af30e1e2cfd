#pragma once
// SPDX-License-Identifier: Apache-2.0
// Counts what is written, hit by hit, into the truth of a world.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "apps.h"
#include "noctule/simulate/world.h"
#include "stage.h"

namespace noctule::sim {

// Names as in WorldTruth.
[[nodiscard]] std::string name_of_cause(const HitTruth& truth);
[[nodiscard]] std::string name_of_machine(const HitTruth& truth);

class TruthBook {
 public:
  // shown_traces: bits of Trace that the log's format shows. arrivals may be null.
  TruthBook(uint8_t shown_traces, std::vector<ArrivalTruth>* arrivals) : shown_traces_(shown_traces), arrivals_(arrivals) {}
  // A hit that stands on this line of the log.
  void count(const Hit& hit, uint64_t line, const TextTable& texts);
  [[nodiscard]] WorldTruth finish(const Stage& stage) const;

 private:
  static constexpr size_t kApps = 32;  // rows of apps(), and one past them for none
  void count_arrival(const Hit& hit);

  uint8_t shown_traces_;
  std::vector<ArrivalTruth>* arrivals_;
  WorldTruth truth_;
  std::array<std::array<uint64_t, kApps>, kCauses> causes_{};    // by app where the cause is a private share
  std::array<std::array<uint64_t, kApps>, kMachines> machines_{};  // by app where the machine fetches a preview
};

}  // namespace noctule::sim
