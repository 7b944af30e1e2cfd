// SPDX-License-Identifier: Apache-2.0
#include "events_sql.h"

#include <fmt/format.h>

#include <algorithm>

#include "filter_sql.h"

namespace noctule {
namespace {

constexpr int kArchive = static_cast<int>(EventOrigin::Archive);

// What a group is kept apart by until something was counted for it, from fine to coarse.
std::string_view keys_of(Birth birth) {
  switch (birth) {
    case Birth::Page: return ", visitor, visit, path AS page";
    case Birth::Visit: return ", visitor, visit";
    case Birth::Visitor: return ", visitor";
    case Birth::Row: break;
  }
  return "";
}
std::string_view passed_keys_of(Birth birth) { return birth == Birth::Page ? ", visitor, visit, page" : keys_of(birth); }
size_t key_count(Birth birth) {
  constexpr size_t kCounts[] = {0, 3, 2, 1};
  return kCounts[static_cast<size_t>(birth)];
}

bool is_text(Sum sum) { return sum == Sum::CurrencyLow || sum == Sum::CurrencyHigh; }

std::string folded(const SumRow& row, Sum sum, std::string_view expression) {
  if (is_text(sum)) return fmt::format(", {}({}) AS s_{}", row.fold, expression, row.name);
  return fmt::format(", CAST({}({}) AS BIGINT) AS s_{}", row.fold, expression, row.name);
}

// The births in use, fine to coarse, and Row at the end for the groups that are asked for.
std::vector<Birth> levels_of(SumSet sums) {
  std::vector<Birth> out;
  for (const Birth birth : {Birth::Page, Birth::Visit, Birth::Visitor}) {
    for (const Sum sum : sums.list()) {
      if (row_of(sum).birth == birth) {
        out.push_back(birth);
        break;
      }
    }
  }
  return out;
}

class Builder {
 public:
  Builder(const EventsQuestion& asked, const Zone& zone, const Dialect& dialect)
      : asked_(asked), zone_(zone), dialect_(dialect), sums_(asked.sums.with_needs()), levels_(levels_of(sums_)) {}

  SqlText build() {
    SqlText sql = first();
    // What is born at a level is counted when its groups are put together into the next.
    for (size_t i = 0; i < levels_.size(); ++i) {
      const bool last = i + 1 == levels_.size();
      sql = outer(std::move(sql), levels_[i], last ? Birth::Row : levels_[i + 1], last);
    }
    return sql;
  }

 private:
  [[nodiscard]] bool is_summed() const { return !asked_.summed.empty(); }
  [[nodiscard]] size_t dimension_count() const { return is_summed() ? asked_.summed_dimensions : asked_.dimensions.size(); }

  // Days are kept apart where somebody is counted and there is more than one.
  [[nodiscard]] bool has_day() const { return !levels_.empty() && !is_summed() && spans_days(); }
  [[nodiscard]] bool spans_days() const {
    const auto& instants = asked_.scope.instants;
    return zone_.day_of(instants.front().from_ms) != zone_.day_of(instants.back().to_ms - 1);
  }

  SqlText first() {
    const Birth finest = levels_.empty() ? Birth::Row : levels_.front();
    SqlText out("SELECT ");
    for (size_t i = 0; i < dimension_count(); ++i) out.add(dimension(i)).add(fmt::format(" AS d{}, ", i));
    if (has_day()) out.add(dialect_.local_date("time", zone_.name())).add(" AS day, ");
    size_t keys = dimension_count() + (has_day() ? 1 : 0);
    std::string columns(keys_of(finest));
    keys += key_count(finest);
    for (const Sum sum : sums_.list()) {
      const SumRow& row = row_of(sum);
      if (row.birth != Birth::Row) continue;
      columns += folded(row, sum, is_summed() ? fmt::format("s_{}", row.name) : std::string(row.expression));
    }
    out.add(std::string_view(columns).substr(2)).add(" FROM ").add(source());
    if (!is_summed()) out.add(" WHERE ").add(conditions());
    if (keys > 0) out.add(" GROUP BY ").add(positions(keys));
    return out;
  }

  SqlText outer(SqlText inner, Birth from, Birth to, bool last) {
    std::string columns, keys;
    for (size_t i = 0; i < dimension_count(); ++i) keys += fmt::format(", d{}", i);
    size_t count = dimension_count();
    if (has_day() && !last) {
      keys += ", day";
      ++count;
    }
    keys += passed_keys_of(to);
    count += key_count(to);
    for (const Sum sum : (last ? asked_.sums : sums_).list()) {
      const SumRow& row = row_of(sum);
      if (row.birth == from) columns += folded(row, sum, row.expression);
      else if (row.birth == Birth::Row || is_before(row.birth, from)) columns += folded(row, sum, fmt::format("s_{}", row.name));
    }
    const std::string selected = keys + columns;
    SqlText out("SELECT ");
    out.add(std::string_view(selected).substr(2)).add(" FROM (").add(inner).add(fmt::format(") AS by_{}", static_cast<int>(from)));
    if (count > 0) out.add(" GROUP BY ").add(positions(count));
    return out;
  }

  // Born at a finer level than this one, so that a lower step has counted it.
  static bool is_before(Birth birth, Birth level) { return birth != Birth::Row && birth < level; }

  SqlText dimension(size_t index) {
    if (is_summed()) return SqlText(fmt::format("d{}", index));
    const DimensionUse& use = asked_.dimensions[index];
    if (use.dimension->level != Level::Time) return dimension_sql(use, dialect_);
    return time_sql(unit_of(*use.dimension, asked_.range), asked_.range, zone_, dialect_);
  }

  [[nodiscard]] bool uses(Special special) const {
    return std::ranges::any_of(asked_.dimensions, [&](const DimensionUse& use) { return use.dimension->special == special; }) ||
           has_filter_of(asked_.filters, special);
  }

  SqlText source() {
    if (is_summed()) return asked_.summed;
    if (!uses(Special::ExitPage)) return SqlText("events");
    // The last page of each visit; of two in one millisecond the one that sorts last, so that the answer is always the same.
    SqlText views("SELECT visitor, visit, time, path FROM events WHERE ");
    views.add(scope_sql(asked_.scope)).add(" AND kind = 0 AND visitor <> 0");
    SqlText out("(SELECT e.*, COALESCE(x.exit_path, '') AS exit_path FROM events AS e LEFT JOIN (SELECT v.visitor, v.visit, "
                "MAX(v.path) AS exit_path FROM (");
    out.add(views).add(") AS v JOIN (SELECT visitor, visit, MAX(time) AS time FROM (").add(views);
    out.add(") AS w GROUP BY 1, 2) AS l ON v.visitor = l.visitor AND v.visit = l.visit AND v.time = l.time GROUP BY 1, 2) AS x "
            "ON e.visitor = x.visitor AND e.visit = x.visit) AS events_with_exits");
    return out;
  }

  SqlText conditions() {
    SqlText out = scope_sql(asked_.scope);
    if (std::ranges::any_of(asked_.dimensions, [](const DimensionUse& use) { return use.dimension->special == Special::Goal; })) {
      out.add(" AND kind = 2");
    }
    const SqlText filters = filters_sql(asked_.filters, asked_.scope, dialect_);
    if (filters.empty()) return out;
    if (asked_.reach == Reach::Rows) return out.add(" AND ").add(filters);
    out.add(" AND (visitor, visit) IN (SELECT visitor, visit FROM ").add(source()).add(" WHERE ");
    return out.add(scope_sql(asked_.scope)).add(" AND visitor <> 0 AND ").add(filters).add(")");
  }

  const EventsQuestion& asked_;
  const Zone& zone_;
  const Dialect& dialect_;
  SumSet sums_;
  std::vector<Birth> levels_;
};

}  // namespace

SqlText events_sql(const EventsQuestion& asked, const Zone& zone, const Dialect& dialect) {
  return Builder(asked, zone, dialect).build();
}

SqlText scope_sql(const Scope& scope) {
  SqlText out;
  out.of_site(scope.site, scope.attribution).add(" AND (");
  bool first = true;
  for (const Instants& part : scope.instants) {
    out.add(first ? "(time >= " : " OR (time >= ").bind_instant(part.from_ms).add(" AND time < ").bind_instant(part.to_ms).add(")");
    first = false;
  }
  out.add(")");
  if (scope.archive.empty()) return out.add(fmt::format(" AND origin <> {}", kArchive));
  // An operator's channel rule leaves its mark behind the table's name.
  return out.add(fmt::format(" AND (origin <> {} OR rules = ", kArchive)).bind(scope.archive).add(" OR rules LIKE ").bind(scope.archive + " %").add(")");
}

TimeUnit unit_of(const Dimension& dimension, const Range& range) {
  return dimension.unit == TimeUnit::Auto ? unit_for(range) : dimension.unit;
}

namespace {

// CASE WHEN column < end of first THEN label ...: labels of buckets, by a comparison that the caller writes.
template <typename BindEnd>
SqlText bucket_sql(const std::vector<Bucket>& buckets, std::string_view column, BindEnd bind_end) {
  SqlText out("CASE");
  for (size_t i = 0; i + 1 < buckets.size(); ++i) {
    out.add(" WHEN ").add(column).add(" < ");
    bind_end(out, buckets[i].end_day);
    out.add(" THEN ").bind(buckets[i].label);
  }
  if (buckets.size() == 1) out.add(" WHEN TRUE THEN ").bind(buckets.back().label);
  else out.add(" ELSE ").bind(buckets.back().label);
  return out.add(" END");
}

}  // namespace

SqlText time_sql(TimeUnit unit, const Range& range, const Zone& zone, const Dialect& dialect) {
  if (unit == TimeUnit::Hour) return SqlText(fmt::format("CAST({} AS VARCHAR)", dialect.truncate_time("hour", "time", zone.name())));
  if (unit == TimeUnit::Day && range.first_day != range.last_day) {
    return SqlText(fmt::format("CAST({} AS VARCHAR)", dialect.local_date("time", zone.name())));
  }
  return bucket_sql(buckets_of(range, unit), "time", [&](SqlText& out, int64_t end_day) { out.bind_instant(zone.start_of_day(end_day)); });
}

SqlText day_label_sql(TimeUnit unit, const Range& range) {
  if (unit == TimeUnit::Day) return SqlText("CAST(day AS VARCHAR)");
  return bucket_sql(buckets_of(range, unit), "day", [](SqlText& out, int64_t end_day) { out.bind_day(end_day); });
}

}  // namespace noctule
