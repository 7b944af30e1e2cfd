// SPDX-License-Identifier: Apache-2.0
#include "noctule/analyze/analyze.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "log_lines.h"
#include "logs/temporary_folder.h"
#include "noctule/analyze/codes.h"
#include "noctule/simulate/world.h"

namespace noctule {
namespace {

using testing::kDay, testing::kFirefox, testing::kHour, testing::kMinute, testing::kSafariPhone, testing::kSecond;
using testing::Line, testing::TemporaryFolder, testing::text, testing::view;

Analysis analyze(std::vector<std::string> paths, int threads = 2, uint64_t memory_limit = 0) {
  AnalyzeOptions options;
  options.paths = std::move(paths);
  options.threads = threads;
  options.memory_limit_bytes = memory_limit;
  auto analysis = analyze_logs(options);
  if (!analysis) throw std::runtime_error(analysis.error().message);
  return *std::move(analysis);
}

std::string world(uint64_t seed, uint64_t lines) {
  WorldOptions options;
  options.seed = seed;
  options.lines_target = lines;
  std::ostringstream log;
  if (auto truth = simulate_world(options, log); !truth) throw std::runtime_error(truth.error().message);
  return std::move(log).str();
}

// Everything that must not depend on how the work was shared out.
std::string fingerprint(const Analysis& a) {
  std::string out = fmt::format("{} {} {} {} {} {} {} {:.6f} {:.6f} {:.6f} {:.6f} {} {}\n", a.lines, a.hits, a.unparsed, a.arrivals, a.deep_arrivals,
                                a.ga4_direct, a.click_echoes, a.private_arrivals.low, a.private_arrivals.high, a.private_arrivals.central.low,
                                a.private_arrivals.central.high, a.unfurls_total, a.pages_total);
  for (const AppRow& row : a.apps) out += fmt::format("{} {} {} {}\n", row.id, static_cast<int>(row.surface), row.arrivals, row.pastes);
  for (const PageRow& row : a.pages) out += fmt::format("{} {} {} {}\n", row.page, row.arrivals, row.private_low, row.private_high);
  for (const ReasonCount& row : a.exclusions) out += fmt::format("{} {} {}\n", row.reason, row.hits, row.landings);
  for (const ChannelRow& row : a.channels) out += fmt::format("{} {} {}\n", name_of(row.channel), row.ga4 ? name_of(*row.ga4) : "?", row.arrivals);
  for (const DayRow& row : a.days) out += fmt::format("{} {} {}\n", row.day_number, row.arrivals, row.unfurls);
  for (const UnfurlRow& row : a.unfurls) out += fmt::format("{} {} {} {}\n", row.instant_ms, row.page, row.app, row.fetches);
  for (const InputFile& file : a.input) out += fmt::format("{} {} {} {}\n", file.lines, file.with_referrer, file.with_user_agent, file.addresses);
  return out;
}

uint64_t excluded(const Analysis& analysis, std::string_view reason) {
  const auto row = std::ranges::find(analysis.exclusions, reason, &ReasonCount::reason);
  return row == analysis.exclusions.end() ? 0 : row->hits;
}

TEST(Analyze, a_shared_link_that_whatsapp_previewed_and_a_phone_opened_is_inferred) {
  const TemporaryFolder folder;
  std::string log;
  for (int day = 0; day < 10; ++day) log += view({.at_ms = day * kDay, .target = "/", .address = "192.0.2.9"});
  log += text({.at_ms = 10 * kDay, .target = "/p/42", .agent = "WhatsApp/2.26.3 A", .address = "198.51.100.7"});
  log += view({.at_ms = 10 * kDay + 3 * kMinute, .target = "/p/42", .agent = kSafariPhone, .address = "203.0.113.5"});
  log += view({.at_ms = 11 * kDay, .target = "/", .address = "192.0.2.9"});
  const Analysis analysis = analyze({folder.write("access.log", log)});
  const auto row = std::ranges::find(analysis.apps, "whatsapp", &AppRow::id);
  ASSERT_NE(row, analysis.apps.end());
  EXPECT_EQ(row->by_grade[static_cast<size_t>(Grade::Inferred)], 1U);
  EXPECT_EQ(row->pastes, 1U);
  EXPECT_EQ(row->ga4_direct, 1U);
  EXPECT_EQ(analysis.private_arrivals.low, 1);
  ASSERT_EQ(analysis.unfurls.size(), 1U);
  EXPECT_TRUE(analysis.unfurls[0].page.ends_with("/p/42"));
}

TEST(Analyze, every_line_is_a_person_s_or_has_one_named_reason) {
  const TemporaryFolder folder;
  const Analysis analysis = analyze({folder.write("access.log", world(3, 30'000))});
  uint64_t excluded_hits = 0;
  for (const ReasonCount& row : analysis.exclusions) excluded_hits += row.hits;
  EXPECT_LT(excluded_hits, analysis.hits);
  EXPECT_EQ(analysis.hits + analysis.unparsed + analysis.input[0].ignored, analysis.lines);
  uint64_t by_channel = 0, by_day = 0, by_page = 0, in_cube = 0;
  for (const ChannelRow& row : analysis.channels) by_channel += row.arrivals;
  for (const DayRow& row : analysis.days) by_day += row.arrivals;
  for (const PageRow& row : analysis.pages) by_page += row.arrivals;
  for (const CubeRow& row : analysis.cube) in_cube += row.arrivals;
  EXPECT_EQ(by_channel, analysis.arrivals);
  EXPECT_EQ(by_day, analysis.arrivals);
  EXPECT_EQ(by_page, analysis.arrivals);
  EXPECT_EQ(in_cube, analysis.arrivals);
}

TEST(Analyze, the_number_of_threads_changes_nothing) {
  const TemporaryFolder folder;
  const std::string path = folder.write("access.log", world(4, 60'000));
  const std::string one = fingerprint(analyze({path}, 1));
  EXPECT_EQ(one, fingerprint(analyze({path}, 2)));
  EXPECT_EQ(one, fingerprint(analyze({path}, 5)));
}

TEST(Analyze, a_log_cut_into_files_by_day_gives_the_same_in_any_order_of_names) {
  const TemporaryFolder folder;
  const std::string log = world(5, 40'000);
  const Analysis whole = analyze({folder.write("whole.log", log)});
  std::vector<std::string> paths;
  std::istringstream lines(log);
  std::string line, day, part;
  while (std::getline(lines, line)) {
    const std::string of_line = line.substr(line.find('[') + 1, 11);
    if (of_line != day && !part.empty()) {
      paths.push_back(folder.write(fmt::format("part{}.log", paths.size()), part));
      part.clear();
    }
    day = of_line;
    part += line + '\n';
  }
  paths.push_back(folder.write("last.log", part));
  ASSERT_GT(paths.size(), 5U);
  std::ranges::reverse(paths);
  std::swap(paths[1], paths[3]);
  const Analysis parts = analyze(paths);
  EXPECT_EQ(parts.arrivals, whole.arrivals);
  EXPECT_EQ(parts.private_arrivals.low, whole.private_arrivals.low);
  EXPECT_EQ(parts.unfurls_total, whole.unfurls_total);
  EXPECT_EQ(parts.lines, whole.lines);
}

TEST(Analyze, the_logs_of_two_servers_that_shared_the_visitors_are_merged_in_time_order) {
  const TemporaryFolder folder;
  const std::string log = world(6, 40'000);
  const Analysis whole = analyze({folder.write("whole.log", log)});
  std::istringstream lines(log);
  std::string line, a, b;
  for (int i = 0; std::getline(lines, line); ++i) (i % 3 == 0 ? a : b) += line + '\n';
  const Analysis halves = analyze({folder.write("a.log", a), folder.write("b.log", b)});
  // Lines of one second may change places between the two files; nothing else may differ.
  EXPECT_EQ(halves.lines, whole.lines);
  EXPECT_EQ(excluded(halves, "declared_bot"), excluded(whole, "declared_bot"));
  EXPECT_NEAR(static_cast<double>(halves.arrivals), static_cast<double>(whole.arrivals), 0.01 * static_cast<double>(whole.arrivals));
  EXPECT_NEAR(halves.private_arrivals.low, whole.private_arrivals.low, 0.02 * whole.private_arrivals.low + 2);
}

TEST(Analyze, an_asset_in_one_server_s_log_corroborates_a_page_in_another_s) {
  const TemporaryFolder folder;
  std::string pages, assets;
  for (int i = 0; i < 30; ++i) {
    const std::string address = fmt::format("192.0.2.{}", i + 1);
    pages += text({.at_ms = i * kMinute, .target = "/p/42", .address = address});
    assets += text({.at_ms = i * kMinute + kSecond, .target = "/style.css", .referrer = "https://www.example.org/p/42", .address = address});
  }
  const Analysis analysis = analyze({folder.write("assets.log", assets), folder.write("pages.log", pages)});
  EXPECT_EQ(analysis.arrivals, 30U);
  EXPECT_EQ(analysis.by_corroboration[static_cast<size_t>(Corroboration::Asset)], 30U);
}

TEST(Analyze, what_two_servers_wrote_in_the_same_second_does_not_depend_on_the_order_of_names) {
  const TemporaryFolder folder;
  std::string pages, assets;
  for (int i = 0; i < 5'000; ++i) {
    const std::string address = fmt::format("192.0.2.{}", i % 250 + 1);
    pages += text({.at_ms = i * kMinute * 7, .target = "/p/42", .address = address});
    assets += text({.at_ms = i * kMinute * 7, .target = "/style.css", .referrer = "https://www.example.org/p/42", .address = address});
  }
  const std::string first = folder.write("assets.log", assets), second = folder.write("pages.log", pages);
  EXPECT_EQ(analyze({first, second}).arrivals, 5'000U);
  EXPECT_EQ(analyze({second, first}).arrivals, 5'000U);
}

TEST(Analyze, a_line_from_the_future_in_one_file_does_not_part_it_from_the_others) {
  const TemporaryFolder folder;
  std::string pages, assets;
  for (int i = 0; i < 5'000; ++i) {
    const std::string address = fmt::format("192.0.2.{}", i % 250 + 1);
    if (i == 100) pages += text({.at_ms = 73 * 365 * kDay, .target = "/p/9", .address = "198.51.100.1"});
    pages += text({.at_ms = i * kMinute, .target = "/p/42", .address = address});
    assets += text({.at_ms = i * kMinute + kSecond, .target = "/style.css", .referrer = "https://www.example.org/p/42", .address = address});
  }
  const Analysis analysis = analyze({folder.write("pages.log", pages), folder.write("assets.log", assets)});
  EXPECT_EQ(analysis.arrivals, 5'000U);
  EXPECT_TRUE(std::ranges::none_of(analysis.warnings, [](const Warning& w) { return w.code == warning::kOutOfOrder; }));
}

TEST(Analyze, one_page_in_two_spellings_is_one_page_and_nothing_personal_is_part_of_its_name) {
  const TemporaryFolder folder;
  const std::string log = view({.target = "/caf%c3%a9"}) + view({.at_ms = kHour, .target = "/caf\xC3\xA9"}) +
                          view({.at_ms = 2 * kHour, .target = "/a.php?id=4&email=jane%40example.org&sid=0123456789"}) +
                          view({.at_ms = 3 * kHour, .target = "/leave/jane@example.org"});
  const Analysis analysis = analyze({folder.write("access.log", log)});
  ASSERT_EQ(analysis.pages.size(), 3U);
  EXPECT_EQ(analysis.pages[0].page, "/caf\xC3\xA9");
  EXPECT_EQ(analysis.pages[0].arrivals, 2U);
  EXPECT_THAT((std::vector{analysis.pages[1].page, analysis.pages[2].page}), ::testing::UnorderedElementsAre("/a.php?id=4", "/leave/***"));
}

TEST(Analyze, a_visit_from_the_site_s_own_page_is_no_arrival_even_when_the_first_lines_do_not_name_the_site) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 12'000; ++i) log += text({.at_ms = i * kSecond, .target = "/p/1", .address = "198.51.100.2"});
  for (int i = 0; i < 50; ++i) {
    log += view({.at_ms = 4 * kHour + i * kMinute, .target = "/p/42", .referrer = "https://www.example.org/p/41", .address = fmt::format("192.0.2.{}", i + 1)});
  }
  const Analysis analysis = analyze({folder.write("access.log", log)});
  EXPECT_EQ(analysis.arrivals, 0U);
}

TEST(Analyze, a_file_that_is_not_there_and_a_folder_are_errors_that_name_it) {
  const TemporaryFolder folder;
  AnalyzeOptions options;
  options.paths = {folder.path("missing.log")};
  auto missing = analyze_logs(options);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("missing.log"), std::string::npos);
  options.paths = {folder.path()};
  auto directory = analyze_logs(options);
  ASSERT_FALSE(directory);
  EXPECT_NE(directory.error().message.find("folder"), std::string::npos) << directory.error().message;
}

TEST(Analyze, an_empty_file_is_an_empty_analysis) {
  const TemporaryFolder folder;
  const Analysis analysis = analyze({folder.write("empty.log", "")});
  EXPECT_EQ(analysis.lines, 0U);
  EXPECT_EQ(analysis.arrivals, 0U);
  EXPECT_FALSE(analysis.private_arrivals.enough);
}

TEST(Analyze, lines_that_cannot_be_read_are_counted_and_the_first_are_shown_without_addresses) {
  const TemporaryFolder folder;
  std::string log = view({.target = "/p/1"});
  log += "192.0.2.77 - - [bad time] \"GET / HTTP/1.1\" 200 5 \"-\" \"x\"\n";
  for (int i = 0; i < 40; ++i) log += view({.at_ms = i * kMinute, .target = "/p/1"});
  log += std::string(70'000, 'x') + "\n";
  log += std::string("\0\1\2\xff rubbish\n", 13);
  const Analysis analysis = analyze({folder.write("access.log", log)});
  EXPECT_EQ(analysis.unparsed, 3U);
  ASSERT_EQ(analysis.unparsed_examples.size(), 3U);
  EXPECT_EQ(analysis.unparsed_examples[0].line, 3U);
  EXPECT_EQ(analysis.unparsed_examples[0].field, "time");
  EXPECT_EQ(analysis.unparsed_examples[0].excerpt.find("192.0.2.77"), std::string::npos);
  EXPECT_EQ(analysis.unparsed_examples[1].line, 84U);
}

TEST(Analyze, following_a_log_as_it_grows_ends_where_reading_it_at_once_does) {
  const TemporaryFolder folder;
  const std::string log = world(8, 20'000);
  const size_t half = log.find('\n', log.size() / 2) + 1, odd = half + 37;  // in the middle of a line
  AnalyzeOptions options;
  options.paths = {folder.write("access.log", std::string_view(log).substr(0, half))};
  auto follower = LogFollower::open(options);
  ASSERT_TRUE(follower) << follower.error().message;
  EXPECT_TRUE(*follower->poll());
  EXPECT_FALSE(*follower->poll());
  const auto early = follower->snapshot();
  ASSERT_TRUE(early);
  folder.append("access.log", std::string_view(log).substr(half, odd - half));
  static_cast<void>(*follower->poll());
  folder.append("access.log", std::string_view(log).substr(odd));
  EXPECT_TRUE(*follower->poll());
  const auto late = follower->snapshot();
  ASSERT_TRUE(late);
  const Analysis whole = analyze({folder.write("whole.log", log)});
  EXPECT_LT(early->lines, late->lines);
  EXPECT_EQ(late->lines, whole.lines);
  EXPECT_EQ(late->arrivals, whole.arrivals);
  EXPECT_EQ(late->unfurls_total, whole.unfurls_total);
}

}  // namespace
}  // namespace noctule
