#pragma once
// SPDX-License-Identifier: Apache-2.0
// What holds of every parser and every line, whatever the bytes.
#include <cstdint>
#include <string_view>

#include "expect.h"
#include "noctule/logs/log_format.h"

namespace noctule::fuzzing {

// Reads every byte that the record shows, so that a view into freed memory is found.
inline uint64_t touch(const LogRecord& record) {
  uint64_t sum = record.status + static_cast<uint64_t>(record.instant_ms);
  for (const std::string_view text : {record.address, record.forwarded_for, record.method, record.target, record.protocol,
                                      record.host, record.scheme, record.referrer, record.user_agent, record.requested_with,
                                      record.purpose}) {
    for (const char c : text) sum = sum * 31 + static_cast<unsigned char>(c);
  }
  return sum;
}

inline std::string_view next_line(std::string_view& rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return line;
}

// A parser and a copy of it that was made before say the same of each line.
inline void check_lines(LineParser& parser, std::string_view lines) {
  const auto copy = parser.clone();
  while (!lines.empty()) {
    const std::string_view line = next_line(lines);
    LogRecord record, record_of_copy;
    LineProblem problem, problem_of_copy;
    const LineResult result = parser.parse(line, record, problem);
    const LineResult result_of_copy = copy->parse(line, record_of_copy, problem_of_copy);
    expect(result == result_of_copy);
    if (result == LineResult::Parsed) {
      expect(touch(record) == touch(record_of_copy));
      expect(record.status < 1'000 && record.bytes >= -1);
    } else {
      expect(!problem.field.empty() && !problem.expected.empty());
      expect(problem.column <= line.size() + 1);
    }
  }
}

}  // namespace noctule::fuzzing
