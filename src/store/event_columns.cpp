// SPDX-License-Identifier: Apache-2.0
#include "event_columns.h"

#include <cstring>
#include <string_view>

namespace noctule {
namespace {

constexpr EventColumn column_of(const char* name, bool) { return {name, "BOOLEAN", DUCKDB_TYPE_BOOLEAN}; }
constexpr EventColumn column_of(const char* name, uint8_t) { return {name, "UTINYINT", DUCKDB_TYPE_UTINYINT}; }
constexpr EventColumn column_of(const char* name, uint16_t) { return {name, "USMALLINT", DUCKDB_TYPE_USMALLINT}; }
constexpr EventColumn column_of(const char* name, int32_t) { return {name, "INTEGER", DUCKDB_TYPE_INTEGER}; }
constexpr EventColumn column_of(const char* name, uint32_t) { return {name, "UINTEGER", DUCKDB_TYPE_UINTEGER}; }
constexpr EventColumn column_of(const char* name, uint64_t) { return {name, "UBIGINT", DUCKDB_TYPE_UBIGINT}; }
constexpr EventColumn column_of(const char* name, std::string_view) { return {name, "VARCHAR", DUCKDB_TYPE_VARCHAR}; }
constexpr EventColumn column_of(const char* name, int64_t) {
  if (std::string_view(name) == "time") return {name, "TIMESTAMP_MS", DUCKDB_TYPE_TIMESTAMP_MS};
  return {name, "BIGINT", DUCKDB_TYPE_BIGINT};
}

// A text of DuckDB either holds its bytes or points to them.
void write_cell(void* cells, size_t row, std::string_view text) {
  duckdb_string_t& cell = static_cast<duckdb_string_t*>(cells)[row];
  cell.value.inlined.length = static_cast<uint32_t>(text.size());
  if (text.size() > sizeof cell.value.inlined.inlined) {
    std::memcpy(cell.value.pointer.prefix, text.data(), sizeof cell.value.pointer.prefix);
    cell.value.pointer.ptr = const_cast<char*>(text.data());  // never written through
    return;
  }
  std::memset(cell.value.inlined.inlined, 0, sizeof cell.value.inlined.inlined);  // texts are compared with what follows them
  if (!text.empty()) std::memcpy(cell.value.inlined.inlined, text.data(), text.size());
}

template <typename T>
void write_cell(void* cells, size_t row, T value) { static_cast<T*>(cells)[row] = value; }

}  // namespace

const std::vector<EventColumn>& event_columns() {
  static const std::vector<EventColumn> columns = [] {
    std::vector<EventColumn> made;
    const EventRow row;
    for_each_column(row, [&](const char* name, const auto& field) { made.push_back(column_of(name, field)); });
    return made;
  }();
  return columns;
}

void write_cells(std::span<const EventRow> rows, std::span<void* const> cells) {
  for (size_t i = 0; i < rows.size(); ++i) {
    size_t column = 0;
    for_each_column(rows[i], [&](const char*, const auto& field) { write_cell(cells[column++], i, field); });
  }
}

}  // namespace noctule
