// SPDX-License-Identifier: Apache-2.0
#include "noctule/store/channel_rules.h"

#include <fmt/format.h>

#include <algorithm>

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

std::string columns_of_events() {
  std::string columns;
  const EventRow row;
  for_each_column(row, [&](std::string_view name, const auto&) { columns.append(columns.empty() ? "" : ", ").append(name); });
  return columns;
}

// The columns of a copy: the channel and the mark of a rule come from a subquery, the version is a parameter.
std::string columns_of_copy() {
  std::string columns;
  const EventRow row;
  for_each_column(row, [&](std::string_view name, const auto&) {
    if (!columns.empty()) columns.append(", ");
    if (name == "channel") columns.append("coalesce(ruled, base)");
    else if (name == "rules") columns.append(fmt::format("CASE WHEN ruled IS NULL THEN base_rules ELSE concat(base_rules, ' {}', base) END", kChannelRuleMark));
    else if (name == "attribution") columns.append("?");
    else columns.append(name);
  });
  return columns;
}

}  // namespace

ChannelRules::ChannelRules(std::vector<ChannelRule> rules) {
  std::ranges::stable_sort(rules, {}, &ChannelRule::position);
  for (ChannelRule& rule : rules) {
    const auto channel = parse_channel(rule.channel);
    if (channel) by_site_[static_cast<uint32_t>(rule.site)].push_back({std::move(rule.field), std::move(rule.op), std::move(rule.value), *channel});
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

std::optional<Channel> ChannelRules::find(const EventRow& row) const {
  if (by_site_.empty()) return std::nullopt;
  for (const Rule* rule : rules_of(row.site)) {
    if (holds(rule->op, rule->value, field_of(row, rule->field))) return rule->channel;
  }
  return std::nullopt;
}

std::string ChannelRules::sql(SiteId site, std::string_view base, std::vector<Value>& parameters) const {
  const std::vector<const Rule*> rules = rules_of(static_cast<uint32_t>(site));
  if (rules.empty()) return "NULL";
  std::string text = "CASE";
  for (const Rule* rule : rules) {
    text.append(fmt::format(" WHEN {} THEN {}", condition_of(rule->op, rule->value, column_of(rule->field, base), parameters), static_cast<int>(rule->channel)));
  }
  return text.append(" END");
}

Result<uint16_t> reclassify_channels(Store& store, SiteId site, const ChannelRules& rules, std::string_view reason, int64_t now_ms) {
  const auto of_site = static_cast<int64_t>(site);
  NOCT_TRY(const Table known, store.read({"SELECT coalesce(max(version), 1) FROM attribution_versions WHERE site = ?", {of_site}}));
  const int64_t version = std::get<int64_t>(known.rows[0][0]);
  if (version >= UINT16_MAX) return fail(ErrorCode::Exhausted, fmt::format("site {} was classified anew {} times, which is all there are", of_site, version));
  // What the rows say without any rule: an earlier one left the channel that it changed in the mark.
  const std::string judged = fmt::format("SELECT *, CASE WHEN rules LIKE '%{0}%' THEN CAST(split_part(rules, '{0}', 2) AS INTEGER) ELSE channel END AS base, "
                                         "rtrim(split_part(rules, '{0}', 1)) AS base_rules FROM events WHERE site = ? AND attribution = ?", kChannelRuleMark);
  Statement copy{{}, {version + 1}};
  const std::string ruled = rules.sql(site, "base", copy.parameters);
  copy.sql = fmt::format("INSERT INTO events ({}) SELECT {} FROM (SELECT *, {} AS ruled FROM ({}) AS judged) AS ruled_rows", columns_of_events(), columns_of_copy(), ruled, judged);
  for (const int64_t parameter : {of_site, version}) copy.parameters.emplace_back(parameter);
  const Statement statements[] = {
      copy,
      {"INSERT INTO row_counts SELECT site, CAST(? AS USMALLINT), quarter, row_count FROM row_counts WHERE site = ? AND attribution = ?", {version + 1, of_site, version}},
      {"INSERT INTO attribution_versions VALUES (?, ?, ?, ?, ?)", {version + 1, of_site, now_ms, std::string("noctule"), std::string(reason)}},
      {"DELETE FROM events WHERE site = ? AND attribution < ?", {of_site, version}},
      {"DELETE FROM row_counts WHERE site = ? AND attribution < ?", {of_site, version}},
      {"DELETE FROM rollup_days WHERE site = ? AND attribution < ?", {of_site, version}},
      {"DELETE FROM rollup_1 WHERE site = ? AND attribution < ?", {of_site, version}},
      {"DELETE FROM rollup_2 WHERE site = ? AND attribution < ?", {of_site, version}},
  };
  if (auto written = store.write(statements); !written) return std::unexpected(std::move(written).error());
  return static_cast<uint16_t>(version + 1);
}

}  // namespace noctule
