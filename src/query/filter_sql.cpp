// SPDX-License-Identifier: Apache-2.0
#include "filter_sql.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr std::string_view kVisitGoal = "Visit ";  // Plausible's name of a goal that is a page: "Visit /pricing"

// The dimension's text with the name of empty text put in, for operators that look into it.
SqlText shown_sql(const DimensionUse& use, const SqlText& text) {
  if (use.dimension->empty.empty()) return text;
  SqlText out("CASE WHEN ");
  out.add(text).add(fmt::format(" = '' THEN '{}' ELSE ", use.dimension->empty)).add(text).add(" END");
  return out;
}

SqlText folded(SqlText text, bool case_sensitive) {
  if (case_sensitive) return text;
  SqlText out("lower(");
  out.add(text).add(")");
  return out;
}

SqlText bound(std::string value, bool case_sensitive) {
  SqlText out;
  out.bind(std::move(value));
  return folded(std::move(out), case_sensitive);
}

SqlText is_sql(const Filter& filter, const SqlText& text) {
  SqlText out = folded(text, filter.case_sensitive);
  out.add(" IN (");
  const std::string_view empty = filter.dimension.dimension->empty;
  bool first = true;
  for (const std::string& clause : filter.clauses) {
    const bool means_empty = filter.case_sensitive ? clause == empty : equals_ignoring_case(clause, empty);
    out.add(first ? "" : ", ").add(bound(means_empty ? "" : clause, filter.case_sensitive));
    first = false;
  }
  return out.add(")");
}

SqlText any_sql(const Filter& filter, const auto& one) {
  SqlText out("(");
  bool first = true;
  for (const std::string& clause : filter.clauses) {
    out.add(first ? "" : " OR ").add(one(clause));
    first = false;
  }
  return out.add(")");
}

SqlText contains_sql(const Filter& filter, const SqlText& text) {
  return any_sql(filter, [&](const std::string& clause) {
    SqlText out("position(");
    return out.add(bound(clause, filter.case_sensitive)).add(" IN ").add(folded(text, filter.case_sensitive)).add(") > 0");
  });
}

SqlText matches_sql(const Filter& filter, const SqlText& text, const Dialect& dialect) {
  return any_sql(filter, [&](const std::string& clause) {
    // Engines take the text first and the pattern second, so that the parameters stand in this order.
    SqlText out(dialect.matches(text.text(), "?"));
    for (const Value& value : text.parameters()) out.note(value);
    out.note(clause);
    return out;
  });
}

SqlText goal_sql(const Filter& filter) {
  const bool whole = filter.op != Operator::Contains;
  return any_sql(filter, [&](const std::string& clause) {
    const bool of_page = whole && clause.starts_with(kVisitGoal) && clause.substr(kVisitGoal.size()).starts_with('/');
    SqlText out(of_page ? "(kind = 0 AND " : "(kind = 2 AND ");
    if (!of_page) {
      Filter named = filter;
      named.clauses = {clause};
      return out.add(whole ? is_sql(named, SqlText("name")) : contains_sql(named, SqlText("name"))).add(")");
    }
    const std::string page = clause.substr(kVisitGoal.size());
    if (page.find('*') == std::string::npos) return out.add("path = ").bind(page).add(")");
    std::string pattern;
    for (const char c : page) pattern += c == '*' ? std::string("%") : (c == '%' || c == '_' || c == '\\' ? fmt::format("\\{}", c) : std::string(1, c));
    return out.add("path LIKE ").bind(pattern).add(" ESCAPE '\\')");
  });
}

SqlText negated(SqlText condition) {
  SqlText out("NOT (");
  return out.add(condition).add(")");
}

SqlText filter_sql(const Filter& filter, const Scope& scope, const Dialect& dialect);

SqlText joined(const std::vector<Filter>& filters, std::string_view word, const Scope& scope, const Dialect& dialect) {
  SqlText out;
  for (const Filter& filter : filters) out.add(out.empty() ? "(" : word).add(filter_sql(filter, scope, dialect));
  return out.empty() ? out : out.add(")");
}

SqlText done_sql(const Filter& filter, const Scope& scope, const Dialect& dialect) {
  SqlText out(filter.op == Operator::HasDone ? "(visitor, visit) IN (SELECT visitor, visit FROM events WHERE "
                                             : "(visitor, visit) NOT IN (SELECT visitor, visit FROM events WHERE ");
  return out.add(scope_sql(scope)).add(" AND visitor <> 0 AND ").add(filter_sql(filter.children.front(), scope, dialect)).add(")");
}

SqlText filter_sql(const Filter& filter, const Scope& scope, const Dialect& dialect) {
  switch (filter.op) {
    case Operator::And: return joined(filter.children, " AND ", scope, dialect);
    case Operator::Or: return joined(filter.children, " OR ", scope, dialect);
    case Operator::Not: return negated(filter_sql(filter.children.front(), scope, dialect));
    case Operator::HasDone:
    case Operator::HasNotDone: return done_sql(filter, scope, dialect);
    default: return simple_filter_sql(filter, dimension_sql(filter.dimension, dialect), dialect);
  }
}

}  // namespace

SqlText dimension_sql(const DimensionUse& use, const Dialect& dialect) {
  switch (use.dimension->special) {
    case Special::Property: {
      SqlText out("COALESCE(");
      return out.add(dialect.json_text("CASE WHEN properties = '' THEN NULL ELSE properties END", "?")).note(use.property).add(", '')");
    }
    case Special::Goal: return SqlText("CASE WHEN kind = 2 THEN name ELSE '' END");
    case Special::ExitPage: return SqlText("exit_path");
    default: {
      SqlText out("(");
      return out.add(use.dimension->expression).add(")");
    }
  }
}

SqlText simple_filter_sql(const Filter& filter, const SqlText& text, const Dialect& dialect) {
  if (filter.dimension.dimension->special == Special::Goal) {
    return filter.op == Operator::IsNot ? negated(goal_sql(filter)) : goal_sql(filter);
  }
  switch (filter.op) {
    case Operator::Is: return is_sql(filter, text);
    case Operator::IsNot: return negated(is_sql(filter, text));
    case Operator::Contains: return contains_sql(filter, shown_sql(filter.dimension, text));
    case Operator::ContainsNot: return negated(contains_sql(filter, shown_sql(filter.dimension, text)));
    case Operator::Matches: return matches_sql(filter, shown_sql(filter.dimension, text), dialect);
    default: return negated(matches_sql(filter, shown_sql(filter.dimension, text), dialect));
  }
}

SqlText filters_sql(const std::vector<Filter>& filters, const Scope& scope, const Dialect& dialect) {
  return joined(filters, " AND ", scope, dialect);
}

}  // namespace noctule
