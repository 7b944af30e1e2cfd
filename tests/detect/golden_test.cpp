// SPDX-License-Identifier: Apache-2.0
// Arrivals and what they must be judged to be, from golden/*.txt. A case is a block of "name: value" lines:
//   case, user_agent, referrer, url, requested_with, context (home, returning, echo, unfurl=app), expect (key=value ...)
// keys of expect: kind app private grade channel ga4 source rules (ids with commas between; each must have fired).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "noctule/detect/knowledge.h"

namespace {

using namespace noctule;
using Block = std::map<std::string, std::string>;

std::vector<Block> read_blocks(const std::filesystem::path& path) {
  std::vector<Block> blocks;
  std::ifstream in(path);
  bool open = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    if (line.empty()) {
      open = false;
      continue;
    }
    if (!open) blocks.emplace_back();
    open = true;
    const size_t colon = line.find(": ");
    EXPECT_NE(colon, std::string::npos) << path << ": " << line;
    if (colon != std::string::npos) blocks.back()[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return blocks;
}

std::string query_of(const std::string& url) {
  const size_t mark = url.find('?');
  return mark == std::string::npos ? "" : url.substr(mark + 1);
}

ArrivalContext context_of(const Block& block, const Knowledge& knowledge) {
  ArrivalContext context;
  const auto found = block.find("context");
  std::istringstream words(found == block.end() ? "" : found->second);
  for (std::string word; words >> word;) {
    if (word == "home") context.deep_page = false;
    else if (word == "returning") context.returning = true;
    else if (word == "echo") context.click_echo = true;
    else if (word.starts_with("unfurl=")) context.unfurl_app = knowledge.find_app(word.substr(7));
    else ADD_FAILURE() << "unknown word in context: " << word;
  }
  return context;
}

std::map<std::string, std::string> judge(Block block) {
  const Knowledge& knowledge = Knowledge::builtin();
  const std::string query = query_of(block["url"]);
  const UserAgentVerdict client = knowledge.classify_user_agent(block["user_agent"], block["requested_with"]);
  const ArrivalVerdict verdict = knowledge.decide(client, knowledge.classify_referrer(block["referrer"], "example.org"),
                                                  knowledge.classify_query(query), context_of(block, knowledge));
  std::string rules;
  for (RuleId rule : verdict.rules) {
    if (rule != RuleId::None) rules.append(rules.empty() ? "" : ",").append(knowledge.rule(rule).id);
  }
  const std::string app = knowledge.app(verdict.app).id;
  return {{"kind", std::string(name_of(client.kind))},
          {"app", app.empty() ? "-" : app},
          {"private", std::string(name_of(verdict.is_private))},
          {"grade", std::string(name_of(verdict.grade))},
          {"channel", std::string(name_of(verdict.channel))},
          {"ga4", std::string(name_of(verdict.ga4))},
          {"source", std::string(knowledge.source(verdict.source))},
          {"rules", rules}};
}

// "app=x ga4=Organic Search rules=a,b": a value runs to the next " key=".
std::map<std::string, std::string> parse_expectation(const std::string& text) {
  std::map<std::string, std::string> expected;
  std::istringstream words(text);
  std::string key;
  for (std::string word; words >> word;) {
    const size_t equals = word.find('=');
    if (equals != std::string::npos && word.find('.') > equals) {
      key = word.substr(0, equals);
      expected[key] = word.substr(equals + 1);
    } else {
      expected[key].append(" ").append(word);
    }
  }
  return expected;
}

bool has_rules(const std::string& fired, const std::string& wanted) {
  std::istringstream parts(wanted);
  const std::string list = std::string(",").append(fired).append(",");
  for (std::string rule; std::getline(parts, rule, ',');) {
    if (list.find(std::string(",").append(rule).append(",")) == std::string::npos) return false;
  }
  return true;
}

TEST(Golden, every_arrival_is_judged_as_its_case_says) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(NOCTULE_SOURCE_DIR "/tests/detect/golden")) {
    for (const Block& block : read_blocks(entry.path())) {
      ++count;
      const auto actual = judge(block);
      SCOPED_TRACE(entry.path().filename().string() + ": " + block.at("case") + "\n  rules that fired: " + actual.at("rules"));
      for (const auto& [key, value] : parse_expectation(block.at("expect"))) {
        ASSERT_TRUE(actual.contains(key)) << key;
        if (key == "rules") EXPECT_TRUE(has_rules(actual.at(key), value)) << "wanted " << value;
        else EXPECT_EQ(actual.at(key), value) << key;
      }
    }
  }
  EXPECT_GE(count, 60U);
}

}  // namespace
