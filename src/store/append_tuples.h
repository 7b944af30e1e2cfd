#pragma once
// SPDX-License-Identifier: Apache-2.0
// Appends tuples of numbers to a table whose columns have just these types.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <tuple>

#include "duck.h"

namespace noctule::duck {

template <typename T> inline constexpr duckdb_type kTypeOf = DUCKDB_TYPE_INVALID;
template <> inline constexpr duckdb_type kTypeOf<uint16_t> = DUCKDB_TYPE_USMALLINT;
template <> inline constexpr duckdb_type kTypeOf<uint32_t> = DUCKDB_TYPE_UINTEGER;
template <> inline constexpr duckdb_type kTypeOf<int64_t> = DUCKDB_TYPE_BIGINT;
template <> inline constexpr duckdb_type kTypeOf<uint64_t> = DUCKDB_TYPE_UBIGINT;

template <typename... Cells>
void write_tuples(duckdb_data_chunk chunk, std::span<const std::tuple<Cells...>> rows) {
  const auto write_column = [&]<size_t Index>() {
    using Cell = std::tuple_element_t<Index, std::tuple<Cells...>>;
    static_assert(kTypeOf<Cell> != DUCKDB_TYPE_INVALID);
    auto* cells = static_cast<Cell*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, Index)));
    for (const auto& row : rows) *cells++ = std::get<Index>(row);
  };
  [&]<size_t... Index>(std::index_sequence<Index...>) { (write_column.template operator()<Index>(), ...); }(std::index_sequence_for<Cells...>());
  duckdb_data_chunk_set_size(chunk, rows.size());
}

template <typename... Cells>
[[nodiscard]] Result<void> append_tuples(Connection& connection, const std::string& table, std::span<const std::tuple<Cells...>> rows) {
  const std::array<LogicalType, sizeof...(Cells)> types = {LogicalType(duckdb_create_logical_type(kTypeOf<Cells>))...};
  std::array<duckdb_logical_type, sizeof...(Cells)> raw;
  std::ranges::transform(types, raw.begin(), [](const LogicalType& type) { return type.get(); });
  const Chunk chunk(duckdb_create_data_chunk(raw.data(), raw.size()));
  NOCT_TRY(Appender appender, Appender::create(connection, table));
  while (!rows.empty()) {
    duckdb_data_chunk_reset(chunk.get());
    const auto part = rows.first(std::min<size_t>(rows.size(), duckdb_vector_size()));
    write_tuples(chunk.get(), part);
    if (auto added = appender.add(chunk.get()); !added) return added;
    rows = rows.subspan(part.size());
  }
  return appender.close();
}

}  // namespace noctule::duck
