// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "noctule/base/civil_time.h"
#include "noctule/logs/log_format.h"

namespace noctule {
namespace {

struct Read {
  LineResult result;
  LogRecord record;
  LineProblem problem;
};

class CombinedTest : public ::testing::Test {
 protected:
  Read read(std::string_view format, std::string_view line) {
    parser_ = LogFormat::from_name_or_string(format)->make_parser();
    Read read;
    read.result = parser_->parse(line, read.record, read.problem);
    return read;
  }
  std::unique_ptr<LineParser> parser_;
};

constexpr std::string_view kLine =
    R"(192.0.2.7 - anna [05/Jan/2026:07:26:48 +0100] "GET /p/42?a=%20b HTTP/2.0" 200 1234 "https://example.org/" "Test/1.0")";

TEST_F(CombinedTest, every_field_of_a_line_is_read) {
  const Read got = read("combined", kLine);
  ASSERT_EQ(got.result, LineResult::Parsed) << got.problem.field;
  EXPECT_EQ(format_iso_instant(got.record.instant_ms), "2026-01-05T06:26:48Z");
  EXPECT_EQ(got.record.offset_minutes, 60);
  EXPECT_EQ(got.record.address, "192.0.2.7");
  EXPECT_EQ(got.record.method, "GET");
  EXPECT_EQ(got.record.target, "/p/42?a=%20b");
  EXPECT_EQ(got.record.protocol, "HTTP/2.0");
  EXPECT_EQ(got.record.status, 200);
  EXPECT_EQ(got.record.bytes, 1234);
  EXPECT_EQ(got.record.referrer, "https://example.org/");
  EXPECT_EQ(got.record.user_agent, "Test/1.0");
}

TEST_F(CombinedTest, a_line_end_of_windows_is_no_part_of_the_line) {
  const std::string line = std::string(kLine) + "\r";
  EXPECT_EQ(read("combined", line).record.user_agent, "Test/1.0");
}

TEST_F(CombinedTest, a_problem_names_field_column_and_what_was_expected) {
  std::string line(kLine);
  line.replace(line.find("200"), 3, "2OO");
  const Read got = read("combined", line);
  EXPECT_EQ(got.result, LineResult::Malformed);
  EXPECT_EQ(got.problem.field, "status");
  EXPECT_EQ(got.problem.expected, "three digits");
  EXPECT_EQ(got.problem.column, line.find("2OO") + 1);
}

TEST_F(CombinedTest, a_line_that_is_cut_before_its_user_agent_is_malformed) {
  const size_t agent = kLine.find("\"Test") + 1;
  for (size_t size = 1; size <= agent; ++size) {
    const Read got = read("combined", kLine.substr(0, size));
    EXPECT_EQ(got.result, LineResult::Malformed) << size;
    EXPECT_LE(got.problem.column, size + 1);
  }
}

TEST_F(CombinedTest, a_line_that_is_cut_inside_its_user_agent_still_tells_of_its_request) {
  const size_t agent = kLine.find("\"Test") + 1;
  for (size_t size = agent + 1; size < kLine.size(); ++size) {
    const Read got = read("combined", kLine.substr(0, size));
    EXPECT_EQ(got.result, LineResult::Parsed) << size;
    EXPECT_EQ(got.record.user_agent, kLine.substr(agent, size - agent));
  }
}

}  // namespace
}  // namespace noctule
