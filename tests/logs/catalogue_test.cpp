// SPDX-License-Identifier: Apache-2.0
// What goes for every format alike: it can be made by its name, it is fuzzed, and the documentation tells of it with a line
// that it reads.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "noctule/logs/log_format.h"

namespace noctule {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream in(fmt::format("{}/{}", NOCTULE_SOURCE_DIR, path));
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(Catalogue, every_format_is_made_by_its_name_and_keeps_it) {
  for (const std::string_view name : LogFormat::names()) {
    const auto format = LogFormat::from_name_or_string(name);
    ASSERT_TRUE(format.has_value()) << name;
    EXPECT_EQ(format->name(), name);
    for (const std::string_view wrapping : {"syslog-", "compose-", "containerd-"}) {
      const std::string wrapped = fmt::format("{}{}", wrapping, name);
      EXPECT_EQ(LogFormat::from_name_or_string(wrapped)->name(), wrapped);
    }
  }
}

TEST(Catalogue, every_format_has_a_fuzz_target) {
  const std::string targets = read_text("tests/fuzz/CMakeLists.txt");
  for (const std::string_view name : LogFormat::names()) {
    EXPECT_TRUE(targets.find(fmt::format(" {} ", name)) != std::string::npos ||
                targets.find(fmt::format(" {}\n", name)) != std::string::npos) << name;
  }
}

// The example of a format: the block after its heading "### `name`".
std::string example_of(const std::string& docs, std::string_view name) {
  const size_t heading = docs.find(fmt::format("### `{}`\n", name));
  const size_t begin = heading == std::string::npos ? heading : docs.find("```\n", heading);
  const size_t end = begin == std::string::npos ? begin : docs.find("\n```", begin);
  return end == std::string::npos ? "" : docs.substr(begin + 4, end - begin - 4);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

TEST(Catalogue, the_documented_example_of_every_format_is_detected_as_that_format_and_read) {
  const std::string docs = read_text("docs/log-formats.md");
  for (const std::string_view name : LogFormat::names()) {
    SCOPED_TRACE(name);
    const std::string example = example_of(docs, name);
    ASSERT_NE(example, "");
    const auto lines = lines_of(example);
    const auto format = LogFormat::detect(lines);
    ASSERT_TRUE(format.has_value()) << format.error().message;
    EXPECT_EQ(format->name(), name);
    const auto parser = format->make_parser();
    LogRecord record;
    LineProblem problem;
    for (const std::string_view line : lines) EXPECT_NE(parser->parse(line, record, problem), LineResult::Malformed) << line;
    EXPECT_EQ(record.target, "/p/42?from=feed");
  }
}

}  // namespace
}  // namespace noctule
