// SPDX-License-Identifier: Apache-2.0
#include "duck_store.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <tuple>

#include "append_tuples.h"
#include "duck_copy.h"
#include "duck_dialect.h"
#include "duck_schema.h"
#include "event_columns.h"

namespace noctule {
namespace {

// How long the ids of events are remembered: a client that repeats a request later than that is not recognised.
constexpr int64_t kEventIdsKept_ms = 24 * 3'600'000;
constexpr int64_t kForgetEvery_ms = 3'600'000;

constexpr uint64_t kSpillFactor = 4;

// The log of changes is merged when it has grown to this, about 400,000 events. Each time the newest row group is written anew: at
// DuckDB's own 16 MB loading took half as long again and a million events left 15 MB of holes in the file, at this none.
constexpr const char* kCheckpointAt = "128MB";

int64_t system_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::vector<duck::Setting> settings_of(const DuckOptions& options) {
  std::vector<duck::Setting> settings;
  // What a question needs beyond memory goes to disk, up to a multiple of it; a database in memory has no such folder.
  settings.emplace_back("temp_directory", options.path == ":memory:" ? std::string() : fmt::format("{}.tmp", options.path));
  settings.emplace_back("max_temp_directory_size", fmt::format("{}B", options.memory_bytes_max * kSpillFactor));
  settings.emplace_back("storage_compatibility_version", duck::kStorageVersion);
  settings.emplace_back("checkpoint_threshold", kCheckpointAt);
  settings.emplace_back("memory_limit", fmt::format("{}B", options.memory_bytes_max));
  settings.emplace_back("threads", fmt::format("{}", options.threads));
  settings.emplace_back("autoinstall_known_extensions", "false");
  settings.emplace_back("autoload_known_extensions", "false");
  settings.emplace_back("enable_external_access", "false");  // no statement reaches another file; refuses folders set after it
  return settings;
}

duck::Chunk make_event_chunk() {
  std::vector<duck::LogicalType> types;
  std::vector<duckdb_logical_type> raw;
  for (const EventColumn& column : event_columns()) {
    types.emplace_back(duckdb_create_logical_type(column.type));
    raw.push_back(types.back().get());
  }
  return duck::Chunk(duckdb_create_data_chunk(raw.data(), raw.size()));
}

constexpr int64_t kQuarterMs = 900'000;

// How many rows each quarter of an hour gained: what tells whether a day's roll-up is complete.
Result<void> append_row_counts(duck::Connection& connection, std::span<const EventRow> rows) {
  std::map<std::tuple<uint32_t, uint16_t, int64_t>, int64_t> counts;
  for (const EventRow& row : rows) ++counts[{row.site, row.attribution, (row.time - (row.time < 0 ? kQuarterMs - 1 : 0)) / kQuarterMs}];
  std::vector<std::tuple<uint32_t, uint16_t, int64_t, int64_t>> added;
  for (const auto& [place, count] : counts) added.emplace_back(std::tuple_cat(place, std::tuple(count)));
  return duck::append_tuples(connection, "row_counts", std::span<const std::tuple<uint32_t, uint16_t, int64_t, int64_t>>(added));
}

Result<void> append_rows(duck::Connection& connection, std::span<const EventRow> rows) {
  NOCT_TRY(duck::Appender appender, duck::Appender::create(connection, "events"));
  const duck::Chunk chunk = make_event_chunk();
  const size_t size_max = duckdb_vector_size();
  for (size_t first = 0; first < rows.size(); first += size_max) {
    const std::span<const EventRow> part = rows.subspan(first, std::min(size_max, rows.size() - first));
    duckdb_data_chunk_reset(chunk.get());
    std::array<void*, kEventColumns> cells;
    for (size_t i = 0; i < cells.size(); ++i) cells[i] = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk.get(), i));
    write_cells(part, cells);
    duckdb_data_chunk_set_size(chunk.get(), part.size());
    if (auto added = appender.add(chunk.get()); !added) return added;
  }
  if (auto closed = appender.close(); !closed) return closed;
  return append_row_counts(connection, rows);
}

Result<void> append_batch_row(duck::Connection& connection, BatchId batch, int64_t now_ms, size_t events) {
  const std::tuple<int64_t, int64_t, uint32_t> row(static_cast<int64_t>(batch), now_ms, static_cast<uint32_t>(events));
  return duck::append_tuples(connection, "batches", std::span(&row, 1));
}

Result<void> append_event_ids(duck::Connection& connection, std::span<const uint64_t> ids, int64_t now_ms) {
  if (ids.empty()) return {};
  std::vector<std::tuple<uint64_t, int64_t>> rows;
  rows.reserve(ids.size());
  for (const uint64_t id : ids) rows.emplace_back(id, now_ms);
  std::ranges::sort(rows);  // neighbours differ less, and take less room
  return duck::append_tuples(connection, "event_ids", std::span<const std::tuple<uint64_t, int64_t>>(rows));
}

Result<void> run_all(duck::Connection& connection, std::span<const Statement> statements) {
  for (const Statement& statement : statements) {
    if (auto done = connection.query(statement); !done) return std::unexpected(std::move(done).error());
  }
  return {};
}

Result<void> back_up_before_migration(duck::Connection& connection, const DuckOptions& options, int from) {
  if (from == 0 || from >= latest_schema() || options.backup_folder.empty()) return {};
  const auto name = std::filesystem::path(options.path).stem().string();
  return copy_database(connection, (std::filesystem::path(options.backup_folder) / fmt::format("{}-schema-{}.duckdb", name, from)).string());
}

}  // namespace

// A reading connection, taken from the pool for as long as this lives.
class DuckStore::Reader {
 public:
  static Result<Reader> take(DuckStore& store, Session& session) {
    std::unique_lock lock(store.readers_mutex_);
    const auto patience = std::chrono::milliseconds(store.options_.read_timeout_ms);
    if (!store.reader_idle_.wait_for(lock, patience, [&] { return !session.idle.empty(); })) {
      return fail(ErrorCode::Exhausted, fmt::format("{} questions are being answered, and none of them ended within {} ms", session.readers.size(), store.options_.read_timeout_ms));
    }
    Reader reader(store, session, session.idle.back());
    session.idle.pop_back();
    return reader;
  }
  Reader(Reader&& other) noexcept : store_(other.store_), session_(other.session_), connection_(std::exchange(other.connection_, nullptr)) {}
  Reader& operator=(Reader&&) = delete;
  ~Reader() {
    if (connection_ == nullptr) return;
    const std::lock_guard lock(store_.readers_mutex_);
    session_.idle.push_back(connection_);
    store_.reader_idle_.notify_one();
  }
  duck::Connection& operator*() const { return *connection_; }

 private:
  Reader(DuckStore& store, Session& session, duck::Connection* connection) : store_(store), session_(session), connection_(connection) {}

  DuckStore& store_;
  Session& session_;
  duck::Connection* connection_;
};

Result<std::unique_ptr<DuckStore>> DuckStore::open(const DuckOptions& options) {
  std::unique_ptr<DuckStore> store(new DuckStore(options));
  if (auto opened = store->reopen(); !opened) return std::unexpected(std::move(opened).error());
  return store;
}

int64_t DuckStore::now_ms() const { return options_.now_ms == nullptr ? system_now_ms() : options_.now_ms(); }

// Whole, under another name, before it is given its own: DuckDB cannot open a file whose first pages were not all written.
Result<void> DuckStore::create_file() const {
  const std::string building = options_.path + ".new";
  std::error_code missing;
  for (const std::string& left : {building, building + ".wal"}) std::filesystem::remove(left, missing);
  {
    NOCT_TRY(duck::Database database, duck::Database::open(building, settings_of(options_)));
    NOCT_TRY(duck::Connection connection, database.connect());
    if (auto migrated = migrate_schema(connection, 0, now_ms()); !migrated) return migrated;
    if (auto merged = connection.execute("CHECKPOINT"); !merged) return merged;
  }
  std::error_code failed;
  std::filesystem::rename(building, options_.path, failed);
  if (failed) return fail(ErrorCode::Io, fmt::format("{}: cannot be given its name: {}", building, failed.message()));
  return {};
}

Result<std::unique_ptr<DuckStore::Session>> DuckStore::open_session() const {
  if (options_.path != ":memory:" && !std::filesystem::exists(options_.path)) {
    if (auto created = create_file(); !created) return std::unexpected(std::move(created).error());
  }
  NOCT_TRY(duck::Database database, duck::Database::open(options_.path, settings_of(options_)));
  if (options_.path != ":memory:" && ::chmod(options_.path.c_str(), 0600) != 0) {
    return fail(ErrorCode::Io, fmt::format("{}: cannot be made private: {}", options_.path, std::strerror(errno)));
  }
  auto session = std::make_unique<Session>(std::move(database));
  if (auto prepared = prepare(*session); !prepared) {
    return fail(prepared.error().code, fmt::format("{}: {}", options_.path, prepared.error().message));
  }
  return session;
}

Result<void> DuckStore::prepare(Session& session) const {
  NOCT_TRY(duck::Connection writer, session.database.connect());
  session.writer.emplace(std::move(writer));
  for (const char* setting : {"SET GLOBAL TimeZone = 'UTC'", "SET GLOBAL lock_configuration = true"}) {
    if (auto set = session.writer->execute(setting); !set) return set;
  }
  NOCT_TRY(const int from, read_schema(*session.writer));
  if (auto saved = back_up_before_migration(*session.writer, options_, from); !saved) return saved;
  if (auto migrated = migrate_schema(*session.writer, from, now_ms()); !migrated) return migrated;
  NOCT_TRY(const auto loaded, session.writer->query_integer({"SELECT max(id) FROM batches", {}}));
  session.loaded = static_cast<BatchId>(loaded.value_or(0));
  for (int i = 0; i < options_.readers; ++i) {
    NOCT_TRY(duck::Connection reader, session.database.connect());
    session.readers.push_back(std::move(reader));
  }
  for (duck::Connection& reader : session.readers) session.idle.push_back(&reader);
  return {};
}

Result<void> DuckStore::reopen() {
  const std::unique_lock lock(gate_);
  if (session_ != nullptr && !session_->database.fatal()) return {};  // somebody else did it
  session_.reset();
  NOCT_TRY(session_, open_session());
  return {};
}

template <typename T>
Result<T> DuckStore::use(const std::function<Result<T>(Session&)>& body) {
  {
    const std::shared_lock lock(gate_);
    if (session_ != nullptr && !session_->database.fatal()) return body(*session_);
  }
  if (auto opened = reopen(); !opened) return std::unexpected(std::move(opened).error());
  const std::shared_lock lock(gate_);
  if (session_ == nullptr) return fail(ErrorCode::Io, fmt::format("{}: is not open", options_.path));
  return body(*session_);
}

Result<void> DuckStore::transact(Session& session, const std::function<Result<void>(duck::Connection&)>& body) {
  duck::Connection& connection = *session.writer;
  if (auto begun = connection.begin(); !begun) return begun;
  Result<void> done = body(connection);
  if (done) done = connection.commit();
  if (!done) connection.roll_back();
  return done;
}

Result<void> DuckStore::append_batch(Session& session, BatchId batch, std::span<const EventRow> rows, std::span<const uint64_t> event_ids) {
  const int64_t now = now_ms();
  auto done = transact(session, [&](duck::Connection& connection) -> Result<void> {
    if (!rows.empty()) {
      if (auto appended = append_rows(connection, rows); !appended) return appended;
    }
    if (auto kept = append_event_ids(connection, event_ids, now); !kept) return kept;
    return append_batch_row(connection, batch, now, rows.size());
  });
  if (!done) return done;
  session.loaded = batch;
  return forget_old_batches(session, now);
}

// The newest row stays: it says how far the store has come.
Result<void> DuckStore::forget_old_batches(Session& session, int64_t now) {
  if (now >= forgot_ms_ && now - forgot_ms_ < kForgetEvery_ms) return {};
  forgot_ms_ = now;
  return transact(session, [&](duck::Connection& connection) -> Result<void> {
    const Statement forget[] = {{"DELETE FROM batches WHERE loaded_ms < ? AND id < ?", {now - kEventIdsKept_ms, static_cast<int64_t>(session.loaded)}},
                                {"DELETE FROM event_ids WHERE loaded_ms < ?", {now - kEventIdsKept_ms}}};
    return run_all(connection, forget);
  });
}

Result<void> DuckStore::append(BatchId batch, std::span<const EventRow> rows, std::span<const uint64_t> event_ids) {
  NOCT_ASSERT(batch > BatchId::None);
  return use<void>([&](Session& session) -> Result<void> {
    const std::lock_guard lock(writer_mutex_);
    if (batch <= session.loaded) return {};
    return append_batch(session, batch, rows, event_ids);
  });
}

Result<BatchId> DuckStore::loaded_through() {
  return use<BatchId>([&](Session& session) -> Result<BatchId> {
    const std::lock_guard lock(writer_mutex_);
    return session.loaded;
  });
}

Result<void> DuckStore::add(const NextRows& next_rows, std::span<const Statement> also) {
  return use<void>([&](Session& session) -> Result<void> {
    const std::lock_guard lock(writer_mutex_);
    return transact(session, [&](duck::Connection& connection) -> Result<void> {
      for (;;) {
        NOCT_TRY(const std::span<const EventRow> rows, next_rows());
        if (rows.empty()) return run_all(connection, also);
        if (auto appended = append_rows(connection, rows); !appended) return appended;
      }
    });
  });
}

Result<Table> DuckStore::read(const Statement& statement) {
  return use<Table>([&](Session& session) -> Result<Table> {
    NOCT_TRY(const Reader reader, Reader::take(*this, session));
    const Interrupter::Watch watch(interrupter_, *reader, options_.read_timeout_ms);
    NOCT_TRY(duck::Rows rows, (*reader).query(statement));
    return duck::read_table(std::move(rows));
  });
}

Result<void> DuckStore::write(std::span<const Statement> statements) {
  return use<void>([&](Session& session) -> Result<void> {
    const std::lock_guard lock(writer_mutex_);
    return transact(session, [&](duck::Connection& connection) { return run_all(connection, statements); });
  });
}

const Dialect& DuckStore::dialect() const { return duck_dialect(); }

Result<StoreStatus> DuckStore::status() {
  StoreStatus status;
  NOCT_TRY(const Table counts, read({"SELECT (SELECT count(*) FROM events), (SELECT max(version) FROM schema_steps)", {}}));
  status.rows = static_cast<uint64_t>(std::get<int64_t>(counts.rows[0][0]));
  status.schema_version = static_cast<int>(std::get<int64_t>(counts.rows[0][1]));
  NOCT_TRY(status.loaded_through, loaded_through());
  status.engine = fmt::format("DuckDB {}", duckdb_library_version());
  for (const std::string& path : {options_.path, fmt::format("{}.wal", options_.path)}) {
    std::error_code missing;  // in memory, or nothing since the last checkpoint
    const auto bytes = std::filesystem::file_size(path, missing);
    if (!missing) status.bytes += bytes;
  }
  return status;
}

// DuckDB checks each block's checksum when it reads it, so reading every column is the check.
Result<std::vector<std::string>> DuckStore::check() {
  return use<std::vector<std::string>>([&](Session& session) -> Result<std::vector<std::string>> {
    NOCT_TRY(duck::Connection connection, session.database.connect());
    NOCT_TRY(duck::Rows rows, connection.query({"SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_name", {}}));
    NOCT_TRY(const Table tables, duck::read_table(std::move(rows)));
    std::vector<std::string> findings;
    for (const auto& row : tables.rows) {
      const auto& name = std::get<std::string>(row[0]);
      auto read = connection.query({fmt::format("SELECT bit_xor(hash(COLUMNS(*))) FROM \"{}\"", name), {}});
      if (!read) findings.push_back(fmt::format("table {}: {}", name, read.error().message));
    }
    return findings;
  });
}

Result<void> DuckStore::backup_to(const std::string& path) {
  return use<void>([&](Session& session) -> Result<void> {
    NOCT_TRY(duck::Connection connection, session.database.connect());
    return copy_database(connection, path);
  });
}

Result<void> DuckStore::export_to(const Statement& statement, const std::string& path, std::string_view format) {
  return use<void>([&](Session& session) -> Result<void> {
    NOCT_TRY(duck::Connection connection, session.database.connect());
    return export_answer(connection, statement, path, format);
  });
}

Result<std::unique_ptr<Store>> open_duckdb(const DuckOptions& options) {
  NOCT_TRY(std::unique_ptr<DuckStore> store, DuckStore::open(options));
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace noctule
