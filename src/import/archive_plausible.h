#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plausible's CSV archive: tables of totals, one row per day and value of a dimension. Columns as plausible.io/docs/csv-import has them.
#include <string_view>

#include "archive_run.h"
#include "archive_source.h"
#include "archive_table.h"

namespace noctule {

// By a file's name: imported_pages.csv, imported_pages_20230209_20240123.csv.
[[nodiscard]] bool is_plausible_table(std::string_view file_name);

// Reads all tables that are kept. Error: InvalidInput, naming file, line and what was expected; Exhausted; Io.
[[nodiscard]] Result<void> import_plausible(const ArchiveSource& source, ArchiveProgress& progress, ArchiveRun& run);

}  // namespace noctule
