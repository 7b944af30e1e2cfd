#pragma once
// SPDX-License-Identifier: Apache-2.0
// ArchiveVisits: single events of an export in any order, to rows with visits, attribution and what each adds to its visit. Days are
// UTC's and know nothing of one another: a session gets another pseudonym on each, under a random key that is forgotten.
#include <cstdint>
#include <string>
#include <string_view>

#include "archive_days.h"
#include "archive_event.h"
#include "archive_run.h"
#include "day_spool.h"

namespace noctule {

class ArchiveVisits {
 public:
  // run outlives it. source: tells this export's days from another's, in marks.
  ArchiveVisits(ArchiveRun& run, EventOrigin origin, uint64_t source) : run_(run), origin_(origin), days_(run.ledger, run.options.site.id, source) {}

  // Counts and leaves out what is late or was imported before; keeps the rest. session: of the export, "" where it has none; visit: its
  // own visit within the session, "" where pauses tell. event.numbers.visitor and .visit are set here.
  [[nodiscard]] Result<void> add(ArchiveEvent event, std::string_view session, std::string_view visit);
  // Writes all rows, day by day, and the marks.
  [[nodiscard]] Result<void> finish();

 private:
  [[nodiscard]] Result<uint64_t> pseudonym_of(std::string_view session, int64_t day);
  [[nodiscard]] Result<void> write_day(int64_t day);

  ArchiveRun& run_;
  EventOrigin origin_;
  ArchiveDays days_;
  DaySpool spool_;
  std::string scratch_;
};

}  // namespace noctule
