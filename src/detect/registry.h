#pragma once
// SPDX-License-Identifier: Apache-2.0
// Registry: the names that tables share while they are read: apps, named sources, and the rules that rows become.
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "noctule/detect/knowledge.h"
#include "tsv.h"

namespace noctule {

// What kind of thing an app is; with its surface it gives the channel of a visit.
enum class AppCategory : uint8_t { Messenger, Email, Sms, Social, Search, AiAssistant, Video, Shopping, Reader, Other };

struct Registry {
  std::vector<AppInfo> apps;
  std::vector<AppCategory> categories;  // of apps
  std::vector<SourceId> app_sources;    // of apps: the source that bears the app's name
  std::vector<RuleInfo> rules;
  std::vector<std::string> sources;
  std::unordered_map<std::string, AppId> app_ids;
  std::unordered_map<std::string, RuleId> rule_ids;
  std::unordered_map<std::string, SourceId> source_ids;

  Registry();
  Result<void> read_apps(std::string_view text);
  // rules.tsv: what no row of another table says, e.g. the structure of a user agent, or a step of the decision.
  Result<void> read_rules(std::string_view text);

  [[nodiscard]] const AppInfo& info(AppId app) const { return apps[static_cast<size_t>(app)]; }
  [[nodiscard]] AppCategory category(AppId app) const { return categories[static_cast<size_t>(app)]; }
  [[nodiscard]] SourceId source_of(AppId app) const { return app_sources[static_cast<size_t>(app)]; }
  Result<AppId> app(std::string_view id) const;  // "" and "-" are None
  Result<RuleId> add_rule(std::string id, std::string text, std::string_view source);
  SourceId add_source(std::string_view name);
  [[nodiscard]] RuleId rule(std::string_view id) const;  // asserts that it exists: the id is written in the code
};

[[nodiscard]] std::optional<AppCategory> parse_category(std::string_view name);

}  // namespace noctule
