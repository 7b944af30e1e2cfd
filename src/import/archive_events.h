#pragma once
// SPDX-License-Identifier: Apache-2.0
// Exports of single events. Umami: the files of its data export or copies of its database's tables website_event and session, columns
// as its schema names them. GoatCounter: the CSV of goatcounter.com/help/export, versions 1 and 2.
#include "archive_run.h"
#include "archive_source.h"
#include "archive_table.h"

namespace noctule {

[[nodiscard]] bool is_umami_events(const TableReader& table);
[[nodiscard]] bool is_umami_sessions(const TableReader& table);
// What self-hosted Umami offers for download: numbers of a whole period without days.
[[nodiscard]] bool is_umami_totals(const TableReader& table);
[[nodiscard]] bool is_goatcounter(const TableReader& table);

// Error: InvalidInput, naming file, line and what was expected; Exhausted; Io.
[[nodiscard]] Result<void> import_umami(const ArchiveSource& source, ArchiveProgress& progress, ArchiveRun& run);
[[nodiscard]] Result<void> import_goatcounter(const ArchiveSource& source, ArchiveProgress& progress, ArchiveRun& run);

// Counts an event that cannot be read; remembers the first.
void note_unreadable(ArchiveRun& run, const Error& error);

}  // namespace noctule
