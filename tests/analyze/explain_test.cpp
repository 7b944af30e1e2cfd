// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "log_lines.h"
#include "logs/temporary_folder.h"
#include "noctule/analyze/analyze.h"

namespace noctule {
namespace {

using testing::kMinute, testing::TemporaryFolder, testing::text, testing::view;

Result<Analysis> explain(const TemporaryFolder& folder, const std::string& filter) {
  std::string log = view({.target = "/p/7", .referrer = "https://web.whatsapp.com/", .address = "192.0.2.1"});
  log += view({.at_ms = kMinute, .target = "/p/8?utm_source=telegram", .address = "192.0.2.2"});
  log += view({.at_ms = 2 * kMinute, .target = "/p/7", .address = "192.0.2.3"});
  AnalyzeOptions options;
  options.paths = {folder.write("access.log", log)};
  options.site_hosts = {"www.example.org"};
  options.explain = filter;
  return analyze_logs(options);
}

TEST(Explain, an_arrival_names_its_line_its_rules_and_their_sources) {
  const TemporaryFolder folder;
  const auto analysis = explain(folder, "app=whatsapp");
  ASSERT_TRUE(analysis) << analysis.error().message;
  ASSERT_EQ(analysis->explained.size(), 1U);
  const ExplainedArrival& row = analysis->explained[0];
  EXPECT_EQ(row.line, 1U);
  EXPECT_EQ(row.page, "/p/7");
  EXPECT_EQ(row.grade, Grade::Strong);
  EXPECT_EQ(row.corroboration, Corroboration::Asset);
  ASSERT_FALSE(row.rules.empty());
  EXPECT_FALSE(row.rules[0].text.empty());
  EXPECT_FALSE(row.rules[0].source.empty());
}

TEST(Explain, an_arrival_says_where_it_came_from_and_never_more_than_the_host) {
  using CameFrom = ExplainedArrival::CameFrom;
  const TemporaryFolder folder;
  std::string log = view({.target = "/p/7", .referrer = "https://news.example.net/private/letter?to=ann", .address = "192.0.2.1"});
  log += view({.at_ms = kMinute, .target = "/p/7", .referrer = "https://www.example.org/p/1", .address = "192.0.2.2"});
  log += view({.at_ms = 2 * kMinute, .target = "/p/7", .address = "192.0.2.3"});
  AnalyzeOptions options;
  options.paths = {folder.write("access.log", log)};
  options.site_hosts = {"www.example.org"};
  options.explain = "all";
  const auto analysis = analyze_logs(options);
  ASSERT_TRUE(analysis) << analysis.error().message;
  ASSERT_FALSE(analysis->explained.empty());
  EXPECT_EQ(analysis->explained.front().came_from, CameFrom::Elsewhere);
  EXPECT_EQ(analysis->explained.front().referrer_host, "news.example.net");
  EXPECT_EQ(analysis->explained.back().came_from, CameFrom::Nowhere);
  EXPECT_EQ(analysis->explained.back().referrer_host, "");
}

TEST(Explain, an_id_that_came_back_says_when_it_came_first_and_with_how_many) {
  const TemporaryFolder folder;
  const std::string target = "/p/7?fbclid=IwAR2xkWcT9nq7LmPz4Yd8Rf3Vb6";
  std::string log = view({.target = target, .address = "192.0.2.1"});
  log += view({.at_ms = 60 * kMinute, .target = target, .agent = testing::kSafariPhone, .address = "192.0.2.2"});
  AnalyzeOptions options;
  options.paths = {folder.write("access.log", log)};
  options.site_hosts = {"www.example.org"};
  options.explain = "all";
  const auto analysis = analyze_logs(options);
  ASSERT_TRUE(analysis) << analysis.error().message;
  ASSERT_EQ(analysis->explained.size(), 2U);
  EXPECT_FALSE(analysis->explained[0].echo);
  ASSERT_TRUE(analysis->explained[1].echo);
  EXPECT_EQ(analysis->explained[1].echo->first_before_ms, 60 * kMinute);
  EXPECT_EQ(analysis->explained[1].echo->visits_before, 1U);
}

TEST(Explain, a_paste_before_the_visit_is_named_with_its_time_and_what_chance_explains) {
  const TemporaryFolder folder;
  std::string log = view({.target = "/p/1", .address = "192.0.2.1"});  // the log's span
  log += text({.at_ms = 10 * testing::kDay, .target = "/p/42", .agent = "WhatsApp/2.26.3 A", .address = "198.51.100.7"});
  log += view({.at_ms = 10 * testing::kDay + 3 * kMinute, .target = "/p/42", .agent = testing::kSafariPhone, .address = "203.0.113.9"});
  log += view({.at_ms = 20 * testing::kDay, .target = "/p/1", .address = "192.0.2.2"});
  AnalyzeOptions options;
  options.paths = {folder.write("access.log", log)};
  options.site_hosts = {"www.example.org"};
  options.explain = "page=/p/42";
  const auto analysis = analyze_logs(options);
  ASSERT_TRUE(analysis) << analysis.error().message;
  ASSERT_EQ(analysis->explained.size(), 1U);
  ASSERT_TRUE(analysis->explained[0].paste);
  const ExplainedArrival::Paste& paste = *analysis->explained[0].paste;
  EXPECT_EQ(paste.app, "whatsapp");
  EXPECT_EQ(paste.before_ms, 3 * kMinute);
  EXPECT_TRUE(paste.counts);
  EXPECT_LE(paste.chance, 0.2);
}

TEST(Explain, conditions_must_all_hold) {
  const TemporaryFolder folder;
  EXPECT_EQ(explain(folder, "all")->explained.size(), 3U);
  EXPECT_EQ(explain(folder, "page=/p/7")->explained.size(), 2U);
  EXPECT_EQ(explain(folder, "page=/p/7,grade=estimated")->explained.size(), 1U);
  EXPECT_EQ(explain(folder, "grade=proven,private=yes")->explained.size(), 1U);
  EXPECT_EQ(explain(folder, "line=3")->explained.size(), 1U);
  EXPECT_EQ(explain(folder, "file=other.log")->explained.size(), 0U);
}

TEST(Explain, a_wrong_condition_is_an_error_that_names_it_before_anything_is_read) {
  const TemporaryFolder folder;
  for (const char* wrong : {"app=nosuchapp", "grade=sure", "colour=red", "line=x"}) {
    const auto analysis = explain(folder, wrong);
    ASSERT_FALSE(analysis) << wrong;
    EXPECT_EQ(analysis.error().code, ErrorCode::InvalidInput);
    EXPECT_NE(analysis.error().message.find("--explain"), std::string::npos);
  }
}

}  // namespace
}  // namespace noctule
