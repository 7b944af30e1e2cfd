#pragma once
// SPDX-License-Identifier: Apache-2.0
// ArchiveRun: what the readers of all exports share while one is imported: options, ledger, the rows and their sums.
#include <vector>

#include "noctule/import/archive.h"

namespace noctule {

struct ArchiveRun {
  const ArchiveOptions& options;
  Ledger& ledger;
  RowFileWriter& writer;
  ArchiveSummary summary;
  std::vector<ImportMark> marks;

  // Writes a row and notes its time.
  [[nodiscard]] Result<void> write(const EventRow& row) {
    if (writer.rows() == 0 || row.time < summary.first_ms) summary.first_ms = row.time;
    if (writer.rows() == 0 || row.time > summary.last_ms) summary.last_ms = row.time;
    return writer.write(row);
  }
};

}  // namespace noctule
