// SPDX-License-Identifier: Apache-2.0
#include "archive_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>

#include "command.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"
#include "progress_line.h"
#include "terminal.h"

namespace noctule {
namespace {

std::string_view product_of(ArchiveFormat format) {
  switch (format) {
    case ArchiveFormat::Plausible: return "Plausible";
    case ArchiveFormat::Umami: return "Umami";
    case ArchiveFormat::GoatCounter: return "GoatCounter";
  }
  return "";
}

void tell_summary(const ArchiveSummary& summary) {
  std::string text = fmt::format("{}: {} visits, {} page views and {} named events of {} days", product_of(summary.format), summary.visits, summary.views,
                                 summary.events, summary.days);
  if (summary.days > 0) text += fmt::format(", {} to {}", format_iso_day(day_number(summary.first_ms, 0)), format_iso_day(day_number(summary.last_ms, 0)));
  text += "\n";
  const std::pair<uint64_t, std::string_view> left_out[] = {{summary.rows_before, "of days that were imported before, or twice in the export"},
                                                            {summary.rows_late, "of days from --before on"},
                                                            {summary.machines, "of machines"},
                                                            {summary.other_kinds, "of neither page views nor named events"}};
  for (const auto& [rows, what] : left_out) {
    if (rows > 0) text += fmt::format("left out: {} of {} rows, {}\n", rows, summary.rows_read, what);
  }
  if (summary.unreadable > 0) text += fmt::format("{} of {} rows could not be read: {}\n", summary.unreadable, summary.rows_read, summary.first_unreadable);
  if (!summary.files_left_out.empty()) {
    std::vector<std::string> names;
    for (const std::string& name : summary.files_left_out) names.push_back(printable(name, 100));
    text += fmt::format("left out: {}, which hold nothing that is kept\n", fmt::join(names, ", "));
  }
  tell(text);
}

}  // namespace

Result<bool> is_archive(const std::vector<std::string>& paths) {
  const auto found = find_archive_format(paths);
  if (found) return found->has_value();
  const bool is_of_archives = found.error().code == ErrorCode::InvalidInput || found.error().code == ErrorCode::Unsupported ||
                              std::ranges::any_of(paths, [](const std::string& path) { return path.ends_with(".zip"); });
  if (is_of_archives) return std::unexpected(found.error());
  return false;  // whoever reads logs says what is wrong with them
}

Result<int64_t> parse_before(const std::string& day) {
  CivilTime civil;
  const auto part = [&](size_t at, size_t size) { return static_cast<int>(parse_decimal(std::string_view(day).substr(std::min(at, day.size()), size)).value_or(0)); };
  civil.year = part(0, 4);
  civil.month = part(5, 2);
  civil.day = part(8, 2);
  const int64_t instant_ms = is_valid_civil(civil) ? instant_ms_from_civil(civil, 0) : 0;
  if (!is_valid_civil(civil) || format_iso_day(day_number(instant_ms, 0)) != day) {
    return fail(ErrorCode::InvalidInput, fmt::format("--before: {}: expected a day like 2026-03-01", printable(day, 40)));
  }
  return instant_ms;
}

Result<void> run_archive_import(ArchiveOptions options, Ledger& ledger, bool quiet) {
  NOCT_TRY(RowFileWriter writer, RowFileWriter::create(ledger.next_file()));
  ProgressLine line;
  if (!quiet && is_terminal(STDERR_FILENO)) {
    options.on_progress = [&](uint64_t done_bytes, uint64_t total_bytes) { line.draw({.bytes_read = done_bytes, .bytes_total = total_bytes, .lines = 0}); };
  }
  NOCT_TRY(const ArchiveSummary summary, import_archive(options, ledger, writer));
  line.clear();
  if (!quiet) tell_summary(summary);
  return {};
}

}  // namespace noctule
