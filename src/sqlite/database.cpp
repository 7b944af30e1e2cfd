// SPDX-License-Identifier: Apache-2.0
#include "noctule/sqlite/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace noctule::sqlite {
namespace {

ErrorCode code_of(int status) {
  switch (status & 0xFF) {
    case SQLITE_FULL: return ErrorCode::Exhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::Corrupt;
    case SQLITE_CONSTRAINT: return ErrorCode::InvalidInput;
    default: return ErrorCode::Io;
  }
}

// The number that the system gave when it last failed on this database's log or file; 0: it did not.
int last_system_errno(sqlite3* handle) {
  for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    int number = 0;
    if (sqlite3_file_control(handle, "main", which, &file) != SQLITE_OK || file == nullptr || file->pMethods == nullptr) continue;
    if (file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK && number != 0) return number;
  }
  return 0;
}

// SQLite's own words are "disk I/O error"; the system's say whether the disk is read-only, broken or not there.
std::string system_reason(sqlite3* handle, int status) {
  int number = 0;
  if ((status & 0xFF) == SQLITE_CANTOPEN) number = sqlite3_system_errno(handle);
  if (status == SQLITE_IOERR_READ || status == SQLITE_IOERR_WRITE || status == SQLITE_IOERR_FSYNC || status == SQLITE_IOERR_TRUNCATE) {
    number = last_system_errno(handle);  // sqlite3_system_errno is not set by a commit that fails
  }
  return number == 0 ? std::string() : fmt::format(" ({})", std::strerror(number));
}

std::unexpected<Error> failure(sqlite3* handle, std::string_view path, std::string_view doing) {
  const int status = sqlite3_extended_errcode(handle);
  const std::string message = sqlite3_errmsg(handle);
  return fail(code_of(status), fmt::format("{}: {}: {}{}", path, doing, message, system_reason(handle, status)));
}

std::string_view name_of_database(sqlite3* handle) {
  const char* path = sqlite3_db_filename(handle, "main");
  return path == nullptr ? std::string_view("database") : std::string_view(path);
}

// Private from its first byte: SQLite itself would create the file with the process's default mode. A file that is there is
// not even opened: closing it would drop the locks of this process's other connections (fcntl, POSIX), and another process
// would take itself for the last user and remove the log that they write to.
Result<void> create_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor >= 0) ::close(descriptor);
  if (descriptor < 0 && errno != EEXIST) return fail(ErrorCode::Io, fmt::format("{}: cannot open: {}", path, std::strerror(errno)));
  return {};
}

int flags_of(Access access) {
  return (access == Access::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
}

}  // namespace

void Statement::Closer::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Closer::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Statement& Statement::bind(int index, int64_t value) {
  NOCT_ASSERT(sqlite3_bind_int64(handle_.get(), index, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  NOCT_ASSERT(sqlite3_bind_text64(handle_.get(), index, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  NOCT_ASSERT(sqlite3_bind_blob64(handle_.get(), index, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_null(int index) {
  NOCT_ASSERT(sqlite3_bind_null(handle_.get(), index) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int status = sqlite3_step(handle_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  sqlite3* database = sqlite3_db_handle(handle_.get());
  auto error = failure(database, name_of_database(database), "cannot run a statement");
  sqlite3_reset(handle_.get());
  return error;
}

Result<void> Statement::run() {
  const Result<bool> row = step();
  reset();
  if (!row) return std::unexpected(row.error());
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string_view Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column)));
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column)));
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

Result<Database> Database::open(const std::string& path, const OpenOptions& options) {
  if (options.access == Access::Create) {
    if (auto created = create_private(path); !created) return std::unexpected(std::move(created).error());
  }
  Database database;
  database.path_ = path;
  sqlite3* handle = nullptr;
  const int status = sqlite3_open_v2(path.c_str(), &handle, flags_of(options.access), nullptr);
  database.handle_.reset(handle);
  if (status != SQLITE_OK) return failure(handle, path, "cannot open");
  sqlite3_busy_timeout(handle, options.busy_timeout_ms);
  const std::string settings = fmt::format("{} PRAGMA synchronous={}; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;",
                                           options.access == Access::ReadOnly ? "" : "PRAGMA journal_mode=WAL;",
                                           options.sync == Sync::Full ? "FULL" : "NORMAL");
  if (auto set = database.execute(settings.c_str()); !set) return std::unexpected(std::move(set).error());
  return database;
}

Result<void> Database::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure(handle_.get(), path_, "cannot run a statement");
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  Statement statement;
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &handle, nullptr) != SQLITE_OK) {
    return failure(handle_.get(), path_, "cannot prepare a statement");
  }
  statement.handle_.reset(handle);
  return statement;
}

int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle_.get()); }
int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

Result<int64_t> Database::data_version() {
  NOCT_TRY(Statement statement, prepare("PRAGMA data_version"));
  NOCT_TRY([[maybe_unused]] const bool row, statement.step());
  return statement.integer(0);
}

Result<void> Database::transact(const std::function<Result<void>()>& body) {
  if (!begin_) {
    NOCT_TRY(begin_, prepare("BEGIN IMMEDIATE"));
    NOCT_TRY(commit_, prepare("COMMIT"));
  }
  if (auto begun = begin_->run(); !begun) return begun;
  Result<void> done = body();
  if (done) done = commit_->run();
  // SQLite has rolled back by itself after some errors; a second rollback would only hide the first error.
  if (!done && sqlite3_get_autocommit(handle_.get()) == 0) {
    if (auto rolled_back = execute("ROLLBACK"); !rolled_back) done.error().message.append("; nor could it be rolled back");
  }
  return done;
}

Result<void> Database::backup_to(const std::string& path) const {
  NOCT_TRY(const Database target, open(path));
  sqlite3_backup* backup = sqlite3_backup_init(target.handle_.get(), "main", handle_.get(), "main");
  if (backup == nullptr) return failure(target.handle_.get(), path, "cannot begin a backup");
  const int status = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (status != SQLITE_DONE) return failure(target.handle_.get(), path, "cannot write a backup");
  return {};
}

Result<std::vector<std::string>> Database::check() {
  NOCT_TRY(Statement statement, prepare("PRAGMA integrity_check"));
  std::vector<std::string> findings;
  for (;;) {
    NOCT_TRY(const bool row, statement.step());
    if (!row) return findings;
    if (statement.text(0) != "ok") findings.emplace_back(statement.text(0));
  }
}

Result<int> Database::schema_version() {
  NOCT_TRY(Statement statement, prepare("PRAGMA user_version"));
  NOCT_TRY([[maybe_unused]] const bool row, statement.step());
  return static_cast<int>(statement.integer(0));
}

Result<int> Database::migrate(std::span<const std::string_view> steps) {
  NOCT_TRY(const int from, schema_version());
  const int to = static_cast<int>(steps.size());
  if (from > to) {
    return fail(ErrorCode::InvalidInput, fmt::format("{}: has schema {}, and this program knows {}: a newer noctule wrote it", path_, from, to));
  }
  for (int step = from; step < to; ++step) {
    const std::string sql(steps[static_cast<size_t>(step)]);
    const std::string mark = fmt::format("PRAGMA user_version={}", step + 1);
    auto applied = transact([&]() -> Result<void> {
      if (auto done = execute(sql.c_str()); !done) return done;
      return execute(mark.c_str());
    });
    if (!applied) return std::unexpected(std::move(applied).error());
  }
  return to - from;
}

}  // namespace noctule::sqlite
