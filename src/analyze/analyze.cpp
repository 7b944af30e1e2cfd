// SPDX-License-Identifier: Apache-2.0
#include "noctule/analyze/analyze.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "engine.h"
#include "explain.h"
#include "file_warnings.h"
#include "findings.h"
#include "input_list.h"
#include "run.h"
#include "tables.h"

namespace noctule {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kProgressEvery = std::chrono::milliseconds(200);

uint64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

Result<Analysis> conclude(Engine& engine, const AnalyzeOptions& options, Clock::time_point start, Engine::Afterwards afterwards) {
  NOCT_TRY(const Findings findings, make_findings(engine, options, {}, afterwards));
  NOCT_TRY(Analysis analysis, make_analysis(engine, findings, options));
  analysis.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  analysis.memory_peak_bytes = peak_memory_bytes();
  return analysis;
}

Result<InputList> open_all(const AnalyzeOptions& options, OpenInput open) {
  if (!options.explain.empty()) {
    if (auto filter = ArrivalFilter::parse(options.explain); !filter) return std::unexpected(std::move(filter).error());
  }
  return open_inputs(options, open);
}

}  // namespace

Result<void> with_engine(const AnalyzeOptions& options, const std::function<Result<void>(Engine&)>& use) {
  NOCT_TRY(InputList list, open_all(options, &Input::peek));
  auto& [inputs, hosts] = list;
  const bool may_repeat = std::ranges::all_of(inputs, &Input::is_repeatable);
  Clock::time_point told = Clock::now();
  Addresses addresses = Addresses::OfVisitors;
  while (true) {
    Engine engine(options, hosts, addresses);
    for (Input& input : inputs) engine.add_input(std::move(input));
    inputs.clear();
    auto taken = engine.take_in([&] {
      if (!options.on_progress || Clock::now() - told < kProgressEvery) return;
      told = Clock::now();
      options.on_progress(engine.progress());
    });
    if (!taken) return taken;
    if (options.on_progress) options.on_progress(engine.progress());
    if (auto any = check_that_any_line_was_read(engine); !any) return any;
    // The log as a whole may tell what its first lines did not: a host of the site, so that own pages were taken for others';
    // or that its addresses are a CDN's. Each is learned once, so this ends.
    SiteHosts learned = hosts;
    if (options.site_hosts.empty()) learned.learn(engine.host_tally());
    const bool new_host = learned.hosts().size() != hosts.hosts().size();
    const bool edges = addresses == Addresses::OfVisitors && behave_like_edges(engine.tracker_totals());
    if (!may_repeat || !(new_host || edges)) return use(engine);
    hosts = std::move(learned);
    if (!new_host) addresses = Addresses::OfEdges;
    inputs = engine.take_inputs();
    for (Input& input : inputs) input.rewind();
  }
}

Result<Analysis> analyze_logs(const AnalyzeOptions& options) {
  const Clock::time_point start = Clock::now();
  Analysis analysis;
  auto used = with_engine(options, [&](Engine& engine) -> Result<void> {
    NOCT_TRY(analysis, conclude(engine, options, start, Engine::Afterwards::Release));
    return {};
  });
  if (!used) return std::unexpected(std::move(used).error());
  return analysis;
}

struct LogFollower::State {
  State(const AnalyzeOptions& given, const SiteHosts& hosts) : options(given), engine(options, hosts) {}
  Clock::time_point start = Clock::now();
  AnalyzeOptions options;
  Engine engine;
};

LogFollower::LogFollower() = default;
LogFollower::LogFollower(LogFollower&&) noexcept = default;
LogFollower& LogFollower::operator=(LogFollower&&) noexcept = default;
LogFollower::~LogFollower() = default;

Result<LogFollower> LogFollower::open(const AnalyzeOptions& options) {
  NOCT_TRY(InputList list, open_all(options, &Input::follow));
  LogFollower follower;
  follower.state_ = std::make_unique<State>(options, list.hosts);
  follower.state_->engine.keep_open();
  for (Input& input : list.inputs) follower.state_->engine.add_input(std::move(input));
  return follower;
}

Result<bool> LogFollower::poll() {
  const uint64_t before = state_->engine.progress().lines;
  if (auto taken = state_->engine.take_in(nullptr); !taken) return std::unexpected(std::move(taken).error());
  return state_->engine.progress().lines != before;
}

Result<Analysis> LogFollower::snapshot() const { return conclude(state_->engine, state_->options, state_->start, Engine::Afterwards::Keep); }

}  // namespace noctule
