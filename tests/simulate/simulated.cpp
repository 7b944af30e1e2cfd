// SPDX-License-Identifier: Apache-2.0
#include "simulated.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace noctule {

Simulated simulate(const WorldOptions& options) {
  Simulated world;
  std::ostringstream out;
  Result<WorldTruth> truth = simulate_world(options, out, &world.arrivals);
  if (!truth) {
    ADD_FAILURE() << truth.error().message;
    return world;
  }
  world.truth = *std::move(truth);
  world.log = std::move(out).str();
  return world;
}

std::vector<std::string_view> lines_of(const std::string& log) {
  std::vector<std::string_view> lines;
  std::string_view rest = log;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    lines.push_back(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return lines;
}

size_t count_lines_with(const std::string& log, std::string_view text) {
  const std::vector<std::string_view> lines = lines_of(log);
  return static_cast<size_t>(std::ranges::count_if(lines, [&](std::string_view line) { return line.find(text) != std::string_view::npos; }));
}

}  // namespace noctule
