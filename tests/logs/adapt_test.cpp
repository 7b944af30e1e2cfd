// SPDX-License-Identifier: Apache-2.0
// What a format learns, it learns from a log's first lines and never later: blocks may be parsed in any order.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "noctule/logs/log_format.h"

namespace noctule {
namespace {

constexpr std::string_view kBare = R"({"time":"2026-01-05T07:26:48+01:00","ip":"192.0.2.7","request":"GET / HTTP/1.1","status":200})";
constexpr std::string_view kWithReferrer =
    R"({"time":"2026-01-05T07:26:49+01:00","ip":"192.0.2.7","request":"GET / HTTP/1.1","status":200,"referer":"https://example.org/"})";

// The columns of each line, for a parser that reads them one after the other.
std::vector<FieldSet> columns(LineParser& parser, std::vector<std::string_view> lines) {
  std::vector<FieldSet> out;
  LogRecord record;
  LineProblem problem;
  for (const std::string_view line : lines) {
    EXPECT_EQ(parser.parse(line, record, problem), LineResult::Parsed) << line;
    out.push_back(parser.fields());
  }
  return out;
}

TEST(Adapt, a_json_line_has_its_own_columns_whatever_was_read_before_it) {
  const auto format = *LogFormat::from_name_or_string("nginx-json");
  EXPECT_TRUE(format.is_self_describing());
  const auto one = format.make_parser(), other = format.make_parser();
  const auto forth = columns(*one, {kBare, kWithReferrer}), back = columns(*other, {kWithReferrer, kBare});
  EXPECT_EQ(forth[0], back[1]);
  EXPECT_EQ(forth[1], back[0]);
  EXPECT_FALSE(forth[0].has(Field::Referrer));
  EXPECT_TRUE(forth[1].has(Field::Referrer));
  EXPECT_FALSE(one->clone()->fields().has(Field::Referrer));
}

TEST(Adapt, the_columns_of_the_first_lines_are_those_of_every_line) {
  const std::array lines{kBare, kWithReferrer};
  auto given = *LogFormat::from_name_or_string("nginx-json");
  given.adapt_to(lines);
  const auto detected = *LogFormat::detect(lines);
  for (const LogFormat* format : std::array<const LogFormat*, 2>{&given, &detected}) {
    const auto parser = format->make_parser();
    EXPECT_TRUE(columns(*parser, {kBare})[0].has(Field::Referrer));
    EXPECT_TRUE(parser->clone()->fields().has(Field::Referrer));
  }
}

TEST(Adapt, captured_headers_of_haproxy_are_columns_of_the_lines_that_have_them) {
  constexpr std::string_view kPlain =
      R"(192.0.2.7:55008 [05/Jan/2026:06:26:48.584] ft~ bk/srv1 0/0/0/72/72 200 1234 - - ---- 5/4/0/1/0 0/0 "GET / HTTP/1.1")";
  constexpr std::string_view kCaptured =
      R"(192.0.2.7:55008 [05/Jan/2026:06:26:48.584] ft~ bk/srv1 0/0/0/72/72 200 1234 - - ---- 5/4/0/1/0 0/0 {Test/1.0|https://example.org/} "GET / HTTP/1.1")";
  auto format = *LogFormat::from_name_or_string("haproxy");
  const auto parser = format.make_parser();
  const auto forth = columns(*parser, {kPlain, kCaptured, kPlain});
  EXPECT_FALSE(forth[0].has(Field::UserAgent));
  EXPECT_TRUE(forth[1].has(Field::UserAgent));
  EXPECT_EQ(forth[2], forth[0]);
  format.adapt_to(std::array{kCaptured});
  EXPECT_TRUE(columns(*format.make_parser(), {kPlain})[0].has(Field::UserAgent));
}

TEST(Adapt, a_programme_that_wrote_requests_among_the_first_lines_of_a_syslog_writes_requests_everywhere) {
  constexpr std::string_view kRead = R"(Jan  5 07:26:48 host shop[7]: 192.0.2.7 - - [05/Jan/2026:07:26:48 +0100] "GET / HTTP/2.0" 200 1 "-" "Test/1.0")";
  constexpr std::string_view kUnread = R"(Jan  5 07:26:48 host shop[7]: 192.0.2.7 - - [05/Jan/2026:07:26:48 +0100] "GET / HTTP/2.0" 2OO 1 "-" "Test/1.0")";
  LogRecord record;
  LineProblem problem;
  auto format = *LogFormat::from_name_or_string("syslog-combined");
  const auto unaware = format.make_parser();
  // Without first lines nothing is known of the programme, and reading on does not change that.
  EXPECT_EQ(unaware->parse(kUnread, record, problem), LineResult::Ignored);
  EXPECT_EQ(unaware->parse(kRead, record, problem), LineResult::Parsed);
  EXPECT_EQ(unaware->parse(kUnread, record, problem), LineResult::Ignored);
  format.adapt_to(std::array{kRead});
  EXPECT_EQ(format.make_parser()->parse(kUnread, record, problem), LineResult::Malformed);
  EXPECT_EQ(LogFormat::detect(std::array{kRead})->make_parser()->clone()->parse(kUnread, record, problem), LineResult::Malformed);
}

}  // namespace
}  // namespace noctule
