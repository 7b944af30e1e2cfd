// SPDX-License-Identifier: Apache-2.0
#include "input.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "noctule/base/hash.h"

namespace noctule {
namespace {

constexpr size_t kDetectLinesMax = 200;
constexpr size_t kLinesToRefuse = 20;  // of a growing file that no format reads
constexpr size_t kRecordsToTell = 50;  // that say nothing in a column before the column counts as absent
// What is looked at ahead. The same bytes of a log in whatever portions they come, so that all that is learned from them is.
constexpr size_t kHeadSize = kBlockSize;

// The lines that begin in the first kHeadSize bytes.
std::vector<std::string_view> first_lines(const LineBlock& block, size_t lines_max = SIZE_MAX) {
  std::vector<std::string_view> lines;
  std::string_view line;
  for (LineWalker walk(block); lines.size() < lines_max && walk.next(line);) {
    if (static_cast<size_t>(line.data() - block.bytes.data()) >= kHeadSize) break;
    lines.push_back(line);
  }
  return lines;
}

void append(LineBlock& block, LineBlock&& more) {
  if (block.bytes.empty()) {
    block = std::move(more);
    return;
  }
  block.bytes.insert(block.bytes.end(), more.bytes.begin(), more.bytes.end());
  block.overlong.insert(block.overlong.end(), more.overlong.begin(), more.overlong.end());
}

// Comments, directives and blank lines alone tell no format: a log whose day had no request.
bool says_something(std::string_view line) { return !line.empty() && line[0] != '#' && line.find_first_not_of(" \t\r") != std::string_view::npos; }

bool say_something(std::span<const std::string_view> lines) {
  for (const std::string_view line : lines) {
    if (says_something(line)) return true;
  }
  return false;
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

uint64_t hash_lines(std::span<const std::string_view> lines) {
  uint64_t hash = 1;
  for (const std::string_view line : lines) hash = combine_hashes(hash, hash_bytes(line));
  return hash;
}

uint64_t hash_request(const LogRecord& record) {
  uint64_t hash = combine_hashes(static_cast<uint64_t>(record.instant_ms), record.status);
  for (const std::string_view text : {record.method, record.target, record.host, record.referrer, record.user_agent}) {
    hash = combine_hashes(hash, hash_bytes(text));
  }
  return combine_hashes(hash, static_cast<uint64_t>(record.bytes)) | 1;
}

}  // namespace

Input::Input(std::string path, std::unique_ptr<BlockReader> reader, const AnalyzeOptions& options)
    : path_(std::move(path)),
      format_given_(options.format),
      time_zone_(options.time_zone),
      compression_(reader->compression()),
      reader_(std::move(reader)),
      repeatable_(reader_->is_repeatable()),
      size_bytes_(reader_->size_bytes()) {}

Result<Input> Input::peek(const std::string& path, const AnalyzeOptions& options) {
  NOCT_TRY(auto reader, open_log(path));
  Input input(path, std::move(reader), options);
  if (auto looked = input.look_at_first_lines(); !looked) return std::unexpected(std::move(looked).error());
  if (input.is_repeatable()) input.rewind();
  return input;
}

Result<Input> Input::follow(const std::string& path, const AnalyzeOptions& options) {
  NOCT_TRY(auto reader, follow_log(path));
  Input input(path, std::move(reader), options);
  if (auto looked = input.look_at_first_lines(); !looked) return std::unexpected(std::move(looked).error());
  return input;
}

Result<void> Input::look_at_first_lines() {
  if (auto filled = fill_head(); !filled) return filled;
  return find_format();
}

// Reads ahead up to kHeadSize, or as much as there is. An error before the first line is one of the file.
Result<void> Input::fill_head() {
  while (head_.bytes.size() < kHeadSize && !head_error_) {
    LineBlock more;
    auto got = reader_->read(more);
    if (!got) head_error_ = std::move(got).error();
    else if (!*got) break;
    append(head_, std::move(more));
  }
  if (head_error_ && head_.bytes.empty()) return std::unexpected(*std::move(head_error_));
  return {};
}

// Leaves the format open where no line tells it.
Result<void> Input::find_format() {
  const LogFormatOptions shape{.time_zone = time_zone_, .year_without_date = 0, .newest_instant_ms = reader_->modified_ms()};
  const auto all = first_lines(head_);
  std::span<const std::string_view> lines(all);
  if (say_something(lines.first(std::min(kDetectLinesMax, lines.size())))) lines = lines.first(std::min(kDetectLinesMax, lines.size()));
  const bool is_all_of_it = head_.bytes.size() < kHeadSize;
  if (format_given_.empty() && is_all_of_it && !say_something(lines)) return {};
  auto format = format_given_.empty() ? LogFormat::detect(lines, shape) : LogFormat::from_name_or_string(format_given_, shape);
  if (!format) {
    if (!format_given_.empty()) return std::unexpected(std::move(format).error());
    return fail(format.error().code, fmt::format("{}: {}", path_ == "-" ? "standard input" : path_, format.error().message));
  }
  format_ = *std::move(format);
  format_->adapt_to(all);
  // Where the first line's instant is another one in another time zone, its stamp does not name one.
  LogFormatOptions elsewhere = shape;
  elsewhere.time_zone = "Etc/GMT+5";
  const auto there = LogFormat::from_name_or_string(format_given_.empty() ? format_->name() : format_given_, elsewhere);
  time_zone_assumed_ = time_zone_.empty() && there && first_instant(*there, lines) != first_instant(*format_, lines);
  learn_from_head();
  return {};
}

void Input::learn_from_head() {
  size_t records = 0, with_user_agent = 0;
  for_each_first_record([&](const LogRecord& record, FieldSet) {
    if (records++ == 0) {
      first_instant_ms_ = record.instant_ms;
      first_request_hash_ = hash_request(record);
    }
    if (!record.user_agent.empty()) ++with_user_agent;
  });
  user_agent_silent_ = records >= kRecordsToTell && with_user_agent == 0;
  if (records > 0) first_lines_hash_ = hash_lines(first_lines(head_, kDetectLinesMax));
}

void Input::drop_first_lines() {
  if (repeatable_) head_ = LineBlock{};
}

void Input::rewind() {
  NOCT_ASSERT(repeatable_);
  reader_.reset();
  head_error_.reset();
  consumed_bytes_ = 0;
  head_pending_ = true;
}

void Input::close() {
  consumed_bytes_ = consumed_bytes();
  reader_.reset();
}

const LogFormat& Input::format() const {
  NOCT_ASSERT(format_.has_value());
  return *format_;
}

// True once the format is known. Where a growing file had no line, its first ones tell; a single one may be half a header.
Result<bool> Input::wait_for_format() {
  if (format_) return true;
  if (!reader_ || repeatable_) return false;
  if (auto filled = fill_head(); !filled) return std::unexpected(std::move(filled).error());
  auto found = find_format();
  if (found) return format_.has_value();
  if (first_lines(head_, kLinesToRefuse).size() < kLinesToRefuse) return false;
  reader_.reset();
  return std::unexpected(std::move(found).error());
}

Result<bool> Input::read(LineBlock& block) {
  NOCT_TRY(const bool has_format, wait_for_format());
  if (!has_format) return false;
  if (head_pending_) {
    head_pending_ = false;
    if (reader_ && !head_.bytes.empty()) {
      block = std::exchange(head_, LineBlock{});
      return true;
    }
    if (!reader_) {  // a file that was closed when its first lines had been looked at
      NOCT_TRY(reader_, open_log(path_));
    }
  }
  if (head_error_) return std::unexpected(*std::exchange(head_error_, std::nullopt));
  if (!reader_) return false;
  auto got = reader_->read(block);
  if (rests_) reader_->rest();
  return got;
}

void Input::for_each_first_record(const std::function<void(const LogRecord&, FieldSet)>& visit) const {
  if (!format_) return;
  const auto parser = format_->make_parser();
  LogRecord record;
  LineProblem problem;
  for (const std::string_view line : first_lines(head_)) {
    if (parser->parse(line, record, problem) == LineResult::Parsed) visit(record, parser->fields());
  }
}

}  // namespace noctule
