#pragma once
// SPDX-License-Identifier: Apache-2.0
// The open settings.db and the few steps that all parts of Settings share.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/settings/settings.h"
#include "noctule/sqlite/database.h"

namespace noctule {

class SettingsFile {
 public:
  explicit SettingsFile(sqlite::Database opened) : database(std::move(opened)) {}
  sqlite::Database database;

  // A statement with its parameters bound in order.
  template <typename... Values>
  Result<sqlite::Statement> prepare(std::string_view sql, const Values&... values) {
    NOCT_TRY(sqlite::Statement statement, database.prepare(sql));
    int index = 0;
    (bind_value(statement, ++index, values), ...);
    return statement;
  }
  // Runs a statement that gives no rows; gives how many rows it changed.
  template <typename... Values>
  Result<int64_t> run(std::string_view sql, const Values&... values) {
    NOCT_TRY(sqlite::Statement statement, prepare(sql, values...));
    if (auto done = statement.run(); !done) return std::unexpected(std::move(done).error());
    return database.changes();
  }
  // Marks the configuration as changed; within the transaction that changes it.
  Result<void> bump();
  // Runs body in a transaction and bumps.
  Result<void> change(const std::function<Result<void>()>& body);

 private:
  static void bind_value(sqlite::Statement& statement, int index, int64_t value) { statement.bind(index, value); }
  static void bind_value(sqlite::Statement& statement, int index, std::string_view text) { statement.bind(index, text); }
  static void bind_value(sqlite::Statement& statement, int index, SiteId site) { statement.bind(index, static_cast<int64_t>(site)); }
  static void bind_value(sqlite::Statement& statement, int index, UserId user) { statement.bind(index, static_cast<int64_t>(user)); }
};

struct Settings::State : SettingsFile {
  using SettingsFile::SettingsFile;
};

// Makes a session for a user or a shared link (the other is none).
Result<Settings::Login> start_session(SettingsFile& file, UserId user, int64_t link, int64_t now_ms);
// Counts an attempt as failed before it is judged, so that attempts side by side cannot outrun the limit; gives its number, to
// be forgotten when it succeeds. nullopt: too many have failed.
Result<std::optional<int64_t>> count_attempt(SettingsFile& file, std::string_view subject, int64_t now_ms);
Result<void> forget_attempt(SettingsFile& file, int64_t attempt);

// One row of a statement that must have one, such as COUNT(*).
Result<int64_t> one_integer(sqlite::Statement statement);

// A text of at most bytes_max without control characters. Error: InvalidInput, naming what it is.
Result<void> check_text(std::string_view text, std::string_view what, size_t bytes_max);

}  // namespace noctule
