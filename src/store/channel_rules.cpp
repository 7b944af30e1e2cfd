// SPDX-License-Identifier: Apache-2.0
#include "noctule/store/channel_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "attribution_version.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

std::string_view field_of(const EventRow& row, std::string_view field) {
  if (field == "source") return row.source;
  if (field == "referrer") return row.referrer;
  if (field == "utm_source") return row.utm_source;
  if (field == "utm_medium") return row.utm_medium;
  if (field == "utm_campaign") return row.utm_campaign;
  if (field == "app") return row.app;
  if (field == "entry_page") return row.entry_path;
  return name_of(static_cast<Channel>(row.channel));
}

// Cases of letters do not matter, as in patterns.
bool holds(std::string_view op, std::string_view value, std::string_view text) {
  if (op == "is") return equals_ignoring_case(text, value);
  if (op == "is_not") return !equals_ignoring_case(text, value);
  if (op == "contains") return contains_ignoring_case(text, value);
  if (op == "starts_with") return starts_with_ignoring_case(text, value);
  return pattern_matches(value, text);
}

std::string column_of(std::string_view field, std::string_view base) {
  if (field == "entry_page") return "entry_path";
  if (field != "channel") return std::string(field);
  std::string names = fmt::format("CASE {}", base);
  for (int channel = 0; channel < kChannels; ++channel) names.append(fmt::format(" WHEN {} THEN '{}'", channel, name_of(static_cast<Channel>(channel))));
  return names.append(" END");
}

// A value or pattern as LIKE's, with ! before what LIKE would read as its own.
std::string like_of(std::string_view value, bool is_pattern) {
  std::string like;
  for (const char c : value) {
    if (is_pattern && c == '*') like.push_back('%');
    else if (is_pattern && c == '?') like.push_back('_');
    else if (c == '%' || c == '_' || c == '!') like.append({'!', c});
    else like.push_back(to_lower(c));
  }
  return like;
}

std::string condition_of(std::string_view op, std::string_view value, std::string_view column, std::vector<Value>& parameters) {
  if (op == "is" || op == "is_not") {
    parameters.emplace_back(lower(value));
    return fmt::format("lower({}) {} ?", column, op == "is" ? "=" : "<>");
  }
  std::string like = like_of(value, op == "matches");
  if (op == "contains") like.insert(like.begin(), '%');
  if (op != "matches") like.push_back('%');
  parameters.emplace_back(std::move(like));
  return fmt::format("lower({}) LIKE ? ESCAPE '!'", column);
}

}  // namespace

ChannelRules::ChannelRules(std::vector<ChannelRule> rules) {
  std::ranges::stable_sort(rules, {}, &ChannelRule::position);
  for (ChannelRule& rule : rules) {
    RuledChannel ruled{.channel = parse_channel(rule.channel), .name = {}};
    if (!ruled.channel) ruled.name = std::move(rule.channel);
    by_site_[static_cast<uint32_t>(rule.site)].push_back({std::move(rule.field), std::move(rule.op), std::move(rule.value), std::move(ruled)});
  }
}

std::vector<const ChannelRules::Rule*> ChannelRules::rules_of(uint32_t site) const {
  std::vector<const Rule*> rules;
  for (const uint32_t owner : {site, 0U}) {
    const auto found = by_site_.find(owner);
    if (found == by_site_.end()) continue;
    for (const Rule& rule : found->second) rules.push_back(&rule);
  }
  return rules;
}

const RuledChannel* ChannelRules::find(const EventRow& row) const {
  if (by_site_.empty()) return nullptr;
  for (const Rule* rule : rules_of(row.site)) {
    if (holds(rule->op, rule->value, field_of(row, rule->field))) return &rule->ruled;
  }
  return nullptr;
}

std::string ChannelRules::sql(SiteId site, std::string_view base, std::vector<Value>& parameters) const {
  const std::vector<const Rule*> rules = rules_of(static_cast<uint32_t>(site));
  if (rules.empty()) return "NULL";
  std::string text = "CASE";
  for (const Rule* rule : rules) {
    text.append(fmt::format(" WHEN {} THEN ?", condition_of(rule->op, rule->value, column_of(rule->field, base), parameters)));
    const RuledChannel& ruled = rule->ruled;
    parameters.emplace_back(ruled.channel ? std::to_string(static_cast<int>(*ruled.channel)) : fmt::format("{}{}", kOwnChannelMark.substr(1), ruled.name));
  }
  return text.append(" END");
}

Result<uint16_t> reclassify_channels(Store& store, SiteId site, const ChannelRules& rules, std::string_view reason, int64_t now_ms) {
  return write_version(store, {.site = site, .rules = rules, .reason = reason, .now_ms = now_ms});
}

}  // namespace noctule
