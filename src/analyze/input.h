#pragma once
// SPDX-License-Identifier: Apache-2.0
// Input: one log file of an analysis: opened when its turn comes, its format known from its first lines. Belongs to the
// engine; one thread at a time reads.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "noctule/analyze/analyze.h"
#include "noctule/base/result.h"
#include "noctule/logs/block_reader.h"
#include "noctule/logs/log_format.h"

namespace noctule {

// No line could be read; before any instant.
inline constexpr int64_t kNoFirstInstant = INT64_MIN / 2;

class Input {
 public:
  // Opens, tells compression and format, keeps the first lines; a file is closed again until read() asks for it, standard
  // input stays open. Errors name the file.
  static Result<Input> peek(const std::string& path, const AnalyzeOptions& options);
  // The same for a growing file, which stays open.
  static Result<Input> follow(const std::string& path, const AnalyzeOptions& options);

  // The next block of lines; false at the end. An error ends the input, and close() may follow.
  Result<bool> read(LineBlock& block);
  void close();
  // Back to the start, for a second pass; not for standard input.
  void rewind();

  // Calls visit for each record in the first lines.
  void for_each_first_record(const std::function<void(const LogRecord&, FieldSet)>& visit) const;

  [[nodiscard]] int64_t first_instant_ms() const { return first_instant_ms_; }  
  // The first lines have a column for user agents and never one in it: a server that was told not to log them.
  [[nodiscard]] bool is_user_agent_silent() const { return user_agent_silent_; }
  // Its stamps name no time zone and none was given: they were taken for UTC.
  [[nodiscard]] bool is_time_zone_assumed() const { return time_zone_assumed_; }
  [[nodiscard]] const LogFormat& format() const { return format_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string shown_path() const { return is_standard_input() ? "stdin" : path_; }
  [[nodiscard]] Compression compression() const { return compression_; }
  [[nodiscard]] uint64_t consumed_bytes() const { return reader_ ? reader_->consumed_bytes() : consumed_bytes_; }
  [[nodiscard]] uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] bool is_standard_input() const { return path_ == "-"; }

 private:
  Input(std::string path, LogFormat format) : path_(std::move(path)), format_(std::move(format)) {}
  static Result<Input> begin(const std::string& path, std::unique_ptr<BlockReader> reader, const AnalyzeOptions& options);

  std::string path_;
  LogFormat format_;
  Compression compression_ = Compression::None;
  std::unique_ptr<BlockReader> reader_;
  LineBlock head_;            // the first block; handed out first while the reader that gave it is still open
  bool user_agent_silent_ = false, time_zone_assumed_ = false;
  bool head_pending_ = true;  // read() was not called yet
  int64_t first_instant_ms_ = kNoFirstInstant;
  uint64_t size_bytes_ = 0, consumed_bytes_ = 0;
};

}  // namespace noctule
