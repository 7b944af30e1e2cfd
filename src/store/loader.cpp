// SPDX-License-Identifier: Apache-2.0
#include "noctule/store/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "late_pastes.h"
#include "visit_book.h"
#include "visit_memory.h"

namespace noctule {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// What is appended to the store at once: large enough that its fixed cost does not count, small enough to be seen soon.
constexpr size_t kLoadEventsMax = 50'000;
constexpr size_t kLoadBytesMax = 16 << 20;
// While events keep coming, loads begin this far apart, so that many small commits of the journal become one of the store. A row of a
// large load costs half of what it costs in a small one, so that a site with much to load waits longer.
constexpr milliseconds kLoadEvery{400}, kLoadEveryBusy{1'000};
constexpr size_t kBusyRows = 2'000;
constexpr milliseconds kRetryFirst{100}, kRetryLast{5'000};
constexpr int kWaitForMore_ms = 5'000;  // woken by the next commit

int64_t system_now_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Batches, the rows of their events, and where each batch's rows and ids end.
struct Load {
  std::deque<Batch> batches;  // rows show texts of theirs
  std::vector<EventRow> rows;
  std::vector<uint64_t> ids;
  std::vector<size_t> row_ends, id_ends;
  uint64_t events = 0, duplicates = 0, unreadable = 0;
  size_t bytes = 0;
  std::vector<size_t> damaged;  // batches of which not all could be read

  // The memory stays: a large load's rows take tens of megabytes.
  void clear() {
    batches.clear();
    rows.clear();
    ids.clear();
    row_ends.clear();
    id_ends.clear();
    damaged.clear();
    events = duplicates = unreadable = bytes = 0;
  }
};

}  // namespace

struct Loader::State {
  using Task = std::packaged_task<Result<VersionMade>()>;
  Journal& journal;
  Store& store;
  VisitLimits limits;
  std::optional<VisitBook> book;
  ChannelRules rules;
  BatchId loaded = BatchId::None;          // the loader's own
  Clock::time_point next_load{};

  mutable std::mutex mutex;                // of what follows
  std::condition_variable changed;
  bool stopping = false;
  int hurried = 0;                         // callers of catch_up
  BatchId told = BatchId::None;            // loaded, for them
  LoaderStatus status;
  OnLoaded listener;
  std::optional<ChannelRules> new_rules;   // for the book, before the next batch
  std::deque<Task> tasks;  // to be run between batches
  std::set<SiteId> imported;               // sites whose pasted pages are to be read again
  uint64_t imports_noted = 0, imports_learned = 0;
  std::thread thread;

  State(Journal& a_journal, Store& a_store) : journal(a_journal), store(a_store) {}
  void run();
  [[nodiscard]] bool is_stopping() const;
  void note_error(std::string error);
  bool pause(milliseconds time, bool unless_hurried);
  void wait_for_orders();
  bool retry(const std::function<Result<void>()>& attempt);
  Result<void> restore();
  Result<void> gather(Load& load);
  void take_batch(Batch batch, Load& load);
  Result<void> append(const Load& load);
  Result<void> append_one_by_one(const Load& load);
  void finish(const Load& load);
  void skip_to(BatchId batch);
  Result<VersionMade> reclassify(SiteId site, const std::string& reason);
  Result<VersionMade> apply_pastes(SiteId site, const std::string& reason);
  Result<VersionMade> order(Task task);
  void take_orders();
  void give_back_room();
  void learn_imports(const std::set<SiteId>& sites, uint64_t noted);
};

bool Loader::State::is_stopping() const {
  const std::lock_guard lock(mutex);
  return stopping;
}

void Loader::State::note_error(std::string error) {
  const std::lock_guard lock(mutex);
  status.error = std::move(error);
}

// True: the time is over, or somebody is in a hurry; false: stopping.
bool Loader::State::pause(milliseconds time, bool unless_hurried) {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, time, [&] { return stopping || (unless_hurried && hurried > 0); });
  return !stopping;
}

void Loader::State::wait_for_orders() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return stopping || !tasks.empty() || !imported.empty(); });
}

// Until it goes well, ever more slowly. False: stopping before it did.
bool Loader::State::retry(const std::function<Result<void>()>& attempt) {
  for (milliseconds wait = kRetryFirst;; wait = std::min(wait * 2, kRetryLast)) {
    const Result<void> done = attempt();
    note_error(done ? std::string() : done.error().message);
    if (done) return true;
    if (!pause(wait, false)) return false;
  }
}

Result<void> Loader::State::restore() {
  book.emplace(Knowledge::builtin(), limits);
  book->set_channel_rules(rules);
  NOCT_TRY(loaded, store.loaded_through());
  return restore_visits(store, *book, limits, system_now_ms());
}

void Loader::State::take_batch(Batch batch, Load& load) {
  std::string_view bytes = load.batches.emplace_back(std::move(batch)).events;
  const Batch& kept = load.batches.back();
  load.bytes += bytes.size();
  uint64_t read = 0;
  while (!bytes.empty()) {
    const Result<Event> event = take_encoded(bytes);
    if (!event) break;
    ++read;
    EventRow row;
    if (!book->take(*event, row)) {
      ++load.duplicates;
      continue;
    }
    load.rows.push_back(row);
    if (event->id != 0) load.ids.push_back(event->id);
  }
  load.events += read;
  if (!bytes.empty()) {
    load.unreadable += kept.event_count > read ? kept.event_count - read : 1;
    load.damaged.push_back(load.batches.size() - 1);
  }
  load.row_ends.push_back(load.rows.size());
  load.id_ends.push_back(load.ids.size());
}

Result<void> Loader::State::gather(Load& load) {
  load.clear();
  book->begin_batch();
  BatchId after = loaded;
  while (load.rows.size() < kLoadEventsMax && load.bytes < kLoadBytesMax) {
    Result<Batch> batch = journal.read_after(after);
    if (!batch && load.batches.empty()) return std::unexpected(std::move(batch).error());
    if (!batch || batch->id == BatchId::None) break;  // an error comes again with the next load
    after = batch->id;
    take_batch(*std::move(batch), load);
  }
  return {};
}

Result<void> Loader::State::append(const Load& load) {
  Result<void> done = store.append(load.batches.back().id, load.rows, load.ids);
  if (!done && done.error().code == ErrorCode::InvalidInput) return append_one_by_one(load);
  return done;
}

// The store refuses something in a row, which no later attempt would change: the batch that holds it is set aside.
Result<void> Loader::State::append_one_by_one(const Load& load) {
  size_t row = 0, id = 0;
  for (size_t i = 0; i < load.batches.size(); ++i) {
    const auto rows = std::span(load.rows).subspan(row, load.row_ends[i] - row);
    const auto ids = std::span(load.ids).subspan(id, load.id_ends[i] - id);
    Result<void> done = store.append(load.batches[i].id, rows, ids);
    if (!done && done.error().code == ErrorCode::InvalidInput) {
      if (auto kept = journal.set_aside(load.batches[i]); !kept) return kept;
      const std::lock_guard lock(mutex);
      status.unreadable += rows.size();
      done = Result<void>();
    }
    if (!done) return done;
    row = load.row_ends[i];
    id = load.id_ends[i];
  }
  return store.append(load.batches.back().id, {});
}

// The journal's copies go last: stopped before, the store knows that it has them.
void Loader::State::finish(const Load& load) {
  loaded = load.batches.back().id;
  for (const size_t damaged : load.damaged) {
    if (const Result<void> kept = journal.set_aside(load.batches[damaged]); !kept) note_error(kept.error().message);
  }
  const Result<void> removed = journal.remove_through(loaded);
  OnLoaded tell;
  {
    const std::lock_guard lock(mutex);
    status.batches += load.batches.size();
    status.events += load.events;
    status.duplicates += load.duplicates;
    status.unreadable += load.unreadable;
    status.open_visits = book->open_visits();
    status.last_load_ms = system_now_ms();
    if (!removed) status.error = removed.error().message;  // the next removal takes these as well
    told = loaded;
    tell = listener;
  }
  if (tell) tell(load.rows);
  changed.notify_all();
}

void Loader::State::skip_to(BatchId batch) {
  loaded = std::max(loaded, batch);
  {
    const std::lock_guard lock(mutex);
    told = loaded;
    status.open_visits = book->open_visits();
  }
  changed.notify_all();
}

// Visits that go on are restored under the new version.
Result<VersionMade> Loader::State::reclassify(SiteId site, const std::string& reason) {
  NOCT_TRY(const uint16_t version, reclassify_channels(store, site, rules, reason, system_now_ms()));
  if (!retry([&] { return restore(); })) return fail(ErrorCode::Exhausted, "the loader is stopping");
  return VersionMade{version, 0};
}

Result<VersionMade> Loader::State::apply_pastes(SiteId site, const std::string& reason) {
  NOCT_TRY(const VersionMade made, judge_late_pastes(store, site, rules, reason, system_now_ms()));
  if (made.visits > 0 && !retry([&] { return restore(); })) return fail(ErrorCode::Exhausted, "the loader is stopping");
  return made;
}

// What others asked for while a batch was at work.
void Loader::State::take_orders() {
  std::deque<Task> due;
  std::set<SiteId> sites;
  uint64_t noted = 0;
  {
    const std::lock_guard lock(mutex);
    if (new_rules) {
      rules = *std::exchange(new_rules, std::nullopt);
      book->set_channel_rules(rules);
    }
    due.swap(tasks);
    sites.swap(imported);
    noted = imports_noted;
  }
  for (auto& task : due) task();
  if (!sites.empty()) learn_imports(sites, noted);
}

// Once: a store that cannot answer now costs evidence until the next import or start, and must not keep events waiting.
void Loader::State::learn_imports(const std::set<SiteId>& sites, uint64_t noted) {
  for (const SiteId site : sites) {
    if (const Result<void> done = restore_pasted_pages(store, *book, site, system_now_ms()); !done) note_error(done.error().message);
  }
  {
    const std::lock_guard lock(mutex);
    imports_learned = noted;
  }
  changed.notify_all();
}

// What is loaded and not yet removed goes, after a restart for instance, and the journal's file becomes small.
void Loader::State::give_back_room() {
  if (const Result<void> removed = journal.remove_through(loaded); !removed) note_error(removed.error().message);
}

void Loader::State::run() {
  if (!retry([&] { return restore(); })) return;
  skip_to(loaded);
  give_back_room();
  bool full = false, idle = false;
  Load load;
  while (!is_stopping()) {
    take_orders();
    if (!journal.wait_for_more(loaded, kWaitForMore_ms)) {
      if (!std::exchange(idle, true)) give_back_room();
      if (journal.is_stopped()) wait_for_orders();  // nothing more comes
      continue;
    }
    idle = false;
    const BatchId durable = journal.durable();
    if (!full && !pause(std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(next_load - Clock::now())), true)) return;
    take_orders();
    const Clock::time_point begun = Clock::now();
    if (!retry([&] { return gather(load); })) return;
    next_load = begun + (load.rows.size() >= kBusyRows ? kLoadEveryBusy : kLoadEvery);
    full = load.rows.size() >= kLoadEventsMax || load.bytes >= kLoadBytesMax;
    if (load.batches.empty()) {  // those up to there turned out to be unreadable
      skip_to(durable);
      continue;
    }
    if (!retry([&] { return append(load); })) return;
    finish(load);
  }
  give_back_room();
}

Loader::Loader() = default;

Result<std::unique_ptr<Loader>> Loader::start(Journal& journal, Store& store) {
  NOCT_TRY([[maybe_unused]] const BatchId loaded, store.loaded_through());
  std::unique_ptr<Loader> loader(new Loader);
  loader->state_ = std::make_unique<State>(journal, store);
  State& state = *loader->state_;
  state.thread = std::thread([&state] { state.run(); });
  return loader;
}

Loader::~Loader() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  state_->journal.wake();
  state_->thread.join();
  const std::lock_guard lock(state_->mutex);
  state_->tasks.clear();
}

LoaderStatus Loader::status() const {
  const std::lock_guard lock(state_->mutex);
  return state_->status;
}

void Loader::set_listener(OnLoaded listener) {
  const std::lock_guard lock(state_->mutex);
  state_->listener = std::move(listener);
}

void Loader::set_channel_rules(ChannelRules rules) {
  const std::lock_guard lock(state_->mutex);
  state_->new_rules = std::move(rules);
}

void Loader::note_import(SiteId site) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->imported.insert(site);
    ++state_->imports_noted;
  }
  state_->changed.notify_all();
  state_->journal.wake();
}

Result<uint16_t> Loader::reclassify(SiteId site, std::string reason) {
  NOCT_TRY(const VersionMade made, state_->order(State::Task([state = state_.get(), site, reason = std::move(reason)] { return state->reclassify(site, reason); })));
  return made.version;
}

Result<VersionMade> Loader::apply_pastes(SiteId site, std::string reason) {
  return state_->order(State::Task([state = state_.get(), site, reason = std::move(reason)] { return state->apply_pastes(site, reason); }));
}

// To be run by the loader's thread; any other calls, and waits for it.
Result<VersionMade> Loader::State::order(Task task) {
  std::future<Result<VersionMade>> done = task.get_future();
  {
    const std::lock_guard lock(mutex);
    if (stopping) return fail(ErrorCode::Exhausted, "the loader is stopping");
    tasks.push_back(std::move(task));
  }
  changed.notify_all();
  journal.wake();
  // Where the loader stops first its tasks go with their promises unkept.
  done.wait();
  try {
    return done.get();
  } catch (const std::future_error&) {
    return fail(ErrorCode::Exhausted, "the loader is stopping");
  }
}

bool Loader::catch_up(int timeout_ms) {
  const BatchId target = state_->journal.durable();
  std::unique_lock lock(state_->mutex);
  ++state_->hurried;
  state_->changed.notify_all();
  const uint64_t imports = state_->imports_noted;
  const auto is_done = [&] { return state_->told >= target && state_->imports_learned >= imports; };
  const bool done = state_->changed.wait_for(lock, milliseconds(timeout_ms), is_done);
  --state_->hurried;
  return done;
}

}  // namespace noctule
