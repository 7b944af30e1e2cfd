#pragma once
// SPDX-License-Identifier: Apache-2.0
// Import of access logs: the page views of people and the pastes that analyze finds, as rows for the store. What an earlier import of the
// same log took is left out, also when the log has grown, was renamed or packed since.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "noctule/analyze/analyze.h"
#include "noctule/base/result.h"
#include "noctule/import/ledger.h"
#include "noctule/import/row_file.h"
#include "noctule/settings/site.h"

namespace noctule {

struct LogImportOptions {
  AnalyzeOptions analyze;      // paths, format, time zone, threads
  Site site;
  int64_t now_ms = 0;
  bool settled_only = false;   // for a live log: leave visits that may go on, and the newest pastes, to the next import
};

struct ImportSummary {
  uint64_t lines = 0, unparsed = 0, hits = 0;
  uint64_t visits = 0, views = 0, pastes = 0;      // imported
  uint64_t visits_before = 0;                      // left out: imported before
  uint64_t visits_open = 0;                        // left out: may go on
  int64_t first_ms = 0, last_ms = 0;
  std::vector<Warning> warnings;                   // of the analysis
  std::vector<std::string> refused_hosts;          // whose views were left out: not the site's (at most ten)
};

// Writes rows and finishes the file, unless there are none. Errors: as read_page_views; Io.
[[nodiscard]] Result<ImportSummary> import_logs(const LogImportOptions& options, Ledger& ledger, RowFileWriter& writer);

}  // namespace noctule
