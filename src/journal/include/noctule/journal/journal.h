#pragma once
// SPDX-License-Identifier: Apache-2.0
// Journal: where an event is safe before it is acknowledged. Many requests share one commit of a SQLite database in WAL mode
// with a synced log (group commit); a commit is one row with a blob of encoded events and its checksum. The loader reads
// the batches in order and removes them once the store has them. Torn writes and full disks are SQLite's business; a page that
// went bad costs the batches on it, which are set aside and counted, never the rest.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "noctule/base/result.h"

namespace noctule {

enum class BatchId : int64_t { None = 0 };  // ascending; never used twice, also not after a journal was set aside

struct JournalOptions {
  std::string path = {};                         // the file; beside it SQLite's -wal and -shm
  size_t pending_bytes_max = 8 * 1024 * 1024;    // accepted and not yet on disk
  uint64_t file_bytes_max = uint64_t{4} << 30;   // on disk and not yet loaded
  size_t batch_bytes_max = 1024 * 1024;
  int64_t (*now_ms)() = nullptr;                 // wall clock; null: the system's
};

struct JournalStatus {
  uint64_t commits = 0, events = 0, bytes = 0;   // since start
  uint64_t refused = 0;                          // appends that were refused
  uint64_t batches_waiting = 0, bytes_waiting = 0;  // on disk, not loaded
  uint64_t batches_corrupt = 0;                  // set aside
  int64_t last_commit_us = 0;
  std::string error;                             // of the last commit; empty: it went well
};

struct Batch {
  BatchId id = BatchId::None;
  int64_t instant_ms = 0;
  uint32_t event_count = 0;
  std::string events;                            // encoded
};

class Journal {
 public:
  // A place in the order of appends. Everything up to a durable place is on disk.
  using Place = uint64_t;
  // Called by the journal's own thread after each commit, with the last place that it settled and whether those since the
  // last call are on disk. Must be quick and must not call the journal.
  using OnSettled = std::function<void(Place settled, const Result<void>& outcome)>;

  // Opens or creates the file and starts the committing thread. A file that is no sound database is set aside beside it under
  // another name, and a new one begun; what could be read of it is carried over.
  static Result<std::unique_ptr<Journal>> open(const JournalOptions& options);
  ~Journal();                                    // commits what was accepted, then stops

  // Any thread. Takes event_count encoded events for the next commit. Error: Exhausted (too much pending, journal full, disk full:
  // try again later).
  Result<Place> append(std::string_view events, uint32_t event_count);
  void add_listener(OnSettled listener);         // before the first append

  // For the loader: the first batch after a given one; nullopt-like BatchId::None when there is none yet.
  Result<Batch> read_after(BatchId after);
  Result<void> remove_through(BatchId loaded);
  // Takes a batch whose events cannot be used out of the way; its bytes are kept in the file.
  Result<void> set_aside(const Batch& batch);
  // Forgets those that were committed before. Gives how many.
  Result<int64_t> forget_set_aside(int64_t before_ms);
  // Blocks until something newer than this is durable, or the time is over, or wake() was called, or the journal has stopped and
  // all that it accepted is on disk. True: there is something.
  bool wait_for_more(BatchId after, int timeout_ms);
  void wake();                                   // who waits for more, or the next one who would: it is not lost in between
  [[nodiscard]] BatchId durable() const;         // the last batch on disk; None: there is none, or all were removed before this start
  [[nodiscard]] bool is_stopped() const;         // stop() was called, and all that was accepted has been settled
  void stop();                                   // refuses further appends, commits the rest, wakes who waits
  [[nodiscard]] JournalStatus status() const;
  [[nodiscard]] Result<void> backup_to(const std::string& path) const;

 private:
  Journal();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noctule
