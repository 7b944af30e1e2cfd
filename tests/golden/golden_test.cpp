// SPDX-License-Identifier: Apache-2.0
// Runs the program on the cases in tests/golden/cases. A case is one text file: prose, then sections that begin with "== ":
//   == file NAME         bytes of a file in the case's folder; a last line "\" means: no line end
//   == stdin             bytes for standard input
//   == run ARGUMENTS     a shell command; noctule is the program under test; a case without one, or that expects nothing, fails
//   == exit N            its exit code
//   == stdout, == stderr what it prints; {*} stands for any text within a line, a line {...} for any lines
// run, exit, stdout and stderr may repeat. With NOCTULE_GOLDEN_UPDATE=1 the outputs are rewritten instead of compared.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <sstream>
#include <vector>

namespace noctule {
namespace {

namespace fs = std::filesystem;

struct Section {
  std::string kind, argument, body;
};

struct Case {
  std::string prose;
  std::vector<Section> sections;
};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

Case parse_case(const std::string& text) {
  Case out;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    if (line.starts_with("== ")) {
      const size_t space = line.find(' ', 3);
      out.sections.push_back({line.substr(3, space == std::string::npos ? space : space - 3),
                              space == std::string::npos ? "" : line.substr(space + 1), ""});
    } else {
      (out.sections.empty() ? out.prose : out.sections.back().body) += line + '\n';
    }
  }
  return out;
}

// Why the case could not fail; nothing when it can.
std::optional<std::string> defect_of(const Case& c) {
  bool has_run = false, has_expectation = false;
  for (const auto& [kind, argument, body] : c.sections) {
    const bool is_output = kind == "stdout" || kind == "stderr";
    if (is_output || kind == "exit") {
      if (!has_run) return fmt::format("'== {}' before the first '== run'", kind);
      has_expectation = true;
    } else if (kind == "run") {
      if (argument.find_first_not_of(' ') == std::string::npos) return "'== run' without a command";
      has_run = true;
    } else if (kind != "file" && kind != "stdin") {
      return fmt::format("unknown section '== {}'", kind);
    }
  }
  if (!has_run) return "no '== run'";
  if (!has_expectation) return "nothing is expected: no '== exit', '== stdout' or '== stderr'";
  return std::nullopt;
}

std::string print_case(const Case& c) {
  std::string out = c.prose;
  for (const Section& section : c.sections) {
    out += "== " + section.kind + (section.argument.empty() ? "" : " " + section.argument) + '\n' + section.body;
  }
  return out;
}

bool matches_line(std::string_view pattern, std::string_view line) {
  const size_t hole = pattern.find("{*}");
  if (hole == std::string_view::npos) return pattern == line;
  if (!line.starts_with(pattern.substr(0, hole))) return false;
  const std::string_view rest = pattern.substr(hole + 3);
  for (size_t at = hole; at <= line.size(); ++at) {
    if (matches_line(rest, line.substr(at))) return true;
  }
  return false;
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool matches(std::span<const std::string> expected, std::span<const std::string> actual) {
  while (!expected.empty()) {
    if (expected.front() == "{...}") {
      for (size_t skip = 0; skip <= actual.size(); ++skip) {
        if (matches(expected.subspan(1), actual.subspan(skip))) return true;
      }
      return false;
    }
    if (actual.empty() || !matches_line(expected.front(), actual.front())) return false;
    expected = expected.subspan(1);
    actual = actual.subspan(1);
  }
  return actual.empty();
}

class GoldenCase : public ::testing::Test {
 public:
  explicit GoldenCase(fs::path path) : path_(std::move(path)) {}

  void TestBody() override {
    std::string pattern = (fs::temp_directory_path() / "noctule-golden-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    Case golden = parse_case(read_file(path_));
    if (const auto defect = defect_of(golden)) FAIL() << path_.filename() << ": " << *defect;
    int code = 0;
    for (Section& section : golden.sections) {
      if (section.kind == "file") {
        write(section.argument, section.body);
      } else if (section.kind == "stdin") {
        write(".stdin", section.body);
      } else if (section.kind == "run") {
        code = run(section.argument);
      } else if (section.kind == "exit") {
        settle(section.argument, std::to_string(code), section, true);
      } else {
        settle(section.body, read_file(folder_ / ("." + section.kind)), section, false);
      }
    }
    if (updating()) std::ofstream(path_, std::ios::binary) << print_case(golden);
    fs::remove_all(folder_);
  }

 private:
  static bool updating() { return std::getenv("NOCTULE_GOLDEN_UPDATE") != nullptr; }

  void write(const std::string& name, std::string body) const {
    if (body.ends_with("\\\n")) body.resize(body.size() - 2);
    if (const fs::path parent = (folder_ / name).parent_path(); !parent.empty()) fs::create_directories(parent);
    std::ofstream(folder_ / name, std::ios::binary) << body;
  }

  int run(const std::string& command) {
    const std::string whole = fmt::format(
        "cd '{}' && noctule() {{ '{}' \"$@\"; }} && unset LANG LC_ALL LC_MESSAGES NO_COLOR COLUMNS && {{ {}; }} <{} >.stdout 2>.stderr",
        folder_.string(), NOCTULE_PROGRAM, command, fs::exists(folder_ / ".stdin") ? ".stdin" : "/dev/null");
    const int status = std::system(fmt::format("bash -c '{}'", quoted(whole)).c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  static std::string quoted(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '\'') out += "'\\''";
      else out += c;
    }
    return out;
  }

  void settle(const std::string& expected, const std::string& actual, Section& section, bool is_argument) const {
    const auto want = split_lines(expected), got = split_lines(actual);
    if (matches(want, got)) return;
    if (updating()) {
      (is_argument ? section.argument : section.body) = actual;
      return;
    }
    ADD_FAILURE() << path_.filename() << ": " << section.kind << " differs.\nexpected:\n" << expected << "\nactual:\n" << actual
                  << (section.kind == "exit" ? "\nstderr:\n" + read_file(folder_ / ".stderr") : "");
  }

  fs::path path_, folder_;
};

// --- the runner itself

TEST(GoldenRunner, a_case_that_cannot_fail_is_refused) {
  EXPECT_EQ(defect_of(parse_case("")), "no '== run'");
  EXPECT_EQ(defect_of(parse_case("Prose.\n== file a.log\nx\n")), "no '== run'");
  EXPECT_EQ(defect_of(parse_case("== run  \n== exit 0\n")), "'== run' without a command");
  EXPECT_EQ(defect_of(parse_case("== run true\n")), "nothing is expected: no '== exit', '== stdout' or '== stderr'");
  EXPECT_EQ(defect_of(parse_case("== exit 0\n== run true\n")), "'== exit' before the first '== run'");
  EXPECT_EQ(defect_of(parse_case("== run true\n== sdtout\n== exit 0\n")), "unknown section '== sdtout'");
  EXPECT_EQ(defect_of(parse_case("== stdin\nx\n== run cat\n== exit 0\n")), std::nullopt);
}

TEST(GoldenRunner, a_hole_stands_for_any_text_of_one_line_and_dots_for_any_lines) {
  const auto agree = [](const std::string& expected, const std::string& actual) {
    return matches(split_lines(expected), split_lines(actual));
  };
  EXPECT_TRUE(agree("a{*}c\n{...}\nz\n", "abbc\n1\n2\nz\n"));
  EXPECT_TRUE(agree("{...}\nz\n", "z\n"));
  EXPECT_FALSE(agree("a{*}c\n", "ab\n"));
  EXPECT_FALSE(agree("a\n{...}\nz\n", "a\nz\nmore\n"));
  EXPECT_FALSE(agree("", "something\n"));
}

}  // namespace
}  // namespace noctule

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(NOCTULE_CASES)) {
    if (entry.path().extension() != ".golden") continue;
    ++count;
    ::testing::RegisterTest("Golden", entry.path().stem().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [path = entry.path()]() -> ::testing::Test* { return new noctule::GoldenCase(path); });
  }
  if (count == 0) return 1;  // a wrong folder must not look like success
  return RUN_ALL_TESTS();
}
