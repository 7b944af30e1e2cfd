#pragma once
// SPDX-License-Identifier: Apache-2.0
// Rows for tests of the store.
#include <string>
#include <vector>

#include "noctule/store/store.h"

namespace noctule::testing {

// A page view on its own: the only one of its visit.
inline EventRow page_view(int64_t time, uint64_t visitor, std::string_view path) {
  EventRow row;
  row.site = 1;
  row.time = time;
  row.visitor = visitor;
  row.visit = 1;
  row.host = "example.org";
  row.path = row.entry_path = path;
  row.visits = row.bounces = 1;
  return row;
}

inline int64_t integer(const Result<Table>& table, size_t row = 0, size_t column = 0) { return std::get<int64_t>(table.value().rows.at(row).at(column)); }
inline std::string text(const Result<Table>& table, size_t row = 0, size_t column = 0) { return std::get<std::string>(table.value().rows.at(row).at(column)); }

}  // namespace noctule::testing
