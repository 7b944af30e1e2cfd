#pragma once
// SPDX-License-Identifier: Apache-2.0
// Input: one log file of an analysis: opened when its turn comes, its format known from its first lines. Belongs to the
// engine; one thread at a time reads.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "noctule/analyze/analyze.h"
#include "noctule/base/result.h"
#include "noctule/logs/block_reader.h"
#include "noctule/logs/log_format.h"

namespace noctule {

// No line could be read; before any instant.
inline constexpr int64_t kNoFirstInstant = INT64_MIN / 2;

class Input {
 public:
  // Opens, tells compression and format, keeps the first lines. A file is closed again until read() asks for it; what can
  // be read only once (standard input, a pipe, a FIFO) stays open, and its first lines are handed out by read(). Errors
  // name the file.
  static Result<Input> peek(const std::string& path, const AnalyzeOptions& options);
  // The same for a growing file, which stays open. Its format may become known only when its first lines come.
  static Result<Input> follow(const std::string& path, const AnalyzeOptions& options);

  // The next block of lines; false at the end. An error ends the input, and close() may follow.
  Result<bool> read(LineBlock& block);
  void close();
  // Back to the start, for a second pass; only where is_repeatable().
  void rewind();
  // From now on no descriptor is held between two reads, where that can be done.
  void hold_no_descriptor() { rests_ = true; }

  // Calls visit for each record in the first lines, as long as they are kept.
  void for_each_first_record(const std::function<void(const LogRecord&, FieldSet)>& visit) const;
  // Forgets the first lines where they can be read again.
  void drop_first_lines();

  [[nodiscard]] int64_t first_instant_ms() const { return first_instant_ms_; }
  // A hash of the first lines; 0 where no request is among them.
  [[nodiscard]] uint64_t first_lines_hash() const { return first_lines_hash_; }
  // Tells a log again when it has grown, was renamed or packed: a hash of its first request but the address. 0 where there
  // is none.
  [[nodiscard]] uint64_t first_request_hash() const { return first_request_hash_; }
  // The input's other names on the command line, and the input that begins with the same lines, if any.
  [[nodiscard]] const std::vector<std::string>& other_names() const { return other_names_; }
  [[nodiscard]] const std::string& begins_like() const { return begins_like_; }
  void add_other_name(std::string path) { other_names_.push_back(std::move(path)); }
  void set_begins_like(std::string path) { begins_like_ = std::move(path); }
  // The first lines have a column for user agents and never one in it: a server that was told not to log them.
  [[nodiscard]] bool is_user_agent_silent() const { return user_agent_silent_; }
  // Its stamps name no time zone and none was given: they were taken for UTC.
  [[nodiscard]] bool is_time_zone_assumed() const { return time_zone_assumed_; }
  // Known once read() gave a block.
  [[nodiscard]] const LogFormat& format() const;
  // "none" as long as no line told it.
  [[nodiscard]] std::string format_name() const { return format_ ? format_->name() : "none"; }
  [[nodiscard]] bool is_self_describing() const { return format_ && format_->is_self_describing(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string shown_path() const { return path_ == "-" ? "stdin" : path_; }
  [[nodiscard]] Compression compression() const { return compression_; }
  [[nodiscard]] uint64_t consumed_bytes() const { return reader_ ? reader_->consumed_bytes() : consumed_bytes_; }
  [[nodiscard]] uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] bool is_repeatable() const { return repeatable_; }

 private:
  Input(std::string path, std::unique_ptr<BlockReader> reader, const AnalyzeOptions& options);
  Result<void> look_at_first_lines();
  Result<void> fill_head();
  Result<void> find_format();
  Result<bool> wait_for_format();
  void learn_from_head();

  std::string path_, begins_like_;
  std::vector<std::string> other_names_;
  std::string format_given_, time_zone_;  // AnalyzeOptions
  std::optional<LogFormat> format_;
  Compression compression_ = Compression::None;
  std::unique_ptr<BlockReader> reader_;
  LineBlock head_;                  // the first lines
  std::optional<Error> head_error_;  // what ended them early; told by read() after them
  bool repeatable_ = true, rests_ = false, user_agent_silent_ = false, time_zone_assumed_ = false;
  bool head_pending_ = true;  // read() was not called yet
  int64_t first_instant_ms_ = kNoFirstInstant;
  uint64_t first_lines_hash_ = 0, first_request_hash_ = 0, size_bytes_ = 0, consumed_bytes_ = 0;
};

}  // namespace noctule
