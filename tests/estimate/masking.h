#pragma once
// SPDX-License-Identifier: Apache-2.0
// Masking: take a log's arrivals whose source is known, hide the source of a random half, and see whether the estimate
// finds how many of the hidden ones were private shares. docs/estimate.md has the definition.
#include <cstdint>
#include <string>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/estimate/estimate.h"

namespace noctule {

struct MaskedRun {
  uint64_t seed = 0;
  double hidden = 0, hidden_private = 0;  // arrivals on deep pages whose source was hidden; known as private before
  double private_before = 0;              // hidden or not: what the interval has to hold
  PrivateEstimate estimate;               // of the log with the hidden sources
  [[nodiscard]] bool holds() const { return estimate.central.low <= private_before && private_before <= estimate.central.high; }
};

struct MaskedLog {
  double sources = 0, privates = 0;  // arrivals on deep pages whose source is known, and those of them that are private
  std::vector<MaskedRun> runs;       // one per seed; none when the log is too small to say anything
};

// Error: the log cannot be read.
[[nodiscard]] Result<MaskedLog> mask_log(const std::string& path, uint64_t seeds);

// A log with fewer is not tested.
inline constexpr double kMaskedSourcesMin = 100;

}  // namespace noctule
