// SPDX-License-Identifier: Apache-2.0
// Runs cases/*.txt. A case is a format and lines, each followed by what a parser must say of it:
//   case: what it shows            format: a name, a format string, or "detect"
//   zone: / year: / newest:        LogFormatOptions, all optional
//   line: the line                 bytes: the line, with \xHH for its bytes
//   want: what comes of the line   detected: the format found     error: why the format is none
// NOCTULE_WRITE_GOLDEN=1 writes what came out into the files, for a person to read through.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"
#include "noctule/logs/log_format.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;

struct Line {
  std::string as_written;  // with its key
  std::string text;
  std::string want;
};

struct Case {
  std::vector<std::string> head;  // comments and blank lines before it, as written
  std::vector<std::string> settings;  // as written
  std::string name, format;
  LogFormatOptions options;
  std::string detected, error;
  std::vector<Line> lines;
};

std::string unescape_bytes(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\\x") && i + 4 <= text.size()) {
      bytes.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16)));
      i += 3;
    } else {
      bytes.push_back(text[i]);
    }
  }
  return bytes;
}

int64_t instant_of(std::string_view iso) {
  CivilTime civil;
  std::sscanf(std::string(iso).c_str(), "%d-%d-%dT%d:%d:%d", &civil.year, &civil.month, &civil.day, &civil.hour,
              &civil.minute, &civil.second);
  return instant_ms_from_civil(civil, 0);
}

void read_setting(Case& into, const std::string& line) {
  const size_t colon = line.find(':');
  const std::string key = line.substr(0, colon);
  const std::string value = line.size() > colon + 2 ? line.substr(colon + 2) : "";
  if (key == "case") into.name = value;
  else if (key == "format") into.format = value;
  else if (key == "zone") into.options.time_zone = value;
  else if (key == "year") into.options.year_without_date = std::stoi(value);
  else if (key == "newest") into.options.newest_instant_ms = instant_of(value);
  else if (key == "detected") into.detected = value;
  else if (key == "error") into.error = value;
  else if (key == "line") into.lines.push_back({line, value, ""});
  else if (key == "bytes") into.lines.push_back({line, unescape_bytes(value), ""});
  else if (key == "want" && !into.lines.empty()) into.lines.back().want = value;
  else ADD_FAILURE() << "unknown key in: " << line;
  if (key == "case" || key == "format" || key == "zone" || key == "year" || key == "newest") into.settings.push_back(line);
}

std::vector<Case> read_cases(const fs::path& path) {
  std::vector<Case> cases;
  std::vector<std::string> head;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') {
      head.push_back(line);
      continue;
    }
    if (line.starts_with("case: ")) {
      cases.emplace_back();
      cases.back().head = std::move(head);
      head.clear();
    }
    if (!cases.empty()) read_setting(cases.back(), line);
  }
  return cases;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += fmt::format(" {}={}", name, printable(value, 4'096));
}

std::string describe(const LogRecord& record) {
  std::string out = fmt::format("parsed {} {:+}", format_iso_instant(record.instant_ms), record.offset_minutes);
  if (record.instant_ms % 1'000 != 0) out += fmt::format(" ms={}", record.instant_ms % 1'000);
  append_field(out, "address", record.address);
  append_field(out, "forwarded", record.forwarded_for);
  append_field(out, "method", record.method);
  append_field(out, "scheme", record.scheme);
  append_field(out, "host", record.host);
  append_field(out, "target", record.target);
  append_field(out, "protocol", record.protocol);
  if (record.status != 0) out += fmt::format(" status={}", record.status);
  if (record.bytes >= 0) out += fmt::format(" bytes={}", record.bytes);
  append_field(out, "referrer", record.referrer);
  append_field(out, "agent", record.user_agent);
  append_field(out, "requested_with", record.requested_with);
  append_field(out, "purpose", record.purpose);
  return out;
}

std::string describe(LineResult result, const LogRecord& record, const LineProblem& problem) {
  switch (result) {
    case LineResult::Parsed: return describe(record);
    case LineResult::Skipped: return "skipped";
    case LineResult::Ignored: return fmt::format("ignored {}: {}", problem.field, problem.expected);
    case LineResult::Malformed: break;
  }
  return fmt::format("malformed {}: {} is expected at column {}", problem.field, problem.expected, problem.column);
}

Result<LogFormat> make_format(const Case& test) {
  if (test.format != "detect") return LogFormat::from_name_or_string(test.format, test.options);
  std::vector<std::string_view> lines;
  for (const Line& line : test.lines) lines.push_back(line.text);
  return LogFormat::detect(lines, test.options);
}

// What comes out, in the place of what is wanted.
Case run(Case test) {
  const Result<LogFormat> format = make_format(test);
  test.error = format ? "" : printable(format.error().message, 300);
  test.detected = format && test.format == "detect" ? format->name() : "";
  if (!format) {
    for (Line& line : test.lines) line.want.clear();
    return test;
  }
  const auto parser = format->make_parser();
  LogRecord record;
  LineProblem problem;
  for (Line& line : test.lines) {
    const LineResult result = parser->parse(line.text, record, problem);
    line.want = describe(result, record, problem);
  }
  return test;
}

void write_cases(const fs::path& path, const std::vector<Case>& cases) {
  std::ofstream out(path);
  for (const Case& test : cases) {
    for (const std::string& line : test.head) out << line << '\n';
    for (const std::string& line : test.settings) out << line << '\n';
    if (!test.detected.empty()) out << "detected: " << test.detected << '\n';
    if (!test.error.empty()) out << "error: " << test.error << '\n';
    for (const Line& line : test.lines) {
      out << line.as_written << '\n';
      if (!line.want.empty()) out << "want: " << line.want << '\n';
    }
  }
}

fs::path cases_folder() { return fs::path(NOCTULE_SOURCE_DIR) / "tests/logs/cases"; }

std::vector<std::string> case_files() {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(cases_folder())) files.push_back(entry.path().filename().string());
  std::sort(files.begin(), files.end());
  return files;
}

class LogCases : public ::testing::TestWithParam<std::string> {};

TEST_P(LogCases, each_line_gives_the_record_or_the_problem_that_is_written_below_it) {
  const fs::path path = cases_folder() / GetParam();
  const std::vector<Case> cases = read_cases(path);
  ASSERT_FALSE(cases.empty());
  std::vector<Case> got;
  for (const Case& test : cases) got.push_back(run(test));
  if (std::getenv("NOCTULE_WRITE_GOLDEN") != nullptr) {
    write_cases(path, got);
    GTEST_SKIP() << "written anew: " << path;
  }
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(cases[i].name);
    EXPECT_EQ(got[i].error, cases[i].error);
    EXPECT_EQ(got[i].detected, cases[i].detected);
    for (size_t k = 0; k < cases[i].lines.size(); ++k) {
      EXPECT_EQ(got[i].lines[k].want, cases[i].lines[k].want) << cases[i].lines[k].as_written;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, LogCases, ::testing::ValuesIn(case_files()), [](const auto& param) {
  std::string name = param.param;
  for (char& c : name) {
    if (!is_alpha(c) && !is_digit(c)) c = '_';
  }
  return name;
});

}  // namespace
}  // namespace noctule
