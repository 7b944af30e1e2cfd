#pragma once
// SPDX-License-Identifier: Apache-2.0
// LogFormat: how the lines of one access log are laid out, and the parser for them. A parser is cheap to copy, holds the
// state that a format carries from line to line (W3C #Fields, a syslog year) and belongs to one thread.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/model/log_record.h"

namespace noctule {

struct LogFormatOptions {
  std::string time_zone;     // IANA name for logs without offset (HAProxy, syslog, W3C local); empty: UTC
  // For stamps without a year (syslog): the year, or, where that is 0, the instant that no line is newer than (a file's
  // BlockReader::modified_ms), from which each stamp's year follows even when the log runs over New Year.
  int year_without_date = 0;
  int64_t newest_instant_ms = 0;
};

enum class LineResult : uint8_t {
  Parsed,
  Skipped,   // a comment, directive or blank line; not counted as a line of the log
  Ignored,   // a line of the file that is rightly no request (TCP line, other syslog programme); counted, with its reason
  Malformed  // counted as unparsed
};

// Why a line could not be read: which field, and what was expected of it. Static text, no part of the line.
struct LineProblem {
  std::string_view field;     // e.g. "status"
  std::string_view expected;  // e.g. "three digits"
  size_t column = 0;          // 1-based byte in the line, 0: the whole line
};

class LineParser {
 public:
  virtual ~LineParser() = default;
  // Reads one line without its line end. On Parsed, record is filled and valid until the next call; on anything else
  // problem says why. Never throws, whatever the bytes.
  virtual LineResult parse(std::string_view line, LogRecord& record, LineProblem& problem) = 0;
  // The columns of the line that was read last (W3C: changes with #Fields), and those that adapt_to() found.
  [[nodiscard]] virtual FieldSet fields() const = 0;
  // Whether each line names its own columns (JSON, captured headers), so that a line without one of them says nothing in it:
  // what columns such a log has, only all its lines tell.
  [[nodiscard]] virtual bool is_self_describing() const { return false; }
  // Learns from a log's first lines what goes for all of them: the columns of lines that name theirs, the programmes that
  // write requests to a syslog. Lines teach nothing afterwards, so that blocks of them may be read in any order.
  virtual void adapt_to(std::span<const std::string_view>) {}
  // Whether lines must be handed to one parser in order (W3C directives) or may be split between copies.
  [[nodiscard]] virtual bool is_stateless() const = 0;
  [[nodiscard]] virtual std::unique_ptr<LineParser> clone() const = 0;
};

class LogFormat {
 public:
  // A known format by its name (names()), e.g. "combined", or a format string: nginx log_format ("$remote_addr ..."),
  // Apache LogFormat ("%h %l ..."). Error: InvalidInput, naming the directive and its place in the string.
  static Result<LogFormat> from_name_or_string(std::string_view name_or_string, const LogFormatOptions& options = {});
  // The format that reads most of these first lines, adapted to them; ties go to the more specific one. Error: Unsupported, with the first
  // lines' problem under the nearest format and the list of names.
  static Result<LogFormat> detect(std::span<const std::string_view> first_lines, const LogFormatOptions& options = {});
  [[nodiscard]] static std::vector<std::string_view> names();

  // Parsers made from now on know what LineParser::adapt_to() learns from these lines.
  void adapt_to(std::span<const std::string_view> first_lines);
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool is_self_describing() const { return prototype_->is_self_describing(); }
  [[nodiscard]] std::unique_ptr<LineParser> make_parser() const { return prototype_->clone(); }

 private:
  LogFormat(std::string name, std::shared_ptr<const LineParser> prototype)
      : name_(std::move(name)), prototype_(std::move(prototype)) {}
  std::string name_;
  std::shared_ptr<const LineParser> prototype_;  // shared by copies of the format; immutable
};

}  // namespace noctule
