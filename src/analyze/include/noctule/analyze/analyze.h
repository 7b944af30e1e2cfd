#pragma once
// SPDX-License-Identifier: Apache-2.0
// analyze_logs: from the files of one site to an Analysis. Blocks until done; uses the threads it is given.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "noctule/analyze/analysis.h"
#include "noctule/base/result.h"

namespace noctule {

struct ReadProgress {
  uint64_t bytes_read = 0, bytes_total = 0;  // of the files as they lie on disk; total 0: not known (a pipe)
  uint64_t lines = 0;
};

struct AnalyzeOptions {
  std::vector<std::string> paths;       // "-": standard input
  std::string format;                   // name or format string; empty: detected per file
  std::string time_zone;                // IANA, for logs without offset
  std::vector<std::string> site_hosts;  // empty: learned from the log
  int threads = 2;                      // that work, the calling one among them
  uint64_t memory_limit_bytes = 0;      // 0: none; else what grows is parked on disk beyond it
  size_t pages_max = 500, unfurls_max = 1'000, cube_pages_max = 300;
  std::string explain;                  // empty: nothing; "all" or a filter key=value,... (app, grade, page, channel)
  size_t explain_max = 50;
  uint64_t seed = 1;                    // of permutation and bootstrap
  std::function<void(const ReadProgress&)> on_progress;  // called from the calling thread, some times a second
};

// Errors: an input that cannot be opened or whose format cannot be told (naming the file). An input that breaks off
// half-way is no error: what was read counts, its InputFile and a warning say so.
[[nodiscard]] Result<Analysis> analyze_logs(const AnalyzeOptions& options);

// Follows growing logs: poll() takes in what is new, snapshot() judges everything seen so far.
class LogFollower {
 public:
  static Result<LogFollower> open(const AnalyzeOptions& options);
  LogFollower(LogFollower&&) noexcept;
  LogFollower& operator=(LogFollower&&) noexcept;
  ~LogFollower();

  // True when there was something new.
  Result<bool> poll();
  [[nodiscard]] Result<Analysis> snapshot() const;

 private:
  LogFollower();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noctule
