// SPDX-License-Identifier: Apache-2.0
#include "noctule/simulate/world.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "noctule/base/hash.h"
#include "noctule/base/text.h"
#include "noctule/logs/log_format.h"
#include "simulated.h"

namespace noctule {
namespace {

WorldOptions small_world() { return {.days = 2, .visits_per_day = 150}; }

TEST(World, one_seed_gives_the_same_bytes_on_every_machine) {
  EXPECT_EQ(hash_bytes(simulate(small_world()).log), 221742281679105322ULL);
}

TEST(World, the_same_options_give_the_same_log_and_the_same_truth) {
  WorldOptions options = small_world();
  options.vary_mix = true;
  const Simulated first = simulate(options), second = simulate(options);
  EXPECT_EQ(first.log, second.log);
  EXPECT_EQ(to_json(options, first.truth), to_json(options, second.truth));
}

TEST(World, another_seed_gives_another_log) {
  WorldOptions options = small_world();
  const std::string first = simulate(options).log;
  options.seed = 2;
  EXPECT_NE(first, simulate(options).log);
}

TEST(World, every_line_holds_an_instant_not_before_the_one_above_and_inside_the_window) {
  WorldOptions options = small_world();
  options.vary_mix = true;
  const Simulated world = simulate(options);
  const auto parser = LogFormat::from_name_or_string("combined")->make_parser();
  int64_t latest_ms = options.start_ms;
  LogRecord record;
  LineProblem problem;
  for (const std::string_view line : lines_of(world.log)) {
    ASSERT_EQ(parser->parse(line, record, problem), LineResult::Parsed) << line;
    ASSERT_GE(record.instant_ms, latest_ms) << line;
    latest_ms = record.instant_ms;
  }
  EXPECT_LT(latest_ms, options.start_ms + 2 * 86'400'000);
}

TEST(World, a_number_of_lines_is_hit_within_three_in_a_hundred) {
  for (const uint64_t target : {20'000U, 100'000U}) {
    for (const uint64_t seed : {1U, 2U, 3U}) {
      const Simulated world = simulate({.seed = seed, .lines_target = target});
      EXPECT_NEAR(static_cast<double>(world.truth.lines), static_cast<double>(target), 0.03 * static_cast<double>(target)) << "seed " << seed;
    }
  }
}

TEST(World, a_number_of_lines_is_hit_in_broken_worlds_too) {
  constexpr bool WorldBreaks::*kBreaks[] = {&WorldBreaks::unknown_app, &WorldBreaks::search_referrer_loss, &WorldBreaks::bookmark_wave,
                                            &WorldBreaks::cdn_edge, &WorldBreaks::pdf_link};
  for (const auto field : kBreaks) {
    for (const uint64_t seed : {36U, 44U, 48U}) {
      WorldOptions options{.seed = seed, .lines_target = 40'000, .vary_mix = true};
      options.breaks.*field = true;
      EXPECT_NEAR(static_cast<double>(simulate(options).truth.lines), 40'000, 0.03 * 40'000) << "seed " << seed;
    }
  }
}

TEST(World, visits_per_day_are_what_was_asked_for) {
  const Simulated world = simulate({.days = 14, .visits_per_day = 1'000, .private_share = 0.1});
  EXPECT_NEAR(static_cast<double>(world.truth.arrivals), 14'000, 0.08 * 14'000);
}

TEST(World, nobody_visits_when_nobody_is_asked_for) {
  const Simulated world = simulate({.days = 3, .visits_per_day = 0, .private_share = 0});
  EXPECT_EQ(world.truth.arrivals, 0U);
  EXPECT_EQ(world.truth.people_hits, 0U);
}

TEST(World, format_and_breaks_of_the_log_do_not_change_what_happened) {
  WorldOptions options = small_world();
  const Simulated combined = simulate(options);
  options.format = "common";
  const Simulated common = simulate(options);
  EXPECT_EQ(combined.truth.arrivals_by_cause, common.truth.arrivals_by_cause);
  EXPECT_EQ(combined.truth.machine_hits, common.truth.machine_hits);
  options.breaks.cdn_edge = true;
  EXPECT_EQ(common.truth.arrivals_by_cause, simulate(options).truth.arrivals_by_cause);
}

TEST(World, days_follow_the_sun_and_the_week) {
  const Simulated world = simulate({.days = 28, .visits_per_day = 500});
  std::map<int, int> by_hour;
  for (const ArrivalTruth& arrival : world.arrivals) ++by_hour[static_cast<int>(arrival.instant_ms / 3'600'000 % 24)];
  EXPECT_GT(by_hour[15], 3 * by_hour[3]);
}

struct Refusal {
  const char* what;
  void (*spoil)(WorldOptions& options);
  const char* message_part;
};

TEST(World, options_out_of_range_are_refused_with_what_was_expected) {


  const Refusal refusals[] = {
      {"format", [](WorldOptions& o) { o.format = "papyrus"; }, "expected one of common, combined"},
      {"days zero", [](WorldOptions& o) { o.days = 0; }, "days is 0"},
      {"days negative", [](WorldOptions& o) { o.days = -1; }, "days is -1"},
      {"days nan", [](WorldOptions& o) { o.days = std::nan(""); }, "days is nan"},
      {"days too many", [](WorldOptions& o) { o.days = 1e9; }, "at most"},
      {"days tiny", [](WorldOptions& o) { o.days = 1e-12; }, "less than a millisecond"},
      {"visits negative", [](WorldOptions& o) { o.visits_per_day = -3; }, "visits per day is -3"},
      {"visits infinite", [](WorldOptions& o) { o.visits_per_day = HUGE_VAL; }, "visits per day is inf"},
      {"share too large", [](WorldOptions& o) { o.private_share = 1; }, "private share is 1"},
      {"share nan", [](WorldOptions& o) { o.private_share = std::nan(""); }, "private share is nan"},
      {"start before 1970", [](WorldOptions& o) { o.start_ms = -1; }, "start is -1"},
      {"lines too many", [](WorldOptions& o) { o.lines_target = 1ULL << 60U; }, "lines is"},
      {"host empty", [](WorldOptions& o) { o.host = ""; }, "host is"},
      {"host with quote", [](WorldOptions& o) { o.host = "www.example.org\" x"; }, "host is"},
  };
  for (const Refusal& refusal : refusals) {
    WorldOptions options = small_world();
    refusal.spoil(options);
    std::ostringstream out;
    const Result<WorldTruth> truth = simulate_world(options, out);
    ASSERT_FALSE(truth.has_value()) << refusal.what;
    EXPECT_EQ(truth.error().code, ErrorCode::InvalidInput) << refusal.what;
    EXPECT_NE(truth.error().message.find(refusal.message_part), std::string::npos) << truth.error().message;
    EXPECT_TRUE(out.str().empty()) << refusal.what;
  }
}

TEST(World, an_output_that_cannot_be_written_is_an_error) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  const Result<WorldTruth> truth = simulate_world(small_world(), out);
  ASSERT_FALSE(truth.has_value());
  EXPECT_EQ(truth.error().code, ErrorCode::Io);
}

// Breaks

uint64_t count_of(const std::map<std::string, uint64_t>& counts, const std::string& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

WorldOptions broken_world(void (*set)(WorldBreaks& breaks)) {
  WorldOptions options{.days = 10, .visits_per_day = 300, .private_share = 0.15};
  set(options.breaks);
  return options;
}
const WorldOptions kWhole{.days = 10, .visits_per_day = 300, .private_share = 0.15};

TEST(Breaks, an_unknown_app_takes_three_in_ten_shares_and_leaves_no_trace) {
  EXPECT_EQ(count_of(simulate(kWhole).truth.private_by_app, "unknown"), 0U);
  const Simulated world = simulate(broken_world([](WorldBreaks& b) { b.unknown_app = true; }));
  const double part = static_cast<double>(count_of(world.truth.private_by_app, "unknown")) / static_cast<double>(world.truth.private_arrivals);
  EXPECT_NEAR(part, 0.3, 0.12);
  EXPECT_EQ(count_of(world.truth.machine_hits, "preview:unknown"), 0U);
  for (const ArrivalTruth& arrival : world.arrivals) {
    EXPECT_FALSE(arrival.app == "unknown" && arrival.with_trace);
  }
}

// Of arrivals by search, the part whose line has no referrer.
double search_loss_of(const Simulated& world) {
  const std::vector<std::string_view> lines = lines_of(world.log);
  double searches = 0, lost = 0;
  for (const ArrivalTruth& arrival : world.arrivals) {
    if (arrival.cause != "search") continue;
    ++searches;
    if (lines[arrival.line - 1].find(" \"-\" \"") != std::string_view::npos) ++lost;
  }
  return lost / searches;
}

TEST(Breaks, search_referrers_are_lost_for_two_in_three) {
  EXPECT_LT(search_loss_of(simulate(kWhole)), 0.1);
  EXPECT_NEAR(search_loss_of(simulate(broken_world([](WorldBreaks& b) { b.search_referrer_loss = true; }))), 0.65, 0.06);
}

TEST(Breaks, a_bookmark_wave_is_a_burst_on_a_few_deep_pages) {
  const Simulated world = simulate(broken_world([](WorldBreaks& b) { b.bookmark_wave = true; }));
  std::map<int64_t, int> by_half_day, calm;
  const auto is_wave = [](const ArrivalTruth& a) { return a.deep && (a.cause == "bookmark" || a.cause == "typed"); };
  for (const ArrivalTruth& arrival : world.arrivals) by_half_day[arrival.instant_ms / 43'200'000] += is_wave(arrival);
  for (const ArrivalTruth& arrival : simulate(kWhole).arrivals) calm[arrival.instant_ms / 43'200'000] += is_wave(arrival);
  const auto highest = [](const std::map<int64_t, int>& counts) { return std::ranges::max_element(counts, {}, [](const auto& c) { return c.second; })->second; };
  EXPECT_GT(highest(by_half_day), 3 * highest(calm));
}

TEST(Breaks, a_document_sends_a_tenth_of_all_visits_to_one_page_without_referrer) {
  const Simulated world = simulate(broken_world([](WorldBreaks& b) { b.pdf_link = true; }));
  std::map<std::string, int> pages;
  for (const ArrivalTruth& arrival : world.arrivals) {
    if (arrival.cause == "document") ++pages[arrival.page];
  }
  const int most = std::ranges::max_element(pages, {}, [](const auto& page) { return page.second; })->second;
  EXPECT_NEAR(most / 3'000.0, 0.1, 0.03);
}

TEST(Breaks, a_cdn_shows_a_few_dozen_edges_and_the_visitor_stands_in_x_forwarded_for) {
  WorldOptions options = broken_world([](WorldBreaks& b) { b.cdn_edge = true; });
  options.format = "combined-extended";
  std::set<std::string_view> peers, visitors;
  const Simulated world = simulate(options);
  for (const std::string_view line : lines_of(world.log)) {
    peers.insert(line.substr(0, line.find(' ')));
    const size_t quote = line.rfind(" \"");
    visitors.insert(line.substr(quote + 2, line.size() - quote - 3));
  }
  EXPECT_LE(peers.size(), 60U);
  EXPECT_GT(visitors.size(), 1'000U);
  EXPECT_EQ(visitors.count("-"), 0U);
}

TEST(Breaks, one_visit_comes_through_several_edges) {
  const Simulated world = simulate(broken_world([](WorldBreaks& b) { b.cdn_edge = true; }));
  std::map<std::string_view, std::set<std::string_view>> peers_of_agent;
  for (const std::string_view line : lines_of(world.log)) {
    const size_t quote = line.rfind(" \"");
    peers_of_agent[line.substr(quote)].insert(line.substr(0, line.find(' ')));
  }
  const auto widest = std::ranges::max_element(peers_of_agent, {}, [](const auto& p) { return p.second.size(); });
  EXPECT_GT(widest->second.size(), 5U);
}

}  // namespace
}  // namespace noctule
