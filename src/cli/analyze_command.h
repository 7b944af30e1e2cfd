#pragma once
// SPDX-License-Identifier: Apache-2.0
// What `noctule analyze` was asked for, and the writing of its reports: once, or again and again while logs grow.
#include <string>
#include <vector>

#include "noctule/analyze/analyze.h"
#include "noctule/base/result.h"
#include "noctule/report/terminal.h"

namespace noctule {

// A report that was asked for: its kind, and where it goes ("-": standard output).
struct ReportTarget {
  enum class Kind { Terminal, Html, Json, Csv };
  Kind kind = Kind::Terminal;
  std::string path = "-";
  std::string table;  // of Csv
};

struct AnalyzeRequest {
  AnalyzeOptions options;
  std::vector<ReportTarget> targets;
  TerminalOptions terminal;
  bool width_is_given = false;  // else --follow keeps to a terminal that changes its size
  bool show_progress = false, follow = false, explain = false;
  double every_seconds = 2;
};

// Each prints what was asked for and returns the exit code.
int analyze_once(const AnalyzeRequest& request);
int analyze_following(const AnalyzeRequest& request);

[[nodiscard]] Result<void> write_reports(const Analysis& analysis, const AnalyzeRequest& request);

}  // namespace noctule
