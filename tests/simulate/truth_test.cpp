// SPDX-License-Identifier: Apache-2.0
// The truth beside a log adds up, and agrees with the log.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "simulated.h"

namespace noctule {
namespace {

uint64_t sum_of(const std::map<std::string, uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0}, [](uint64_t sum, const auto& entry) { return sum + entry.second; });
}

WorldOptions draw_options() {
  WorldOptions options{.seed = *rc::gen::arbitrary<uint64_t>()};
  options.days = *rc::gen::inRange(1, 5);
  options.visits_per_day = *rc::gen::inRange(0, 200);
  options.private_share = *rc::gen::element(-1.0, 0.0, 0.05, 0.45, 0.9);
  options.vary_mix = *rc::gen::arbitrary<bool>();
  options.format = *rc::gen::elementOf(simulated_formats());
  options.breaks = {.unknown_app = *rc::gen::arbitrary<bool>(), .search_referrer_loss = *rc::gen::arbitrary<bool>(),
                    .bookmark_wave = *rc::gen::arbitrary<bool>(), .cdn_edge = *rc::gen::arbitrary<bool>(), .pdf_link = *rc::gen::arbitrary<bool>()};
  return options;
}

RC_GTEST_PROP(Truth, adds_up_in_any_world, ()) {
  const Simulated world = simulate(draw_options());
  const WorldTruth& truth = world.truth;
  RC_ASSERT(sum_of(truth.arrivals_by_cause) == truth.arrivals);
  RC_ASSERT(sum_of(truth.private_by_app) == truth.private_arrivals);
  RC_ASSERT(truth.people_hits + sum_of(truth.machine_hits) == truth.lines);
  RC_ASSERT(world.arrivals.size() == truth.arrivals);
  RC_ASSERT(truth.private_deep_arrivals + truth.private_home_with_trace <= truth.private_arrivals);
  RC_ASSERT(truth.private_visible <= truth.private_deep_arrivals + truth.private_home_with_trace);
}

RC_GTEST_PROP(Truth, of_each_arrival_agrees_with_the_totals, ()) {
  const Simulated world = simulate(draw_options());
  uint64_t deep = 0, home = 0, visible = 0;
  int64_t latest_ms = 0;
  for (const ArrivalTruth& arrival : world.arrivals) {
    const bool is_private = arrival.cause.starts_with("private:");
    RC_ASSERT(is_private == (arrival.generation > 0));
    if (is_private) RC_ASSERT(arrival.cause.substr(8) == arrival.app);
    RC_ASSERT(arrival.instant_ms >= latest_ms);
    latest_ms = arrival.instant_ms;
    if (!is_private) continue;
    deep += arrival.deep;
    home += !arrival.deep && arrival.with_trace;
    visible += arrival.corroborated && (arrival.deep || arrival.with_trace);
  }
  RC_ASSERT(deep == world.truth.private_deep_arrivals);
  RC_ASSERT(home == world.truth.private_home_with_trace);
  RC_ASSERT(visible == world.truth.private_visible);
}

TEST(Truth, counts_every_line_that_was_written) {
  for (const std::string& format : simulated_formats()) {
    const Simulated world = simulate({.days = 1, .visits_per_day = 100, .format = format});
    const std::vector<std::string_view> lines = lines_of(world.log);
    const auto headers = static_cast<size_t>(std::ranges::count_if(lines, [](std::string_view line) { return line.starts_with("#"); }));
    EXPECT_EQ(lines.size() - headers, world.truth.lines) << format;
    EXPECT_TRUE(world.log.ends_with('\n')) << format;
  }
}

TEST(Truth, names_the_line_of_each_arrival) {
  for (const std::string& format : simulated_formats()) {
    const Simulated world = simulate({.days = 1, .visits_per_day = 100, .format = format});
    const std::vector<std::string_view> lines = lines_of(world.log);
    ASSERT_GT(world.arrivals.size(), 50U);
    for (const ArrivalTruth& arrival : world.arrivals) {
      ASSERT_NE(lines[arrival.line - 1].find(arrival.page), std::string_view::npos) << format << ": " << lines[arrival.line - 1];
    }
  }
}

TEST(Truth, a_trace_counts_only_where_the_format_shows_it) {
  WorldOptions options{.days = 10, .visits_per_day = 600, .private_share = 0.4};
  const auto with_trace = [&](const char* format) {
    options.format = format;
    const Simulated world = simulate(options);
    return std::ranges::count_if(world.arrivals, &ArrivalTruth::with_trace);
  };
  const auto combined = with_trace("combined"), alb = with_trace("alb"), haproxy = with_trace("haproxy");
  EXPECT_GT(combined, alb);
  EXPECT_GT(alb, haproxy);
  EXPECT_GT(haproxy, 0);
}

TEST(Truth, as_json_holds_options_counts_and_the_mix) {
  const WorldOptions options{.seed = 18'446'744'073'709'551'615ULL, .days = 1, .visits_per_day = 80, .breaks = {.pdf_link = true}};
  const Simulated world = simulate(options);
  const auto json = nlohmann::json::parse(to_json(options, world.truth));
  EXPECT_EQ(json["options"]["seed"].get<uint64_t>(), options.seed);
  EXPECT_EQ(json["options"]["start"], "2026-01-01T00:00:00Z");
  EXPECT_TRUE(json["options"]["breaks"]["pdf_link"].get<bool>());
  EXPECT_TRUE(json["options"]["private_share"].is_null());
  EXPECT_EQ(json["lines"].get<uint64_t>(), world.truth.lines);
  EXPECT_EQ(json["private_visible"].get<uint64_t>(), world.truth.private_visible);
  EXPECT_EQ(json["arrivals_by_cause"].size(), world.truth.arrivals_by_cause.size());
  EXPECT_GT(json["mix"]["private_share"].get<double>(), 0);
}

TEST(Truth, of_one_arrival_is_one_line_of_json) {
  const std::string line = to_json(ArrivalTruth{.instant_ms = 1'767'225'600'000, .line = 7, .page = "/p/42", .cause = "private:whatsapp",
                                                .app = "whatsapp", .generation = 2, .deep = true, .with_trace = false, .corroborated = true});
  EXPECT_EQ(line,
            R"({"time":"2026-01-01T00:00:00Z","line":7,"page":"/p/42","cause":"private:whatsapp","app":"whatsapp","generation":2,)"
            R"("deep":true,"with_trace":false,"corroborated":true})");
}

}  // namespace
}  // namespace noctule
