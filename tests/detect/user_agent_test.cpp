// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "noctule/detect/knowledge.h"

using noctule::AppId;
using noctule::Kind;
using noctule::Knowledge;

namespace {

TEST(UserAgent, an_in_app_browser_names_its_app) {
  const auto& knowledge = Knowledge::builtin();
  const auto verdict = knowledge.classify_user_agent("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 WA4A/2.26.1.1");
  EXPECT_EQ(verdict.kind, Kind::InappBrowser);
  EXPECT_EQ(knowledge.app(verdict.app).id, "whatsapp");
  EXPECT_TRUE(verdict.mobile);
}

TEST(UserAgent, a_package_names_the_app_of_a_web_view) {
  const auto& knowledge = Knowledge::builtin();
  const auto verdict = knowledge.classify_user_agent("Mozilla/5.0 (Linux; Android 14; wv)", "com.facebook.orca");
  EXPECT_EQ(knowledge.app(verdict.app).id, "messenger");
  EXPECT_EQ(knowledge.rule(verdict.rules.ids[1]).id, "package.com.facebook.orca");
}

TEST(UserAgent, an_unknown_robot_is_known_by_its_word) {
  EXPECT_EQ(Knowledge::builtin().classify_user_agent("ExampleBot/1.0").kind, Kind::Bot);
  EXPECT_EQ(Knowledge::builtin().classify_user_agent("Mozilla/5.0 (Linux; Android 9; CUBOT X19)").kind, Kind::Browser);
}

}  // namespace
