#pragma once
// SPDX-License-Identifier: Apache-2.0
// Fills a VisitBook from the rows that are stored, as if it had taken their events itself: all of it at start, and pages that were
// pasted when others added rows.
#include "noctule/base/result.h"
#include "noctule/store/store.h"
#include "visit_book.h"

namespace noctule {

// The book must be new. now_ms: wall clock. Error: those of Store::read.
[[nodiscard]] Result<void> restore_visits(Store& store, VisitBook& book, const VisitLimits& limits, int64_t now_ms);

// The pages of the site (None: of any) of which a private paste within the window before now_ms is stored: their pastes and arrivals
// as a restart would find them. What the book knew of these pages is replaced; others stay. Error: those of Store::read, then nothing
// was changed.
[[nodiscard]] Result<void> restore_pasted_pages(Store& store, VisitBook& book, SiteId site, int64_t now_ms);

}  // namespace noctule
