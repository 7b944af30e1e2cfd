#pragma once
// SPDX-License-Identifier: Apache-2.0
// DuckDB's C interface behind values that clean up after themselves and return Result. Private to this module. A Connection and
// what was made from it belong to one thread at a time; a Database is shared. Every error names the file.
#include <duckdb.h>

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/store/store.h"

namespace noctule::duck {

// What went wrong, in the project's own codes.
[[nodiscard]] Error error_of(duckdb_error_type type, const char* message, std::string_view doing);

struct DestroyResult { void operator()(duckdb_result* result) const; };
struct DestroyChunk { void operator()(duckdb_data_chunk chunk) const; };
struct DestroyType { void operator()(duckdb_logical_type type) const; };
using Chunk = std::unique_ptr<std::remove_pointer_t<duckdb_data_chunk>, DestroyChunk>;
using LogicalType = std::unique_ptr<std::remove_pointer_t<duckdb_logical_type>, DestroyType>;

// The answer of a statement, chunk after chunk.
class Rows {
 public:
  explicit Rows(std::unique_ptr<duckdb_result, DestroyResult> result) : result_(std::move(result)) {}
  [[nodiscard]] size_t column_count() const;
  [[nodiscard]] std::string column_name(size_t index) const;
  [[nodiscard]] LogicalType column_type(size_t index) const;
  // Null at the end. Error: what went wrong while a streamed answer was made.
  [[nodiscard]] Result<Chunk> next();

 private:
  std::unique_ptr<duckdb_result, DestroyResult> result_;
};

enum class Answer { Whole, Streamed };

class Connection {
 public:
  Connection(Connection&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)), fatal_(other.fatal_) {}
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  // One statement without an answer.
  [[nodiscard]] Result<void> execute(const std::string& sql);
  [[nodiscard]] Result<Rows> query(const Statement& statement, Answer answer = Answer::Whole);
  // The first cell of the first row as a whole number; nullopt where there is none or it is null.
  [[nodiscard]] Result<std::optional<int64_t>> query_integer(const Statement& statement);
  [[nodiscard]] Result<void> begin() { return execute("BEGIN TRANSACTION"); }
  [[nodiscard]] Result<void> commit() { return execute("COMMIT"); }
  void roll_back();  // also where there is nothing to roll back
  void interrupt();  // any thread
  [[nodiscard]] duckdb_connection handle() const { return handle_; }

 private:
  friend class Database;
  friend class Appender;
  Connection(duckdb_connection handle, std::atomic<bool>* fatal) : handle_(handle), fatal_(fatal) {}
  [[nodiscard]] std::unexpected<Error> note(duckdb_error_type type, const char* message, std::string_view doing);

  duckdb_connection handle_ = nullptr;
  std::atomic<bool>* fatal_ = nullptr;
};

// Adds chunks to a table within the connection's transaction. What was added counts only when close() went well.
class Appender {
 public:
  static Result<Appender> create(Connection& connection, const std::string& table);
  Appender(Appender&& other) noexcept : connection_(other.connection_), handle_(std::exchange(other.handle_, nullptr)) {}
  Appender& operator=(Appender&&) = delete;
  ~Appender();
  [[nodiscard]] Result<void> add(duckdb_data_chunk chunk);
  [[nodiscard]] Result<void> close();

 private:
  explicit Appender(Connection& connection) : connection_(&connection) {}
  [[nodiscard]] std::unexpected<Error> failure(std::string_view doing);

  Connection* connection_;
  duckdb_appender handle_ = nullptr;
};

using Setting = std::pair<const char*, std::string>;

// The oldest DuckDB that reads our files: its long-term line. Against the default, which 1.0 reads, events take a fifth less disk.
inline constexpr const char* kStorageVersion = "v1.4.0";

class Database {
 public:
  static Result<Database> open(const std::string& path, std::span<const Setting> settings);
  [[nodiscard]] Result<Connection> connect();
  // Whether an error on one of its connections left it refusing everything.
  [[nodiscard]] bool fatal() const { return fatal_->load(); }

 private:
  struct Closer { void operator()(duckdb_database handle) const; };
  std::unique_ptr<std::remove_pointer_t<duckdb_database>, Closer> handle_;
  std::unique_ptr<std::atomic<bool>> fatal_ = std::make_unique<std::atomic<bool>>(false);
};

// A cell as a value of the interface: booleans and whole numbers as int64_t (unsigned ones beyond its range by their bits),
// wider and decimal ones as double unless they fit, dates as 2026-01-31, times as 2026-01-31 12:00:00. Error: Unsupported.
[[nodiscard]] Result<Table> read_table(Rows rows);

}  // namespace noctule::duck
