// SPDX-License-Identifier: Apache-2.0
#include "journal_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "noctule/base/hash.h"

namespace noctule {
namespace {

// used: ids up to removed are gone, those up to reserved must not be given again.
constexpr std::array<std::string_view, 1> kSteps = {R"(
CREATE TABLE batch(id INTEGER PRIMARY KEY, instant_ms INTEGER NOT NULL, events INTEGER NOT NULL, checksum INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE set_aside(id INTEGER PRIMARY KEY, instant_ms INTEGER NOT NULL, events INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE used(removed INTEGER NOT NULL, reserved INTEGER NOT NULL);
INSERT INTO used VALUES (0, 0))"};

// Of all that makes a batch: a row that was swapped for another is no sound one either.
int64_t checksum_of(BatchId id, int64_t instant_ms, uint32_t events, std::string_view bytes) {
  const uint64_t seed = combine_hashes(combine_hashes(static_cast<uint64_t>(id), static_cast<uint64_t>(instant_ms)), events);
  return static_cast<int64_t>(hash_bytes(bytes, seed));
}

}  // namespace

Result<JournalFile> JournalFile::open(const std::string& path, sqlite::Access access, sqlite::Sync sync) {
  NOCT_TRY(sqlite::Database database, sqlite::Database::open(path, {.access = access, .sync = sync}));
  JournalFile file(std::move(database));
  if (access == sqlite::Access::Create) {
    NOCT_TRY(const int version, file.database_.schema_version());
    if (version == 0) {  // a file in WAL mode takes this setting when it is written anew
      if (auto set = file.database_.execute("PRAGMA auto_vacuum=INCREMENTAL; VACUUM"); !set) return std::unexpected(std::move(set).error());
    }
    // Pages that a removal frees are not written once more with zeros, as some builds of SQLite do by themselves: they are taken by
    // the next batches or given back to the disk, and what they held is in the store.
    if (auto set = file.database_.execute("PRAGMA journal_size_limit=4194304; PRAGMA secure_delete=FAST"); !set) return std::unexpected(std::move(set).error());
    if (auto migrated = file.database_.migrate(kSteps); !migrated) return std::unexpected(std::move(migrated).error());
    NOCT_TRY(file.insert_, file.database_.prepare("INSERT INTO batch(id, instant_ms, events, checksum, bytes) VALUES (?1, ?2, ?3, ?4, ?5)"));
  }
  NOCT_TRY(file.next_, file.database_.prepare("SELECT id, instant_ms, events, checksum, bytes FROM batch WHERE id > ?1 ORDER BY id LIMIT 1"));
  NOCT_TRY(file.one_, file.database_.prepare("SELECT id, instant_ms, events, checksum, bytes FROM batch WHERE id = ?1"));
  return file;
}

Result<void> JournalFile::add(std::span<const Gathered> batches, BatchId first, int64_t instant_ms) {
  return database_.transact([&]() -> Result<void> {
    auto id = static_cast<int64_t>(first);
    for (const Gathered& batch : batches) {
      insert_->bind(1, id).bind(2, instant_ms).bind(3, int64_t{batch.events});
      insert_->bind(4, checksum_of(static_cast<BatchId>(id), instant_ms, batch.events, batch.bytes)).bind_blob(5, batch.bytes);
      if (auto done = insert_->run(); !done) return done;
      ++id;
    }
    return {};
  });
}

Result<std::optional<StoredBatch>> JournalFile::take(sqlite::Statement& statement) {
  Result<bool> row = statement.step();
  std::optional<StoredBatch> found;
  if (row && *row) {
    found.emplace();
    Batch& batch = found->batch;
    batch = {static_cast<BatchId>(statement.integer(0)), statement.integer(1), static_cast<uint32_t>(statement.integer(2)), std::string(statement.blob(4))};
    found->intact = checksum_of(batch.id, batch.instant_ms, batch.event_count, batch.events) == statement.integer(3);
  }
  statement.reset();
  if (!row) return std::unexpected(std::move(row).error());
  return found;
}

Result<std::optional<StoredBatch>> JournalFile::read_after(BatchId after) {
  next_->bind(1, static_cast<int64_t>(after));
  return take(*next_);
}

Result<std::optional<StoredBatch>> JournalFile::read(BatchId id) {
  one_->bind(1, static_cast<int64_t>(id));
  return take(*one_);
}

Result<JournalFile::Holdings> JournalFile::remove_through(BatchId last) {
  NOCT_TRY(sqlite::Statement sums, database_.prepare("SELECT count(*), coalesce(sum(length(bytes)), 0) FROM batch WHERE id <= ?1"));
  NOCT_TRY(sqlite::Statement remove, database_.prepare("DELETE FROM batch WHERE id <= ?1"));
  NOCT_TRY(sqlite::Statement mark, database_.prepare("UPDATE used SET removed = max(removed, ?1)"));
  Holdings removed{.last = last};
  auto done = database_.transact([&]() -> Result<void> {
    NOCT_TRY([[maybe_unused]] const bool row, sums.bind(1, static_cast<int64_t>(last)).step());
    removed.batches = static_cast<uint64_t>(sums.integer(0));
    removed.bytes = static_cast<uint64_t>(sums.integer(1));
    sums.reset();
    if (auto marked = mark.bind(1, static_cast<int64_t>(last)).run(); !marked) return marked;
    return remove.bind(1, static_cast<int64_t>(last)).run();
  });
  if (!done) return std::unexpected(std::move(done).error());
  return removed;
}

Result<void> JournalFile::set_aside(const Batch& batch) {
  NOCT_TRY(sqlite::Statement keep, database_.prepare("INSERT OR REPLACE INTO set_aside(id, instant_ms, events, bytes) VALUES (?1, ?2, ?3, ?4)"));
  NOCT_TRY(sqlite::Statement remove, database_.prepare("DELETE FROM batch WHERE id = ?1"));
  const auto id = static_cast<int64_t>(batch.id);
  return database_.transact([&]() -> Result<void> {
    keep.bind(1, id).bind(2, batch.instant_ms).bind(3, int64_t{batch.event_count}).bind_blob(4, batch.events);
    if (auto done = keep.run(); !done) return done;
    return remove.bind(1, id).run();
  });
}

Result<int64_t> JournalFile::forget_set_aside(int64_t before_ms) {
  NOCT_TRY(sqlite::Statement remove, database_.prepare("DELETE FROM set_aside WHERE instant_ms < ?1"));
  if (auto removed = remove.bind(1, before_ms).run(); !removed) return std::unexpected(std::move(removed).error());
  return database_.changes();
}

Result<void> JournalFile::shrink(int64_t free_bytes_kept) {
  NOCT_TRY(sqlite::Statement sizes, database_.prepare("SELECT freelist_count, page_size FROM pragma_freelist_count(), pragma_page_size()"));
  NOCT_TRY([[maybe_unused]] const bool row, sizes.step());
  const int64_t surplus = sizes.integer(0) - free_bytes_kept / sizes.integer(1);
  sizes.reset();
  if (surplus <= 0) return {};
  return database_.execute(fmt::format("PRAGMA incremental_vacuum({})", surplus).c_str());
}

Result<void> JournalFile::reserve(BatchId removed, BatchId reserved) {
  NOCT_TRY(sqlite::Statement mark, database_.prepare("UPDATE used SET removed = max(removed, ?1), reserved = max(reserved, ?2)"));
  return mark.bind(1, static_cast<int64_t>(removed)).bind(2, static_cast<int64_t>(reserved)).run();
}

Result<BatchId> JournalFile::removed_through() {
  NOCT_TRY(sqlite::Statement statement, database_.prepare("SELECT max(removed) FROM used"));
  NOCT_TRY([[maybe_unused]] const bool row, statement.step());
  return static_cast<BatchId>(statement.integer(0));
}

Result<JournalFile::Holdings> JournalFile::holdings() {
  NOCT_TRY(sqlite::Statement sums, database_.prepare("SELECT count(*), coalesce(sum(length(bytes)), 0), coalesce(max(id), 0), "
                                                     "(SELECT max(max(removed, reserved)) FROM used) FROM batch"));
  NOCT_TRY([[maybe_unused]] const bool row, sums.step());
  return Holdings{static_cast<uint64_t>(sums.integer(0)), static_cast<uint64_t>(sums.integer(1)), static_cast<BatchId>(sums.integer(2)),
                  static_cast<BatchId>(std::max(sums.integer(2), sums.integer(3)))};
}

}  // namespace noctule
