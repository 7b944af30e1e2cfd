// SPDX-License-Identifier: Apache-2.0
#include "duck.h"

#include <fmt/format.h>

namespace noctule::duck {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// DuckDB has one code for all that a disk can do; what strerror() says of a full one tells it from the rest.
bool is_full_disk(std::string_view message) {
  return contains(message, "No space left on device") || contains(message, "File too large") || contains(message, "Disk quota exceeded");
}

ErrorCode code_of(duckdb_error_type type, std::string_view message) {
  if (is_full_disk(message)) return ErrorCode::Exhausted;
  switch (type) {
    case DUCKDB_ERROR_OUT_OF_MEMORY:
    case DUCKDB_ERROR_INTERRUPT: return ErrorCode::Exhausted;
    case DUCKDB_ERROR_SERIALIZATION: return ErrorCode::Corrupt;
    case DUCKDB_ERROR_IO: return contains(message, "orrupt") || contains(message, "checksum") || contains(message, "not a valid DuckDB") ? ErrorCode::Corrupt : ErrorCode::Io;
    case DUCKDB_ERROR_INVALID:
    case DUCKDB_ERROR_FATAL:
    case DUCKDB_ERROR_INTERNAL:
    case DUCKDB_ERROR_PERMISSION:
    case DUCKDB_ERROR_TRANSACTION: return ErrorCode::Io;
    default: return ErrorCode::InvalidInput;
  }
}

bool makes_unusable(duckdb_error_type type, std::string_view message) {
  return type == DUCKDB_ERROR_FATAL || type == DUCKDB_ERROR_INTERNAL || type == DUCKDB_ERROR_IO || contains(message, "has been invalidated");
}

// One line, without the stack trace that DuckDB appends to internal errors.
std::string_view first_line(std::string_view message) { return message.substr(0, message.find('\n')); }

class Prepared {
 public:
  ~Prepared() { duckdb_destroy_prepare(&handle_); }
  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  duckdb_prepared_statement* out() { return &handle_; }
  [[nodiscard]] duckdb_prepared_statement get() const { return handle_; }

 private:
  duckdb_prepared_statement handle_ = nullptr;
};

struct Bind {
  duckdb_prepared_statement statement;
  idx_t index;
  duckdb_state operator()(std::monostate) const { return duckdb_bind_null(statement, index); }
  duckdb_state operator()(int64_t value) const { return duckdb_bind_int64(statement, index, value); }
  duckdb_state operator()(double value) const { return duckdb_bind_double(statement, index, value); }
  duckdb_state operator()(const std::string& text) const { return duckdb_bind_varchar_length(statement, index, text.data(), text.size()); }
};

}  // namespace

Error error_of(duckdb_error_type type, const char* message, std::string_view doing) {
  const std::string_view text = message == nullptr ? "no reason was given" : std::string_view(message);
  return {code_of(type, text), fmt::format("{}: {}", doing, first_line(text))};
}

void DestroyResult::operator()(duckdb_result* result) const {
  duckdb_destroy_result(result);
  delete result;
}
void DestroyChunk::operator()(duckdb_data_chunk chunk) const { duckdb_destroy_data_chunk(&chunk); }
void DestroyType::operator()(duckdb_logical_type type) const { duckdb_destroy_logical_type(&type); }

size_t Rows::column_count() const { return duckdb_column_count(result_.get()); }
std::string Rows::column_name(size_t index) const { return duckdb_column_name(result_.get(), index); }
LogicalType Rows::column_type(size_t index) const { return LogicalType(duckdb_column_logical_type(result_.get(), index)); }

Result<Chunk> Rows::next() {
  Chunk chunk(duckdb_fetch_chunk(*result_));
  if (chunk == nullptr) {
    if (const char* message = duckdb_result_error(result_.get()); message != nullptr) {
      return std::unexpected(error_of(duckdb_result_error_type(result_.get()), message, "cannot read on"));
    }
  }
  return chunk;
}

Connection::~Connection() {
  if (handle_ != nullptr) duckdb_disconnect(&handle_);
}

std::unexpected<Error> Connection::note(duckdb_error_type type, const char* message, std::string_view doing) {
  if (makes_unusable(type, message == nullptr ? "" : message)) fatal_->store(true);
  return std::unexpected(error_of(type, message, doing));
}

Result<void> Connection::execute(const std::string& sql) {
  NOCT_TRY([[maybe_unused]] Rows rows, query({sql, {}}));
  return {};
}

Result<Rows> Connection::query(const Statement& statement, Answer answer) {
  Prepared prepared;
  if (duckdb_prepare(handle_, statement.sql.c_str(), prepared.out()) != DuckDBSuccess) {
    const char* message = duckdb_prepare_error(prepared.get());
    const bool invalidated = message != nullptr && contains(message, "has been invalidated");
    return note(invalidated ? DUCKDB_ERROR_FATAL : DUCKDB_ERROR_BINDER, message, "cannot prepare a statement");
  }
  if (duckdb_nparams(prepared.get()) != statement.parameters.size()) {
    return fail(ErrorCode::InvalidInput, fmt::format("a statement takes {} parameters and was given {}", duckdb_nparams(prepared.get()), statement.parameters.size()));
  }
  for (size_t i = 0; i < statement.parameters.size(); ++i) {
    if (std::visit(Bind{prepared.get(), i + 1}, statement.parameters[i]) != DuckDBSuccess) {
      return fail(ErrorCode::InvalidInput, fmt::format("parameter {} of a statement is no UTF-8 text", i + 1));
    }
  }
  std::unique_ptr<duckdb_result, DestroyResult> result(new duckdb_result{});
  const duckdb_state state = answer == Answer::Whole ? duckdb_execute_prepared(prepared.get(), result.get())
                                                     : duckdb_execute_prepared_streaming(prepared.get(), result.get());
  if (state != DuckDBSuccess) return note(duckdb_result_error_type(result.get()), duckdb_result_error(result.get()), "cannot run a statement");
  return Rows(std::move(result));
}

Result<std::optional<int64_t>> Connection::query_integer(const Statement& statement) {
  NOCT_TRY(Rows rows, query(statement));
  NOCT_TRY(const Table table, read_table(std::move(rows)));
  if (table.rows.empty() || !std::holds_alternative<int64_t>(table.rows[0][0])) return std::nullopt;
  return std::get<int64_t>(table.rows[0][0]);
}

void Connection::roll_back() {
  duckdb_result result{};
  duckdb_query(handle_, "ROLLBACK", &result);  // fails where the transaction is gone already, which is what was wanted
  duckdb_destroy_result(&result);
}

void Connection::interrupt() { duckdb_interrupt(handle_); }

Result<Appender> Appender::create(Connection& connection, const std::string& table) {
  Appender appender(connection);
  if (duckdb_appender_create(connection.handle(), nullptr, table.c_str(), &appender.handle_) != DuckDBSuccess) {
    return appender.failure(fmt::format("cannot append to {}", table));
  }
  return appender;
}

Appender::~Appender() {
  if (handle_ != nullptr) duckdb_appender_destroy(&handle_);
}

Result<void> Appender::add(duckdb_data_chunk chunk) {
  if (duckdb_append_data_chunk(handle_, chunk) != DuckDBSuccess) return failure("cannot append rows");
  return {};
}

Result<void> Appender::close() {
  if (duckdb_appender_close(handle_) != DuckDBSuccess) return failure("cannot append rows");
  return {};
}

std::unexpected<Error> Appender::failure(std::string_view doing) {
  duckdb_error_data data = duckdb_appender_error_data(handle_);
  auto error = connection_->note(duckdb_error_data_error_type(data), duckdb_error_data_message(data), doing);
  duckdb_destroy_error_data(&data);
  return error;
}

void Database::Closer::operator()(duckdb_database handle) const { duckdb_close(&handle); }

Result<Database> Database::open(const std::string& path, std::span<const Setting> settings) {
  duckdb_config config = nullptr;
  duckdb_create_config(&config);
  for (const auto& [name, value] : settings) NOCT_ASSERT(duckdb_set_config(config, name, value.c_str()) == DuckDBSuccess);
  duckdb_database handle = nullptr;
  char* message = nullptr;
  const duckdb_state state = duckdb_open_ext(path == ":memory:" ? nullptr : path.c_str(), &handle, config, &message);
  duckdb_destroy_config(&config);
  Database database;
  database.handle_.reset(handle);
  if (state == DuckDBSuccess) return database;
  const Error error = error_of(DUCKDB_ERROR_IO, message, fmt::format("{}: cannot open", path));
  duckdb_free(message);
  return std::unexpected(error);
}

Result<Connection> Database::connect() {
  duckdb_connection handle = nullptr;
  if (duckdb_connect(handle_.get(), &handle) != DuckDBSuccess) return fail(ErrorCode::Io, "DuckDB gives no connection");
  return Connection(handle, fatal_.get());
}

}  // namespace noctule::duck
