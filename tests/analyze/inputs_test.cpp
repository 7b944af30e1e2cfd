// SPDX-License-Identifier: Apache-2.0
// What the files of an analysis tell of themselves: columns that part of the lines have, files without requests, lines that
// cannot be read, a format that comes after the file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "log_lines.h"
#include "logs/temporary_folder.h"
#include "noctule/analyze/analyze.h"
#include "noctule/logs/block_reader.h"

namespace noctule {
namespace {

using testing::kFirefox, testing::kMinute, testing::kStart_ms, testing::TemporaryFolder, testing::view;

Result<Analysis> analyze(std::vector<std::string> paths, std::string format = "") {
  AnalyzeOptions options;
  options.paths = std::move(paths);
  options.format = std::move(format);
  options.site_hosts = {"www.example.org"};
  return analyze_logs(options);
}

const Warning* find_warning(const Analysis& analysis, std::string_view code) {
  const auto found = std::ranges::find(analysis.warnings, code, &Warning::code);
  return found == analysis.warnings.end() ? nullptr : &*found;
}

uint64_t in_channel(const Analysis& analysis, Channel channel) {
  uint64_t count = 0;
  for (const ChannelRow& row : analysis.channels) count += row.channel == channel ? row.arrivals : 0;
  return count;
}

// A page view and its style sheet by one visitor, as W3C and as JSON write it; no referrer is left out where it is empty.
struct Visit {
  int number = 0;
  std::string referrer;
};

std::string w3c(const Visit& visit, bool with_referrer) {
  std::string lines;
  for (const bool is_page : {true, false}) {
    const CivilTime t = civil_from_instant_ms(kStart_ms + visit.number * kMinute + (is_page ? 0 : 1'000), 0);
    const std::string referrer = is_page ? (visit.referrer.empty() ? "-" : visit.referrer) : "https://www.example.org/p/42";
    lines += fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} GET {} - 192.0.2.{} Mozilla/5.0+(X11;+Linux+x86_64;+rv:140.0)+Gecko/20100101+Firefox/140.0 {}{}200\n",
                         t.year, t.month, t.day, t.hour, t.minute, t.second, is_page ? "/p/42" : "/style.css", visit.number % 250 + 1,
                         with_referrer ? referrer : "", with_referrer ? " " : "");
  }
  return lines;
}

std::string json(const Visit& visit, bool with_referrers) {
  std::string lines;
  for (const bool is_page : {true, false}) {
    const std::string referrer = is_page ? visit.referrer : "https://www.example.org/p/42";
    lines += fmt::format("{{\"msec\":\"{}.000\",\"remote_addr\":\"192.0.2.{}\",\"request\":\"GET {} HTTP/1.1\",\"status\":200,{}\"http_user_agent\":\"{}\"}}\n",
                         kStart_ms / 1'000 + visit.number * 60 + (is_page ? 0 : 1), visit.number % 250 + 1, is_page ? "/p/42" : "/style.css",
                         referrer.empty() || !with_referrers ? "" : fmt::format("\"http_referer\":\"{}\",", referrer), kFirefox);
  }
  return lines;
}

constexpr std::string_view kWithReferrer = "#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs(Referer) sc-status\n";
constexpr std::string_view kWithoutReferrer = "#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) sc-status\n";

TEST(Inputs, a_w3c_log_whose_fields_lose_the_referrer_is_silent_for_those_lines_alone_and_says_so) {
  for (const bool is_first : {true, false}) {
    const TemporaryFolder folder;
    std::string log;
    for (int i = 0; i < 80; ++i) {
      const bool has_column = is_first ? i < 60 : i >= 20;
      if (i == 0 || i == (is_first ? 60 : 20)) log += has_column ? kWithReferrer : kWithoutReferrer;
      log += w3c({i, i % 2 == 0 ? "https://web.whatsapp.com/" : ""}, has_column);
    }
    const auto analysis = analyze({folder.write("iis.log", log)});
    ASSERT_TRUE(analysis) << analysis.error().message;
    EXPECT_EQ(analysis->input[0].format, "w3c");
    EXPECT_TRUE(analysis->input[0].has_referrer_field);
    EXPECT_EQ(find_warning(*analysis, "no_referrer_field"), nullptr);
    const Warning* warning = find_warning(*analysis, "partly_no_referrer_field");
    ASSERT_NE(warning, nullptr) << is_first;
    EXPECT_EQ(warning->args.at(1), "25");
    EXPECT_EQ(find_warning(*analysis, "partly_no_user_agent_field"), nullptr);
    EXPECT_EQ(in_channel(*analysis, Channel::NotLogged), 20U);
    EXPECT_EQ(analysis->arrivals, 80U);
  }
}

TEST(Inputs, where_json_lines_leave_a_key_out_the_column_is_there_all_the_same_from_the_first_line_on) {
  const TemporaryFolder folder;
  std::string log;
  constexpr int kVisits = 2'000;  // the first referrer stands beyond what is looked at ahead
  for (int i = 0; i < kVisits; ++i) log += json({i, i % 2 == 0 ? "https://web.whatsapp.com/" : ""}, i >= kVisits / 2);
  ASSERT_GT(log.find("http_referer"), kBlockSize);
  const auto analysis = analyze({folder.write("access.log", log)});
  ASSERT_TRUE(analysis) << analysis.error().message;
  EXPECT_EQ(analysis->input[0].format, "nginx-json");
  EXPECT_EQ(in_channel(*analysis, Channel::NotLogged), 0U);
  EXPECT_EQ(find_warning(*analysis, "partly_no_referrer_field"), nullptr);
  EXPECT_EQ(find_warning(*analysis, "no_referrer_field"), nullptr);
  EXPECT_GT(analysis->arrivals, 0U);
}

TEST(Inputs, a_json_log_without_the_key_in_any_line_has_no_referrer_column) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 100; ++i) log += json({i, ""}, false);
  const auto analysis = analyze({folder.write("access.log", log)});
  ASSERT_TRUE(analysis);
  EXPECT_NE(find_warning(*analysis, "no_referrer_field"), nullptr);
  EXPECT_EQ(find_warning(*analysis, "partly_no_referrer_field"), nullptr);
}

TEST(Inputs, a_tenth_of_lines_that_cannot_be_read_is_warned_of_and_less_is_not) {
  for (const int unread : {9, 10, 11}) {
    const TemporaryFolder folder;
    std::string log;
    for (int i = 0; i < 50; ++i) log += view({.at_ms = i * kMinute});
    log.erase(log.find('\n', log.size() / 2) + 1);  // some lines fewer
    const auto lines = static_cast<int>(std::ranges::count(log, '\n'));
    const int bad = lines * unread / (100 - unread) + (unread > 9 ? 1 : -1);
    for (int i = 0; i < bad; ++i) log += "no request at all\n";
    const auto analysis = analyze({folder.write("access.log", log)});
    ASSERT_TRUE(analysis);
    EXPECT_EQ(analysis->unparsed, static_cast<uint64_t>(bad));
    EXPECT_EQ(find_warning(*analysis, "many_unread") != nullptr, 10 * bad >= lines + bad) << bad << " of " << lines + bad;
  }
}

TEST(Inputs, a_log_of_which_no_line_is_read_is_an_error_with_the_first_lines_problem) {
  const TemporaryFolder folder;
  const auto analysis = analyze({folder.write("access.log", view({}))}, "alb");
  ASSERT_FALSE(analysis);
  EXPECT_EQ(analysis.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(analysis.error().message, ::testing::HasSubstr("none of 2 lines could be read as alb"));
  EXPECT_THAT(analysis.error().message, ::testing::HasSubstr("access.log line 1: "));
  // Of two files one that is read is enough for a report, and the other is warned of.
  const auto both = analyze({folder.path("access.log"), folder.write("alb.log", "no request\n")}, "combined");
  ASSERT_TRUE(both);
  ASSERT_NE(find_warning(*both, "many_unread"), nullptr);
  EXPECT_EQ(find_warning(*both, "many_unread")->args.at(1), "100");
}

TEST(Inputs, lines_that_are_all_about_something_else_than_requests_are_warned_of_and_no_error) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 30; ++i) log += fmt::format("Jan  5 07:26:{:02} host cron[7]: (root) CMD (true)\n", i);
  const auto analysis = analyze({folder.write("syslog", log)}, "syslog-combined");
  ASSERT_TRUE(analysis) << analysis.error().message;
  ASSERT_NE(find_warning(*analysis, "no_requests"), nullptr);
  EXPECT_EQ(find_warning(*analysis, "no_requests")->args.at(1), "30");
  EXPECT_EQ(find_warning(*analysis, "empty_input"), nullptr);
  // Among lines that could not be read they save no log.
  std::string worse = log.substr(0, log.find('\n') + 1);
  for (int i = 0; i < 3; ++i) worse += "no request\n";
  const auto refused = analyze({folder.write("worse", worse)}, "syslog-combined");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("none of 3 lines could be read as syslog-combined"));
}

TEST(Inputs, a_file_without_a_request_is_said_to_be_empty_and_has_no_format) {
  const TemporaryFolder folder;
  const auto analysis = analyze({folder.write("none.log", ""), folder.write("comments.log", fmt::format("{}\n \r\n", kWithReferrer)),
                                 folder.write("access.log", view({}))});
  ASSERT_TRUE(analysis) << analysis.error().message;
  EXPECT_EQ(std::ranges::count(analysis->warnings, "empty_input", &Warning::code), 2);
  EXPECT_EQ(analysis->input[0].format, "none");
  EXPECT_EQ(analysis->input[1].format, "none");
  EXPECT_EQ(analysis->input[2].format, "combined");
  EXPECT_EQ(analysis->lines, 2U);
}

TEST(Inputs, a_growing_file_that_was_empty_gets_the_format_of_the_lines_that_come) {
  const TemporaryFolder folder;
  AnalyzeOptions options;
  options.paths = {folder.write("iis.log", "")};
  options.site_hosts = {"www.example.org"};
  auto follower = LogFollower::open(options);
  ASSERT_TRUE(follower) << follower.error().message;
  EXPECT_FALSE(*follower->poll());
  EXPECT_EQ(follower->snapshot()->input[0].format, "none");
  folder.append("iis.log", kWithReferrer);
  EXPECT_FALSE(*follower->poll());
  folder.append("iis.log", w3c({0, "https://web.whatsapp.com/"}, true));
  EXPECT_TRUE(*follower->poll());
  folder.append("iis.log", w3c({1, "https://web.whatsapp.com/"}, true));
  EXPECT_TRUE(*follower->poll());
  const auto analysis = follower->snapshot();
  ASSERT_TRUE(analysis);
  EXPECT_EQ(analysis->input[0].format, "w3c");
  EXPECT_EQ(analysis->lines, 4U);
  EXPECT_EQ(analysis->unparsed, 0U);
  EXPECT_EQ(in_channel(*analysis, Channel::PrivateMessage), 2U);
}

TEST(Inputs, a_growing_file_that_was_empty_and_that_no_format_reads_says_so_once_there_are_lines_enough) {
  const TemporaryFolder folder;
  AnalyzeOptions options;
  options.paths = {folder.write("other.log", "")};
  auto follower = LogFollower::open(options);
  ASSERT_TRUE(follower);
  folder.append("other.log", "a line of something else\n");
  EXPECT_FALSE(*follower->poll());
  EXPECT_EQ(follower->snapshot()->input[0].error, "");
  for (int i = 0; i < 30; ++i) folder.append("other.log", "a line of something else\n");
  EXPECT_FALSE(*follower->poll());
  EXPECT_THAT(follower->snapshot()->input[0].error, ::testing::HasSubstr("no known format reads these lines"));
  EXPECT_FALSE(*follower->poll());
  EXPECT_THAT(follower->snapshot()->input[0].error, ::testing::HasSubstr("no known format reads these lines"));
}

}  // namespace
}  // namespace noctule
