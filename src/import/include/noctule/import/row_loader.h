#pragma once
// SPDX-License-Identifier: Apache-2.0
// Loading of row files into the store, by whoever owns it. A visit that the script saw as well is one visit: the script's stays, and the
// log's is left out. A file is loaded in one transaction and then removed; stopped anywhere, it is loaded once.
#include <cstdint>
#include <string>

#include "noctule/base/result.h"
#include "noctule/import/row_file.h"
#include "noctule/store/store.h"

namespace noctule {

struct LoadedRows {
  uint64_t rows = 0;
  uint64_t visits_seen_by_script = 0;  // left out
  bool was_loaded = false;             // before: nothing changed
  RowFileHead head;
};

// A log's page view and the script's message of it are the same when page, browser and system agree and the message came
// within this time: the page has to arrive and run before it is sent, and clocks of two machines differ.
inline constexpr int64_t kSameViewBefore_ms = 5'000, kSameViewAfter_ms = 30'000;

// folder: of the data. The file is removed when it is loaded; one that cannot be read is set aside as .bad, and its error is given.
// Other errors leave it for the next attempt.
[[nodiscard]] Result<LoadedRows> load_row_file(Store& store, const std::string& folder, const std::string& path);

}  // namespace noctule
