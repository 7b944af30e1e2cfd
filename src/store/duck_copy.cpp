// SPDX-License-Identifier: Apache-2.0
#include "duck_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace noctule {
namespace {

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

std::string quoted_text(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted.push_back('\'');
    quoted.push_back(c);
  }
  quoted.push_back('\'');
  return quoted;
}

Result<void> copy_table(duck::Connection& source, duck::Connection& target, const std::string& table) {
  NOCT_TRY(duck::Rows rows, source.query({fmt::format("SELECT * FROM {}", quoted_name(table)), {}}, duck::Answer::Streamed));
  NOCT_TRY(duck::Appender appender, duck::Appender::create(target, table));
  for (;;) {
    NOCT_TRY(const duck::Chunk chunk, rows.next());
    if (chunk == nullptr) return appender.close();
    if (auto added = appender.add(chunk.get()); !added) return added;
  }
}

Result<void> copy_tables(duck::Connection& source, duck::Connection& target) {
  NOCT_TRY(duck::Rows rows, source.query({"SELECT table_name, sql FROM duckdb_tables() WHERE NOT internal AND NOT temporary ORDER BY table_name", {}}));
  NOCT_TRY(const Table tables, duck::read_table(std::move(rows)));
  for (const std::vector<Value>& row : tables.rows) {
    if (auto made = target.execute(std::get<std::string>(row[1])); !made) return made;
    if (auto copied = copy_table(source, target, std::get<std::string>(row[0])); !copied) return copied;
  }
  return target.execute("CHECKPOINT");
}

Result<void> write_copy(duck::Connection& source, const std::string& path) {
  const std::array<duck::Setting, 5> settings = {{{"storage_compatibility_version", duck::kStorageVersion}, {"threads", "1"}, {"autoinstall_known_extensions", "false"},
                                                  {"autoload_known_extensions", "false"}, {"enable_external_access", "false"}}};
  NOCT_TRY(duck::Database database, duck::Database::open(path, settings));
  NOCT_TRY(duck::Connection target, database.connect());
  if (auto begun = source.begin(); !begun) return begun;  // one snapshot for all tables
  Result<void> copied = copy_tables(source, target);
  source.roll_back();
  return copied;
}

Result<void> sync_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(ErrorCode::Io, fmt::format("{}: cannot open: {}", path, std::strerror(errno)));
  const int failed = ::fsync(descriptor);
  const int reason = errno;
  ::close(descriptor);
  if (failed != 0) return fail(ErrorCode::Io, fmt::format("{}: cannot sync: {}", path, std::strerror(reason)));
  return {};
}

// What is written under another name beside the target takes its place only when it is whole.
Result<void> replace_when_whole(const std::string& path, const std::function<Result<void>(const std::string&)>& write) {
  const std::string part = fmt::format("{}.part", path);
  std::error_code ignored;  // what is not there need not be removed
  std::filesystem::remove(part, ignored);
  Result<void> done = write(part);
  if (done) done = sync_file(part);
  if (done) {
    std::error_code failed;
    std::filesystem::permissions(part, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failed);
    if (!failed) std::filesystem::rename(part, path, failed);
    if (failed) done = fail(ErrorCode::Io, fmt::format("{}: cannot be put in place: {}", path, failed.message()));
  }
  if (!done) std::filesystem::remove(part, ignored);
  std::filesystem::remove(fmt::format("{}.wal", part), ignored);
  return done;
}

// A table function of a second database, answer(), whose rows are those of a statement in the first one.
struct Source {
  duck::Rows rows;
  std::string error;
  bool ended = false;
};

void bind_source(duckdb_bind_info info) {
  const auto* source = static_cast<Source*>(duckdb_bind_get_extra_info(info));
  for (size_t i = 0; i < source->rows.column_count(); ++i) {
    duckdb_bind_add_result_column(info, source->rows.column_name(i).c_str(), source->rows.column_type(i).get());
  }
}

void begin_source(duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); }

void give_rows(duckdb_function_info info, duckdb_data_chunk out) {
  auto* source = static_cast<Source*>(duckdb_function_get_extra_info(info));
  if (source->ended) return;
  Result<duck::Chunk> chunk = source->rows.next();
  if (!chunk) {
    source->error = chunk.error().message;
    duckdb_function_set_error(info, source->error.c_str());
    return;
  }
  source->ended = *chunk == nullptr;
  if (source->ended) return;
  for (idx_t i = 0; i < duckdb_data_chunk_get_column_count(out); ++i) {
    duckdb_vector_reference_vector(duckdb_data_chunk_get_vector(out, i), duckdb_data_chunk_get_vector(chunk->get(), i));
  }
  duckdb_data_chunk_set_size(out, duckdb_data_chunk_get_size(chunk->get()));
}

Result<void> register_source(duck::Connection& target, Source& source) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, "answer");
  duckdb_table_function_set_extra_info(function, &source, nullptr);
  duckdb_table_function_set_bind(function, bind_source);
  duckdb_table_function_set_init(function, begin_source);
  duckdb_table_function_set_function(function, give_rows);
  const duckdb_state state = duckdb_register_table_function(target.handle(), function);
  duckdb_destroy_table_function(&function);
  if (state != DuckDBSuccess) return fail(ErrorCode::Io, "DuckDB takes no table function");
  return {};
}

}  // namespace

Result<void> copy_database(duck::Connection& source, const std::string& path) {
  return replace_when_whole(path, [&](const std::string& part) { return write_copy(source, part); });
}

Result<void> export_answer(duck::Connection& source, const Statement& statement, const std::string& path, std::string_view format) {
  std::string_view options;
  if (format == "parquet") options = "FORMAT parquet, COMPRESSION zstd";
  if (format == "csv") options = "FORMAT csv, HEADER true";
  if (options.empty()) return fail(ErrorCode::InvalidInput, fmt::format("cannot export as {}, expected parquet or csv", format));
  const std::array<duck::Setting, 3> settings = {{{"autoinstall_known_extensions", "false"}, {"autoload_known_extensions", "false"}, {"threads", "1"}}};
  NOCT_TRY(duck::Rows rows, source.query(statement, duck::Answer::Streamed));
  Source answer{std::move(rows), {}};
  NOCT_TRY(duck::Database database, duck::Database::open(":memory:", settings));
  NOCT_TRY(duck::Connection target, database.connect());
  if (auto registered = register_source(target, answer); !registered) return registered;
  return replace_when_whole(path, [&](const std::string& part) {
    return target.execute(fmt::format("COPY (SELECT * FROM answer()) TO {} ({})", quoted_text(part), options));
  });
}

}  // namespace noctule
