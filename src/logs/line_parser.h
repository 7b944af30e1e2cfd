#pragma once
// SPDX-License-Identifier: Apache-2.0
// What every line parser shares: line ends, blank lines and comments, the scratch for unescaped text.
#include "field_values.h"
#include "noctule/logs/log_format.h"
#include "scan.h"

namespace noctule {

inline bool fail_at(LineProblem& problem, std::string_view field, std::string_view expected, size_t column) {
  problem = {field, expected, column};
  return false;
}

inline LineResult ignore(LineProblem& problem, std::string_view field, std::string_view reason, size_t column = 0) {
  problem = {field, reason, column};
  return LineResult::Ignored;
}

class ParserBase : public LineParser {
 public:
  LineResult parse(std::string_view line, LogRecord& record, LineProblem& problem) final {
    if (line.ends_with('\r')) line.remove_suffix(1);
    record = LogRecord{};
    if (line.empty() || line[0] == '#' || is_blank(line)) return parse_directive(line, record, problem);
    scratch_.begin_line(line.size());
    return parse_line(line, record, problem);
  }
  [[nodiscard]] bool is_stateless() const override { return true; }

 protected:
  ParserBase() = default;
  ParserBase(const ParserBase&) : LineParser() {}  // the scratch belongs to one parser's current line
  ParserBase& operator=(const ParserBase&) = delete;

  virtual LineResult parse_line(std::string_view line, LogRecord& record, LineProblem& problem) = 0;
  // Blank lines and those that begin with '#'.
  virtual LineResult parse_directive(std::string_view, LogRecord&, LineProblem& problem) {
    problem = {"line", "a blank line or a comment", 0};
    return LineResult::Skipped;
  }

  Scratch scratch_;

 private:
  static bool is_blank(std::string_view line) {
    return (line[0] == ' ' || line[0] == '\t') && line.find_first_not_of(" \t") == std::string_view::npos;
  }
};

// The columns that any of these lines names. The parser is spent by it.
inline FieldSet columns_named_in(LineParser& parser, std::span<const std::string_view> lines) {
  FieldSet columns;
  LogRecord record;
  LineProblem problem;
  for (const std::string_view line : lines) {
    if (parser.parse(line, record, problem) == LineResult::Parsed) columns.add_all(parser.fields());
  }
  return columns;
}

}  // namespace noctule
