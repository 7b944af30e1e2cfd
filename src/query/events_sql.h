#pragma once
// SPDX-License-Identifier: Apache-2.0
// events_sql: sums over events, grouped by dimensions, as one statement. The same text builds the roll-ups, so that both ways
// to an answer mean the same by construction.
#include <cstdint>
#include <string_view>
#include <vector>

#include "date_range.h"
#include "question.h"
#include "sql_text.h"
#include "zone.h"

namespace noctule {

struct Instants {
  int64_t from_ms = 0, to_ms = 0;  // [from, to)
};

// Which events: of a site, under its current version of attribution, within instants.
struct Scope {
  uint32_t site = 0;
  int attribution = 1;
  std::string archive;                // rule of the totals of other products' exports that count, too; empty: none do
  std::vector<Instants> instants;     // one or more, apart from each other
};

// Which rows of those a filter lets through: those that match, or all of the visits that have one that matches.
enum class Reach : uint8_t { Rows, Visits };

struct EventsQuestion {
  std::vector<DimensionUse> dimensions = {};
  std::vector<Filter> filters = {};
  SumSet sums = {};
  Scope scope;
  Range range;                        // for the names of days, weeks and months
  Reach reach = Reach::Rows;
  // For roll-ups: what to read in place of events, with columns d0, d1, ... in place of dimensions, the keys visitor and visit, and
  // the sums of each row as s_...
  SqlText summed = {};
  size_t summed_dimensions = 0;
};

// SELECT with columns d0, d1, ... (text) and s_... (the sums asked for). Without dimensions: one row, null where there is nothing.
[[nodiscard]] SqlText events_sql(const EventsQuestion& asked, const Zone& zone, const Dialect& dialect);

// The conditions of a scope, over the columns of events.
[[nodiscard]] SqlText scope_sql(const Scope& scope);

// What a unit of time is called in an answer, as an expression over the column time (events) or day (roll-ups).
[[nodiscard]] SqlText time_sql(TimeUnit unit, const Range& range, const Zone& zone, const Dialect& dialect);
[[nodiscard]] SqlText day_label_sql(TimeUnit unit, const Range& range);
[[nodiscard]] TimeUnit unit_of(const Dimension& dimension, const Range& range);

}  // namespace noctule
