// SPDX-License-Identifier: Apache-2.0
// The whole analysis on real logs that stand beside the project and are no part of it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "noctule/analyze/analyze.h"
#include "noctule/base/civil_time.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;

fs::path logs_folder() {
  const char* corpus = std::getenv("NOCTULE_CORPUS");
  return (corpus != nullptr ? fs::path(corpus) : fs::path(NOCTULE_SOURCE_DIR) / "../shared/data") / "web/logs";
}

class AnalyzeCorpus : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(logs_folder())) GTEST_SKIP() << "no corpus of real logs at " << logs_folder();
  }
};

Analysis analyze(const std::string& file) {
  AnalyzeOptions options;
  options.paths = {(logs_folder() / file).string()};
  auto analysis = analyze_logs(options);
  if (!analysis) throw std::runtime_error(analysis.error().message);
  return *std::move(analysis);
}

bool warns(const Analysis& analysis, std::string_view code) {
  return std::ranges::find(analysis.warnings, code, &Warning::code) != analysis.warnings.end();
}

void expect_consistent(const Analysis& a) {
  uint64_t excluded = 0, by_channel = 0, by_grade = 0;
  for (const ReasonCount& row : a.exclusions) excluded += row.hits;
  for (const ChannelRow& row : a.channels) by_channel += row.arrivals;
  for (const uint64_t count : a.by_grade) by_grade += count;
  EXPECT_LE(excluded, a.hits);
  EXPECT_EQ(by_channel, a.arrivals);
  EXPECT_EQ(by_grade, a.arrivals);
  const PrivateEstimate& p = a.private_arrivals;
  EXPECT_LE(p.low, p.central.low);
  EXPECT_LE(p.central.low, p.central.high);
  EXPECT_LE(p.central.high, p.high);
  EXPECT_LE(p.high, static_cast<double>(a.arrivals));
}

TEST_F(AnalyzeCorpus, the_input_section_of_every_log_equals_the_counts_of_an_independent_script) {
  std::ifstream in(logs_folder() / "reference_counts_dev.json");
  for (const auto& want : nlohmann::json::parse(in)) {
    const std::string name = want["file"];
    SCOPED_TRACE(name);
    const Analysis analysis = analyze(name);
    ASSERT_EQ(analysis.input.size(), 1U);
    const InputFile& file = analysis.input[0];
    EXPECT_EQ(file.error, "");
    EXPECT_EQ(file.lines, want["lines"].get<uint64_t>());
    EXPECT_LE(file.unparsed, want["unparsed_by_reference"].get<uint64_t>());
    EXPECT_EQ(format_iso_local(file.first_ms, file.first_offset_minutes).substr(0, 10), want["first"].get<std::string>());
    EXPECT_EQ(format_iso_local(file.last_ms, file.last_offset_minutes).substr(0, 10), want["last"].get<std::string>());
    if (file.has_referrer_field) {
      EXPECT_NEAR(100.0 * static_cast<double>(file.with_referrer) / static_cast<double>(file.lines), want["with_referrer_pct"].get<double>(), 0.11);
    }
    expect_consistent(analysis);
  }
}

TEST_F(AnalyzeCorpus, every_log_is_analysed_and_nine_in_ten_dark_landings_are_nobody_s) {
  uint64_t kept = 0, dropped = 0;
  for (const auto& entry : fs::directory_iterator(logs_folder())) {
    const std::string name = entry.path().filename().string();
    if (name.find(".log.") == std::string::npos) continue;
    SCOPED_TRACE(name);
    const Analysis analysis = analyze(name);
    EXPECT_GT(analysis.hits, 0U);
    expect_consistent(analysis);
    kept += analysis.arrivals;
    for (const ReasonCount& row : analysis.exclusions) dropped += row.reason == "uncorroborated" || row.reason.starts_with("scanner") ? row.landings : 0;
  }
  fmt::print("arrivals that count: {}; landings by browsers that nothing corroborates: {}\n", kept, dropped);
  EXPECT_GT(dropped, kept);
}

TEST_F(AnalyzeCorpus, logs_that_lack_a_column_say_so_and_call_nothing_direct) {
  for (const auto& entry : fs::directory_iterator(logs_folder())) {
    const std::string name = entry.path().filename().string();
    if (name.find(".log.") == std::string::npos) continue;
    const Analysis analysis = analyze(name);
    if (analysis.input[0].has_referrer_field) continue;
    SCOPED_TRACE(name);
    EXPECT_TRUE(warns(analysis, "no_referrer_field"));
    for (const ChannelRow& row : analysis.channels) EXPECT_NE(row.channel, Channel::Direct);
    EXPECT_FALSE(analysis.private_arrivals.enough);
  }
}

TEST_F(AnalyzeCorpus, a_log_of_edge_addresses_is_recognised_as_one_and_others_are_not) {
  EXPECT_TRUE(warns(analyze("combined_concreteconnect_2026-01-05_01-19.log.zst"), "cdn_edge_addresses"));
  EXPECT_FALSE(warns(analyze("combined_almhuette_2020-12_2021-04.log.gz"), "cdn_edge_addresses"));
  EXPECT_FALSE(warns(analyze("combined_sundogsoft_2017-04_05.log.gz"), "cdn_edge_addresses"));
}

}  // namespace
}  // namespace noctule
