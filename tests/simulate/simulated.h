#pragma once
// SPDX-License-Identifier: Apache-2.0
// A simulated log in memory with its truth, for tests.
#include <string>
#include <string_view>
#include <vector>

#include "noctule/simulate/world.h"

namespace noctule {

struct Simulated {
  std::string log;
  WorldTruth truth;
  std::vector<ArrivalTruth> arrivals;
};

// Fails the test when the options are refused.
Simulated simulate(const WorldOptions& options);
// Lines without their ends.
std::vector<std::string_view> lines_of(const std::string& log);
// How many lines contain the text.
size_t count_lines_with(const std::string& log, std::string_view text);

}  // namespace noctule
