// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "duck.h"
#include "noctule/base/civil_time.h"

namespace noctule::duck {
namespace {

template <typename T>
T at(const void* data, idx_t row) { return static_cast<const T*>(data)[row]; }

template <typename T>
Value integer_at(const void* data, idx_t row) { return static_cast<int64_t>(at<T>(data, row)); }

Value text_at(const void* data, idx_t row) {
  auto text = at<duckdb_string_t>(data, row);
  return std::string(duckdb_string_t_data(&text), duckdb_string_t_length(text));
}

Value wide_at(const void* data, idx_t row) {
  const auto wide = at<duckdb_hugeint>(data, row);
  if (wide.upper == 0 && wide.lower <= static_cast<uint64_t>(INT64_MAX)) return static_cast<int64_t>(wide.lower);
  if (wide.upper == -1 && wide.lower > static_cast<uint64_t>(INT64_MAX)) return static_cast<int64_t>(wide.lower);
  return duckdb_hugeint_to_double(wide);
}

Value decimal_at(duckdb_logical_type type, const void* data, idx_t row) {
  double value = 0;
  switch (duckdb_decimal_internal_type(type)) {
    case DUCKDB_TYPE_SMALLINT: value = at<int16_t>(data, row); break;
    case DUCKDB_TYPE_INTEGER: value = at<int32_t>(data, row); break;
    case DUCKDB_TYPE_BIGINT: value = static_cast<double>(at<int64_t>(data, row)); break;
    default: value = duckdb_hugeint_to_double(at<duckdb_hugeint>(data, row));
  }
  return value / std::pow(10.0, duckdb_decimal_scale(type));
}

Value time_at(int64_t ms) {
  const CivilTime civil = civil_from_instant_ms(ms, 0);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second);
}

int64_t floor_divide(int64_t value, int64_t by) { return value >= 0 ? value / by : (value - by + 1) / by; }

Result<Value> value_at(duckdb_logical_type type, const void* data, idx_t row) {
  switch (duckdb_get_type_id(type)) {
    case DUCKDB_TYPE_BOOLEAN: return integer_at<bool>(data, row);
    case DUCKDB_TYPE_TINYINT: return integer_at<int8_t>(data, row);
    case DUCKDB_TYPE_SMALLINT: return integer_at<int16_t>(data, row);
    case DUCKDB_TYPE_INTEGER: return integer_at<int32_t>(data, row);
    case DUCKDB_TYPE_BIGINT: return integer_at<int64_t>(data, row);
    case DUCKDB_TYPE_UTINYINT: return integer_at<uint8_t>(data, row);
    case DUCKDB_TYPE_USMALLINT: return integer_at<uint16_t>(data, row);
    case DUCKDB_TYPE_UINTEGER: return integer_at<uint32_t>(data, row);
    case DUCKDB_TYPE_UBIGINT: return integer_at<uint64_t>(data, row);
    case DUCKDB_TYPE_HUGEINT: return wide_at(data, row);
    case DUCKDB_TYPE_FLOAT: return static_cast<double>(at<float>(data, row));
    case DUCKDB_TYPE_DOUBLE: return at<double>(data, row);
    case DUCKDB_TYPE_DECIMAL: return decimal_at(type, data, row);
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB: return text_at(data, row);
    case DUCKDB_TYPE_DATE: return format_iso_day(at<int32_t>(data, row));
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: return time_at(floor_divide(at<int64_t>(data, row), 1'000));
    case DUCKDB_TYPE_TIMESTAMP_MS: return time_at(at<int64_t>(data, row));
    case DUCKDB_TYPE_TIMESTAMP_S: return time_at(at<int64_t>(data, row) * 1'000);
    case DUCKDB_TYPE_SQLNULL: return Value{};
    default: return fail(ErrorCode::Unsupported, fmt::format("an answer has a column of DuckDB's type {}", static_cast<int>(duckdb_get_type_id(type))));
  }
}

Result<void> add_rows(duckdb_data_chunk chunk, std::span<const LogicalType> types, std::vector<std::vector<Value>>& rows) {
  const idx_t count = duckdb_data_chunk_get_size(chunk);
  const size_t first = rows.size();
  rows.resize(first + count, std::vector<Value>(types.size()));
  for (size_t column = 0; column < types.size(); ++column) {
    const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
    const void* data = duckdb_vector_get_data(vector);
    uint64_t* validity = duckdb_vector_get_validity(vector);
    for (idx_t row = 0; row < count; ++row) {
      if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) continue;
      NOCT_TRY(rows[first + row][column], value_at(types[column].get(), data, row));
    }
  }
  return {};
}

}  // namespace

Result<Table> read_table(Rows rows) {
  Table table;
  std::vector<LogicalType> types;
  for (size_t i = 0; i < rows.column_count(); ++i) {
    table.columns.push_back(rows.column_name(i));
    types.push_back(rows.column_type(i));
  }
  for (;;) {
    NOCT_TRY(const Chunk chunk, rows.next());
    if (chunk == nullptr) return table;
    if (auto added = add_rows(chunk.get(), types, table.rows); !added) return std::unexpected(std::move(added).error());
  }
}

}  // namespace noctule::duck
