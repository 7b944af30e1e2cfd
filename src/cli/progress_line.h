#pragma once
// SPDX-License-Identifier: Apache-2.0
// The progress line on stderr: drawn over itself, and taken away before anything else is written.
#include <chrono>

#include "noctule/analyze/analyze.h"
#include "noctule/report/terminal.h"

namespace noctule {

class ProgressLine {
 public:
  explicit ProgressLine(const TerminalOptions& options = {});
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void draw(const ReadProgress& read);
  void clear();

 private:
  TerminalOptions options_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  bool drawn_ = false;
};

}  // namespace noctule
