// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "settings_fixture.h"

namespace noctule {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ChannelRulesTest : public SettingsTest {
 protected:
  static ChannelRule rule(const char* value, const char* channel, const char* field = "source", const char* op = "is") {
    ChannelRule made;
    made.field = field;
    made.op = op;
    made.value = value;
    made.channel = channel;
    return made;
  }
  static std::vector<std::string> channels(const std::vector<ChannelRule>& rules) {
    std::vector<std::string> names;
    for (const ChannelRule& each : rules) names.push_back(each.channel);
    return names;
  }
};

TEST_F(ChannelRulesTest, a_sites_own_come_before_those_of_all_each_in_the_order_given) {
  Settings settings = open();
  const SiteId site = add_site(settings, "example.org"), other = add_site(settings, "other.example");
  ASSERT_TRUE(settings.set_channel_rules(SiteId::None, {rule("x", "all-1"), rule("y", "all-2")}));
  ASSERT_TRUE(settings.set_channel_rules(site, {rule("b", "own-1"), rule("a", "own-2")}));
  EXPECT_THAT(channels(settings.channel_rules(site).value()), ElementsAre("own-1", "own-2", "all-1", "all-2"));
  EXPECT_THAT(channels(settings.channel_rules(other).value()), ElementsAre("all-1", "all-2"));
  ASSERT_TRUE(settings.set_channel_rules(site, {rule("c", "new")}));
  EXPECT_THAT(channels(settings.channel_rules(site).value()), ElementsAre("new", "all-1", "all-2"));
  ASSERT_TRUE(settings.set_channel_rules(SiteId::None, {}));
  EXPECT_THAT(channels(settings.channel_rules(site).value()), ElementsAre("new"));
}

TEST_F(ChannelRulesTest, what_a_rule_cannot_say_is_refused_and_nothing_changes) {
  Settings settings = open();
  const SiteId site = add_site(settings, "example.org");
  ASSERT_TRUE(settings.set_channel_rules(site, {rule("a", "kept")}));
  EXPECT_THAT(message_of(settings.set_channel_rules(site, {rule("a", "x", "visitor")})), HasSubstr("no field \"visitor\"; there are source, referrer"));
  EXPECT_THAT(message_of(settings.set_channel_rules(site, {rule("a", "x", "source", "~")})), HasSubstr("no operator \"~\""));
  EXPECT_THAT(message_of(settings.set_channel_rules(site, {rule("a", "")})), HasSubstr("names no channel"));
  EXPECT_THAT(message_of(settings.set_channel_rules(site, {rule("a\x01", "x")})), HasSubstr("control characters"));
  EXPECT_THAT(message_of(settings.set_channel_rules(SiteId{99}, {rule("a", "x")})), HasSubstr("there is no site 99"));
  EXPECT_THAT(message_of(settings.set_channel_rules(site, std::vector<ChannelRule>(kChannelRulesMax + 1, rule("a", "x")))), HasSubstr("at most 200"));
  EXPECT_THAT(channels(settings.channel_rules(site).value()), ElementsAre("kept"));
}

TEST(Pattern, stars_stand_for_any_text_and_question_marks_for_one_character) {
  const std::tuple<const char*, const char*, bool> kCases[] = {
      {"", "", true},           {"", "a", false},          {"*", "", true},          {"*", "anything", true},
      {"news*", "newsletter", true}, {"news*", "old news", false}, {"*news*", "old news", true}, {"News", "nEWS", true},
      {"?", "\u00e9", true},    {"??", "\u00e9", false},   {"a?c", "abc", true},     {"a?c", "ac", false},
      {"a*b*c", "a-b-b-c", true}, {"a*b*c", "acb", false}, {"*.example", "www.example", true}, {"a**", "a", true}};
  for (const auto& [pattern, text, expected] : kCases) EXPECT_EQ(pattern_matches(pattern, text), expected) << pattern << " on " << text;
}

// The plain definition, exponential at worst.
bool matches_by_definition(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') return matches_by_definition(pattern.substr(1), text) || (!text.empty() && matches_by_definition(pattern, text.substr(1)));
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) && matches_by_definition(pattern.substr(1), text.substr(1));
}

RC_GTEST_PROP(Pattern, agrees_with_the_plain_definition, ()) {
  const auto pattern = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '*', '?'));
  const auto text = *rc::gen::container<std::string>(rc::gen::element('a', 'b'));
  RC_ASSERT(pattern_matches(pattern.substr(0, 10), text.substr(0, 14)) == matches_by_definition(pattern.substr(0, 10), text.substr(0, 14)));
}

TEST(Pattern, many_stars_take_no_exponential_time) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(pattern_matches(pattern + "b", std::string(5'000, 'a')));
}

}  // namespace
}  // namespace noctule
