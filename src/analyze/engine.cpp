// SPDX-License-Identifier: Apache-2.0
#include "engine.h"

#include <algorithm>
#include <tuple>

#include "excerpt.h"

namespace noctule {
namespace {

constexpr size_t kRoundBlocks = 24;             // 6 MiB of lines: some 20 ms of work, small beside what a core's cache holds
constexpr size_t kExamplesPerFile = 5, kExamplesMax = 20;
constexpr uint64_t kFixedBytes = 96ULL << 20;   // blocks, memos and tables, which --memory-limit cannot make smaller

// Preview fetches that are kept, in all: judging them takes some 200 bytes each, of which a quarter of the limit may be.
size_t previews_max(uint64_t memory_limit_bytes) {
  constexpr size_t kPreviewsMax = 4'000'000;
  constexpr uint64_t kBytesEach = 200;
  return memory_limit_bytes == 0 ? kPreviewsMax : std::min<size_t>(kPreviewsMax, memory_limit_bytes / 4 / kBytesEach);
}

bool is_before(const Hit& a, const Hit& b) { return a.instant_ms < b.instant_ms; }

// Of several files: what was written in the same second comes pages first, so that an asset finds its page whichever file
// holds it, and then as it stands in its file, so that the order in which files are named does not matter.
bool is_before_in_merge(const Hit& a, const Hit& b) {
  const auto place = [](const Hit& hit) { return std::tuple(hit.instant_ms, !is_page(hit.target), line_of(hit.origin), hit.page, hit.visitor); };
  return place(a) < place(b);
}

void add(FileTotals& sum, const FileTotals& part) {
  sum.lines += part.lines;
  sum.unparsed += part.unparsed;
  sum.ignored += part.ignored;
  sum.with_referrer += part.with_referrer;
  sum.with_user_agent += part.with_user_agent;
  sum.out_of_order += part.out_of_order;
  sum.without_referrer_column += part.without_referrer_column;
  sum.without_user_agent_column += part.without_user_agent_column;
  if (part.first_ms < sum.first_ms) {
    sum.first_ms = part.first_ms;
    sum.first_offset_minutes = part.first_offset_minutes;
  }
  if (part.last_ms > sum.last_ms) {
    sum.last_ms = part.last_ms;
    sum.last_offset_minutes = part.last_offset_minutes;
  }
  sum.fields.add_all(part.fields);
}

}  // namespace

Engine::Engine(const AnalyzeOptions& options, SiteHosts hosts, Addresses addresses)
    : options_(options),
      hosts_(std::move(hosts)),
      addresses_(addresses),
      knowledge_(Knowledge::builtin()),
      names_(options.memory_limit_bytes / 8),
      crew_(std::max(1, options.threads)) {
  for (size_t shard = 0; shard < kShards; ++shard) shards_.emplace_back(previews_max(options.memory_limit_bytes) / kShards);
  for (int worker = 0; worker < crew_.size(); ++worker) {
    workers_.push_back({HitMaker(knowledge_, hosts_, verdicts_, names_, addresses_), {}});
  }
}

void Engine::add_input(Input input) {
  Feed feed;
  feed.watermark_ms = input.first_instant_ms();
  for (Worker& worker : workers_) worker.parsers.emplace_back();
  feeds_.push_back(std::move(feed));
  inputs_.push_back(std::move(input));
  file_totals_.emplace_back();
}

// The inputs that are furthest behind in time: reading them first keeps what has to wait small.
std::vector<uint32_t> Engine::lagging_inputs() const {
  std::vector<uint32_t> open;
  for (uint32_t file = 0; file < feeds_.size(); ++file) {
    if (!feeds_[file].ended) open.push_back(file);
  }
  std::ranges::stable_sort(open, {}, [&](uint32_t file) { return feeds_[file].watermark_ms; });
  return open;
}

void Engine::read_round(std::vector<Task>& round) {
  size_t used = 0;
  for (const uint32_t file : lagging_inputs()) {
    // Inputs that run side by side share a round; one that begins later waits for its turn.
    const size_t open = static_cast<size_t>(std::ranges::count_if(feeds_, [&](const Feed& feed) {
      return !feed.ended && feed.watermark_ms <= feeds_[file].watermark_ms;
    }));
    const size_t share = std::max<size_t>(1, kRoundBlocks / std::max<size_t>(1, open));
    for (size_t i = 0; i < share && used < kRoundBlocks; ++i) {
      if (round.size() == used) round.emplace_back();
      Task& task = round[used];
      task.file = file;
      const auto got = inputs_[file].read(task.block);
      if (!got) file_totals_[file].error = got.error().message;
      if (!got || !*got) {
        feeds_[file].ended = true;
        if (!keep_open_) inputs_[file].close();
        break;
      }
      if (!feeds_[file].parser) {
        feeds_[file].parser = inputs_[file].format().make_parser();
        feeds_[file].is_stateless = feeds_[file].parser->is_stateless();
      }
      ++used;
    }
    if (used == kRoundBlocks) break;
  }
  round.resize(used);
}

void Engine::parse_round(std::vector<Task>& round, std::vector<Task>& next) {
  // Job 0 reads ahead; then one job per block, or one for all blocks of a file whose lines depend on each other.
  std::vector<std::vector<size_t>> jobs(1);
  std::vector<size_t> job_of_file(inputs_.size(), 0);
  for (size_t i = 0; i < round.size(); ++i) {
    size_t& job = job_of_file[round[i].file];
    if (feeds_[round[i].file].is_stateless || job == 0) {
      job = jobs.size();
      jobs.emplace_back();
    }
    jobs[job].push_back(i);
  }
  crew_.run(jobs.size(), [&](size_t job, int worker) {
    if (job == 0) return read_round(next);
    for (const size_t i : jobs[job]) parse_block(round[i], workers_[static_cast<size_t>(worker)]);
  });
}

void Engine::parse_block(Task& task, Worker& worker) {
  for (auto& hits : task.hits) hits.clear();
  for (auto& addresses : task.addresses) addresses.clear();
  task.totals = {};
  task.engine_totals = {};
  task.examples.clear();
  task.clock = {};
  task.days.clear();
  const Feed& feed = feeds_[task.file];
  if (feed.is_stateless && !worker.parsers[task.file]) worker.parsers[task.file] = feed.parser->clone();
  LineParser& parser = feed.is_stateless ? *worker.parsers[task.file] : *feed.parser;
  worker.maker.begin_file(task.file);
  std::string_view line;
  for (LineWalker walk(task.block); walk.next(line);) parse_line(task, worker, parser, walk, line);
}

void Engine::parse_line(Task& task, Worker& worker, LineParser& parser, const LineWalker& walk, std::string_view line) {
  LogRecord record;
  LineProblem problem;
  LineResult result = LineResult::Malformed;
  if (walk.is_cut()) {
    problem = {"line", "at most 65536 bytes", 0};
  } else {
    result = parser.parse(line, record, problem);
  }
  if (result == LineResult::Skipped) return;
  ++task.totals.lines;
  if (result == LineResult::Ignored) ++task.totals.ignored;
  if (result == LineResult::Malformed) note_unparsed(task, walk, line, problem);
  if (result != LineResult::Parsed) return;
  if (record.instant_ms < task.totals.first_ms) {
    task.totals.first_ms = record.instant_ms;
    task.totals.first_offset_minutes = record.offset_minutes;
  }
  if (record.instant_ms > task.totals.last_ms) {
    task.totals.last_ms = record.instant_ms;
    task.totals.last_offset_minutes = record.offset_minutes;
  }
  task.clock.take(record.instant_ms);
  task.days.take(record.instant_ms);
  if (!record.referrer.empty()) ++task.totals.with_referrer;
  if (!record.user_agent.empty()) ++task.totals.with_user_agent;

  FieldSet fields = parser.fields();
  task.totals.fields.add_all(fields);
  if (!fields.has(Field::Referrer)) ++task.totals.without_referrer_column;
  if (!fields.has(Field::UserAgent)) ++task.totals.without_user_agent_column;
  if (inputs_[task.file].is_user_agent_silent()) fields.remove(Field::UserAgent);
  HitMaker& maker = worker.maker;
  const Hit hit = maker.make(record, fields, make_origin(task.file, walk.number()));
  ++task.engine_totals.hits;
  if (hit.has(HitFlag::EdgeAddress)) ++task.engine_totals.edge_hits;
  if (maker.address_is_private()) ++task.engine_totals.private_peer_hits;
  if (maker.address_is_new()) task.addresses[shard_of(maker.address_group())].push_back({hit.address, task.file});
  task.hits[shard_of(hit.visitor)].push_back(hit);
}

void Engine::note_unparsed(Task& task, const LineWalker& walk, std::string_view line, const LineProblem& problem) const {
  ++task.totals.unparsed;
  if (task.examples.size() >= kExamplesPerFile) return;
  UnparsedExample example;
  example.file = inputs_[task.file].shown_path();
  example.line = walk.number();
  example.field = problem.field;
  example.expected = problem.expected;
  example.excerpt = excerpt_without_addresses(line);
  task.examples.push_back(std::move(example));
}

void Engine::account(std::vector<Task>& round) {
  for (Task& task : round) {
    FileTotals& file = file_totals_[task.file];
    Feed& feed = feeds_[task.file];
    const int64_t now_ms = task.clock.now_ms();
    if (now_ms != kNoInstant) {
      const bool all_late = now_ms < feed.latest_ms - kOutOfOrder_ms;
      task.totals.out_of_order = all_late ? task.totals.lines : task.clock.out_of_order();
      feed.watermark_ms = now_ms;
      feed.latest_ms = std::max(feed.latest_ms, now_ms);
    }
    add(file, task.totals);
    days_.take_in(task.days);
    totals_.edge_hits += task.engine_totals.edge_hits;
    totals_.private_peer_hits += task.engine_totals.private_peer_hits;
    totals_.hits += task.engine_totals.hits;
    lines_ += task.totals.lines;
    for (UnparsedExample& example : task.examples) {
      const auto same_file = std::ranges::count(unparsed_examples_, example.file, &UnparsedExample::file);
      if (unparsed_examples_.size() < kExamplesMax && static_cast<size_t>(same_file) < kExamplesPerFile) {
        unparsed_examples_.push_back(std::move(example));
      }
    }
  }
}

// Parsers of files that were read to their end go: of thousands of files only a few are read at a time.
void Engine::release_ended(const std::vector<Task>& round, const std::vector<Task>& next) {
  if (keep_open_) return;
  for (const Task& task : round) {
    Feed& feed = feeds_[task.file];
    if (!feed.ended || std::ranges::find(next, task.file, &Task::file) != next.end()) continue;
    feed.parser.reset();
    for (Worker& worker : workers_) worker.parsers[task.file].reset();
  }
}

Result<void> Engine::feed_shard(size_t shard, std::vector<Task>& round, int64_t until_ms, bool merge) {
  Shard& to = shards_[shard];
  for (Task& task : round) to.see_addresses(task.addresses[shard]);
  if (!merge) {
    for (Task& task : round) {
      std::vector<Hit>& hits = task.hits[shard];
      if (!std::ranges::is_sorted(hits, is_before)) std::ranges::stable_sort(hits, is_before);
      if (auto done = to.process(hits); !done) return done;
    }
    return {};
  }
  std::vector<Hit>& waiting = waiting_[shard];
  for (const Task& task : round) waiting.insert(waiting.end(), task.hits[shard].begin(), task.hits[shard].end());
  if (!std::ranges::is_sorted(waiting, is_before_in_merge)) std::ranges::stable_sort(waiting, is_before_in_merge);
  // What was written in that very second waits for what else of it may come.
  const auto ready = until_ms == INT64_MAX ? waiting.end() : std::ranges::lower_bound(waiting, until_ms, {}, &Hit::instant_ms);
  if (auto done = to.process(std::span(waiting.begin(), ready)); !done) return done;
  waiting.erase(waiting.begin(), ready);
  return {};
}

Result<void> Engine::feed_round(std::vector<Task>& round, const std::vector<Task>& next) {
  bool one_file = true;
  int64_t until_ms = INT64_MAX, last_ms = kNoInstant;
  for (const Task& task : round) {
    last_ms = std::max(last_ms, task.totals.last_ms);
    one_file = one_file && task.file == round.front().file;
  }
  // An input that ended and has no block in the next round has nothing more to say about time; one alone need not wait for itself.
  for (uint32_t file = 0; file < feeds_.size(); ++file) {
    if (one_file && file == round.front().file) continue;
    const bool more = !feeds_[file].ended || std::ranges::find(next, file, &Task::file) != next.end();
    if (more) until_ms = std::min(until_ms, feeds_[file].watermark_ms);
  }
  if (next.empty()) until_ms = INT64_MAX;
  const bool none_waits = std::ranges::all_of(waiting_, [](const auto& hits) { return hits.empty(); });
  const bool merge = !one_file || !none_waits || last_ms >= until_ms;
  std::array<Result<void>, kShards> results;
  crew_.run(kShards, [&](size_t shard, int) { results[shard] = feed_shard(shard, round, until_ms, merge); });
  for (auto& result : results) {
    if (!result) return std::move(result);
  }
  return {};
}

Result<void> Engine::keep_within_limit() {
  if (options_.memory_limit_bytes == 0) return {};
  const uint64_t limit = options_.memory_limit_bytes;
  const uint64_t budget = limit > 2 * kFixedBytes ? limit - kFixedBytes : limit / 2;
  const auto used = [&] {
    uint64_t bytes = names_.memory_bytes();
    for (const Shard& shard : shards_) bytes += shard.memory_bytes();
    for (const auto& hits : waiting_) bytes += hits.capacity() * sizeof(Hit);
    return bytes;
  };
  if (used() <= budget) return {};
  while (used() > budget / 2) {
    const auto largest = std::ranges::max_element(shards_, {}, [](const Shard& shard) {
      return shard.is_parked() ? size_t{0} : shard.memory_bytes();
    });
    if (largest->is_parked()) break;
    parked_anything_ = true;
    if (auto parked = largest->park(); !parked) return parked;
  }
  return {};
}

Result<void> Engine::take_in(const std::function<void()>& on_round) {
  for (Feed& feed : feeds_) feed.ended = false;
  std::vector<Task> round, next;
  read_round(round);
  while (!round.empty()) {
    parse_round(round, next);
    account(round);
    release_ended(round, next);
    if (auto fed = feed_round(round, next); !fed) return fed;
    if (auto kept = keep_within_limit(); !kept) return kept;
    std::swap(round, next);
    if (on_round) on_round();
  }
  return {};
}

Result<TrackerResult> Engine::finish(Afterwards afterwards) {
  std::vector<Result<TrackerResult>> parts(kShards, TrackerResult{});
  const auto finish_shard = [&](size_t shard) {
    parts[shard] = shards_[shard].finish();
    if (afterwards == Afterwards::Release) shards_[shard].release();
  };
  crew_.run(kShards, [&](size_t shard, int) {
    if (!shards_[shard].is_parked()) finish_shard(shard);
  });
  TrackerResult all;
  size_t arrivals = 0;
  for (const auto& part : parts) arrivals += part ? part->arrivals.size() : 0;
  all.arrivals.reserve(arrivals);
  for (size_t shard = 0; shard < kShards; ++shard) {
    // Parked shards come back one after the other, so that only one of them is in memory.
    if (shards_[shard].is_parked()) finish_shard(shard);
    if (!parts[shard]) return std::unexpected(std::move(parts[shard]).error());
    merge_into(all, *std::move(parts[shard]));
    parts[shard] = TrackerResult{};
  }
  std::ranges::sort(all.arrivals, {}, [](const Arrival& a) { return std::pair(a.instant_ms, a.origin); });
  std::ranges::sort(all.previews, {}, [](const PreviewFetch& p) { return std::pair(p.instant_ms, p.origin); });
  return all;
}

uint64_t Engine::address_count(uint32_t file) const {
  uint64_t count = 0;
  for (const Shard& shard : shards_) count += shard.address_count(file);
  return count;
}

std::vector<HostTally> Engine::host_tally() const {
  std::vector<HostTally> all;
  for (const Worker& worker : workers_) {
    for (const HostTally& row : worker.maker.host_tally()) {
      const auto found = std::ranges::find(all, row.host, &HostTally::host);
      if (found != all.end()) found->assets += row.assets;
      else all.push_back(row);
    }
  }
  return all;
}

TrackerTotals Engine::tracker_totals() const {
  TrackerResult sum;
  for (const Shard& shard : shards_) {
    TrackerResult part;
    part.totals = shard.totals();
    merge_into(sum, std::move(part));
  }
  return sum.totals;
}

size_t Engine::agent_count() const {
  size_t count = 0;
  for (const Worker& worker : workers_) count = std::max(count, worker.maker.agent_count());
  return count;
}

ReadProgress Engine::progress() const {
  ReadProgress progress;
  progress.lines = lines_;
  for (const Input& input : inputs_) {
    progress.bytes_read += input.consumed_bytes();
    progress.bytes_total += input.size_bytes();
  }
  if (std::ranges::any_of(inputs_, [](const Input& input) { return !input.is_repeatable(); })) progress.bytes_total = 0;
  return progress;
}

}  // namespace noctule
