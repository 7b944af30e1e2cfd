#pragma once
// SPDX-License-Identifier: Apache-2.0
// ArchiveDays: which days of an export were imported before, and the marks that say so of this import. One source's: an export's
// table or website.
#include <cstdint>
#include <map>
#include <vector>

#include "noctule/import/ledger.h"
#include "noctule/import/row_file.h"

namespace noctule {

inline constexpr size_t kArchiveMarksMax = 60'000;  // of one import: ten tables of 16 years

class ArchiveDays {
 public:
  ArchiveDays(Ledger& ledger, SiteId site, uint64_t source) : ledger_(ledger), site_(site), source_(source) {}

  // Up to when this day was imported; INT64_MIN: nothing of it.
  [[nodiscard]] Result<int64_t> settled_ms(int64_t day);
  // Something of this day was imported now, up to this instant.
  void note(int64_t day, int64_t settled_ms);
  [[nodiscard]] uint64_t noted() const { return noted_; }
  // Error: Exhausted beyond kArchiveMarksMax.
  [[nodiscard]] Result<void> add_marks(std::vector<ImportMark>& marks) const;

 private:
  [[nodiscard]] uint64_t source_of(int64_t day) const;
  struct Day {
    int64_t before_ms = INT64_MIN, now_ms = INT64_MIN;
  };
  Ledger& ledger_;
  SiteId site_;
  uint64_t source_;
  std::map<int64_t, Day> days_;
  uint64_t noted_ = 0;
};

}  // namespace noctule
