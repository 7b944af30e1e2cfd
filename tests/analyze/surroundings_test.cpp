// SPDX-License-Identifier: Apache-2.0
// What a report says about the log as a whole: columns it lacks, addresses that are not visitors', sites without assets.
#include <gtest/gtest.h>

#include <algorithm>

#include "log_lines.h"
#include "logs/temporary_folder.h"
#include "noctule/analyze/analyze.h"

namespace noctule {
namespace {

using testing::kDay, testing::kMinute, testing::kSecond, testing::Line, testing::stamp, testing::TemporaryFolder, testing::text, testing::view;

Analysis analyze(const std::string& path) {
  AnalyzeOptions options;
  options.paths = {path};
  auto analysis = analyze_logs(options);
  if (!analysis) throw std::runtime_error(analysis.error().message);
  return *std::move(analysis);
}

bool warns(const Analysis& analysis, std::string_view code) {
  return std::ranges::find(analysis.warnings, code, &Warning::code) != analysis.warnings.end();
}

uint64_t in_channel(const Analysis& analysis, Channel channel) {
  uint64_t count = 0;
  for (const ChannelRow& row : analysis.channels) count += row.channel == channel ? row.arrivals : 0;
  return count;
}

TEST(Surroundings, a_log_without_referrers_never_says_direct) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 200; ++i) {
    for (const char* target : {"/p/42", "/style.css"}) {
      log += fmt::format("192.0.2.{} - - [{}] \"GET {} HTTP/1.1\" 200 512\n", i % 250 + 1, stamp(i * kMinute), target);
    }
  }
  const Analysis analysis = analyze(folder.write("access.log", log));
  EXPECT_EQ(analysis.input[0].format, "common");
  EXPECT_TRUE(warns(analysis, "no_referrer_field"));
  EXPECT_TRUE(warns(analysis, "no_user_agent_field"));
  EXPECT_GT(analysis.arrivals, 0U);
  EXPECT_EQ(in_channel(analysis, Channel::Direct), 0U);
  EXPECT_EQ(in_channel(analysis, Channel::NotLogged), analysis.arrivals);
  EXPECT_EQ(analysis.ga4_direct, 0U);
  EXPECT_EQ(analysis.ga4_unknown, analysis.arrivals);
  EXPECT_FALSE(analysis.private_arrivals.enough);
}

TEST(Surroundings, without_referrers_what_ga4_would_say_is_known_of_tagged_addresses_only) {
  const TemporaryFolder folder;
  std::string log;
  int at = 0;
  for (const char* page : {"/p/42?igsh=MzRlODBiNWFlZA", "/p/42?utm_source=newsletter&utm_medium=email", "/p/42"}) {
    for (const char* target : {page, "/style.css"}) {
      log += fmt::format("192.0.2.{} - - [{}] \"GET {} HTTP/1.1\" 200 512\n", 10 + at, stamp(at * kMinute), target);
    }
    ++at;
  }
  const Analysis analysis = analyze(folder.write("access.log", log));
  ASSERT_EQ(analysis.arrivals, 3U);
  EXPECT_EQ(analysis.ga4_direct, 0U);
  EXPECT_EQ(analysis.ga4_unknown, 2U);
  EXPECT_EQ(analysis.pages[0].ga4_unknown, 2U);
  ASSERT_EQ(analysis.apps.size(), 1U);
  EXPECT_EQ(analysis.apps[0].id, "instagram");
  EXPECT_EQ(analysis.apps[0].ga4_unknown, 1U);
}

TEST(Surroundings, columns_that_only_ever_hold_a_dash_are_none) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 200; ++i) {
    for (const char* target : {"/p/42", "/style.css"}) log += text({.at_ms = i * kMinute, .target = target, .agent = "-", .address = fmt::format("192.0.2.{}", i % 250 + 1)});
  }
  const Analysis analysis = analyze(folder.write("access.log", log));
  EXPECT_TRUE(warns(analysis, "no_referrer_field"));
  EXPECT_TRUE(warns(analysis, "no_user_agent_field"));
  EXPECT_EQ(analysis.arrivals, 200U);
  EXPECT_EQ(in_channel(analysis, Channel::NotLogged), analysis.arrivals);
}

TEST(Surroundings, a_cdn_s_published_addresses_are_recognised_and_what_depends_on_addresses_is_withheld) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 200; ++i) log += view({.at_ms = i * kMinute, .target = "/p/42", .address = fmt::format("104.16.{}.7", i % 200)});
  // The same edge and browser a day later: not a visitor who came back.
  for (int i = 0; i < 50; ++i) log += view({.at_ms = kDay + i * kMinute, .target = "/p/42", .address = fmt::format("104.16.{}.7", i % 200)});
  const Analysis analysis = analyze(folder.write("access.log", log));
  EXPECT_TRUE(warns(analysis, "cdn_edge_addresses"));
  EXPECT_EQ(in_channel(analysis, Channel::Unattributed), analysis.arrivals);
}

TEST(Surroundings, edges_of_an_unknown_cdn_show_by_assets_that_come_from_elsewhere_than_their_page) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 900; ++i) {
    log += text({.at_ms = 2 * i * kMinute, .target = "/p/42", .address = fmt::format("203.0.113.{}", i % 40 + 1)});
    log += text({.at_ms = 2 * i * kMinute + kSecond, .target = "/style.css", .referrer = "https://www.example.org/p/42",
                 .address = fmt::format("203.0.113.{}", (i * 7 + 13) % 40 + 1)});
  }
  const Analysis analysis = analyze(folder.write("access.log", log));
  EXPECT_TRUE(warns(analysis, "cdn_edge_addresses"));
  EXPECT_EQ(analysis.arrivals, 900U);
}

TEST(Surroundings, behind_edges_an_arrival_is_corroborated_by_its_own_assets_whichever_edge_they_come_through) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 100; ++i) {
    log += text({.at_ms = 2 * i * kMinute, .target = "/p/42", .address = fmt::format("104.16.{}.7", i)});
    log += text({.at_ms = 2 * i * kMinute + kSecond, .target = "/style.css", .referrer = "https://www.example.org/p/42",
                 .address = fmt::format("104.17.{}.9", i)});
    // Somebody else with the same browser, whose page view nothing follows: the others' assets prove nothing for it.
    log += text({.at_ms = (2 * i + 1) * kMinute + 10 * kSecond, .target = "/p/42", .address = fmt::format("104.18.{}.7", i)});
  }
  EXPECT_EQ(analyze(folder.write("access.log", log)).arrivals, 100U);
}

TEST(Surroundings, behind_edges_the_step_to_a_second_page_corroborates_the_first) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 100; ++i) {
    log += text({.at_ms = i * kMinute, .target = fmt::format("/p/{}", i), .address = "104.16.1.7"});
    log += text({.at_ms = i * kMinute + 9 * kSecond, .target = "/p/500", .referrer = fmt::format("https://www.example.org/p/{}", i), .address = "104.17.2.9"});
    log += text({.at_ms = i * kMinute + 10 * kSecond, .target = "/style.css", .referrer = "https://www.example.org/p/500", .address = "104.17.2.9"});
  }
  const Analysis analysis = analyze(folder.write("access.log", log));
  EXPECT_EQ(analysis.arrivals, 100U);
  EXPECT_EQ(analysis.by_corroboration[static_cast<size_t>(Corroboration::Navigation)], 100U);
}

TEST(Surroundings, real_addresses_are_not_taken_for_edges) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 900; ++i) log += view({.at_ms = i * kMinute, .target = "/p/42", .address = fmt::format("203.0.113.{}", i % 250 + 1)});
  const Analysis analysis = analyze(folder.write("access.log", log));
  EXPECT_FALSE(warns(analysis, "cdn_edge_addresses"));
  EXPECT_FALSE(warns(analysis, "behind_proxy"));
}

TEST(Surroundings, one_private_address_for_everybody_is_a_proxy) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 300; ++i) log += view({.at_ms = i * kMinute, .target = "/p/42", .address = "10.0.0.2"});
  EXPECT_TRUE(warns(analyze(folder.write("access.log", log)), "behind_proxy"));
}

TEST(Surroundings, a_site_whose_pages_load_nothing_of_its_own_is_said_to_be_one) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 300; ++i) log += text({.at_ms = i * kMinute, .target = fmt::format("/p/{}", i % 7), .address = fmt::format("192.0.2.{}", i % 200 + 1)});
  EXPECT_TRUE(warns(analyze(folder.write("access.log", log)), "assetless_site"));
}

TEST(Surroundings, an_api_is_said_to_be_one) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 300; ++i) log += text({.at_ms = i * kMinute, .target = fmt::format("/api/items/{}", i), .address = fmt::format("192.0.2.{}", i % 200 + 1)});
  EXPECT_TRUE(warns(analyze(folder.write("access.log", log)), "json_api"));
}

TEST(Surroundings, a_log_that_jumps_back_in_time_is_said_to) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 100; ++i) log += view({.at_ms = (i % 10 == 9 ? i - 9 : i) * kMinute * 10, .target = "/p/42"});
  EXPECT_TRUE(warns(analyze(folder.write("access.log", log)), "out_of_order"));
}

std::string days_of_views(int days) {
  std::string log;
  for (int i = 0; i < days * 200; ++i) {
    log += view({.at_ms = i * (kDay / 200), .target = fmt::format("/p/{}", i % 9), .address = fmt::format("192.0.2.{}", i % 250 + 1)});
  }
  return log;
}

TEST(Surroundings, a_line_from_1970_or_2099_neither_stretches_the_log_nor_hides_its_trend) {
  const TemporaryFolder folder;
  const Analysis clean = analyze(folder.write("clean.log", days_of_views(6)));
  for (const int64_t wild_ms : {-testing::kStart_ms, 73 * 365 * kDay}) {
    const std::string wild = view({.at_ms = wild_ms, .target = "/p/1", .address = "198.51.100.1"});
    const Analysis analysis = analyze(folder.write("wild.log", wild + days_of_views(6) + wild));
    EXPECT_TRUE(warns(analysis, "stray_times"));
    EXPECT_EQ(analysis.lines, clean.lines + 4);
    EXPECT_EQ(analysis.arrivals, clean.arrivals);
    EXPECT_EQ(analysis.days.size(), clean.days.size());
    EXPECT_EQ(analysis.first_ms, clean.first_ms);
    EXPECT_EQ(analysis.last_ms, clean.last_ms);
    EXPECT_EQ(analysis.private_arrivals.high, clean.private_arrivals.high);
  }
  EXPECT_FALSE(warns(clean, "stray_times"));
}

TEST(Surroundings, a_proxy_s_address_makes_nobody_a_returning_visitor) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 300; ++i) log += view({.at_ms = i * kMinute * 40, .target = "/p/42", .address = "10.0.0.2"});
  const Analysis analysis = analyze(folder.write("access.log", log));
  EXPECT_TRUE(warns(analysis, "behind_proxy"));
  EXPECT_EQ(in_channel(analysis, Channel::Unattributed), analysis.arrivals);
}

TEST(Surroundings, stamps_without_a_time_zone_are_said_to_be_taken_for_utc_unless_one_was_given) {
  const TemporaryFolder folder;
  const std::string line = "Mar  2 08:00:00 lb haproxy[9]: 192.0.2.1:4711 [02/Mar/2026:08:00:00.123] web app/a 0/0/1/2/3 200 512 - - ---- 1/1/1/1/0 0/0 \"GET /p/42 HTTP/1.1\"\n";
  AnalyzeOptions options;
  options.paths = {folder.write("haproxy.log", line)};
  EXPECT_TRUE(warns(*analyze_logs(options), "time_zone_assumed"));
  options.time_zone = "Europe/Paris";
  const auto analysis = analyze_logs(options);
  EXPECT_FALSE(warns(*analysis, "time_zone_assumed"));
  EXPECT_EQ(analysis->input[0].first_offset_minutes, 60);
  EXPECT_FALSE(warns(analyze(folder.write("access.log", view({}))), "time_zone_assumed"));
}

TEST(Surroundings, a_given_host_that_the_log_does_not_know_is_said) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 600; ++i) log += view({.at_ms = i * kMinute, .target = "/p/42", .address = fmt::format("192.0.2.{}", i % 250 + 1)});
  AnalyzeOptions options;
  options.paths = {folder.write("access.log", log)};
  options.site_hosts = {"www.example.com"};
  EXPECT_TRUE(warns(*analyze_logs(options), "host_not_seen"));
  for (const char* host : {"example.org", "https://www.example.org/", "WWW.example.org:443", "example.org/shop"}) {
    options.site_hosts = {host};
    EXPECT_FALSE(warns(*analyze_logs(options), "host_not_seen")) << host;
  }
}

}  // namespace
}  // namespace noctule
