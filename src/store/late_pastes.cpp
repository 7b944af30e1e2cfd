// SPDX-License-Identifier: Apache-2.0
#include "late_pastes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "surroundings.h"

namespace noctule {
namespace {

constexpr size_t kMatchesMax = 2'000'000;

// The rules that decide where nothing but a paste could: without one of them it was something else, as a referrer of the site's own.
constexpr std::string_view kOnNothing[] = {"decide.returning", "decide.home", "decide.deep"};

bool was_judged_on_nothing(std::string_view rules) {
  return std::ranges::any_of(kOnNothing, [&](std::string_view rule) { return rules.find(rule) != std::string_view::npos; });
}

class LatePastes {
 public:
  LatePastes(Store& store, SiteId site, size_t rows_at_once) : store_(store), site_(static_cast<int64_t>(site)), rows_at_once_(rows_at_once) {}

  Result<std::vector<PasteMatch>> find(int64_t version) {
    // Rows of one instant may be on both sides of a page's end: they come with the next page, unless they are all of it.
    for (int64_t from_ms = INT64_MIN;;) {
      NOCT_TRY(const Table page, read_from(from_ms, version));
      const bool is_last = page.rows.size() < rows_at_once_;
      if (page.rows.empty()) break;
      const int64_t last_ms = std::get<int64_t>(page.rows.back()[0]);
      const bool is_one_instant = std::get<int64_t>(page.rows.front()[0]) == last_ms;
      for (const auto& cells : page.rows) {
        if (is_last || is_one_instant || std::get<int64_t>(cells[0]) < last_ms) take(cells);
      }
      if (matches_.size() > kMatchesMax) return fail(ErrorCode::Exhausted, fmt::format("site {}: more than {} visits would be judged anew", site_, kMatchesMax));
      if (is_last) break;
      from_ms = is_one_instant ? last_ms + 1 : last_ms;
    }
    return std::move(matches_);
  }

 private:
  Result<Table> read_from(int64_t from_ms, int64_t version) {
    std::string sql = fmt::format(
        "SELECT epoch_ms(e.time), e.kind, e.host, e.path, e.app, e.visitor, e.visit, e.origin, e.rules, e.deep FROM events AS e WHERE e.site = ? AND e.attribution = ? AND e.origin <> 7 "
        "AND ((e.kind = 3 AND e.surface = 'private') OR (e.visits > 0 AND {})) AND e.path IN (SELECT p.path FROM events AS p WHERE p.site = ? AND p.attribution = ? AND p.kind = 3 AND p.surface = 'private')",
        kLacksExplanation);
    std::vector<Value> parameters = {site_, version, site_, version};
    if (from_ms != INT64_MIN) {
      sql.append(" AND e.time >= make_timestamp_ms(?)");
      parameters.emplace_back(from_ms);
    }
    sql.append(" ORDER BY e.time, e.kind DESC LIMIT ?");
    parameters.emplace_back(static_cast<int64_t>(rows_at_once_));
    return store_.read({std::move(sql), std::move(parameters)});
  }

  void take(const std::vector<Value>& cells) {
    const auto number = [&](size_t column) { return std::get<int64_t>(cells[column]); };
    const auto text = [&](size_t column) -> std::string_view { return std::get<std::string>(cells[column]); };
    EventRow row;
    row.site = static_cast<uint32_t>(site_);
    row.time = number(0);
    row.host = text(2);
    row.path = text(3);
    if (number(1) == static_cast<int64_t>(EventKind::Unfurl)) return around_.note_paste(row, Knowledge::builtin().find_app(text(4)));
    const bool is_scripts = number(7) < static_cast<int64_t>(EventOrigin::Log);
    const AppId app = is_scripts && was_judged_on_nothing(text(8)) ? around_.match_paste(row) : AppId::None;
    if (app == AppId::None) return around_.note_unexplained(row);
    const PasteMatch match{.visitor = static_cast<uint64_t>(number(5)), .visit = static_cast<uint16_t>(number(6)), .deep = number(9) != 0, .app = app};
    // A clock that jumps may begin one visit twice; the first is the one that its rows are of.
    if (visits_.emplace(match.visitor, match.visit).second) matches_.push_back(match);
  }

  Store& store_;
  int64_t site_;
  size_t rows_at_once_;
  Surroundings around_{SurroundingsLimits{}};
  std::set<std::pair<uint64_t, uint16_t>> visits_;
  std::vector<PasteMatch> matches_;
};

}  // namespace

Result<std::vector<PasteMatch>> find_late_matches(Store& store, SiteId site, int64_t version, size_t rows_at_once) {
  return LatePastes(store, site, rows_at_once).find(version);
}

Result<VersionMade> judge_late_pastes(Store& store, SiteId site, const ChannelRules& rules, std::string_view reason, int64_t now_ms) {
  NOCT_TRY(const int64_t version, version_in_force(store, site));
  NOCT_TRY(const std::vector<PasteMatch> matches, find_late_matches(store, site, version));
  if (matches.empty()) return VersionMade{static_cast<uint16_t>(version), 0};
  NOCT_TRY(const uint16_t made, write_version(store, {.site = site, .rules = rules, .matches = matches, .reason = reason, .now_ms = now_ms}));
  return VersionMade{made, matches.size()};
}

}  // namespace noctule
