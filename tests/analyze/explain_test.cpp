// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "log_lines.h"
#include "logs/temporary_folder.h"
#include "noctule/analyze/analyze.h"

namespace noctule {
namespace {

using testing::kMinute, testing::TemporaryFolder, testing::view;

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
