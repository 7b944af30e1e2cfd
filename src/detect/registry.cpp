// SPDX-License-Identifier: Apache-2.0
#include "registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace noctule {

std::optional<AppCategory> parse_category(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kNames = {"messenger", "email", "sms",      "social", "search",
                                                              "ai",        "video", "shopping", "reader", "other"};
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<AppCategory>(found - kNames.begin());
}

namespace {

std::optional<PreviewsBy> parse_previews_by(std::string_view name) {
  if (name == "device") return PreviewsBy::Device;
  if (name == "server") return PreviewsBy::Server;
  return name == "instances" ? std::optional(PreviewsBy::Instances) : std::nullopt;
}

}  // namespace

Registry::Registry() : apps(1), categories{AppCategory::Other}, app_sources{SourceId::None}, rules(1), sources(1) {}

Result<void> Registry::read_apps(std::string_view text) {
  NOCT_TRY(const TsvTable table,
           TsvTable::parse("apps", text, {"id", "name", "category", "surface", "previews_by", "source"}));
  for (const auto& row : table.rows()) {
    const auto category = parse_category(row[2]);
    const auto surface = parse_private(row[3]);
    const auto previews_by = parse_previews_by(row[4]);
    if (row[0].empty() || row[1].empty() || !category || !surface || !previews_by || row[5].empty()) {
      return fail(ErrorCode::InvalidInput, fmt::format("apps.tsv: row '{}' has a bad or missing cell", row[0]));
    }
    const auto id = static_cast<AppId>(apps.size());
    if (!app_ids.emplace(std::string(row[0]), id).second) {
      return fail(ErrorCode::InvalidInput, fmt::format("apps.tsv: '{}' is there twice", row[0]));
    }
    apps.push_back({std::string(row[0]), std::string(row[1]), *surface, *previews_by});
    categories.push_back(*category);
    app_sources.push_back(add_source(row[1]));
  }
  return {};
}

Result<void> Registry::read_rules(std::string_view text) {
  NOCT_TRY(const TsvTable table, TsvTable::parse("rules", text, {"id", "text", "source"}));
  for (const auto& row : table.rows()) {
    NOCT_TRY([[maybe_unused]] const RuleId id, add_rule(std::string(row[0]), std::string(row[1]), row[2]));
  }
  return {};
}

Result<AppId> Registry::app(std::string_view id) const {
  if (id.empty() || id == "-") return AppId::None;
  const auto found = app_ids.find(std::string(id));
  if (found == app_ids.end()) return fail(ErrorCode::NotFound, fmt::format("app '{}' is not in apps.tsv", id));
  return found->second;
}

Result<RuleId> Registry::add_rule(std::string id, std::string text, std::string_view source) {
  if (id.empty() || text.empty() || source.empty()) {
    return fail(ErrorCode::InvalidInput, fmt::format("rule '{}': id, text and source are needed", id));
  }
  if (rules.size() > std::numeric_limits<uint16_t>::max()) return fail(ErrorCode::Exhausted, "more than 65,535 rules");
  const auto rule = static_cast<RuleId>(rules.size());
  if (!rule_ids.emplace(id, rule).second) return fail(ErrorCode::InvalidInput, fmt::format("rule '{}' is there twice", id));
  rules.push_back({std::move(id), std::move(text), std::string(source)});
  return rule;
}

SourceId Registry::add_source(std::string_view name) {
  if (name.empty()) return SourceId::None;
  const auto [place, fresh] = source_ids.emplace(std::string(name), static_cast<SourceId>(sources.size()));
  if (fresh) sources.emplace_back(name);
  return place->second;
}

RuleId Registry::rule(std::string_view id) const {
  const auto found = rule_ids.find(std::string(id));
  NOCT_ASSERT(found != rule_ids.end());
  return found->second;
}

}  // namespace noctule
