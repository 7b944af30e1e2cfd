// SPDX-License-Identifier: Apache-2.0
#include "archive_days.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/hash.h"

namespace noctule {

uint64_t ArchiveDays::source_of(int64_t day) const { return combine_hashes(source_, static_cast<uint64_t>(day)); }

Result<int64_t> ArchiveDays::settled_ms(int64_t day) {
  const auto found = days_.find(day);
  if (found != days_.end()) return found->second.before_ms;
  NOCT_TRY(const int64_t before_ms, ledger_.settled_ms(site_, source_of(day)));
  days_[day].before_ms = before_ms;
  return before_ms;
}

void ArchiveDays::note(int64_t day, int64_t settled_ms) {
  Day& known = days_[day];
  if (known.now_ms == INT64_MIN) ++noted_;
  known.now_ms = std::max(known.now_ms, settled_ms);
}

Result<void> ArchiveDays::add_marks(std::vector<ImportMark>& marks) const {
  if (marks.size() + noted_ > kArchiveMarksMax) {
    return fail(ErrorCode::Exhausted, fmt::format("the export holds more than {} days of its tables; import it in parts", kArchiveMarksMax));
  }
  for (const auto& [day, known] : days_) {
    if (known.now_ms != INT64_MIN) marks.push_back({source_of(day), known.now_ms});
  }
  return {};
}

}  // namespace noctule
