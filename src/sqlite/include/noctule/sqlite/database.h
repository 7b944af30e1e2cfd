#pragma once
// SPDX-License-Identifier: Apache-2.0
// SQLite behind values: a Database owns a connection, a Statement a prepared one. One thread uses a Database and its
// statements at a time; several connections, also of several processes, may share a file. Every error names the file.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace noctule::sqlite {

// Whether a commit waits for the disk. Full: also in WAL mode every commit is on the disk when it returns.
enum class Sync { Normal, Full };
enum class Access { ReadOnly, ReadWrite, Create };

struct OpenOptions {
  Access access = Access::Create;
  Sync sync = Sync::Normal;
  int busy_timeout_ms = 5'000;  // how long to wait for another connection's write
};

// A prepared statement. Parameters are numbered from 1, columns from 0. bind_* returns the statement, so that calls chain;
// what is bound as text or blob is copied.
class Statement {
 public:
  Statement& bind(int index, int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);

  // True: a row is there. Error: Exhausted (disk full), Corrupt, Io (anything else).
  [[nodiscard]] Result<bool> step();
  // Runs a statement that gives no rows to its end and makes it ready for the next run.
  [[nodiscard]] Result<void> run();
  void reset();

  // Views are valid until the next step or reset.
  [[nodiscard]] int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  struct Closer { void operator()(sqlite3_stmt* statement) const; };
  std::unique_ptr<sqlite3_stmt, Closer> handle_;
};

class Database {
 public:
  // WAL mode, foreign keys on, trusted_schema off; the file is created with mode 0600. Error: Io, Corrupt ("not a database").
  static Result<Database> open(const std::string& path, const OpenOptions& options = {});

  // One or more statements without parameters.
  [[nodiscard]] Result<void> execute(const char* sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  [[nodiscard]] int64_t last_insert_id() const;
  [[nodiscard]] int64_t changes() const;  // rows that the last statement changed
  // Changes whenever another connection has committed (PRAGMA data_version).
  [[nodiscard]] Result<int64_t> data_version();

  // Runs body within BEGIN IMMEDIATE and COMMIT; rolls back when it or the commit fails.
  [[nodiscard]] Result<void> transact(const std::function<Result<void>()>& body);

  // A consistent copy, also while others write. The target is replaced.
  [[nodiscard]] Result<void> backup_to(const std::string& path) const;
  // PRAGMA integrity_check: what it found; empty when all is well.
  [[nodiscard]] Result<std::vector<std::string>> check();

  // Schema steps, applied in order, each in a transaction of its own; their number is kept in user_version. A file that has
  // more steps than are known is a newer program's: InvalidInput. Gives how many were applied.
  [[nodiscard]] Result<int> migrate(std::span<const std::string_view> steps);
  [[nodiscard]] Result<int> schema_version();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct Closer { void operator()(sqlite3* handle) const; };
  std::unique_ptr<sqlite3, Closer> handle_;
  std::string path_;
  std::optional<Statement> begin_, commit_;  // prepared by the first transaction
};

}  // namespace noctule::sqlite
