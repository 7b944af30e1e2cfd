#pragma once
// SPDX-License-Identifier: Apache-2.0
// The journal's file: one row for each batch. One thread uses one JournalFile; two of them may share a path, of which only one
// writes at a time (the caller's lock; SQLite would make the other sleep).
#include <optional>
#include <span>
#include <string>

#include "noctule/journal/journal.h"
#include "noctule/sqlite/database.h"

namespace noctule {

// Events gathered for one batch.
struct Gathered {
  std::string bytes;
  uint32_t events = 0;
};

struct StoredBatch {
  Batch batch;
  bool intact = false;   // the checksum is right
};

class JournalFile {
 public:
  // Creates the tables where there are none. Error: Io, Corrupt.
  static Result<JournalFile> open(const std::string& path, sqlite::Access access, sqlite::Sync sync);

  // One commit for all; their ids are first and the following. Error: Exhausted, Io, Corrupt; then none of them is there.
  Result<void> add(std::span<const Gathered> batches, BatchId first, int64_t instant_ms);
  // The first batch with an id above; nullopt where there is none. Error: Corrupt, Io.
  Result<std::optional<StoredBatch>> read_after(BatchId after);
  // The batch of that id; nullopt where there is none.
  Result<std::optional<StoredBatch>> read(BatchId id);
  // Takes a batch that is not intact out of the way, its bytes kept in the table set_aside.
  Result<void> set_aside(const Batch& batch);
  Result<int64_t> forget_set_aside(int64_t before_ms);

  struct Holdings {
    uint64_t batches = 0, bytes = 0;
    BatchId newest = BatchId::None;     // of the batches
    BatchId last = BatchId::None;       // the highest id that was ever used, as far as this file knows
  };
  Result<Holdings> holdings();
  // Removes batches up to this one and remembers that their ids were used. Gives what was removed.
  Result<Holdings> remove_through(BatchId last);
  Result<BatchId> removed_through();
  // Gives disk that holds nothing back, but for so many bytes. Not within a transaction.
  Result<void> shrink(int64_t free_bytes_kept);
  // From now on ids up to removed count as gone, and none up to reserved is a new one's.
  Result<void> reserve(BatchId removed, BatchId reserved);

  [[nodiscard]] const sqlite::Database& database() const { return database_; }

 private:
  JournalFile(sqlite::Database database) : database_(std::move(database)) {}
  Result<std::optional<StoredBatch>> take(sqlite::Statement& statement);

  sqlite::Database database_;
  std::optional<sqlite::Statement> insert_, next_, one_;
};

}  // namespace noctule
