// SPDX-License-Identifier: Apache-2.0
#include "noctule/logs/log_format.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalogue.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

struct Trial {
  size_t parsed = 0;
  LineProblem problem;    // of the first line that could not be read
  size_t problem_line = 0;  // its 1-based number, 0: none
};

Trial try_format(LineParser& parser, std::span<const std::string_view> lines) {
  Trial trial;
  LogRecord record;
  LineProblem problem;
  for (size_t i = 0; i < lines.size(); ++i) {
    const LineResult result = parser.parse(lines[i], record, problem);
    if (result == LineResult::Parsed) ++trial.parsed;
    if (result == LineResult::Malformed && trial.problem_line == 0) {
      trial.problem = problem;
      trial.problem_line = i + 1;
    }
  }
  return trial;
}

}  // namespace

std::vector<std::string_view> LogFormat::names() {
  std::vector<std::string_view> names;
  for (const FormatRow& row : format_rows()) names.push_back(row.name);
  return names;
}

Result<LogFormat> LogFormat::from_name_or_string(std::string_view name_or_string, const LogFormatOptions& options) {
  for (const FormatRow& row : format_rows()) {
    if (row.name != name_or_string) continue;
    NOCT_TRY(std::shared_ptr<const LineParser> parser, row.make(options));
    return LogFormat(std::string(row.name), std::move(parser));
  }
  return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no log format; known are: {}",
                                                   printable(name_or_string, 60), fmt::join(names(), ", ")));
}

Result<LogFormat> LogFormat::detect(std::span<const std::string_view> first_lines, const LogFormatOptions& options) {
  Trial best, nearest;
  std::string_view best_name, nearest_name;
  std::shared_ptr<const LineParser> prototype;
  for (const FormatRow& row : format_rows()) {
    NOCT_TRY(std::shared_ptr<const LineParser> parser, row.make(options));
    const Trial trial = try_format(*parser->clone(), first_lines);
    if (trial.parsed > best.parsed) {
      best = trial;
      best_name = row.name;
      prototype = parser;
    }
    if (trial.problem_line != 0 && (nearest_name.empty() || trial.problem.column > nearest.problem.column)) {
      nearest = trial;
      nearest_name = row.name;
    }
  }
  if (best.parsed > 0) return LogFormat(std::string(best_name), std::move(prototype));
  return fail(ErrorCode::Unsupported,
              fmt::format("no known format reads these lines; nearest is {}: line {} column {}: {} is not {}; known are: {}",
                          nearest_name, nearest.problem_line, nearest.problem.column, nearest.problem.field,
                          nearest.problem.expected, fmt::join(names(), ", ")));
}

}  // namespace noctule
