// SPDX-License-Identifier: Apache-2.0
// The first lines of a log: a format that reads at least one of them is found, or an error says why not.
#include <vector>

#include "logs_check.h"

using namespace noctule;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> lines;
  while (!rest.empty() && lines.size() < 20) lines.push_back(fuzzing::next_line(rest));
  const auto format = LogFormat::detect(lines, {.time_zone = "", .year_without_date = 2026, .newest_instant_ms = 0});
  if (!format) {
    fuzzing::expect(!format.error().message.empty());
    return 0;
  }
  const auto parser = format->make_parser();
  size_t parsed = 0;
  LogRecord record;
  LineProblem problem;
  for (const std::string_view line : lines) parsed += parser->parse(line, record, problem) == LineResult::Parsed;
  fuzzing::expect(parsed > 0);
  return 0;
}
