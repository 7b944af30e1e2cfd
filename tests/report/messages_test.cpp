// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/messages.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

#include "noctule/analyze/codes.h"
#include "noctule/model/evidence.h"

namespace noctule {
namespace {

std::multiset<std::string> placeholders(std::string_view text) {
  std::multiset<std::string> found;
  const std::string copy(text);
  static const std::regex pattern(R"(\{\d\})");
  for (std::sregex_iterator at(copy.begin(), copy.end(), pattern), end; at != end; ++at) found.insert(at->str());
  return found;
}

std::set<std::string> keys() {
  std::set<std::string> out;
  for (const MessageRow& row : message_rows()) EXPECT_TRUE(out.insert(std::string(row.key)).second) << "twice: " << row.key;
  return out;
}

TEST(Messages, both_languages_are_complete_and_their_placeholders_agree) {
  ASSERT_GT(message_rows().size(), 100U);
  for (const MessageRow& row : message_rows()) {
    EXPECT_FALSE(row.text[0].empty()) << row.key;
    EXPECT_FALSE(row.text[1].empty()) << row.key;
    EXPECT_EQ(row.text[1].find('\t'), std::string_view::npos) << row.key << " has too many columns";
    EXPECT_EQ(placeholders(row.text[0]), placeholders(row.text[1])) << row.key;
  }
}

template <typename Enum>
std::set<std::string> names(int count) {
  std::set<std::string> out;
  for (int i = 0; i < count; ++i) out.insert(std::string(name_of(static_cast<Enum>(i))));
  return out;
}

template <size_t N>
std::set<std::string> names(const std::array<std::string_view, N>& codes) {
  return {codes.begin(), codes.end()};
}

// Codes come with the data, so their keys are made while running.
std::map<std::string, std::set<std::string>> families() {
  return {{"exclusion", names(exclusion::kAll)}, {"warning", names(warning::kAll)},
          {"doubt", names(doubt::kAll)},         {"channel", names<Channel>(kChannels)},
          {"grade", names<Grade>(kGrades)},      {"surface", names<Private>(3)},
          {"corroboration", names<Corroboration>(kCorroborations)}};
}

TEST(Messages, every_code_has_words) {
  std::map<std::string, std::set<std::string>> found;
  for (const std::string& key : keys()) {
    const size_t dot = key.find('.');
    ASSERT_NE(dot, std::string::npos) << key;
    if (families().contains(key.substr(0, dot))) found[key.substr(0, dot)].insert(key.substr(dot + 1));
  }
  for (const auto& [family, codes] : families()) {
    for (const std::string& code : codes) EXPECT_TRUE(found[family].contains(code)) << family << "." << code;
  }
}

std::string read_all(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(Messages, every_key_that_the_html_report_asks_for_exists) {
  static const std::regex pattern(R"re(\bt\(\s*"([a-z0-9_.]+)")re");
  const std::set<std::string> known = keys();
  size_t asked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(NOCTULE_SOURCE_DIR "/web/report/src")) {
    const std::string source = read_all(entry.path());
    for (std::sregex_iterator at(source.begin(), source.end(), pattern), end; at != end; ++at, ++asked) {
      EXPECT_TRUE(known.contains((*at)[1])) << entry.path() << " asks for " << (*at)[1];
    }
  }
  EXPECT_GT(asked, 50U);
}

TEST(Messages, every_rule_of_the_decision_has_words) {
  const std::set<std::string> known = keys();
  std::ifstream file(NOCTULE_SOURCE_DIR "/data/rules.tsv");
  size_t rules = 0;
  for (std::string line; std::getline(file, line);) {
    const std::string id = line.substr(0, line.find('\t'));
    if (id.empty() || id.front() == '#' || id == "id") continue;
    EXPECT_TRUE(known.contains("rule." + id)) << id;
    ++rules;
  }
  EXPECT_GT(rules, 20U);
}

TEST(Messages, what_readers_of_lines_expect_has_words) {
  static const std::regex pattern(R"re(fail_at\(problem, "([^"]+)", "([^"]+)")re");
  const std::set<std::string> known = keys();
  size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(NOCTULE_SOURCE_DIR "/src/logs")) {
    if (!entry.is_regular_file()) continue;
    const std::string source = read_all(entry.path());
    for (std::sregex_iterator at(source.begin(), source.end(), pattern), end; at != end; ++at, ++found) {
      EXPECT_TRUE(known.contains("field." + (*at)[1].str())) << entry.path() << ": " << (*at)[1];
      EXPECT_TRUE(known.contains("expected." + (*at)[2].str())) << entry.path() << ": " << (*at)[2];
    }
  }
  EXPECT_GT(found, 20U);
}

TEST(Messages, a_count_follows_the_rule_of_its_language) {
  EXPECT_EQ(message_counted(Language::English, "count.files", 0), "0 files");
  EXPECT_EQ(message_counted(Language::English, "count.files", 1), "1 file");
  EXPECT_EQ(message_counted(Language::French, "count.files", 0), "0 fichier");
  EXPECT_EQ(message_counted(Language::French, "count.files", 2), "2 fichiers");
}

TEST(Messages, a_code_without_words_is_shown_as_it_is) {
  EXPECT_EQ(message_of_code(Language::French, "warning", "brand_new", {"a", "b"}), "brand_new a b");
  EXPECT_EQ(message_of_code(Language::English, "warning", "time_zone_assumed", {"x.log"}),
            "x.log does not say its time zone; UTC was assumed.");
}

TEST(Messages, locales_name_a_language) {
  EXPECT_EQ(parse_language("fr_CA.UTF-8"), Language::French);
  EXPECT_EQ(parse_language("EN"), Language::English);
  EXPECT_EQ(parse_language("french"), std::nullopt);
  EXPECT_EQ(parse_language(""), std::nullopt);
}

}  // namespace
}  // namespace noctule
