#pragma once
// SPDX-License-Identifier: Apache-2.0
// Import of what other products export: Plausible's CSV archive (totals of days), Umami's and GoatCounter's exports (single
// events). docs/import.md says what becomes of each column. What an earlier import of the same days took is left out.
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/import/ledger.h"
#include "noctule/import/row_file.h"
#include "noctule/settings/site.h"

namespace noctule {

enum class ArchiveFormat : uint8_t { Plausible, Umami, GoatCounter };
[[nodiscard]] std::string_view name_of(ArchiveFormat format);  // "plausible", "umami", "goatcounter"

// EventRow::rules of a row that holds totals of a day: which of Plausible's tables it came from. Each table tells the same visits by
// another dimension: rows of two tables are never added up.
namespace archive_rule {
inline constexpr std::string_view kVisitors = "archive.visitors", kSources = "archive.sources", kPages = "archive.pages",
                                  kEntryPages = "archive.entry_pages", kExitPages = "archive.exit_pages",
                                  kCustomEvents = "archive.custom_events", kDevices = "archive.devices", kBrowsers = "archive.browsers",
                                  kOperatingSystems = "archive.operating_systems";
}

struct ArchiveOptions {
  std::vector<std::string> paths;      // zips, folders, CSV files, plain or gzip
  Site site;
  int64_t now_ms = 0;
  int64_t before_ms = INT64_MAX;       // what is not before it is left out: the site's own data begins there
  std::string umami_website;           // its id; empty: the only one in the export
  std::function<void(uint64_t done_bytes, uint64_t total_bytes)> on_progress;  // may be empty
};

struct ArchiveSummary {
  ArchiveFormat format = ArchiveFormat::Plausible;
  uint64_t rows_read = 0;              // of the export
  uint64_t visits = 0, views = 0, events = 0;  // imported; events: those with a name
  uint64_t days = 0;                   // from which something was imported
  uint64_t rows_before = 0;            // left out: of days that were imported before
  uint64_t rows_late = 0;              // left out: not before before_ms
  uint64_t machines = 0;               // left out: bots, by the export's own word or by their user agent
  uint64_t other_kinds = 0;            // left out: neither page view nor named event
  uint64_t unreadable = 0;             // left out: single events without a time that can be read
  std::string first_unreadable;        // which was the first, and what was expected
  std::vector<std::string> files_left_out;  // that say nothing that is kept, or that nobody knows
  int64_t first_ms = 0, last_ms = 0;   // of what was imported
};

// Beyond it an export is taken for damaged or misread, and nothing is imported.
inline constexpr double kUnreadableShareMax = 0.1;

// What the files are an export of, told by their names and first lines; nullopt: of no product that is known, an access log for
// example. Error: Unreadable, Corrupt, Unsupported; InvalidInput for an export that tells no days.
[[nodiscard]] Result<std::optional<ArchiveFormat>> find_archive_format(std::span<const std::string> paths);

// Writes rows and finishes the file, unless there are none. Errors: as find_archive_format; InvalidInput, naming file, line and what was
// expected; Exhausted beyond a limit; Io.
[[nodiscard]] Result<ArchiveSummary> import_archive(const ArchiveOptions& options, Ledger& ledger, RowFileWriter& writer);

}  // namespace noctule
