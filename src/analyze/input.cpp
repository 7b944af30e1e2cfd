// SPDX-License-Identifier: Apache-2.0
#include "input.h"

#include <fmt/format.h>

#include <span>
#include <vector>

namespace noctule {
namespace {

constexpr size_t kDetectLinesMax = 200;
constexpr size_t kRecordsToTell = 50;  // that say nothing in a column before the column counts as absent

std::vector<std::string_view> first_lines(const LineBlock& block, size_t lines_max) {
  std::vector<std::string_view> lines;
  std::string_view line;
  for (LineWalker walk(block); lines.size() < lines_max && walk.next(line);) lines.push_back(line);
  return lines;
}

LogFormatOptions format_options(const AnalyzeOptions& options, const BlockReader& reader) {
  LogFormatOptions out;
  out.time_zone = options.time_zone;
  out.newest_instant_ms = reader.modified_ms();
  return out;
}

Result<LogFormat> find_format(const AnalyzeOptions& options, const LogFormatOptions& shape, std::span<const std::string_view> lines) {
  if (!options.format.empty()) return LogFormat::from_name_or_string(options.format, shape);
  if (lines.empty()) return LogFormat::from_name_or_string("combined", shape);  // an empty file: nothing to tell
  return LogFormat::detect(lines, shape);
}

int64_t first_instant(const LogFormat& format, std::span<const std::string_view> lines) {
  const auto parser = format.make_parser();
  LogRecord record;
  LineProblem problem;
  for (const std::string_view line : lines) {
    if (parser->parse(line, record, problem) == LineResult::Parsed) return record.instant_ms;
  }
  return kNoFirstInstant;
}

// Whether the first line's instant would be another one in another time zone: then its stamp does not name one.
bool depends_on_time_zone(const AnalyzeOptions& options, LogFormatOptions shape, const LogFormat& format,
                          std::span<const std::string_view> lines) {
  shape.time_zone = "Etc/GMT+5";
  const auto elsewhere = find_format(options, shape, lines);
  return elsewhere && first_instant(*elsewhere, lines) != first_instant(format, lines);
}

}  // namespace

Result<Input> Input::begin(const std::string& path, std::unique_ptr<BlockReader> reader, const AnalyzeOptions& options) {
  LineBlock head;
  if (auto got = reader->read(head); !got) return std::unexpected(std::move(got).error());
  const LogFormatOptions shape = format_options(options, *reader);
  const auto lines = first_lines(head, kDetectLinesMax);
  auto format = find_format(options, shape, lines);
  if (!format) {
    if (!options.format.empty()) return std::unexpected(std::move(format).error());
    return fail(format.error().code, fmt::format("{}: {}", path == "-" ? "standard input" : path, format.error().message));
  }
  Input input(path, *std::move(format));
  input.time_zone_assumed_ = options.time_zone.empty() && depends_on_time_zone(options, shape, input.format_, lines);
  input.compression_ = reader->compression();
  input.size_bytes_ = reader->size_bytes();
  input.head_ = std::move(head);
  input.reader_ = std::move(reader);
  size_t records = 0, with_user_agent = 0;
  input.for_each_first_record([&](const LogRecord& record, FieldSet) {
    if (records++ == 0) input.first_instant_ms_ = record.instant_ms;
    if (!record.user_agent.empty()) ++with_user_agent;
  });
  input.user_agent_silent_ = records >= kRecordsToTell && with_user_agent == 0;
  return input;
}

Result<Input> Input::peek(const std::string& path, const AnalyzeOptions& options) {
  NOCT_TRY(auto reader, open_log(path));
  NOCT_TRY(Input input, begin(path, std::move(reader), options));
  if (!input.is_standard_input()) input.rewind();
  return input;
}

Result<Input> Input::follow(const std::string& path, const AnalyzeOptions& options) {
  NOCT_TRY(auto reader, follow_log(path));
  return begin(path, std::move(reader), options);
}

void Input::rewind() {
  NOCT_ASSERT(!is_standard_input());
  reader_.reset();
  consumed_bytes_ = 0;
  head_pending_ = true;
}

void Input::close() {
  consumed_bytes_ = consumed_bytes();
  reader_.reset();
}

Result<bool> Input::read(LineBlock& block) {
  if (head_pending_) {
    head_pending_ = false;
    if (reader_) {
      block = head_;
      if (!block.bytes.empty()) return true;
    } else {
      NOCT_TRY(reader_, open_log(path_));
    }
  }
  if (!reader_) return false;
  return reader_->read(block);
}

void Input::for_each_first_record(const std::function<void(const LogRecord&, FieldSet)>& visit) const {
  const auto parser = format_.make_parser();
  LogRecord record;
  LineProblem problem;
  std::string_view line;
  for (LineWalker walk(head_); walk.next(line);) {
    if (parser->parse(line, record, problem) == LineResult::Parsed) visit(record, parser->fields());
  }
}

}  // namespace noctule
