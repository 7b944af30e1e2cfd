// SPDX-License-Identifier: Apache-2.0
#include "worlds.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "findings.h"
#include "model.h"
#include "noctule/analyze/analyze.h"
#include "noctule/base/random.h"
#include "run.h"

namespace noctule {
namespace {

constexpr double kLinesMin = 8'000, kLinesFactor = 8;  // sizes are spread evenly in their logarithm
constexpr uint64_t kDaysMin = 7, kDaysSpread = 22;

// A file of this process that goes when it is done with.
class LogFile {
 public:
  explicit LogFile(uint64_t seed)
      : path_(std::filesystem::temp_directory_path() / fmt::format("noctule-world-{}-{}.log", getpid(), seed)) {}
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

using Read = std::function<Result<void>(const AnalyzeOptions&, Outcome&)>;

Outcome run_world(uint64_t seed, const Read& read) {
  Outcome outcome;
  outcome.seed = seed;
  const LogFile file(seed);
  {
    std::ofstream log(file.path(), std::ios::binary);
    const auto truth = simulate_world(world_of(seed), log);
    if (!truth) {
      outcome.error = truth.error().message;
      return outcome;
    }
    outcome.truth = static_cast<double>(truth->private_visible);
  }
  AnalyzeOptions options;
  options.paths = {file.path().string()};
  options.threads = 1;
  if (auto done = read(options, outcome); !done) outcome.error = done.error().message;
  return outcome;
}

std::vector<Outcome> run_all(uint64_t first_seed, uint64_t count, const Read& read) {
  std::vector<Outcome> outcomes(count);
  std::atomic<uint64_t> next = 0;
  const auto work = [&] {
    for (uint64_t i = next++; i < count; i = next++) outcomes[i] = run_world(first_seed + i, read);
  };
  std::jthread helper(work);
  work();
  helper.join();
  return outcomes;
}

// How far the truth is from the model's median, in units of the model's own interval: what calibration needs to know.
void measure_need(const Findings& findings, Outcome& outcome) {
  const Posterior posterior = draw_posterior(tally_arrivals(findings.judged, findings.context), findings.context);
  const double low = outcome.estimate.low, high = outcome.estimate.high;
  const auto place = [&](double total) {
    const double within = std::clamp(total, low, high);
    return std::log((within - low + 1) / (high - within + 1));
  };
  const double middle = place(quantile(posterior, 0.5)), truth = place(outcome.truth);
  outcome.below_needed = (middle - truth) / std::max(1e-3, middle - place(quantile(posterior, 0.05)));
  outcome.above_needed = (truth - middle) / std::max(1e-3, place(quantile(posterior, 0.95)) - middle);
  if (outcome.truth < low) outcome.below_needed = HUGE_VAL;
  if (outcome.truth > high) outcome.above_needed = HUGE_VAL;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

std::string_view break_of(uint64_t seed) { return seed % 2 == 0 ? "none" : kBreaks[seed / 2 % std::size(kBreaks)]; }

WorldOptions world_of(uint64_t seed) {
  Random random(seed * 77 + 5);
  WorldOptions options;
  options.seed = seed;
  options.vary_mix = true;
  options.days = static_cast<double>(kDaysMin + random.below(kDaysSpread));
  options.lines_target = static_cast<uint64_t>(kLinesMin * std::pow(kLinesFactor, random.uniform()));
  const std::string_view broken = break_of(seed);
  options.breaks.unknown_app = broken == "unknown_app";
  options.breaks.search_referrer_loss = broken == "search_referrer_loss";
  options.breaks.bookmark_wave = broken == "bookmark_wave";
  options.breaks.cdn_edge = broken == "cdn_edge";
  options.breaks.pdf_link = broken == "pdf_link";
  return options;
}

std::vector<Outcome> run_worlds(uint64_t first_seed, uint64_t count) {
  return run_all(first_seed, count, [](const AnalyzeOptions& options, Outcome& outcome) -> Result<void> {
    NOCT_TRY(const Analysis analysis, analyze_logs(options));
    outcome.arrivals = static_cast<double>(analysis.arrivals);
    outcome.estimate = analysis.private_arrivals;
    return {};
  });
}

std::vector<Outcome> fit_worlds(uint64_t first_seed, uint64_t count) {
  return run_all(first_seed, count, [](const AnalyzeOptions& options, Outcome& outcome) {
    return with_engine(options, [&](Engine& engine) -> Result<void> {
      NOCT_TRY(const Findings findings, make_findings(engine, options));
      outcome.arrivals = static_cast<double>(findings.judged.size());
      outcome.estimate = findings.estimate;
      measure_need(findings, outcome);
      return {};
    });
  });
}

Coverage cover(const std::vector<Outcome>& outcomes, const std::function<bool(const Outcome&)>& is_in) {
  Coverage coverage;
  std::vector<double> of_arrivals, of_truth, outer;
  for (const Outcome& outcome : outcomes) {
    if (!is_in(outcome)) continue;
    ++coverage.worlds;
    const PrivateEstimate& estimate = outcome.estimate;
    if (!estimate.enough) {
      ++coverage.unsaid;
      continue;
    }
    const double width = estimate.central.high - estimate.central.low, truth = std::max(1.0, outcome.truth);
    if (outcome.truth < estimate.central.low) ++coverage.below;
    else if (outcome.truth > estimate.central.high) ++coverage.above;
    else ++coverage.covered;
    if (estimate.low <= outcome.truth) ++coverage.low_holds;
    if (estimate.high >= outcome.truth) ++coverage.high_holds;
    of_arrivals.push_back(width / std::max(1.0, outcome.arrivals));
    of_truth.push_back(width / truth);
    outer.push_back((estimate.high - estimate.low) / truth);
  }
  coverage.width_of_arrivals = median(of_arrivals);
  coverage.width_of_truth = median(of_truth);
  coverage.outer_width_of_truth = median(outer);
  return coverage;
}

std::string coverage_table(const std::vector<Outcome>& outcomes) {
  std::string table = fmt::format("{:<22}{:>7}{:>8}{:>9}{:>7}{:>7}{:>11}{:>12}{:>16}{:>13}{:>12}\n", "worlds", "count", "unsaid", "covered",
                                  "below", "above", "low holds", "high holds", "width/arrivals", "width/truth", "ends/truth");
  const auto add = [&](std::string_view name, const std::function<bool(const Outcome&)>& is_in) {
    const Coverage c = cover(outcomes, is_in);
    table += fmt::format("{:<22}{:>7}{:>8}{:>9.3f}{:>7.3f}{:>7.3f}{:>11.3f}{:>12.3f}{:>16.3f}{:>13.2f}{:>12.2f}\n", name, c.worlds, c.unsaid,
                         c.part(c.covered), c.part(c.below), c.part(c.above), c.part(c.low_holds), c.part(c.high_holds), c.width_of_arrivals,
                         c.width_of_truth, c.outer_width_of_truth);
  };
  add("all", [](const Outcome&) { return true; });
  add("unbroken", [](const Outcome& outcome) { return break_of(outcome.seed) == "none"; });
  add("broken", [](const Outcome& outcome) { return break_of(outcome.seed) != "none"; });
  for (const std::string_view name : kBreaks) add(name, [&](const Outcome& outcome) { return break_of(outcome.seed) == name; });
  return table;
}

}  // namespace noctule
