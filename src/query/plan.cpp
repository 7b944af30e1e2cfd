// SPDX-License-Identifier: Apache-2.0
#include "plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "filter_sql.h"

namespace noctule {
namespace {

// The dimensions of the roll-up that a question needs: those it is broken down by, then the one it is filtered by.
struct RollupUse {
  std::vector<const Dimension*> dimensions;
  int number = 0;

  [[nodiscard]] std::string_view table() const { return dimensions.size() == 2 ? "rollup_2" : "rollup_1"; }
  [[nodiscard]] std::string_view column_of(const Dimension& dimension) const {
    if (dimensions.size() < 2) return "value";
    const bool first = dimensions[0]->rollup == dimension.rollup;
    return first == (dimensions[0]->rollup < dimensions[1]->rollup) ? "value_a" : "value_b";
  }
};

bool add_dimension(const Dimension& dimension, RollupUse& use) {
  if (dimension.rollup == 0) return false;
  const auto same = [&](const Dimension* known) { return known->rollup == dimension.rollup; };
  if (std::ranges::none_of(use.dimensions, same)) use.dimensions.push_back(&dimension);
  return use.dimensions.size() <= 2;
}

bool names_one_value(const Filter& filter) { return filter.op == Operator::Is && filter.clauses.size() == 1 && filter.case_sensitive; }

// Whether sums over the values that the filters leave are exact.
bool adds_up(const Question& question, SumSet sums) {
  if (sums.both(kDistinctSums).empty()) return true;
  return std::ranges::all_of(question.filters, [&](const Filter& filter) {
    const auto broken_down = [&](const DimensionUse& use) { return use.dimension->rollup == filter.dimension.dimension->rollup; };
    return names_one_value(filter) || std::ranges::any_of(question.dimensions, broken_down);
  });
}

std::optional<RollupUse> choose_rollup(const Question& question, SumSet sums) {
  SumSet held = question.about_events() ? kRolledOfEvents : kRolledOfVisits;
  if (!question.about_events()) held.add(Sum::VisitPageviews);  // the same as page views
  if (!sums.without(held).empty()) return std::nullopt;
  RollupUse use;
  for (const DimensionUse& wanted : question.dimensions) {
    if (wanted.dimension->level == Level::Time) {
      if (unit_of(*wanted.dimension, question.range) == TimeUnit::Hour) return std::nullopt;
    } else if (!add_dimension(*wanted.dimension, use)) {
      return std::nullopt;
    }
  }
  for (const Filter& filter : question.filters) {
    if (!filter.is_simple() || !add_dimension(*filter.dimension.dimension, use)) return std::nullopt;
  }
  if (!adds_up(question, sums)) return std::nullopt;
  if (use.dimensions.size() == 1) use.number = use.dimensions[0]->rollup;
  if (use.dimensions.size() == 2) {
    const auto pair = pair_number(use.dimensions[0]->rollup, use.dimensions[1]->rollup);
    if (!pair) return std::nullopt;
    use.number = *pair;
  }
  return use;
}

struct Days {
  int64_t first = 0, last = 0;
  [[nodiscard]] int64_t count() const { return last - first + 1; }
};

// At most kRunsMax stretches, the longest ones, ascending.
std::vector<Days> runs_of(std::span<const int64_t> days) {
  std::vector<Days> runs;
  for (const int64_t day : days) {
    if (!runs.empty() && runs.back().last + 1 == day) runs.back().last = day;
    else runs.push_back({day, day});
  }
  if (runs.size() > kRunsMax) {
    std::ranges::nth_element(runs, runs.begin() + kRunsMax, std::greater(), &Days::count);
    runs.resize(kRunsMax);
    std::ranges::sort(runs, {}, &Days::first);
  }
  return runs;
}

Result<std::vector<Days>> covered_days(const Question& question, const PlanContext& context, Store& store) {
  const Zone& zone = *context.site.zone;
  const Range& range = question.range;
  const int64_t first = range.first_day + (zone.start_of_day(range.first_day) < range.from_ms ? 1 : 0);
  const int64_t last = range.last_day - (zone.start_of_day(range.last_day + 1) > range.to_ms ? 1 : 0);
  NOCT_TRY(const auto days, fresh_days(store, context.site, first, std::min(last, zone.day_of(context.now_ms) - 1)));
  return runs_of(days);
}

std::vector<Instants> gaps_between(std::span<const Days> runs, const Range& range, const Zone& zone) {
  std::vector<Instants> out;
  int64_t at = range.from_ms;
  for (const Days& run : runs) {
    if (const int64_t start = zone.start_of_day(run.first); start > at) out.push_back({at, start});
    at = zone.start_of_day(run.last + 1);
  }
  if (at < range.to_ms) out.push_back({at, range.to_ms});
  return out;
}

SqlText rollup_sql(const RollupUse& use, const Question& question, SumSet sums, const PlanContext& context,
                   std::span<const Days> runs, const Dialect& dialect) {
  SqlText out("SELECT ");
  for (size_t i = 0; i < question.dimensions.size(); ++i) {
    const Dimension& dimension = *question.dimensions[i].dimension;
    if (dimension.level == Level::Time) out.add(day_label_sql(unit_of(dimension, question.range), question.range));
    else out.add(use.column_of(dimension));
    out.add(fmt::format(" AS d{}, ", i));
  }
  std::string columns;
  for (const Sum sum : sums.list()) columns += fmt::format(", CAST(SUM({}) AS BIGINT) AS s_{}", row_of(sum).rolled, row_of(sum).name);
  out.add(std::string_view(columns).substr(2)).add(" FROM ").add(use.table()).add(" WHERE ").of_site(context.site.site, context.site.attribution);
  out.add(use.dimensions.size() == 2 ? " AND pair = " : " AND dimension = ").bind_small(use.number);
  bool first = true;
  for (const Days& run : runs) {
    out.add(first ? " AND ((day >= " : " OR (day >= ").bind_day(run.first).add(" AND day <= ").bind_day(run.last).add(")");
    first = false;
  }
  out.add(")");
  for (const Filter& filter : question.filters) {
    const SqlText column(use.column_of(*filter.dimension.dimension));
    out.add(" AND ").add(simple_filter_sql(filter, column, dialect));
  }
  if (!question.dimensions.empty()) out.add(" GROUP BY ").add(positions(question.dimensions.size()));
  return out;
}

// The same columns for every part: a sum that it has not is nothing.
SqlText with_columns(const SqlText& part, SumSet has, SumSet wanted, size_t dimension_count) {
  std::string columns;
  for (size_t i = 0; i < dimension_count; ++i) columns += fmt::format(", d{}", i);
  for (const Sum sum : wanted.list()) {
    const bool text = sum == Sum::CurrencyLow || sum == Sum::CurrencyHigh;
    columns += has.has(sum) ? fmt::format(", s_{}", row_of(sum).name)
                            : fmt::format(", CAST({} AS {}) AS s_{}", text ? "NULL" : "0", text ? "VARCHAR" : "BIGINT", row_of(sum).name);
  }
  SqlText out("SELECT ");
  return out.add(std::string_view(columns).substr(2)).add(" FROM (").add(part).add(") AS part");
}

class Planner {
 public:
  Planner(const Question& question, SumSet sums, const PlanContext& context, Store& store)
      : question_(question), sums_(sums), context_(context), store_(store) {}

  Result<Plan> make() {
    // Sums of whole visits, when the filter is one of events, need all rows of the visits that match.
    const SumSet sessions = question_.filters_events() ? sums_.both(kSessionSums) : SumSet();
    const SumSet rows = sums_.without(sessions);
    const Instants whole{question_.range.from_ms, question_.range.to_ms};
    if (!sessions.empty()) add_events(sessions, {whole}, Reach::Visits);
    if (!rows.empty()) {
      if (auto added = add_rows(rows, whole); !added) return std::unexpected(std::move(added).error());
    }
    plan_.sql = together();
    return std::move(plan_);
  }

 private:
  Result<void> add_rows(SumSet rows, const Instants& whole) {
    const auto use = context_.rollups && context_.archive.empty() ? choose_rollup(question_, rows) : std::nullopt;
    if (!use) {
      add_events(rows, {whole}, Reach::Rows);
      return {};
    }
    NOCT_TRY(const auto runs, covered_days(question_, context_, store_));
    for (const Days& run : runs) plan_.source.rollup_days += run.count();
    const auto gaps = gaps_between(runs, question_.range, *context_.site.zone);
    if (!runs.empty()) {
      add_part(rollup_sql(*use, question_, rows, context_, runs, store_.dialect()), rows);
    }
    if (!gaps.empty()) add_events(rows, gaps, Reach::Rows);
    return {};
  }

  void add_events(SumSet sums, std::vector<Instants> instants, Reach reach) {
    const EventsQuestion asked{.dimensions = question_.dimensions, .filters = question_.filters, .sums = sums,
                               .scope = {context_.site.site, context_.site.attribution, context_.archive, std::move(instants)},
                               .range = question_.range, .reach = reach};
    add_part(events_sql(asked, *context_.site.zone, store_.dialect()), sums);
    plan_.source.events = true;
  }

  void add_part(const SqlText& part, SumSet has) {
    if (!parts_.empty()) parts_.add(" UNION ALL ");
    parts_.add(with_columns(part, has, sums_, question_.dimensions.size()));
  }

  SqlText together() {
    std::string columns;
    for (size_t i = 0; i < question_.dimensions.size(); ++i) columns += fmt::format(", d{}", i);
    for (const Sum sum : sums_.list()) {
      const SumRow& row = row_of(sum);
      const bool text = sum == Sum::CurrencyLow || sum == Sum::CurrencyHigh;
      columns += text ? fmt::format(", {0}(s_{1}) AS s_{1}", row.fold, row.name)
                      : fmt::format(", COALESCE(CAST({0}(s_{1}) AS BIGINT), 0) AS s_{1}", row.fold, row.name);
    }
    SqlText out("SELECT ");
    out.add(std::string_view(columns).substr(2)).add(" FROM (").add(parts_).add(") AS parts");
    if (!question_.dimensions.empty()) out.add(" GROUP BY ").add(positions(question_.dimensions.size()));
    return out;
  }

  const Question& question_;
  SumSet sums_;
  const PlanContext& context_;
  Store& store_;
  SqlText parts_;
  Plan plan_;
};

}  // namespace

bool suits_rollups(const Question& question, SumSet sums) { return choose_rollup(question, sums).has_value(); }

Result<Plan> make_plan(const Question& question, SumSet sums, const PlanContext& context, Store& store) {
  return Planner(question, sums, context, store).make();
}

}  // namespace noctule
