// SPDX-License-Identifier: Apache-2.0
// The loop over slots: plan people's visits, let them happen, let machines act, write what no later slot can precede.
#include "noctule/simulate/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "background.h"
#include "machines.h"
#include "noctule/base/text.h"
#include "pace.h"
#include "pattern.h"
#include "shares.h"
#include "truth.h"
#include "visits.h"
#include "writer.h"

namespace noctule {
namespace {

using namespace sim;

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kSlotMs = 10 * kMinuteMs;
constexpr int64_t kLookBackMs = kMinuteMs;  // typed prefixes stand some seconds before the share that they lead to
constexpr size_t kChunkSize = size_t{1} << 16;
constexpr double kDaysMax = 3'660, kVisitsPerDayMax = 5e6, kPrivateShareMax = 0.9;
constexpr uint64_t kLinesMax = 2'000'000'000;
constexpr int64_t kInstantMax = 32'503'680'000'000;  // 3000-01-01
constexpr double kDarkGuess = 0.25, kGuessWeight = 100;  // dark landings for each visit, until visits have shown it
constexpr double kMonitorPart = 0.02;  // of the lines, at most
constexpr int64_t kMonitorEveryMs[] = {5 * kMinuteMs, 15 * kMinuteMs, 60 * kMinuteMs, 1'440 * kMinuteMs};

std::string joined_formats() {
  std::string names;
  for (const WriterRow& row : log_writers()) {
    if (!names.empty()) names += ", ";
    names += row.name;
  }
  return names;
}

bool is_host(std::string_view host) {
  const auto is_host_byte = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, is_host_byte);
}

struct ChosenWriter {
  WriterRow row;
  std::vector<PatternPart> pattern;  // empty unless the format is a string
};

Result<ChosenWriter> choose_writer(const std::string& format) {
  if (is_pattern(format)) {
    NOCT_TRY(Pattern pattern, compile_pattern(format));
    return ChosenWriter{{.name = "", .write = write_pattern, .shows = pattern.shows, .header = ""}, std::move(pattern.parts)};
  }
  const WriterRow* row = find_writer(format);
  if (row != nullptr) return ChosenWriter{*row, {}};
  return fail(ErrorCode::InvalidInput, fmt::format("cannot write the format \"{}\", expected one of {}, or an nginx or Apache format string",
                                                   printable(format, 60), joined_formats()));
}

Result<ChosenWriter> check(const WorldOptions& options) {
  const auto refuse = [](std::string message) { return fail(ErrorCode::InvalidInput, std::move(message)); };
  NOCT_TRY(ChosenWriter writer, choose_writer(options.format));
  if (!(options.days > 0 && options.days <= kDaysMax)) return refuse(fmt::format("days is {}, expected more than 0 and at most {}", options.days, kDaysMax));
  if (!(options.visits_per_day >= 0 && options.visits_per_day <= kVisitsPerDayMax)) {
    return refuse(fmt::format("visits per day is {}, expected 0 to {}", options.visits_per_day, kVisitsPerDayMax));
  }
  if (!(options.private_share <= kPrivateShareMax)) {
    return refuse(fmt::format("private share is {}, expected at most {}, or below 0 to draw it", options.private_share, kPrivateShareMax));
  }
  if (options.lines_target > kLinesMax) return refuse(fmt::format("lines is {}, expected at most {}", options.lines_target, kLinesMax));
  if (options.start_ms < 0 || options.start_ms > kInstantMax) {
    return refuse(fmt::format("start is {} ms, expected an instant from 1970 to 2999", options.start_ms));
  }
  if (!is_host(options.host)) return refuse(fmt::format("host is \"{}\", expected letters, digits, dots and hyphens", options.host));
  return writer;
}

// The mix does not depend on format or breaks: worlds of one seed can be compared.
Mix choose_mix(const WorldOptions& options) {
  Random random(options.seed ^ 0x6D69'7800'0000'0000ULL);
  Mix mix = draw_mix(random);
  const double drawn_share = mix.private_share;
  if (!options.vary_mix) mix = typical_mix();
  mix.private_share = options.private_share < 0 ? drawn_share : options.private_share;
  if (options.breaks.search_referrer_loss) mix.search_loss = mix.break_search_loss;
  return mix;
}

int64_t choose_monitor_interval(const Window& window, double expected_visits) {
  const double lines = 15 * expected_visits, span_ms = static_cast<double>(window.end_ms - window.start_ms);
  const auto fits = [&](int64_t every_ms) { return span_ms / static_cast<double>(every_ms) <= kMonitorPart * lines; };
  const auto found = std::ranges::find_if(kMonitorEveryMs, fits);
  return found == std::end(kMonitorEveryMs) ? kMonitorEveryMs[std::size(kMonitorEveryMs) - 1] : *found;
}

// Writes hits in the order of time. Hits of one instant keep the order in which they were made.
class LogWriter {
 public:
  LogWriter(Stage& stage, const ChosenWriter& writer, const WorldOptions& options, std::ostream& out, std::vector<ArrivalTruth>* arrivals)
      : stage_(stage), write_(writer.row.write), out_(out),
        context_{.texts = stage.texts, .host = options.host, .cdn_edge = options.breaks.cdn_edge, .pattern = writer.pattern},
        book_(writer.row.shows, arrivals), text_(writer.row.header) {
    context_.line = static_cast<uint64_t>(std::ranges::count(text_, '\n'));
  }

  void write_before(int64_t instant_ms) {
    order_.clear();
    for (uint32_t i = 0; i < stage_.hits.size(); ++i) order_.emplace_back(stage_.hits[i].instant_ms, i);
    std::ranges::sort(order_);
    rest_.clear();
    for (const auto& [at_ms, index] : order_) {
      if (at_ms < instant_ms) {
        write(stage_.hits[index]);
      } else {
        rest_.push_back(stage_.hits[index]);
      }
    }
    std::swap(rest_, stage_.hits);
  }
  void flush() {
    out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.clear();
  }
  [[nodiscard]] WorldTruth truth() const { return book_.finish(stage_); }

 private:
  void write(const Hit& hit) {
    ++context_.line;
    context_.clock.set(hit.instant_ms);
    write_(context_, hit, text_);
    book_.count(hit, context_.line, stage_.texts);
    if (text_.size() >= kChunkSize) flush();
  }

  Stage& stage_;
  WriteLine write_;
  std::ostream& out_;
  LineContext context_;
  TruthBook book_;
  std::string text_;
  std::vector<std::pair<int64_t, uint32_t>> order_;
  std::vector<Hit> rest_;
};

struct World {
  World(const WorldOptions& options, const Mix& mix, const Window& window)
      : pace(mix, window, options.visits_per_day, options.lines_target),
        stage(mix, window, static_cast<size_t>(pace.expected_visits()), options.seed),
        shares(stage, {.private_share = mix.private_share, .unknown_part = options.breaks.unknown_app ? mix.break_unknown_app : 0,
                       .expected_visits = pace.expected_visits()}),
        background(stage, options.breaks, mix.private_share), visits(stage, shares),
        machines(stage, choose_monitor_interval(window, pace.expected_visits())) {}

  void run_slot(size_t slot) {
    const Window& window = stage.window;
    const int64_t from_ms = window.start_ms + static_cast<int64_t>(slot) * window.slot_ms, to_ms = std::min(window.end_ms, from_ms + window.slot_ms);
    stage.site.advance_to(from_ms);
    const double mean = pace.visits_of_slot(
        slot, {.visits = stage.visit_count, .people_lines = stage.people_hit_count, .machine_lines = stage.machine_hit_count,
               .part_to_come = background.waves_to_come(from_ms)});
    background.plan({.from_ms = from_ms, .to_ms = to_ms, .visits = mean, .expected_visits = pace.expected_visits()});
    shares.seed(from_ms, to_ms, mean);
    for (VisitPlan plan; stage.calendar.take(slot, plan);) visits.begin(plan);
    const double flat = pace.expected_visits() / static_cast<double>(window.slot_count());
    machines.act({.from_ms = from_ms, .to_ms = to_ms, .visits = flat, .dark_landings = flat * dark_part()});
  }

  [[nodiscard]] double dark_part() const {
    return (static_cast<double>(stage.dark_landing_count) + kDarkGuess * kGuessWeight) / (static_cast<double>(stage.visit_count) + kGuessWeight);
  }

  Pace pace;
  Stage stage;
  Shares shares;
  Background background;
  Visits visits;
  Machines machines;
};

}  // namespace

std::vector<std::string> simulated_formats() {
  std::vector<std::string> names;
  for (const WriterRow& row : log_writers()) names.emplace_back(row.name);
  return names;
}

Result<void> check_world_options(const WorldOptions& options) {
  NOCT_TRY([[maybe_unused]] const ChosenWriter writer, check(options));
  return {};
}

Result<WorldTruth> simulate_world(const WorldOptions& options, std::ostream& out) { return simulate_world(options, out, nullptr); }

Result<WorldTruth> simulate_world(const WorldOptions& options, std::ostream& out, std::vector<ArrivalTruth>* arrivals) {
  NOCT_TRY(const ChosenWriter writer, check(options));
  const Window window{.start_ms = options.start_ms, .end_ms = options.start_ms + static_cast<int64_t>(options.days * 86'400'000), .slot_ms = kSlotMs};
  if (window.end_ms <= window.start_ms) return fail(ErrorCode::InvalidInput, fmt::format("days is {}, less than a millisecond", options.days));
  const auto world = std::make_unique<World>(options, choose_mix(options), window);
  LogWriter log(world->stage, writer, options, out, arrivals);
  world->shares.seed_past(world->pace.expected_visits() / static_cast<double>(window.end_ms - window.start_ms));
  for (size_t slot = 0; slot < window.slot_count(); ++slot) {
    world->run_slot(slot);
    log.write_before(window.start_ms + static_cast<int64_t>(slot + 1) * window.slot_ms - kLookBackMs);
  }
  log.write_before(window.end_ms);
  log.flush();
  if (!out) return fail(ErrorCode::Io, "the log could not be written to its output");
  return log.truth();
}

}  // namespace noctule
