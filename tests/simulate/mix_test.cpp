// SPDX-License-Identifier: Apache-2.0
#include "mix.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "noctule/simulate/world.h"

namespace noctule::sim {
namespace {

TEST(Mix, names_each_parameter_once_with_a_typical_value_inside_its_range) {
  std::set<std::string_view> names;
  for (const MixRow& row : mix_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_LT(row.low, row.high) << row.name;
    EXPECT_LE(row.low, row.typical) << row.name;
    EXPECT_GE(row.high, row.typical) << row.name;
    EXPECT_TRUE(row.scale == Scale::Linear || row.low > 0) << row.name;
    EXPECT_FALSE(row.reason.empty()) << row.name;
  }
  // A parameter without a row would stay at zero.
  EXPECT_EQ(names.size() * sizeof(double), sizeof(Mix));
}

RC_GTEST_PROP(Mix, when_drawn_stays_inside_its_ranges, (uint64_t seed)) {
  Random random(seed);
  const Mix mix = draw_mix(random);
  for (const MixRow& row : mix_rows()) {
    const double value = mix.*row.field;
    RC_ASSERT(value >= row.low && value <= row.high);
  }
}

std::string documentation() {
  std::ifstream file(NOCTULE_SOURCE_DIR "/docs/simulator.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Documentation, shows_the_mix_row_by_row) {
  const std::string text = documentation();
  for (const MixRow& row : mix_rows()) {
    const std::string line = fmt::format("\n| {} | {} | {} to {} | {} |\n", row.name, row.typical, row.low, row.high, row.reason);
    EXPECT_NE(text.find(line), std::string::npos) << "docs/simulator.md lacks:" << line;
  }
}

TEST(Documentation, names_each_format_and_each_member_of_the_truth) {
  const std::string text = documentation();
  for (const std::string& format : simulated_formats()) EXPECT_NE(text.find(fmt::format("\n| `{}` |", format)), std::string::npos) << format;
  const auto truth = nlohmann::json::parse(to_json(WorldOptions{}, WorldTruth{}));
  for (const auto& [key, value] : truth.items()) EXPECT_NE(text.find(fmt::format("`{}`", key)), std::string::npos) << key;
  for (const auto& [key, value] : truth["options"]["breaks"].items()) EXPECT_NE(text.find(fmt::format("\n| `{}` |", key)), std::string::npos) << key;
  const auto arrival = nlohmann::json::parse(to_json(ArrivalTruth{}));
  for (const auto& [key, value] : arrival.items()) EXPECT_NE(text.find(fmt::format("`{}`", key)), std::string::npos) << key;
}

}  // namespace
}  // namespace noctule::sim
