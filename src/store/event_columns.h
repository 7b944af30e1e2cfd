#pragma once
// SPDX-License-Identifier: Apache-2.0
// The columns of the table `events` in DuckDB's types, and how rows are written to its vectors. for_each_column() says which
// there are.
#include <duckdb.h>

#include <span>
#include <vector>

#include "noctule/store/event_row.h"

namespace noctule {

struct EventColumn {
  const char* name;
  const char* sql_type;
  duckdb_type type;
};

[[nodiscard]] const std::vector<EventColumn>& event_columns();

// cells: the data of a vector for each column, with room for all rows. Texts stay the rows' own: the vectors must be
// appended, which copies them, before the rows go.
void write_cells(std::span<const EventRow> rows, std::span<void* const> cells);

}  // namespace noctule
