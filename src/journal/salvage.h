#pragma once
// SPDX-License-Identifier: Apache-2.0
// What becomes of a journal's file that is damaged: it is renamed, a new one begun, and what can be read is carried over.
#include <string>

#include "journal_file.h"

namespace noctule {

struct Salvaged {
  std::string set_aside_as;        // the damaged file's new name
  uint64_t batches = 0, lost = 0;  // carried over; known to have been there and unreadable
};

// path's file and what SQLite keeps beside it get another name. Then path is a new journal that holds what was readable, and
// whose new ids are above reserved and all that the damaged one is known to have used.
// Error: Io (it cannot be renamed, or the new one cannot be written).
[[nodiscard]] Result<Salvaged> salvage_journal(const std::string& path, BatchId reserved, int64_t now_ms);

}  // namespace noctule
