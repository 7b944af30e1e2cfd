// SPDX-License-Identifier: Apache-2.0
#include "attribution_version.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "arrival_judge.h"
#include "noctule/estimate/estimate.h"

namespace noctule {
namespace {

constexpr size_t kMatchesAtOnce = 1'000;  // in one statement

// What the rows say without any rule: an earlier one left the channel that it changed in the mark.
std::string base_channel() { return fmt::format("CASE WHEN e.rules LIKE '%{0}%' THEN CAST(split_part(split_part(e.rules, '{0}', 2), ' ', 1) AS INTEGER) ELSE e.channel END", kChannelRuleMark); }
std::string base_rules() { return fmt::format("rtrim(split_part(e.rules, '{}', 1))", kChannelRuleMark); }

// The rules of a match are those that fired, but where it said that nothing else speaks for the arrival the paste does. Which three
// those are, kOnNothing of late_pastes.cpp knows as well.
std::string rules_of_match() { return fmt::format("replace(replace(replace({}, 'decide.returning', 'decide.unfurl'), 'decide.home', 'decide.unfurl'), 'decide.deep', 'decide.unfurl')", base_rules()); }

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
    if (name == "channel") columns.append("coalesce(TRY_CAST(ruled AS INTEGER), base)");
    else if (name == "rules") columns.append(fmt::format("CASE WHEN ruled IS NULL THEN base_rules WHEN TRY_CAST(ruled AS INTEGER) IS NULL THEN concat(base_rules, ' {0}', base, ' ', ruled) "
                                                         "ELSE concat(base_rules, ' {0}', base) END", kChannelRuleMark));
    else if (name == "attribution") columns.append("?");
    else columns.append(name);
  });
  return columns;
}

// The rows before any rule, those of matches with their new verdict. Parameters: site, version.
std::string judged_rows(bool has_matches) {
  if (!has_matches) return fmt::format("SELECT e.*, {} AS base, {} AS base_rules FROM events AS e WHERE e.site = ? AND e.attribution = ?", base_channel(), base_rules());
  std::string columns;
  const EventRow row;
  for_each_column(row, [&](std::string_view name, const auto&) {
    constexpr std::string_view kOfApp[] = {"source", "grade", "is_private", "app", "surface"};
    if (name == "dark") columns.append("coalesce(m.dark, e.dark) AS dark, ");
    else if (std::ranges::find(kOfApp, name) != std::end(kOfApp)) columns.append(fmt::format("coalesce(a.{0}, e.{0}) AS {0}, ", name));
    else columns.append(fmt::format("e.{0} AS {0}, ", name));
  });
  return fmt::format("SELECT {}coalesce(a.channel, {}) AS base, CASE WHEN m.visitor IS NULL THEN {} ELSE {} END AS base_rules "
                     "FROM events AS e LEFT JOIN paste_matches AS m ON m.visitor = e.visitor AND m.visit = e.visit LEFT JOIN paste_apps AS a ON a.number = m.app "
                     "WHERE e.site = ? AND e.attribution = ?", columns, base_channel(), base_rules(), rules_of_match());
}

ArrivalVerdict verdict_of(AppId app, bool deep) { return Knowledge::builtin().decide({}, {}, {}, {.deep_page = deep, .unfurl_app = app}); }

bool is_dark(const PasteMatch& match) {
  const ArrivalVerdict verdict = verdict_of(match.app, match.deep);
  return may_be_private(JudgedArrival{.deep = match.deep, .grade = verdict.grade, .is_private = verdict.is_private, .channel = verdict.channel, .no_referrer = true});
}

// Two tables of the transaction: the matches, and what each of their apps makes of an arrival.
void append_matches(std::span<const PasteMatch> matches, std::vector<Statement>& statements) {
  statements.push_back({"CREATE TEMP TABLE paste_matches(visitor UBIGINT, visit USMALLINT, app USMALLINT, dark BOOLEAN)", {}});
  statements.push_back({"CREATE TEMP TABLE paste_apps(number USMALLINT, source VARCHAR, channel UTINYINT, grade UTINYINT, is_private UTINYINT, app VARCHAR, surface VARCHAR)", {}});
  std::set<AppId> apps;
  for (size_t first = 0; first < matches.size(); first += kMatchesAtOnce) {
    std::string sql = "INSERT INTO paste_matches VALUES ";
    for (const PasteMatch& match : matches.subspan(first, std::min(kMatchesAtOnce, matches.size() - first))) {
      sql.append(fmt::format("({}, {}, {}, {}),", match.visitor, match.visit, static_cast<int>(match.app), is_dark(match)));
      apps.insert(match.app);
    }
    sql.pop_back();
    statements.push_back({std::move(sql), {}});
  }
  for (const AppId of : apps) {
    const ArrivalVerdict verdict = verdict_of(of, true);
    const std::string app = Knowledge::builtin().app(verdict.app).id;
    statements.push_back({"INSERT INTO paste_apps VALUES (?, ?, ?, ?, ?, ?, ?)",
                          {static_cast<int64_t>(of), std::string(Knowledge::builtin().source(verdict.source)), static_cast<int64_t>(verdict.channel), static_cast<int64_t>(verdict.grade),
                           static_cast<int64_t>(verdict.is_private), app, std::string(surface_name(verdict.is_private, app))}});
  }
}

}  // namespace

Result<int64_t> version_in_force(Store& store, SiteId site) {
  NOCT_TRY(const Table known, store.read({"SELECT coalesce(max(version), 1) FROM attribution_versions WHERE site = ?", {static_cast<int64_t>(site)}}));
  return std::get<int64_t>(known.rows[0][0]);
}

Result<uint16_t> write_version(Store& store, const VersionOrder& order) {
  const auto of_site = static_cast<int64_t>(order.site);
  NOCT_TRY(const int64_t version, version_in_force(store, order.site));
  if (version >= UINT16_MAX) return fail(ErrorCode::Exhausted, fmt::format("site {} was classified anew {} times, which is all there are", of_site, version));
  std::vector<Statement> statements;
  if (!order.matches.empty()) append_matches(order.matches, statements);
  Statement copy{{}, {version + 1}};
  const std::string ruled = order.rules.sql(order.site, "base", copy.parameters);
  copy.sql = fmt::format("INSERT INTO events ({}) SELECT {} FROM (SELECT *, {} AS ruled FROM ({}) AS judged) AS ruled_rows", columns_of_events(), columns_of_copy(), ruled,
                         judged_rows(!order.matches.empty()));
  for (const int64_t parameter : {of_site, version}) copy.parameters.emplace_back(parameter);
  statements.push_back(std::move(copy));
  statements.push_back({"INSERT INTO row_counts SELECT site, CAST(? AS USMALLINT), quarter, row_count FROM row_counts WHERE site = ? AND attribution = ?", {version + 1, of_site, version}});
  statements.push_back({"INSERT INTO attribution_versions VALUES (?, ?, ?, ?, ?)", {version + 1, of_site, order.now_ms, std::string("noctule"), std::string(order.reason)}});
  for (const char* table : {"events", "row_counts", "rollup_days", "rollup_1", "rollup_2"}) {
    statements.push_back({fmt::format("DELETE FROM {} WHERE site = ? AND attribution < ?", table), {of_site, version}});
  }
  if (!order.matches.empty()) {
    for (const char* table : {"paste_matches", "paste_apps"}) statements.push_back({fmt::format("DROP TABLE {}", table), {}});
  }
  if (auto written = store.write(statements); !written) return std::unexpected(std::move(written).error());
  return static_cast<uint16_t>(version + 1);
}

}  // namespace noctule
