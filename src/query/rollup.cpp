// SPDX-License-Identifier: Apache-2.0
#include "rollup.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "events_sql.h"
#include "noctule/base/civil_time.h"
#include "sum.h"

namespace noctule {
namespace {

constexpr int64_t kQuarterMs = 900'000;
// Rows that one statement groups: small days are summed up by all dimensions at once, large ones by one after the other, so that
// memory stays bounded (a group takes some 250 bytes).
constexpr int64_t kRowsOfPartsMax = 1'000'000;
constexpr int64_t kCountsPerQuarterMax = 2, kCountsSpare = 1'000;  // beyond them row_counts is added up

// Dimensions with many values; two of them make about as many pairs as there are visits, and are answered from events.
constexpr uint8_t kWide[] = {1, 3, 20};
// With few: channels, evidence, apps, devices, sources...
constexpr uint8_t kNarrow[] = {4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 18, 19};
constexpr uint8_t kPage = 1, kHost = 2;

bool contains(std::span<const uint8_t> list, uint8_t number) { return std::ranges::find(list, number) != list.end(); }

const Dimension* dimension_numbered(uint8_t number) {
  for (const Dimension& row : dimensions()) {
    if (row.rollup == number) return &row;
  }
  return nullptr;
}

std::string sum_columns() {
  std::string out;
  for (const Sum sum : rolled_sums().list()) out += fmt::format(", {}", row_of(sum).name);
  return out;
}

// What one part of a statement sums up: a dimension, a pair of them (b), or the whole day (neither).
struct Part {
  int number = 0;
  const Dimension *a = nullptr, *b = nullptr;
};

std::vector<Part> single_parts() {
  std::vector<Part> out = {{}};
  for (uint8_t number = 1; const Dimension* a = dimension_numbered(number); ++number) out.push_back({number, a, nullptr});
  return out;
}

std::vector<Part> pair_parts() {
  std::vector<Part> out;
  for (uint8_t a = 1; dimension_numbered(a) != nullptr; ++a) {
    for (uint8_t b = a; dimension_numbered(b) != nullptr; ++b) {
      if (const auto number = pair_number(a, b)) out.push_back({*number, dimension_numbered(a), dimension_numbered(b)});
    }
  }
  return out;
}

bool is_of_pages(const Dimension* dimension) { return dimension != nullptr && (dimension->rollup == kPage || dimension->rollup == kHost); }

// One row per visit (or page of one) and part: its number as d0, its values as d1 and d2.
SqlText rows_of_parts(std::span<const Part> parts, size_t values) {
  std::string sums;
  for (const Sum sum : rolled_sums().with_needs().list()) {
    if (row_of(sum).birth == Birth::Row) sums += fmt::format(", s_{}", row_of(sum).name);
  }
  SqlText out("(");
  for (const Part& part : parts) {
    out.add(&part == parts.data() ? "SELECT " : " UNION ALL SELECT ").add(fmt::format("{} AS d0, ", part.number));
    out.add(part.a == nullptr ? "''" : std::string_view(part.a->expression)).add(" AS d1, ");
    if (values == 2) out.add(part.b->expression).add(" AS d2, ");
    const bool pages = is_of_pages(part.a) || is_of_pages(part.b);
    out.add(fmt::format("visitor, visit{} FROM {}", sums, name_of(pages ? DayTable::Pages : DayTable::Visits)));
  }
  return out.add(") AS parts");
}

// INSERT of the sums of a day by some dimensions (rollup_1) or pairs (rollup_2).
SqlText insert_sql(const RollupSite& site, int64_t day, std::span<const Part> parts, size_t values, const Dialect& dialect) {
  EventsQuestion asked{.sums = rolled_sums(), .scope = {}, .range = {}};
  asked.summed = rows_of_parts(parts, values);
  asked.summed_dimensions = values + 1;
  SqlText out(values == 2 ? "INSERT INTO rollup_2 (site, attribution, day, pair, value_a, value_b"
                          : "INSERT INTO rollup_1 (site, attribution, day, dimension, value");
  out.add(sum_columns()).add(") SELECT ").bind(int64_t{site.site}).add(", ").bind(int64_t{site.attribution}).add(", ").bind_day(day);
  out.add(values == 2 ? ", d0, d1, d2" : ", d0, d1");
  for (const Sum sum : rolled_sums().list()) out.add(fmt::format(", COALESCE(s_{}, 0)", row_of(sum).name));
  out.add(" FROM (").add(events_sql(asked, *site.zone, dialect)).add(") AS day_sums ORDER BY ");
  return out.add(values == 2 ? "d0, d1, d2" : "d0, d1");
}

std::vector<SqlText> statements_of(const RollupSite& site, const DayToRollUp& day, const Dialect& dialect) {
  const Scope scope{.site = site.site, .attribution = site.attribution, .archive = {},
                    .instants = {{site.zone->start_of_day(day.day), site.zone->start_of_day(day.day + 1)}}};
  std::vector<SqlText> out;
  for (const std::string_view table : {"rollup_1", "rollup_2", "rollup_days"}) {
    SqlText forget(fmt::format("DELETE FROM {} WHERE site = ", table));
    out.push_back(forget.bind(int64_t{site.site}).add(" AND day = ").bind_day(day.day));
  }
  for (const DayTable table : {DayTable::Visits, DayTable::Pages}) out.push_back(day_table_sql(scope, table));
  const auto parts_max = static_cast<size_t>(std::max<int64_t>(1, kRowsOfPartsMax / std::max<int64_t>(day.rows, 1)));
  const std::pair<std::vector<Part>, size_t> tables[] = {{single_parts(), 1}, {pair_parts(), 2}};
  for (const auto& [parts, values] : tables) {
    for (size_t at = 0; at < parts.size(); at += parts_max) {
      out.push_back(insert_sql(site, day.day, std::span(parts).subspan(at, std::min(parts_max, parts.size() - at)), values, dialect));
    }
  }
  for (const DayTable table : {DayTable::Visits, DayTable::Pages}) out.emplace_back(fmt::format("DROP TABLE {}", name_of(table)));
  return out;
}

SqlText mark_sql(const RollupSite& site, int64_t day) {
  const int64_t first = site.zone->start_of_day(day) / kQuarterMs, end = site.zone->start_of_day(day + 1) / kQuarterMs;
  SqlText out("INSERT INTO rollup_days (site, attribution, day, zone, first_quarter, end_quarter, row_count) SELECT ");
  out.bind(int64_t{site.site}).add(", ").bind(int64_t{site.attribution}).add(", ").bind_day(day).add(", ").bind(site.zone->name());
  out.add(", ").bind(first).add(", ").bind(end).add(", COALESCE(SUM(row_count), 0) FROM row_counts WHERE site = ").bind(int64_t{site.site});
  out.add(" AND attribution = ").bind(int64_t{site.attribution}).add(" AND quarter >= ").bind(first).add(" AND quarter < ").bind(end);
  return out;
}

// Rows per local day, and rows that the roll-ups of days hold.
using DayRows = std::map<int64_t, int64_t>;

int64_t integer(const Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

Result<DayRows> rows_of_days(Store& store, const RollupSite& site) {
  SqlText sql("SELECT quarter, CAST(SUM(row_count) AS BIGINT) FROM row_counts WHERE site = ");
  sql.bind(int64_t{site.site}).add(" AND attribution = ").bind(int64_t{site.attribution}).add(" GROUP BY quarter");
  NOCT_TRY(const Table table, store.read(std::move(sql).statement()));
  DayRows out;
  for (const auto& row : table.rows) out[site.zone->day_of(integer(row[0]) * kQuarterMs)] += integer(row[1]);
  return out;
}

Result<DayRows> rows_of_rollups(Store& store, const RollupSite& site) {
  SqlText sql("SELECT first_quarter, row_count FROM rollup_days WHERE site = ");
  sql.bind(int64_t{site.site}).add(" AND attribution = ").bind(int64_t{site.attribution}).add(" AND zone = ").bind(site.zone->name());
  NOCT_TRY(const Table table, store.read(std::move(sql).statement()));
  DayRows out;
  for (const auto& row : table.rows) out[site.zone->day_of(integer(row[0]) * kQuarterMs)] += integer(row[1]);
  return out;
}

}  // namespace

std::optional<int> pair_number(uint8_t a, uint8_t b) {
  if (a > b) std::swap(a, b);
  if (a == b || a == 0) return std::nullopt;
  const bool narrow_a = contains(kNarrow, a), narrow_b = contains(kNarrow, b);
  const bool kept = (narrow_a && (narrow_b || contains(kWide, b))) || (contains(kWide, a) && narrow_b);
  return kept ? std::optional<int>(a * 64 + b) : std::nullopt;
}

Result<std::vector<int64_t>> fresh_days(Store& store, const RollupSite& site, int64_t first, int64_t last) {
  if (first > last) return std::vector<int64_t>();
  const int64_t from = site.zone->start_of_day(first) / kQuarterMs, to = site.zone->start_of_day(last + 1) / kQuarterMs;
  const auto of_site = [&](SqlText& sql) -> SqlText& {
    return sql.add(" WHERE site = ").bind(int64_t{site.site}).add(" AND attribution = ").bind(int64_t{site.attribution});
  };
  SqlText sql("SELECT m.first_quarter FROM (SELECT first_quarter, end_quarter, row_count FROM rollup_days");
  of_site(sql).add(" AND zone = ").bind(site.zone->name()).add(" AND day >= ").bind_day(first).add(" AND day <= ").bind_day(last);
  sql.add(") AS m LEFT JOIN (SELECT quarter, SUM(row_count) AS row_count FROM row_counts");
  of_site(sql).add(" AND quarter >= ").bind(from).add(" AND quarter < ").bind(to).add(" GROUP BY quarter) AS c ");
  sql.add("ON c.quarter >= m.first_quarter AND c.quarter < m.end_quarter GROUP BY m.first_quarter, m.row_count "
          "HAVING COALESCE(SUM(c.row_count), 0) = m.row_count ORDER BY m.first_quarter");
  NOCT_TRY(const Table table, store.read(std::move(sql).statement()));
  std::vector<int64_t> out;
  for (const auto& row : table.rows) out.push_back(site.zone->day_of(integer(row[0]) * kQuarterMs));
  return out;
}

Result<std::vector<DayToRollUp>> days_to_roll_up(Store& store, const RollupSite& site, int64_t now_ms) {
  NOCT_TRY(const DayRows wanted, rows_of_days(store, site));
  NOCT_TRY(const DayRows there, rows_of_rollups(store, site));
  std::vector<DayToRollUp> out;
  const int64_t today = site.zone->day_of(now_ms);
  for (const auto& [day, rows] : wanted) {
    const auto found = there.find(day);
    if (day < today && (found == there.end() || found->second != rows)) out.push_back({day, rows});
  }
  for (const auto& [day, rows] : there) {  // retention took the day's events: its roll-up goes as well
    if (rows > 0 && !wanted.contains(day)) out.push_back({day, 0});
  }
  std::ranges::sort(out, {}, &DayToRollUp::day);
  return out;
}

Result<void> roll_up_day(Store& store, const RollupSite& site, const DayToRollUp& day) {
  std::vector<SqlText> texts = statements_of(site, day, store.dialect());
  texts.push_back(mark_sql(site, day.day));
  std::vector<Statement> statements;
  for (SqlText& text : texts) statements.push_back(std::move(text).statement());
  return store.write(statements);
}

Result<void> add_up_row_counts(Store& store, const RollupSite& site) {
  const auto of_site = [&](SqlText sql) -> SqlText {
    return sql.add(" WHERE site = ").bind(int64_t{site.site}).add(" AND attribution = ").bind(int64_t{site.attribution});
  };
  NOCT_TRY(const Table table, store.read(of_site(SqlText("SELECT COUNT(*), COUNT(DISTINCT quarter) FROM row_counts")).statement()));
  const int64_t rows = integer(table.rows.at(0).at(0)), quarters = integer(table.rows.at(0).at(1));
  if (rows <= quarters * kCountsPerQuarterMax + kCountsSpare) return {};
  const Statement statements[] = {
      of_site(SqlText("CREATE TEMP TABLE counts AS SELECT site, attribution, quarter, SUM(row_count) AS row_count FROM row_counts"))
          .add(" GROUP BY site, attribution, quarter").statement(),
      of_site(SqlText("DELETE FROM row_counts")).statement(),
      {"INSERT INTO row_counts (site, attribution, quarter, row_count) SELECT site, attribution, quarter, CAST(row_count AS BIGINT) FROM counts", {}},
      {"DROP TABLE counts", {}}};
  return store.write(statements);
}

Result<std::optional<int64_t>> first_instant(Store& store, const RollupSite& site) {
  SqlText sql("SELECT MIN(quarter) FROM row_counts WHERE site = ");
  sql.bind(int64_t{site.site}).add(" AND attribution = ").bind(int64_t{site.attribution});
  NOCT_TRY(const Table table, store.read(std::move(sql).statement()));
  if (table.rows.empty() || std::holds_alternative<std::monostate>(table.rows[0][0])) return std::nullopt;
  return integer(table.rows[0][0]) * kQuarterMs;
}

}  // namespace noctule
