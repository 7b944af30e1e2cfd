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
// Rows of events times parts of one statement: small days are summed up by all dimensions at once, large ones by one after the
// other, so that memory stays bounded (a group takes some 200 bytes).
constexpr int64_t kRowsOfPartsMax = 4'000'000;
constexpr int64_t kRowsClusteredMax = 500'000;  // at once, but for a pair that has more
constexpr int64_t kCountsPerQuarterMax = 2, kCountsSpare = 1'000;  // beyond them row_counts is added up

// Pairs that are kept: every two of the narrow ones (sources, channels, evidence, apps, devices...), each of these with pages and entry
// pages, and campaign tags among themselves. Others, of pages with entry pages for example, make about as many pairs as there are
// visits, and are answered from events.
constexpr uint8_t kNarrow[] = {4, 6, 7, 8, 9, 11, 12, 13, 14, 16};
constexpr uint8_t kWide[] = {1, 3};
constexpr uint8_t kTags[] = {18, 19, 20};
constexpr uint8_t kPage = 1, kHost = 2;

bool contains(std::span<const uint8_t> list, uint8_t number) { return std::ranges::find(list, number) != list.end(); }

const Dimension* dimension_numbered(uint8_t number) {
  for (const Dimension& row : dimensions()) {
    if (row.rollup == number) return &row;
  }
  return nullptr;
}

// What one part of a statement sums up: a dimension, a pair of them (b), or the whole day (neither).
struct Part {
  int number = 0;
  uint8_t a = 0, b = 0;
  [[nodiscard]] bool has(uint8_t dimension) const { return a == dimension || b == dimension; }
};

std::vector<Part> single_parts() {
  std::vector<Part> out = {{}};
  for (uint8_t number = 1; dimension_numbered(number) != nullptr; ++number) out.push_back({number, number, 0});
  return out;
}

std::vector<Part> pair_parts() {
  std::vector<Part> out;
  for (uint8_t a = 1; dimension_numbered(a) != nullptr; ++a) {
    for (uint8_t b = a; dimension_numbered(b) != nullptr; ++b) {
      if (const auto number = pair_number(a, b)) out.push_back({*number, a, b});
    }
  }
  return out;
}

// A temporary table of the day's events put together by visitor, visit and the texts of dimensions (v1, v2, ... by number), with
// the sums of each row (s_...) and whether its visitor has this one visit alone.
struct DayTable {
  std::string_view name;
  std::vector<uint8_t> dimensions;
  SumSet sums;                     // what its parts hold
  [[nodiscard]] bool is_of_events() const { return dimensions.front() == kPage || dimensions.front() == kHost; }
};

DayTable visits_table() {
  DayTable table{"day_visits", {}, kRolledOfVisits};
  for (uint8_t number = 1; dimension_numbered(number) != nullptr; ++number) {
    if (number != kPage && number != kHost) table.dimensions.push_back(number);
  }
  return table;
}
DayTable pages_table() {
  DayTable table{"day_pages", {kPage}, kRolledOfEvents};
  for (const uint8_t number : kNarrow) table.dimensions.push_back(number);
  return table;
}
DayTable hosts_table() { return {"day_hosts", {kHost}, kRolledOfEvents}; }

bool holds(const DayTable& table, const Part& part) {
  if (part.has(kPage) || part.has(kHost)) return part.has(table.dimensions.front());
  return !table.is_of_events();
}

std::vector<Sum> row_sums(SumSet sums) {
  std::vector<Sum> out;
  for (const Sum sum : sums.with_needs().list()) {
    if (row_of(sum).birth == Birth::Row) out.push_back(sum);
  }
  return out;
}

// Sums as DOUBLE, which holds them exactly (below 2^53) and is added up faster than DuckDB's sums of 128 bits.
SqlText groups_sql(const DayTable& table, const Scope& scope) {
  std::string columns = "visitor, visit";
  for (const uint8_t number : table.dimensions) columns += fmt::format(", ({}) AS v{}", dimension_numbered(number)->expression, number);
  const size_t keys = table.dimensions.size() + 2;
  for (const Sum sum : row_sums(table.sums)) {
    const SumRow& row = row_of(sum);
    columns += fmt::format(", {}(CAST({} AS DOUBLE)) AS s_{}", row.fold, row.expression, row.name);
  }
  SqlText out(fmt::format("CREATE TEMP TABLE {}_groups AS SELECT {} FROM events WHERE ", table.name, columns));
  return out.add(scope_sql(scope)).add(" GROUP BY ").add(positions(keys));
}

// Who has how many rows in the table by visits, which is made first.
constexpr std::string_view kCountVisits = "CREATE TEMP TABLE day_people AS SELECT visitor, COUNT(*) AS visits FROM day_visits_groups GROUP BY visitor";

// alone: rows that need no telling apart, because their visitor has one visit or there is none.
SqlText table_sql(const DayTable& table) {
  return SqlText(fmt::format("CREATE TEMP TABLE {0} AS SELECT g.*, p.visits = 1 OR g.visitor = 0 AS alone FROM {0}_groups AS g JOIN day_people AS p "
                             "ON g.visitor = p.visitor", table.name));
}

// One row per visit (or page of one) and part: its number as d0, its values as d1 and d2.
SqlText rows_of_parts(const DayTable& table, std::span<const Part> parts, size_t values, bool alone) {
  std::string sums;
  for (const Sum sum : row_sums(table.sums)) sums += fmt::format(", s_{}", row_of(sum).name);
  SqlText out("(");
  for (const Part& part : parts) {
    out.add(&part == parts.data() ? "SELECT " : " UNION ALL SELECT ").add(fmt::format("{} AS d0, ", part.number));
    out.add(part.a == 0 ? "''" : fmt::format("v{}", part.a)).add(" AS d1, ");
    if (values == 2) out.add(fmt::format("v{} AS d2, ", part.b));
    out.add(fmt::format("visitor, visit{} FROM {} WHERE {}", sums, table.name, alone ? "alone" : "NOT alone"));
  }
  return out.add(") AS parts");
}

// The sums of visitors with one visit: every row is a visit, and a visitor, of its own.
SqlText alone_sql(const DayTable& table, std::span<const Part> parts, size_t values) {
  SqlText out(values == 2 ? "SELECT d0, d1, d2" : "SELECT d0, d1");
  for (const Sum sum : table.sums.list()) {
    const SumRow& row = row_of(sum);
    out.add(fmt::format(", CAST(SUM({}) AS BIGINT) AS s_{}", row.birth == Birth::Row ? fmt::format("s_{}", row.name) : std::string(row.expression), row.name));
  }
  return out.add(" FROM ").add(rows_of_parts(table, parts, values, true)).add(" GROUP BY ").add(positions(values + 1));
}

// INSERT of the sums of a day by some dimensions (rollup_1) or pairs (rollup_2).
SqlText insert_sql(const RollupSite& site, int64_t day, const DayTable& table, std::span<const Part> parts, size_t values, const Dialect& dialect) {
  EventsQuestion asked{.sums = table.sums, .scope = {}, .range = {}};
  asked.summed = rows_of_parts(table, parts, values, false);
  asked.summed_dimensions = values + 1;
  SqlText out(values == 2 ? "INSERT INTO rollup_2 (site, attribution, day, pair, value_a, value_b"
                          : "INSERT INTO rollup_1 (site, attribution, day, dimension, value");
  for (const Sum sum : kRolledOfVisits.list()) out.add(fmt::format(", {}", row_of(sum).rolled));
  out.add(") SELECT ").bind(int64_t{site.site}).add(", ").bind(int64_t{site.attribution}).add(", ").bind_day(day);
  out.add(values == 2 ? ", d0, d1, d2" : ", d0, d1");
  for (const Sum column : kRolledOfVisits.list()) {
    std::string filled = ", 0";  // bounces and durations of visits are not kept by page
    for (const Sum sum : table.sums.list()) {
      if (row_of(sum).rolled == row_of(column).rolled) filled = fmt::format(", SUM(s_{})", row_of(sum).name);
    }
    out.add(filled);
  }
  out.add(" FROM (").add(alone_sql(table, parts, values)).add(" UNION ALL ").add(events_sql(asked, *site.zone, dialect)).add(") AS day_sums GROUP BY ");
  return out.add(values == 2 ? "d0, d1, d2 ORDER BY d0, d1, d2" : "d0, d1 ORDER BY d0, d1");
}

std::vector<SqlText> statements_of(const RollupSite& site, const DayToRollUp& day, const Dialect& dialect) {
  const Scope scope{.site = site.site, .attribution = site.attribution, .archive = {},
                    .instants = {{site.zone->start_of_day(day.day), site.zone->start_of_day(day.day + 1)}}};
  std::vector<SqlText> out;
  for (const std::string_view name : {"rollup_1", "rollup_2", "rollup_days"}) {
    SqlText forget(fmt::format("DELETE FROM {} WHERE site = ", name));
    out.push_back(forget.bind(int64_t{site.site}).add(" AND day = ").bind_day(day.day));
  }
  const auto parts_max = static_cast<size_t>(std::max<int64_t>(1, kRowsOfPartsMax / std::max<int64_t>(day.rows, 1)));
  const std::pair<std::vector<Part>, size_t> tables[] = {{single_parts(), 1}, {pair_parts(), 2}};
  for (const DayTable& table : {visits_table(), pages_table(), hosts_table()}) {
    out.push_back(groups_sql(table, scope));
    if (!table.is_of_events()) out.emplace_back(kCountVisits);
    out.push_back(table_sql(table));
    for (const auto& [all, values] : tables) {
      std::vector<Part> parts;
      std::ranges::copy_if(all, std::back_inserter(parts), [&](const Part& part) { return holds(table, part); });
      for (size_t at = 0; at < parts.size(); at += parts_max) {
        out.push_back(insert_sql(site, day.day, table, std::span(parts).subspan(at, std::min(parts_max, parts.size() - at)), values, dialect));
      }
    }
  }
  for (const std::string_view name : {"day_visits", "day_visits_groups", "day_pages", "day_pages_groups", "day_hosts", "day_hosts_groups", "day_people"}) {
    out.emplace_back(fmt::format("DROP TABLE {}", name));
  }
  return out;
}

SqlText mark_sql(const RollupSite& site, int64_t day) {
  const int64_t first = site.zone->start_of_day(day) / kQuarterMs, end = site.zone->start_of_day(day + 1) / kQuarterMs;
  SqlText out("INSERT INTO rollup_days (site, attribution, day, zone, first_quarter, end_quarter, row_count) SELECT ");
  out.bind(int64_t{site.site}).add(", ").bind(int64_t{site.attribution}).add(", ").bind_day(day).add(", ").bind(site.zone->name());
  out.add(", ").bind(first).add(", ").bind(end).add(", COALESCE(SUM(row_count), 0) FROM row_counts WHERE ").of_site(site.site, site.attribution);
  out.add(" AND quarter >= ").bind(first).add(" AND quarter < ").bind(end);
  return out;
}

// Rows per local day, and rows that the roll-ups of days hold.
using DayRows = std::map<int64_t, int64_t>;

int64_t integer(const Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

Result<DayRows> rows_of_days(Store& store, const RollupSite& site) {
  SqlText sql("SELECT quarter, CAST(SUM(row_count) AS BIGINT) FROM row_counts WHERE ");
  sql.of_site(site.site, site.attribution).add(" GROUP BY quarter");
  NOCT_TRY(const Table table, store.read(std::move(sql).statement()));
  DayRows out;
  for (const auto& row : table.rows) out[site.zone->day_of(integer(row[0]) * kQuarterMs)] += integer(row[1]);
  return out;
}

Result<DayRows> rows_of_rollups(Store& store, const RollupSite& site) {
  SqlText sql("SELECT first_quarter, row_count FROM rollup_days WHERE ");
  sql.of_site(site.site, site.attribution).add(" AND zone = ").bind(site.zone->name());
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
  const bool kept = (narrow_a && narrow_b) || (narrow_a && contains(kWide, b)) || (contains(kWide, a) && narrow_b) ||
                    (contains(kTags, a) && contains(kTags, b));
  return kept ? std::optional<int>(a * 64 + b) : std::nullopt;
}

Result<std::vector<int64_t>> fresh_days(Store& store, const RollupSite& site, int64_t first, int64_t last) {
  if (first > last) return std::vector<int64_t>();
  const int64_t from = site.zone->start_of_day(first) / kQuarterMs, to = site.zone->start_of_day(last + 1) / kQuarterMs;
  const auto of_site = [&](SqlText& sql) -> SqlText& {
    return sql.add(" WHERE ").of_site(site.site, site.attribution);
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

Result<std::vector<Stretch>> stretches_to_cluster(Store& store, const RollupSite& site, int64_t now_ms) {
  SqlText sql("SELECT first_quarter FROM rollup_days WHERE NOT COALESCE(clustered, FALSE) AND ");
  sql.of_site(site.site, site.attribution).add(" AND zone = ").bind(site.zone->name());
  NOCT_TRY(const Table table, store.read(std::move(sql).statement()));
  std::map<int64_t, int64_t> waiting;  // days, by the first day of their stretch
  for (const auto& row : table.rows) {
    const int64_t day = site.zone->day_of(integer(row[0]) * kQuarterMs);
    ++waiting[day - (day % kStretchDays + kStretchDays) % kStretchDays];
  }
  std::vector<Stretch> out;
  for (const auto& [first, days] : waiting) {
    const int64_t last = first + kStretchDays - 1;
    if (days >= kDaysWaiting || last < site.zone->day_of(now_ms)) out.push_back({first, last});
  }
  return out;
}

Result<void> cluster_pairs(Store& store, const RollupSite& site, const Stretch& stretch) {
  const auto of_stretch = [&](std::string_view begin) {
    SqlText sql(begin);
    sql.add(" WHERE ").of_site(site.site, site.attribution);
    return sql.add(" AND day >= ").bind_day(stretch.first_day).add(" AND day <= ").bind_day(stretch.last_day);
  };
  NOCT_TRY(const Table pairs, store.read(of_stretch("SELECT pair, COUNT(*) FROM rollup_2").add(" GROUP BY pair ORDER BY pair").statement()));
  for (size_t at = 0, end = 0; at < pairs.rows.size(); at = end) {
    int64_t rows = 0;
    while (end < pairs.rows.size() && (end == at || rows + integer(pairs.rows[end][1]) <= kRowsClusteredMax)) rows += integer(pairs.rows[end++][1]);
    const auto of_pairs = [&](std::string_view begin) {
      return of_stretch(begin).add(" AND pair >= ").bind_small(integer(pairs.rows[at][0])).add(" AND pair <= ").bind_small(integer(pairs.rows[end - 1][0])).statement();
    };
    // The second value of a pair with a page is the narrow one, by which a filter names some rows out of many.
    const Statement statements[] = {of_pairs("CREATE TEMP TABLE pairs_together AS SELECT * FROM rollup_2"), of_pairs("DELETE FROM rollup_2"),
                                    {"INSERT INTO rollup_2 SELECT * FROM pairs_together ORDER BY pair, value_b, value_a, day", {}},
                                    {"DROP TABLE pairs_together", {}}};
    if (auto written = store.write(statements); !written) return written;
  }
  const Statement mark = of_stretch("UPDATE rollup_days SET clustered = TRUE").statement();
  return store.write({&mark, 1});
}

Result<void> add_up_row_counts(Store& store, const RollupSite& site) {
  const auto of_site = [&](SqlText sql) -> SqlText {
    return sql.add(" WHERE ").of_site(site.site, site.attribution);
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
  SqlText sql("SELECT MIN(quarter) FROM row_counts WHERE ");
  sql.of_site(site.site, site.attribution);
  NOCT_TRY(const Table table, store.read(std::move(sql).statement()));
  if (table.rows.empty() || std::holds_alternative<std::monostate>(table.rows[0][0])) return std::nullopt;
  return integer(table.rows[0][0]) * kQuarterMs;
}

}  // namespace noctule
