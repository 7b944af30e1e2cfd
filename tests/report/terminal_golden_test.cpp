// SPDX-License-Identifier: Apache-2.0
// Whole reports as plain text. The name of each file in golden/ says what it holds: analysis, language, width, view.
// NOCTULE_UPDATE_GOLDEN=1 writes what comes out, for a reader to judge.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "noctule/report/terminal.h"
#include "sample_analysis.h"

namespace noctule {
namespace {

struct Case {
  std::string name;
  Analysis (*make)();
  int width;
  Language language;
  std::string (*render)(const Analysis&, const TerminalOptions&);
};

std::vector<Case> cases() {
  return {{"sample_en_60", test::sample_analysis, 60, Language::English, render_terminal},
          {"sample_en_80", test::sample_analysis, 80, Language::English, render_terminal},
          {"sample_en_120", test::sample_analysis, 120, Language::English, render_terminal},
          {"sample_fr_60", test::sample_analysis, 60, Language::French, render_terminal},
          {"sample_fr_80", test::sample_analysis, 80, Language::French, render_terminal},
          {"sample_fr_120", test::sample_analysis, 120, Language::French, render_terminal},
          {"few_en_80", test::few_analysis, 80, Language::English, render_terminal},
          {"few_fr_80", test::few_analysis, 80, Language::French, render_terminal},
          {"hostile_en_80", test::hostile_analysis, 80, Language::English, render_terminal},
          {"empty_en_80", test::empty_analysis, 80, Language::English, render_terminal},
          {"explained_en_80", test::sample_analysis, 80, Language::English, render_explained},
          {"explained_fr_60", test::sample_analysis, 60, Language::French, render_explained}};
}

class TerminalGolden : public testing::TestWithParam<Case> {};

TEST_P(TerminalGolden, looks_as_it_did) {
  const Case& given = GetParam();
  const std::string path = std::string(NOCTULE_SOURCE_DIR "/tests/report/golden/") + given.name + ".txt";
  const std::string now = given.render(given.make(), {given.width, Color::Off, given.language});
  if (std::getenv("NOCTULE_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << now;
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing: run with NOCTULE_UPDATE_GOLDEN=1";
  std::ostringstream then;
  then << file.rdbuf();
  EXPECT_EQ(now, then.str()) << path;
}

INSTANTIATE_TEST_SUITE_P(All, TerminalGolden, testing::ValuesIn(cases()),
                         [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace noctule
