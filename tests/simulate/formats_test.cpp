// SPDX-License-Identifier: Apache-2.0
// One world written in each format reads back as the same requests, as far as the format can carry them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "noctule/logs/log_format.h"
#include "simulated.h"

namespace noctule {
namespace {

WorldOptions world_in(const std::string& format) {
  WorldOptions options{.seed = 3, .days = 1, .visits_per_day = 120, .format = format};
  options.breaks.cdn_edge = true;
  return options;
}

struct Request {
  int64_t instant_ms;
  int status;
  int64_t bytes;
  std::string address, forwarded_for, method, target, host, referrer, user_agent, requested_with, purpose;
};

struct ReadLog {
  std::vector<Request> requests;
  FieldSet fields;
  std::string format;
};

ReadLog read_back(const std::string& log) {
  const std::vector<std::string_view> lines = lines_of(log);
  const size_t head = std::min<size_t>(lines.size(), 60);
  const Result<LogFormat> format = LogFormat::detect({lines.data(), head}, {.time_zone = "", .year_without_date = 2026});
  ReadLog result;
  if (!format) {
    ADD_FAILURE() << format.error().message;
    return result;
  }
  result.format = format->name();
  const auto parser = format->make_parser();
  LogRecord record;
  LineProblem problem;
  for (const std::string_view line : lines) {
    const LineResult outcome = parser->parse(line, record, problem);
    if (outcome == LineResult::Skipped) continue;
    if (outcome != LineResult::Parsed) {
      ADD_FAILURE() << problem.field << ": expected " << problem.expected << " in " << line;
      return result;
    }
    result.requests.push_back({record.instant_ms, record.status, record.bytes, std::string(record.address), std::string(record.forwarded_for),
                               std::string(record.method), std::string(record.target), std::string(record.host), std::string(record.referrer),
                               std::string(record.user_agent), std::string(record.requested_with), std::string(record.purpose)});
  }
  result.fields = parser->fields();
  return result;
}

// What a format's own design leaves out beyond the columns that it lacks.
struct Expectation {
  const char* format;
  bool referrer, agent, forwarded;
  bool blurs_plus = false;  // W3C writes a blank as '+', so that a '+' of a user agent cannot be told from one
};
constexpr Expectation kFormats[] = {
    {"common", false, false, false},          {"vhost-combined", true, true, false}, {"combined-extended", true, true, true},
    {"syslog-combined", true, true, false},   {"traefik-clf", true, true, false},    {"haproxy", false, false, false},
    {"nginx-json", true, true, true},         {"caddy-json", true, true, true},      {"traefik-json", true, true, true},
    {"w3c", true, true, false, true},           {"cloudfront", true, true, true, true},      {"alb", false, true, false},
    {"elb", false, true, false},              {"s3", true, true, false},
};

std::string without_plus(std::string text) {
  std::ranges::replace(text, '+', ' ');
  return text;
}

class Formats : public testing::TestWithParam<Expectation> {};

TEST_P(Formats, read_back_as_the_requests_of_the_combined_log) {
  const Expectation& expected = GetParam();
  const ReadLog combined = read_back(simulate(world_in("combined")).log), other = read_back(simulate(world_in(expected.format)).log);
  ASSERT_EQ(other.requests.size(), combined.requests.size());
  EXPECT_EQ(other.fields.has(Field::Referrer), expected.referrer);
  EXPECT_EQ(other.fields.has(Field::UserAgent), expected.agent);
  size_t forwarded = 0;
  for (size_t i = 0; i < combined.requests.size(); ++i) {
    const Request& a = combined.requests[i];
    const Request& b = other.requests[i];
    ASSERT_EQ(a.instant_ms / 1'000, b.instant_ms / 1'000) << i;
    ASSERT_EQ(a.status, b.status) << i;
    ASSERT_EQ(a.address, b.address) << i;
    ASSERT_EQ(a.method, b.method) << i;
    ASSERT_EQ(a.target, b.target) << i;
    if (b.bytes >= 0) {
      ASSERT_EQ(a.bytes, b.bytes) << i;
    }
    if (expected.referrer) {
      ASSERT_EQ(a.referrer, b.referrer) << i;
    }
    if (expected.agent) {
      ASSERT_EQ(expected.blurs_plus ? without_plus(a.user_agent) : a.user_agent, expected.blurs_plus ? without_plus(b.user_agent) : b.user_agent) << i;
    }
    forwarded += !b.forwarded_for.empty();
  }
  EXPECT_EQ(forwarded, expected.forwarded ? combined.requests.size() : 0U);
}

INSTANTIATE_TEST_SUITE_P(Simulated, Formats, testing::ValuesIn(kFormats), [](const auto& param) {
  std::string name = param.param.format;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(FormatNames, are_all_tested) {
  std::vector<std::string> tested{"combined"};
  for (const Expectation& expectation : kFormats) tested.emplace_back(expectation.format);
  EXPECT_THAT(simulated_formats(), testing::UnorderedElementsAreArray(tested));
}

TEST(FormatNames, may_be_written_with_underscores) {
  WorldOptions options = world_in("vhost_combined");
  const std::string log = simulate(options).log;
  options.format = "vhost-combined";
  EXPECT_EQ(log, simulate(options).log);
}

// The one world written by a format string, read by the same string.
void expect_same_requests(const std::string& format_string) {
  const ReadLog combined = read_back(simulate(world_in("combined")).log);
  const std::string log = simulate(world_in(format_string)).log;
  const Result<LogFormat> format = LogFormat::from_name_or_string(format_string);
  ASSERT_TRUE(format.has_value()) << format.error().message;
  const auto parser = format->make_parser();
  LogRecord record;
  LineProblem problem;
  const std::vector<std::string_view> lines = lines_of(log);
  ASSERT_EQ(lines.size(), combined.requests.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    ASSERT_EQ(parser->parse(lines[i], record, problem), LineResult::Parsed) << problem.field << ": " << lines[i];
    const Request& expected = combined.requests[i];
    ASSERT_EQ(record.instant_ms / 1'000, expected.instant_ms / 1'000) << lines[i];
    ASSERT_EQ(record.address, expected.address) << lines[i];
    ASSERT_EQ(record.target, expected.target) << lines[i];
    ASSERT_EQ(record.status, expected.status) << lines[i];
    ASSERT_EQ(record.referrer, expected.referrer) << lines[i];
    ASSERT_EQ(record.user_agent, expected.user_agent) << lines[i];
  }
}

TEST(FormatStrings, of_nginx_read_back_by_themselves) {
  expect_same_requests(R"($host $remote_addr [$time_local] "$request" $status $request_time "$http_referer" "$http_user_agent")");
  expect_same_requests(R"($time_iso8601|$remote_addr|$request_method|$request_uri|$status|$http_referer|$http_user_agent|$http_x_forwarded_for)");
}

TEST(FormatStrings, of_apache_read_back_by_themselves) {
  expect_same_requests(R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D)");
  expect_same_requests(R"(%v:%p %a %t "%m %U%q %H" %s %O "%{referer}i" "%{user-agent}i" "%{X-Forwarded-For}i")");
}

TEST(FormatStrings, give_the_same_bytes_as_the_format_of_that_name) {
  EXPECT_EQ(simulate(world_in(R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent")")).log,
            simulate(world_in("combined")).log);
}

TEST(FormatStrings, with_an_unknown_variable_are_refused_by_its_name) {
  for (const auto& [format, name] : {std::pair{"$remote_addr $moon_phase", "$moon_phase"}, std::pair{"%h %{Moon}i", "%{Moon}i"}, std::pair{"%h %", "%"}}) {
    std::ostringstream out;
    const Result<WorldTruth> truth = simulate_world(world_in(format), out);
    ASSERT_FALSE(truth.has_value()) << format;
    EXPECT_EQ(truth.error().code, ErrorCode::InvalidInput);
    EXPECT_NE(truth.error().message.find(name), std::string::npos) << truth.error().message;
  }
}

TEST(FormatNames, X_Requested_With_and_purpose_stand_in_json_logs) {
  const ReadLog log = read_back(simulate({.seed = 3, .days = 3, .visits_per_day = 500, .private_share = 0.4, .format = "nginx-json"}).log);
  EXPECT_GT(std::ranges::count_if(log.requests, [](const Request& r) { return r.requested_with == "com.facebook.orca"; }), 0);
  EXPECT_GT(std::ranges::count_if(log.requests, [](const Request& r) { return r.purpose.starts_with("prefetch"); }), 0);
}

}  // namespace
}  // namespace noctule
