// SPDX-License-Identifier: Apache-2.0
#include "noctule/import/archive.h"

#include <fmt/format.h>

#include <algorithm>

#include "archive_events.h"
#include "archive_plausible.h"
#include "archive_run.h"
#include "archive_source.h"
#include "archive_table.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kLabelBytesMax = 200;

// By the names of its columns; nullopt: nobody's, or no table at all.
Result<std::optional<ArchiveFormat>> format_of(const ArchiveSource& source, const ArchiveFile& file, bool& totals_of_umami) {
  if (is_plausible_table(file.name)) return std::optional(ArchiveFormat::Plausible);
  const auto table = TableReader::open(source, file, nullptr);
  if (!table) {
    if (table.error().code == ErrorCode::InvalidInput) return std::optional<ArchiveFormat>();  // no CSV: not for us to judge
    return std::unexpected(table.error());
  }
  if (is_goatcounter(*table)) return std::optional(ArchiveFormat::GoatCounter);
  if (is_umami_events(*table)) return std::optional(ArchiveFormat::Umami);
  if (is_umami_totals(*table)) totals_of_umami = true;
  return std::optional<ArchiveFormat>();
}

Result<std::optional<ArchiveFormat>> find_format(const ArchiveSource& source) {
  bool totals_of_umami = false;
  for (const ArchiveFile& file : source.files()) {
    NOCT_TRY(const auto format, format_of(source, file, totals_of_umami));
    if (format) return format;
  }
  if (!totals_of_umami) return std::optional<ArchiveFormat>();
  return fail(ErrorCode::InvalidInput, fmt::format("{}: holds Umami's numbers of a whole period, without days; import the single events: "
                                                   "the data export of Umami Cloud, or a copy of the tables website_event and session "
                                                   "as CSV", source.files().front().path));
}

Result<void> read_archive(ArchiveFormat format, const ArchiveSource& source, ArchiveProgress& progress, ArchiveRun& run) {
  switch (format) {
    case ArchiveFormat::Plausible: return import_plausible(source, progress, run);
    case ArchiveFormat::Umami: return import_umami(source, progress, run);
    case ArchiveFormat::GoatCounter: return import_goatcounter(source, progress, run);
  }
  NOCT_ASSERT(false);
}

std::string label_of(const ArchiveOptions& options) {
  std::string label;
  for (std::string_view path : options.paths) {
    while (path.ends_with('/')) path.remove_suffix(1);
    const std::string name = printable(path.substr(path.rfind('/') + 1), kLabelBytesMax);
    if (label.size() + name.size() + 2 > kLabelBytesMax) break;
    label.append(label.empty() ? "" : ", ").append(name);
  }
  return label;
}

Result<void> check_unreadable(const ArchiveSummary& summary) {
  if (static_cast<double>(summary.unreadable) <= kUnreadableShareMax * static_cast<double>(summary.rows_read)) return {};
  return fail(ErrorCode::InvalidInput, fmt::format("{} of {} rows cannot be read, the first: {}", summary.unreadable, summary.rows_read,
                                                   summary.first_unreadable));
}

Result<void> finish_file(ArchiveRun& run) {
  if (run.writer.rows() == 0) return {};
  RowFileHead head;
  head.site = run.options.site.id;
  head.origin = run.summary.format == ArchiveFormat::Plausible ? EventOrigin::Archive
                : run.summary.format == ArchiveFormat::Umami   ? EventOrigin::Umami
                                                               : EventOrigin::GoatCounter;
  head.label = label_of(run.options);
  head.first_ms = run.summary.first_ms;
  head.last_ms = run.summary.last_ms;
  head.marks = std::move(run.marks);
  return run.writer.finish(head);
}

}  // namespace

std::string_view name_of(ArchiveFormat format) {
  switch (format) {
    case ArchiveFormat::Plausible: return "plausible";
    case ArchiveFormat::Umami: return "umami";
    case ArchiveFormat::GoatCounter: return "goatcounter";
  }
  return "";
}

Result<std::optional<ArchiveFormat>> find_archive_format(std::span<const std::string> paths) {
  NOCT_TRY(const ArchiveSource source, ArchiveSource::open(paths));
  return find_format(source);
}

Result<ArchiveSummary> import_archive(const ArchiveOptions& options, Ledger& ledger, RowFileWriter& writer) {
  NOCT_TRY(const ArchiveSource source, ArchiveSource::open(options.paths));
  NOCT_TRY(const auto format, find_format(source));
  if (!format) {
    return fail(ErrorCode::InvalidInput, fmt::format("{}: is no export that is known; expected Plausible's CSV archive, or an export of Umami "
                                                     "or GoatCounter", options.paths.empty() ? "" : options.paths.front()));
  }
  uint64_t bytes = 0;
  for (const ArchiveFile& file : source.files()) bytes += file.bytes;
  ArchiveProgress progress(options.on_progress, bytes);
  ArchiveRun run{options, ledger, writer, {}, {}};
  run.summary.format = *format;
  if (auto read = read_archive(*format, source, progress, run); !read) return std::unexpected(std::move(read).error());
  if (auto fine = check_unreadable(run.summary); !fine) return std::unexpected(std::move(fine).error());
  if (auto finished = finish_file(run); !finished) return std::unexpected(std::move(finished).error());
  progress.finish();
  return std::move(run.summary);
}

}  // namespace noctule
