// SPDX-License-Identifier: Apache-2.0
// One world written in each format reads back as the same requests, as far as the format can carry them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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
};
constexpr Expectation kFormats[] = {
    {"common", false, false, false},
    {"vhost-combined", true, true, false},
    {"combined-xff", true, true, true},
};

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
      ASSERT_EQ(a.user_agent, b.user_agent) << i;
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

TEST(FormatNames, may_be_written_with_underscores) {
  WorldOptions options = world_in("vhost_combined");
  const std::string log = simulate(options).log;
  options.format = "vhost-combined";
  EXPECT_EQ(log, simulate(options).log);
}

}  // namespace
}  // namespace noctule
