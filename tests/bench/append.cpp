// SPDX-License-Identifier: Apache-2.0
// How fast DuckDB's own appender takes the rows that a server's store holds: they are read into memory, then appended value by value to an
// empty table of the same columns in a new file, in transactions of 100,000 rows.
//   append EVENTS.DUCKDB NEW.DUCKDB ROWS
#include <duckdb.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

constexpr size_t kRowsPerTransaction = 100'000;


void must(duckdb_state state, const char* what) {
  if (state == DuckDBSuccess) return;
  fmt::print(stderr, "{} failed\n", what);
  std::exit(1);
}

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

struct Column {
  duckdb_type type;
  std::vector<int64_t> numbers;   // of every type but text
  std::vector<std::string> texts;
  std::vector<bool> nulls;
};

void read(duckdb_connection connection, const std::string& sql, std::vector<Column>& columns, size_t& rows) {
  duckdb_result result;
  must(duckdb_query(connection, sql.c_str(), &result), "reading");
  rows = duckdb_row_count(&result);
  for (idx_t c = 0; c < duckdb_column_count(&result); ++c) {
    Column column{duckdb_column_type(&result, c), {}, {}, {}};
    for (idx_t r = 0; r < rows; ++r) {
      column.nulls.push_back(duckdb_value_is_null(&result, c, r));
      if (column.type == DUCKDB_TYPE_VARCHAR) {
        char* text = duckdb_value_varchar(&result, c, r);
        column.texts.emplace_back(text ? text : "");
        duckdb_free(text);
      } else if (column.type == DUCKDB_TYPE_UBIGINT) {
        column.numbers.push_back(static_cast<int64_t>(duckdb_value_uint64(&result, c, r)));
      } else if (column.type == DUCKDB_TYPE_TIMESTAMP || column.type == DUCKDB_TYPE_TIMESTAMP_MS) {
        column.numbers.push_back(duckdb_value_timestamp(&result, c, r).micros);
      } else {
        column.numbers.push_back(duckdb_value_int64(&result, c, r));
      }
    }
    columns.push_back(std::move(column));
  }
  duckdb_destroy_result(&result);
}

void append(duckdb_appender appender, const Column& column, size_t row) {
  if (column.nulls[row]) {
    duckdb_append_null(appender);
  } else if (column.type == DUCKDB_TYPE_VARCHAR) {
    duckdb_append_varchar_length(appender, column.texts[row].data(), column.texts[row].size());
  } else if (column.type == DUCKDB_TYPE_TIMESTAMP || column.type == DUCKDB_TYPE_TIMESTAMP_MS) {
    duckdb_append_timestamp(appender, {column.numbers[row]});
  } else if (column.type == DUCKDB_TYPE_UBIGINT) {
    duckdb_append_uint64(appender, static_cast<uint64_t>(column.numbers[row]));
  } else if (column.type == DUCKDB_TYPE_BOOLEAN) {
    duckdb_append_bool(appender, column.numbers[row] != 0);
  } else {
    duckdb_append_int64(appender, column.numbers[row]);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const size_t wanted = static_cast<size_t>(std::atoll(argv[3]));
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  must(duckdb_open(argv[2], &database), "opening");
  must(duckdb_connect(database, &connection), "connecting");
  must(duckdb_query(connection, "SET threads = 2", nullptr), "setting");
  must(duckdb_query(connection, fmt::format("ATTACH '{}' AS source (READ_ONLY)", argv[1]).c_str(), nullptr), "attaching");
  std::vector<Column> columns;
  size_t rows = 0;
  read(connection, fmt::format("SELECT * FROM source.events LIMIT {}", wanted), columns, rows);
  must(duckdb_query(connection, "CREATE TABLE events AS SELECT * FROM source.events LIMIT 0", nullptr), "creating");
  must(duckdb_query(connection, "DETACH source", nullptr), "detaching");
  const double used_before = processor_seconds();
  const auto began = std::chrono::steady_clock::now();
  size_t done = 0;
  while (done < wanted && rows > 0) {  // fewer rows than wanted are appended again
    must(duckdb_query(connection, "BEGIN", nullptr), "beginning");
    duckdb_appender appender = nullptr;
    must(duckdb_appender_create(connection, nullptr, "events", &appender), "an appender");
    for (size_t i = 0; i < kRowsPerTransaction && done < wanted; ++i, ++done) {
      for (const Column& column : columns) append(appender, column, done % rows);
      must(duckdb_appender_end_row(appender), "a row");
    }
    must(duckdb_appender_destroy(&appender), "appending");
    must(duckdb_query(connection, "COMMIT", nullptr), "committing");
  }
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(), used = processor_seconds() - used_before;
  fmt::print("{{\"rows\":{},\"columns\":{},\"per_second\":{:.0f},\"per_processor_second\":{:.0f}}}\n", done, columns.size(), static_cast<double>(done) / took, static_cast<double>(done) / used);
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return 0;
}
