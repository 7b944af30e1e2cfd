#pragma once
// SPDX-License-Identifier: Apache-2.0
// Store: events and roll-ups behind an interface that a distributed engine can implement. Statements are portable SQL with
// bound parameters; what differs between engines is said by Dialect alone. Rows are only appended. Any thread may call.
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/journal/journal.h"
#include "noctule/store/event_row.h"

namespace noctule {

using Value = std::variant<std::monostate, int64_t, double, std::string>;

struct Statement {
  std::string sql;                // parameters as ?
  std::vector<Value> parameters;
};

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

// The words in which engines differ. One implementation each, in one file each.
class Dialect {
 public:
  virtual ~Dialect() = default;
  // Expressions over a TIMESTAMP_MS column in a time zone (IANA, already checked): its local day as DATE, the start of its hour...
  [[nodiscard]] virtual std::string local_date(std::string_view column, std::string_view zone) const = 0;
  [[nodiscard]] virtual std::string truncate_time(std::string_view unit, std::string_view column, std::string_view zone) const = 0;
  [[nodiscard]] virtual std::string json_text(std::string_view column, std::string_view parameter) const = 0;
  [[nodiscard]] virtual std::string matches(std::string_view column, std::string_view parameter) const = 0;  // RE2
};

struct StoreStatus {
  uint64_t rows = 0, bytes = 0;
  BatchId loaded_through = BatchId::None;
  int schema_version = 0;
  std::string engine;             // "DuckDB v1.5.6"
};

class Store {
 public:
  virtual ~Store() = default;
  // Appends the rows of one batch, or of several up to that one, and records its id in the same transaction. A batch at or
  // below loaded_through changes nothing. event_ids: of the clients, remembered for a day so that a restart knows them.
  // Error: Exhausted (disk full), Corrupt, Io; then nothing was changed.
  virtual Result<void> append(BatchId batch, std::span<const EventRow> rows, std::span<const uint64_t> event_ids = {}) = 0;
  virtual Result<BatchId> loaded_through() = 0;
  // Rows that do not come from the journal (an import), span after span until an empty one, and statements of the same
  // transaction: all or nothing. A span's texts must live until the next call. Errors: as append, and those of next_rows.
  using NextRows = std::function<Result<std::span<const EventRow>>()>;
  virtual Result<void> add(const NextRows& next_rows, std::span<const Statement> also = {}) = 0;
  // Reads. Limits of time and memory are the store's options. Error: Exhausted, InvalidInput (a bad pattern), Io.
  virtual Result<Table> read(const Statement& statement) = 0;
  // Writes of roll-ups, retention, versions: all or nothing, in one transaction.
  virtual Result<void> write(std::span<const Statement> statements) = 0;
  [[nodiscard]] virtual const Dialect& dialect() const = 0;
  virtual Result<StoreStatus> status() = 0;
  virtual Result<std::vector<std::string>> check() = 0;         // findings; empty: sound
  virtual Result<void> backup_to(const std::string& path) = 0;  // while others read and append
  // A whole table or statement to a file, "parquet" or "csv".
  virtual Result<void> export_to(const Statement& statement, const std::string& path, std::string_view format) = 0;
};

struct DuckOptions {
  std::string path = {};               // the file; ":memory:" in tests
  uint64_t memory_bytes_max = 384 << 20;
  int threads = 2;
  int readers = 2;                     // connections for reads
  int read_timeout_ms = 30'000;
  std::string backup_folder = {};      // where the automatic backup before a migration goes; empty: none
  int64_t (*now_ms)() = nullptr;       // wall clock; null: the system's
};
// Opens or creates the file, migrates it after a backup. Error: Io (another process owns it), Corrupt, InvalidInput (newer schema).
Result<std::unique_ptr<Store>> open_duckdb(const DuckOptions& options);

}  // namespace noctule
