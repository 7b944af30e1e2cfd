// SPDX-License-Identifier: Apache-2.0
#include "noctule/logs/log_format.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "catalogue.h"
#include "noctule/base/text.h"
#include "pattern.h"
#include "w3c.h"
#include "wrapping.h"

namespace noctule {
namespace {

struct Trial {
  size_t parsed = 0, ignored = 0;
  LineProblem problem;      // of the first line that could not be read
  size_t problem_line = 0;  // its 1-based number, 0: none
  LineProblem reason;       // of the first line that was ignored
};

struct Candidate {
  std::string name;
  std::shared_ptr<const LineParser> prototype;  // as it was before the lines were tried on a copy
  Trial trial;
};

Trial try_format(LineParser& parser, std::span<const std::string_view> lines) {
  Trial trial;
  LogRecord record;
  LineProblem problem;
  for (size_t i = 0; i < lines.size(); ++i) {
    const LineResult result = parser.parse(lines[i], record, problem);
    if (result == LineResult::Parsed) ++trial.parsed;
    if (result == LineResult::Ignored && trial.ignored++ == 0) trial.reason = problem;
    if (result == LineResult::Malformed && trial.problem_line == 0) {
      trial.problem = problem;
      trial.problem_line = i + 1;
    }
  }
  return trial;
}

Candidate make_candidate(std::string name, std::unique_ptr<LineParser> parser, std::span<const std::string_view> lines) {
  Candidate candidate{.name = std::move(name), .prototype = nullptr, .trial = {}};
  std::unique_ptr<LineParser> tried = parser->clone();
  candidate.trial = try_format(*tried, lines);
  candidate.prototype = std::move(parser);
  return candidate;
}

class Detection {
 public:
  explicit Detection(std::span<const std::string_view> lines) : lines_(lines) {}

  void consider(std::string name, std::unique_ptr<LineParser> parser) {
    Candidate candidate = make_candidate(std::move(name), std::move(parser), lines_);
    const Trial& trial = candidate.trial;
    if (trial.problem_line != 0 && (nearest_.name.empty() || trial.problem.column > nearest_.trial.problem.column)) {
      nearest_ = candidate;
    }
    if (trial.ignored > ignoring_.trial.ignored && trial.reason.expected != kOtherProgramme) ignoring_ = candidate;
    if (trial.parsed > best_.trial.parsed) best_ = std::move(candidate);
  }

  [[nodiscard]] bool found() const { return best_.trial.parsed > 0; }
  Candidate take_best() { return std::move(best_); }

  [[nodiscard]] Error error() const {
    const std::string known = fmt::format("known are: {}", fmt::join(LogFormat::names(), ", "));
    if (lines_.empty()) return {ErrorCode::Unsupported, "there is no line to tell the format from"};
    if (ignoring_.trial.ignored > 0) {
      return {ErrorCode::Unsupported, fmt::format("no line of these is a request; as {} they are {}; {}", ignoring_.name,
                                                  ignoring_.trial.reason.expected, known)};
    }
    const LineProblem& problem = nearest_.trial.problem;
    if (nearest_.name.empty()) return {ErrorCode::Unsupported, fmt::format("no line of these is a request; {}", known)};
    return {ErrorCode::Unsupported,
            fmt::format("no known format reads these lines; nearest is {}: line {} column {}: {}: expected is {}; {}",
                        nearest_.name, nearest_.trial.problem_line, problem.column, problem.field, problem.expected, known)};
  }

 private:
  std::span<const std::string_view> lines_;
  Candidate best_, nearest_, ignoring_;
};

const FormatRow* find_row(std::string_view name) {
  for (const FormatAlias& row : format_aliases()) {
    if (row.alias == name) name = row.name;
  }
  for (const FormatRow& row : format_rows()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

const Wrapping* find_wrapping(std::string_view name) {
  for (const Wrapping& wrapping : wrappings()) {
    if (name.starts_with(wrapping.name_prefix)) return &wrapping;
  }
  return nullptr;
}

struct Named {
  std::string name;
  std::unique_ptr<LineParser> parser;
};

Result<Named> make_named(std::string_view text, const LogFormatOptions& options, bool is_wrapped) {
  if (const FormatRow* row = find_row(text)) {
    if (row->lacks_time && !is_wrapped) {
      return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" says no time by itself; expected is syslog-{}", text, text));
    }
    NOCT_TRY(auto parser, row->make(options));
    return Named{std::string(row->name), std::move(parser)};
  }
  if (text.starts_with("#Fields:")) {
    NOCT_TRY(auto parser, make_w3c_parser_of_fields(text, options));
    return Named{"w3c", std::move(parser)};
  }
  if (looks_like_format_string(text)) {
    NOCT_TRY(Pattern pattern, compile_format_string(text, !is_wrapped));
    std::string name = pattern.name;
    NOCT_TRY(auto parser, make_pattern_parser(std::move(pattern), options));
    return Named{std::move(name), std::move(parser)};
  }
  return fail(ErrorCode::InvalidInput,
              fmt::format("\"{}\" is no log format; expected is an nginx log_format, an Apache LogFormat, a #Fields line or "
                          "one of: {}; with syslog-, compose- or containerd- before it where each line was wrapped so",
                          printable(text, 60), fmt::join(LogFormat::names(), ", ")));
}

bool reads_any(const Wrapping& wrapping, std::span<const std::string_view> lines) {
  return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) { return wrapping.read(line).has_value(); });
}

}  // namespace

std::vector<std::string_view> LogFormat::names() {
  std::vector<std::string_view> names;
  for (const FormatRow& row : format_rows()) {
    if (!row.lacks_time) names.push_back(row.name);
  }
  return names;
}

Result<LogFormat> LogFormat::from_name_or_string(std::string_view name_or_string, const LogFormatOptions& options) {
  const Wrapping* wrapping = find_wrapping(name_or_string);
  if (wrapping == nullptr) {
    NOCT_TRY(Named named, make_named(name_or_string, options, false));
    return LogFormat(std::move(named.name), std::move(named.parser));
  }
  const bool says_when = wrapping->name_prefix != "compose-";
  NOCT_TRY(Named named, make_named(name_or_string.substr(wrapping->name_prefix.size()), options, says_when));
  NOCT_TRY(auto parser, make_wrapped_parser(*wrapping, std::move(named.parser), options));
  return LogFormat(fmt::format("{}{}", wrapping->name_prefix, named.name), std::move(parser));
}

Result<LogFormat> LogFormat::detect(std::span<const std::string_view> first_lines, const LogFormatOptions& options) {
  Detection detection(first_lines);
  for (const FormatRow& row : format_rows()) {
    if (row.lacks_time) continue;
    NOCT_TRY(auto parser, row.make(options));
    detection.consider(std::string(row.name), std::move(parser));
  }
  for (const Wrapping& wrapping : wrappings()) {
    if (!reads_any(wrapping, first_lines)) continue;
    for (const FormatRow& row : format_rows()) {
      NOCT_TRY(auto inner, row.make(options));
      NOCT_TRY(auto parser, make_wrapped_parser(wrapping, std::move(inner), options));
      detection.consider(fmt::format("{}{}", wrapping.name_prefix, row.name), std::move(parser));
    }
  }
  if (!detection.found()) return std::unexpected(detection.error());
  Candidate best = detection.take_best();
  LogFormat format(std::move(best.name), std::move(best.prototype));
  format.adapt_to(first_lines);
  return format;
}

void LogFormat::adapt_to(std::span<const std::string_view> first_lines) {
  std::unique_ptr<LineParser> adapted = prototype_->clone();
  adapted->adapt_to(first_lines);
  prototype_ = std::move(adapted);
}

}  // namespace noctule
