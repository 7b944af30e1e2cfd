#pragma once
// SPDX-License-Identifier: Apache-2.0
// Fills a VisitBook from the rows that are stored, as if it had taken their events itself.
#include "noctule/base/result.h"
#include "noctule/store/store.h"
#include "visit_book.h"

namespace noctule {

// The book must be new. now_ms: wall clock. Error: those of Store::read.
[[nodiscard]] Result<void> restore_visits(Store& store, VisitBook& book, const VisitLimits& limits, int64_t now_ms);

}  // namespace noctule
