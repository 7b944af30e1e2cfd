// SPDX-License-Identifier: Apache-2.0
#include "noctule/journal/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "journal_file.h"
#include "salvage.h"

namespace noctule {
namespace {

using Clock = std::chrono::steady_clock;

// After a commit that failed appends are refused for so long; then the next one tries the disk again. Nothing wakes meanwhile.
constexpr std::chrono::milliseconds kPauseAfterFailure{200};

// After a group of at least so many appends the next one gathers for this long before it goes to the disk. Measured with 64
// connections that each wait for their answer: a commit takes 120 us of processor time whatever is in it.
constexpr uint64_t kBusyAppends = 8;
constexpr std::chrono::microseconds kGather{1'500};

// A new file's ids begin above those of any earlier file: at this many per millisecond of the clock, which is more than
// commits can follow each other. So they stay unused even where nothing of the earlier file could be read, or it was removed.
constexpr int64_t kIdsPerMillisecond = 1'000;

// Room in the file that is kept for the next batches, at least and in times of what was just removed; more is given back to the disk.
constexpr int64_t kFreeBytesKept = 64 << 10;
constexpr int64_t kFreeRemovalsKept = 2;

int64_t system_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

struct Journal::State {
  JournalOptions options;

  std::mutex mutex;                       // of what follows, up to the files
  std::condition_variable work, more;
  std::vector<Gathered> filling;          // the last one takes appends
  std::vector<Gathered> spare;            // emptied ones, for their memory
  size_t pending_bytes = 0;               // filling and in commit
  Place appended = 0;
  bool stopping = false, stopped = false, committer_waits = false;
  bool woken = false;
  Clock::time_point refuse_until{};
  BatchId durable = BatchId::None;        // the last batch on disk
  BatchId last_id = BatchId::None;        // the last id that was used
  JournalStatus status;

  std::mutex writer_mutex;                // of the one connection that commits, and of any writing
  std::optional<JournalFile> writer;
  std::mutex reader_mutex;                // taken before writer_mutex
  std::optional<JournalFile> reader;

  std::vector<OnSettled> listeners;
  std::thread committer;

  [[nodiscard]] int64_t now_ms() const { return options.now_ms == nullptr ? system_now_ms() : options.now_ms(); }
  [[nodiscard]] BatchId first_id() const { return static_cast<BatchId>(now_ms() * kIdsPerMillisecond); }
  Result<void> open_files();
  Result<void> open_or_salvage();
  Result<void> salvage();
  void take_stock(const JournalFile::Holdings& holdings);
  void run();
  // Gives the id of the last batch.
  Result<BatchId> commit(std::span<const Gathered> batches);
  void settle(std::vector<Gathered> batches, Place place, const Result<BatchId>& outcome, int64_t took_us);
  Result<std::optional<StoredBatch>> read_row(BatchId after);
  Result<std::optional<StoredBatch>> step_over(BatchId after);
  Result<void> set_aside(const Batch& batch);
};

void Journal::State::take_stock(const JournalFile::Holdings& holdings) {
  const std::lock_guard lock(mutex);
  status.batches_waiting = holdings.batches;
  status.bytes_waiting = holdings.bytes;
  last_id = std::max(last_id, holdings.last);
  durable = holdings.newest;
}

Result<void> Journal::State::open_files() {
  NOCT_TRY(JournalFile write, JournalFile::open(options.path, sqlite::Access::Create, sqlite::Sync::Full));
  // What the reader writes are removals: one that is lost with the power is done again, so it need not wait for the disk.
  NOCT_TRY(JournalFile read, JournalFile::open(options.path, sqlite::Access::Create, sqlite::Sync::Normal));
  NOCT_TRY(const JournalFile::Holdings holdings, read.holdings());
  writer.emplace(std::move(write));
  reader.emplace(std::move(read));
  take_stock(holdings);
  if (holdings.last != BatchId::None) return {};
  const BatchId first = first_id();
  if (auto reserved = writer->reserve(first, first); !reserved) return reserved;
  take_stock({.last = first});
  return {};
}

// Both files' locks are held, or nobody else is there yet.
Result<void> Journal::State::salvage() {
  writer.reset();
  reader.reset();
  NOCT_TRY(const Salvaged salvaged, salvage_journal(options.path, std::max(last_id, first_id()), now_ms()));
  {
    const std::lock_guard lock(mutex);
    status.batches_corrupt += std::max<uint64_t>(salvaged.lost, 1);
  }
  return open_files();
}

Result<void> Journal::State::open_or_salvage() {
  Result<void> opened = open_files();
  if (opened || opened.error().code != ErrorCode::Corrupt) return opened;
  return salvage();
}

Journal::Journal() : state_(std::make_unique<State>()) {}

Result<std::unique_ptr<Journal>> Journal::open(const JournalOptions& options) {
  std::unique_ptr<Journal> journal(new Journal);
  State& state = *journal->state_;
  state.options = options;
  if (auto opened = state.open_or_salvage(); !opened) return std::unexpected(std::move(opened).error());
  state.committer = std::thread([&state] { state.run(); });
  return journal;
}

Journal::~Journal() {
  stop();
  if (state_->committer.joinable()) state_->committer.join();
}

void Journal::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->work.notify_all();
}

void Journal::add_listener(OnSettled listener) { state_->listeners.push_back(std::move(listener)); }

Result<Journal::Place> Journal::append(std::string_view events, uint32_t event_count) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  const auto refuse = [&](std::string why) {
    ++state.status.refused;
    return fail(ErrorCode::Exhausted, std::move(why));
  };
  if (state.stopping) return refuse("the journal is stopping");
  if (state.pending_bytes + events.size() > state.options.pending_bytes_max) return refuse("too many events wait for the disk");
  if (state.status.bytes_waiting + state.pending_bytes + events.size() > state.options.file_bytes_max) {
    return refuse(fmt::format("the journal is full: {} bytes wait to be loaded", state.status.bytes_waiting));
  }
  if (state.refuse_until != Clock::time_point{} && Clock::now() < state.refuse_until) return refuse(state.status.error);
  state.refuse_until = {};
  if (state.filling.empty() || state.filling.back().bytes.size() + events.size() > state.options.batch_bytes_max) {
    if (state.spare.empty()) {
      state.filling.emplace_back();
    } else {
      state.filling.push_back(std::move(state.spare.back()));
      state.spare.pop_back();
    }
  }
  state.filling.back().bytes.append(events);
  state.filling.back().events += event_count;
  state.pending_bytes += events.size();
  if (state.committer_waits) state.work.notify_one();
  return ++state.appended;
}

// While one group is on its way to the disk the next one gathers.
void Journal::State::run() {
  Place place = 0, busy = 0;  // appends of the last group
  for (;;) {
    std::vector<Gathered> batches;
    {
      std::unique_lock lock(mutex);
      committer_waits = true;
      work.wait(lock, [&] { return stopping || !filling.empty(); });
      committer_waits = false;
      if (filling.empty()) {
        stopped = true;
        more.notify_all();
        return;
      }
      // Where appends come in numbers, a moment's wait puts more of them behind one sync.
      if (busy >= kBusyAppends && !stopping) work.wait_for(lock, kGather, [&] { return stopping; });
      batches.swap(filling);
      busy = appended - place;
      place = appended;
    }
    const Clock::time_point begin = Clock::now();
    const Result<BatchId> outcome = commit(batches);
    settle(std::move(batches), place, outcome, std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count());
  }
}

Result<BatchId> Journal::State::commit(std::span<const Gathered> batches) {
  const auto try_commit = [&]() -> Result<BatchId> {
    const std::lock_guard lock(writer_mutex);
    if (!writer) return fail(ErrorCode::Io, fmt::format("{}: is damaged and could not be begun anew", options.path));
    const auto last = static_cast<int64_t>(last_id);  // only this thread and a salvage, which holds the lock, change it
    if (auto added = writer->add(batches, static_cast<BatchId>(last + 1), now_ms()); !added) return std::unexpected(std::move(added).error());
    return static_cast<BatchId>(last + static_cast<int64_t>(batches.size()));
  };
  Result<BatchId> done = try_commit();
  if (done || done.error().code != ErrorCode::Corrupt) return done;
  {
    const std::scoped_lock lock(reader_mutex, writer_mutex);
    if (auto salvaged = salvage(); !salvaged) return std::unexpected(std::move(salvaged).error());
  }
  return try_commit();
}

void Journal::State::settle(std::vector<Gathered> batches, Place place, const Result<BatchId>& outcome, int64_t took_us) {
  {
    const std::lock_guard lock(mutex);
    for (Gathered& batch : batches) {
      pending_bytes -= batch.bytes.size();
      if (outcome) {
        status.events += batch.events;
        status.bytes += batch.bytes.size();
        status.bytes_waiting += batch.bytes.size();
        ++status.batches_waiting;
      }
      batch.bytes.clear();
      batch.events = 0;
      if (spare.size() < 2) spare.push_back(std::move(batch));
    }
    status.last_commit_us = took_us;
    if (outcome) {
      ++status.commits;
      status.error.clear();
      last_id = std::max(last_id, *outcome);
      durable = std::max(durable, *outcome);
    } else {
      status.error = outcome.error().message;
      refuse_until = Clock::now() + kPauseAfterFailure;
    }
  }
  if (outcome) more.notify_all();
  const Result<void> told = outcome ? Result<void>() : std::unexpected(outcome.error());
  for (const OnSettled& listener : listeners) listener(place, told);
}

// The reader's lock is held. Past a row that cannot be read the rest of the file is carried over to a new one.
Result<std::optional<StoredBatch>> Journal::State::read_row(BatchId after) {
  if (!reader) return fail(ErrorCode::Io, fmt::format("{}: is damaged and could not be begun anew", options.path));
  auto row = reader->read_after(after);
  if (row || row.error().code != ErrorCode::Corrupt) return row;
  const std::lock_guard lock(writer_mutex);
  if (auto salvaged = salvage(); !salvaged) return std::unexpected(std::move(salvaged).error());
  return reader->read_after(after);
}

Result<std::optional<StoredBatch>> Journal::State::step_over(BatchId after) {
  for (;;) {
    NOCT_TRY(std::optional<StoredBatch> row, read_row(after));
    if (!row || row->intact) return row;
    after = row->batch.id;
    if (auto kept = set_aside(row->batch); !kept) return std::unexpected(std::move(kept).error());
  }
}

// The reader's lock is held.
Result<void> Journal::State::set_aside(const Batch& batch) {
  const std::lock_guard lock(writer_mutex);
  if (!reader) return fail(ErrorCode::Io, fmt::format("{}: is damaged and could not be begun anew", options.path));
  if (auto kept = reader->set_aside(batch); !kept) return kept;
  const std::lock_guard status_lock(mutex);
  ++status.batches_corrupt;
  status.bytes_waiting -= std::min<uint64_t>(status.bytes_waiting, batch.events.size());
  status.batches_waiting -= std::min<uint64_t>(status.batches_waiting, 1);
  return {};
}

Result<Batch> Journal::read_after(BatchId after) {
  const std::lock_guard lock(state_->reader_mutex);
  NOCT_TRY(std::optional<StoredBatch> row, state_->step_over(after));
  if (!row) return Batch{};
  return std::move(row->batch);
}

Result<void> Journal::remove_through(BatchId loaded) {
  State& state = *state_;
  const std::lock_guard reader_lock(state.reader_mutex);
  const std::lock_guard writer_lock(state.writer_mutex);
  if (!state.reader) return fail(ErrorCode::Io, fmt::format("{}: is damaged and could not be begun anew", state.options.path));
  NOCT_TRY(const JournalFile::Holdings removed, state.reader->remove_through(loaded));
  // Removed all the same where that fails: it is tried again after the next removal.
  const bool shrunk = state.reader->shrink(std::max(kFreeBytesKept, kFreeRemovalsKept * static_cast<int64_t>(removed.bytes))).has_value();
  const std::lock_guard lock(state.mutex);
  if (!shrunk) state.status.error = "the journal's file could not be made smaller";
  state.status.batches_waiting -= std::min(state.status.batches_waiting, removed.batches);
  state.status.bytes_waiting -= std::min(state.status.bytes_waiting, removed.bytes);
  return {};
}

bool Journal::wait_for_more(BatchId after, int timeout_ms) {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.more.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] { return state.stopped || state.woken || state.durable > after; });
  state.woken = false;
  return state.durable > after;
}

void Journal::wake() {
  const std::lock_guard lock(state_->mutex);
  state_->woken = true;
  state_->more.notify_all();
}

BatchId Journal::durable() const {
  const std::lock_guard lock(state_->mutex);
  return state_->durable;
}

bool Journal::is_stopped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->stopped;
}

Result<void> Journal::set_aside(const Batch& batch) {
  const std::lock_guard reader_lock(state_->reader_mutex);
  return state_->set_aside(batch);
}

Result<int64_t> Journal::forget_set_aside(int64_t before_ms) {
  const std::scoped_lock lock(state_->reader_mutex, state_->writer_mutex);
  if (!state_->reader) return fail(ErrorCode::Io, fmt::format("{}: is damaged and could not be begun anew", state_->options.path));
  return state_->reader->forget_set_aside(before_ms);
}

JournalStatus Journal::status() const {
  const std::lock_guard lock(state_->mutex);
  return state_->status;
}

Result<void> Journal::backup_to(const std::string& path) const {
  NOCT_TRY(const sqlite::Database database, sqlite::Database::open(state_->options.path, {.access = sqlite::Access::ReadOnly}));
  return database.backup_to(path);
}

}  // namespace noctule
