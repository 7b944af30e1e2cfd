#pragma once
// SPDX-License-Identifier: Apache-2.0
// UserAgentTable: what sent a request. Known names first (data/user_agents.tsv, the first row that matches wins, so the
// table's order is its precedence), then the structure of the text: unknown bots, libraries, apps and web views reveal
// themselves by how their user agent is built. An X-Requested-With package names the app of a web view. Immutable.
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry.h"
#include "token_index.h"

namespace noctule {

class UserAgentTable {
 public:
  static Result<UserAgentTable> read(std::string_view user_agents, std::string_view packages, Registry& registry);
  [[nodiscard]] UserAgentVerdict classify(std::string_view user_agent, std::string_view requested_with) const;
  // The app of an Android package, e.g. of an android-app:// referrer; None when unknown.
  struct Package { AppId app = AppId::None; Private surface = Private::No; RuleId rule = RuleId::None; };
  [[nodiscard]] Package find_package(std::string_view name) const;

 private:
  struct Row { Kind kind; AppId app; Private surface; MachinePurpose purpose; RuleId rule; };
  [[nodiscard]] UserAgentVerdict classify_structure(std::string_view text, std::string_view lowered) const;
  [[nodiscard]] RuleId frame_rule(std::string_view lowered) const;
  TokenIndex index_;
  std::vector<Row> rows_;
  std::unordered_map<std::string, Package> packages_;
  struct StructureRules {
    RuleId empty, bot_word, bot_url, library, bare_bot, cfnetwork, bare_app, bare_device;
    RuleId webview_android, webview_ios, electron, browser;
  } structure_{};
};

}  // namespace noctule
