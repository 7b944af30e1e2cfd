// SPDX-License-Identifier: Apache-2.0
#include "answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "explain.h"

namespace noctule {
namespace {

// A row as it was read: the dimensions' texts and the sums.
struct Group {
  std::vector<std::string> keys;
  std::vector<Value> sums;   // by Sum; what was not asked for is null
  [[nodiscard]] int64_t of(Sum sum) const {
    const auto* number = std::get_if<int64_t>(&sums[static_cast<size_t>(sum)]);
    return number == nullptr ? 0 : *number;
  }
  [[nodiscard]] std::string_view text_of(Sum sum) const {
    const auto* text = std::get_if<std::string>(&sums[static_cast<size_t>(sum)]);
    return text == nullptr ? std::string_view() : std::string_view(*text);
  }
};

SumSet asked_sums(const Question& question, const AnswerContext& context) {
  SumSet sums = question.sums();
  if (context.visitors_min > 0) sums.add(Sum::Visitors);
  return sums;
}

// Rows in which nothing that was asked for happened are none: the same from roll-ups and from events.
SqlText wanted_rows(const Question& question, const Plan& plan, bool shown, const AnswerContext& context) {
  SqlText out(" FROM (");
  out.add(plan.sql).add(") AS answer WHERE TRUE");
  if (!question.dimensions.empty()) {
    std::string any;
    for (const Sum sum : question.sums().list()) {
      if (sum != Sum::CurrencyLow && sum != Sum::CurrencyHigh) any += fmt::format("{}s_{} <> 0", any.empty() ? "" : " OR ", row_of(sum).name);
    }
    out.add(fmt::format(" AND ({})", any));
  }
  if (context.visitors_min > 0) out.add(shown ? " AND s_visitors >= " : " AND s_visitors < ").bind(context.visitors_min);
  return out;
}

Result<int64_t> count_rows(const Question& question, const Plan& plan, bool shown, const AnswerContext& context, Store& store) {
  SqlText sql("SELECT COUNT(*)");
  NOCT_TRY(const Table table, store.read(std::move(sql.add(wanted_rows(question, plan, shown, context))).statement()));
  const auto* count = table.rows.empty() ? nullptr : std::get_if<int64_t>(&table.rows[0][0]);
  return count == nullptr ? 0 : *count;
}

// The order asked for, then dimensions ascending, so that pages of one answer never overlap.
std::string order_of(const Question& question) {
  std::string out;
  for (const Order& order : question.order) {
    const std::string what = order.metric != nullptr ? order.metric->order_expression(question.about_events()) : fmt::format("d{}", order.dimension);
    out += fmt::format("{}{} {}", out.empty() ? " ORDER BY " : ", ", what, order.descending ? "DESC" : "ASC");
  }
  for (size_t i = 0; i < question.dimensions.size(); ++i) out += fmt::format("{}d{} ASC", out.empty() ? " ORDER BY " : ", ", i);
  return out;
}

Result<std::vector<Group>> read_groups(const Question& question, SumSet sums, const Plan& plan, const AnswerContext& context,
                                       Store& store, int64_t limit, int64_t offset) {
  SqlText sql("SELECT *");
  sql.add(wanted_rows(question, plan, true, context));
  if (!question.dimensions.empty()) sql.add(order_of(question));
  sql.add(" LIMIT ").bind(limit).add(" OFFSET ").bind(offset);
  NOCT_TRY(Table table, store.read(std::move(sql).statement()));
  const std::vector<Sum> columns = sums.list();
  std::vector<Group> out;
  for (auto& row : table.rows) {
    NOCT_ASSERT(row.size() == question.dimensions.size() + columns.size());
    Group group;
    group.sums.resize(kSums);
    for (size_t i = 0; i < question.dimensions.size(); ++i) {
      const auto* text = std::get_if<std::string>(&row[i]);
      group.keys.push_back(text == nullptr ? std::string() : *text);
    }
    for (size_t i = 0; i < columns.size(); ++i) group.sums[static_cast<size_t>(columns[i])] = std::move(row[question.dimensions.size() + i]);
    out.push_back(std::move(group));
  }
  return out;
}

double rounded(double value, double by) { return std::round(value * by) / by; }

MetricValue shaped(const Metric& metric, double value) {
  if (metric.shape == MetricShape::Decimal) return rounded(value, 100);
  return static_cast<int64_t>(std::llround(value));
}

MetricValue revenue_of(const Metric& metric, const Group& group, const Ratio& ratio) {
  const std::string_view low = group.text_of(Sum::CurrencyLow), high = group.text_of(Sum::CurrencyHigh);
  if (low.empty() || low != high) return {};
  double amount = static_cast<double>(group.of(ratio.over)) * ratio.scale;
  if (ratio.under) amount /= static_cast<double>(std::max<int64_t>(1, group.of(*ratio.under)));
  (void)metric;
  return Money{rounded(amount, 100), std::string(low)};
}

MetricValue value_of(const Metric& metric, const Group& group, bool about_events, double divisor) {
  const Ratio& ratio = metric.ratio(about_events);
  if (metric.shape == MetricShape::Revenue) return revenue_of(metric, group, ratio);
  const auto over = static_cast<double>(group.of(ratio.over));
  if (metric.divisor != Divisor::None) return rounded(divisor > 0 ? over / divisor * 100 : 0, 100);
  if (!ratio.under) return group.of(ratio.over);
  const auto under = static_cast<double>(group.of(*ratio.under));
  if (under <= 0 && metric.null_when_none) return {};
  double value = under > 0 ? over * ratio.scale / under : 0;
  if (metric.name == "bounce_rate") value = std::clamp(value, 0.0, 100.0);  // a bounce may end on the day after its visit began
  return shaped(metric, std::max(value, 0.0));
}

std::vector<Filter> without_goals(const std::vector<Filter>& filters) {
  std::vector<Filter> out;
  for (const Filter& filter : filters) {
    if (!filter.is_simple() || filter.dimension.dimension->special != Special::Goal) out.push_back(filter);
  }
  return out;
}

// The visitors that rates are percentages of, by the dimensions other than goals.
class Divisors {
 public:
  Divisors(const Question& question, const AnswerContext& context, Store& store) : question_(question), context_(context), store_(store) {}

  Result<void> read() {
    for (const Metric* metric : question_.metrics) {
      if (metric->divisor == Divisor::AllVisitors) {
        NOCT_TRY(all_, total(question_.filters));
      } else if (metric->divisor == Divisor::WithoutGoal) {
        NOCT_TRY(without_goal_, total(without_goals(question_.filters)));
      } else if (metric->divisor == Divisor::WithoutGoalPerGroup) {
        if (auto done = read_groups_without_goal(); !done) return done;
      }
    }
    return {};
  }

  [[nodiscard]] double of(const Metric& metric, const Group& group) const {
    if (metric.divisor == Divisor::AllVisitors) return all_;
    if (metric.divisor == Divisor::WithoutGoal) return without_goal_;
    if (metric.divisor == Divisor::None) return 0;
    const auto found = groups_.find(keys_of(group.keys));
    return found == groups_.end() ? 0 : found->second;
  }

 private:
  [[nodiscard]] Question visitors_question(std::vector<Filter> filters, std::vector<DimensionUse> by) const {
    Question out;
    out.metrics = {find_metric("visitors")};
    out.filters = std::move(filters);
    out.dimensions = std::move(by);
    out.range = question_.range;
    return out;
  }

  Result<double> total(std::vector<Filter> filters) {
    const Question asked = visitors_question(std::move(filters), {});
    const AnswerContext open{context_.plan, 0};
    NOCT_TRY(const Plan plan, make_plan(asked, asked.sums(), context_.plan, store_));
    NOCT_TRY(const auto groups, read_groups(asked, asked.sums(), plan, open, store_, 1, 0));
    return groups.empty() ? 0.0 : static_cast<double>(groups[0].of(Sum::Visitors));
  }

  Result<void> read_groups_without_goal() {
    std::vector<DimensionUse> by;
    for (const DimensionUse& use : question_.dimensions) {
      if (use.dimension->special != Special::Goal) by.push_back(use);
    }
    const Question asked = visitors_question(without_goals(question_.filters), std::move(by));
    const AnswerContext open{context_.plan, 0};
    NOCT_TRY(const Plan plan, make_plan(asked, asked.sums(), context_.plan, store_));
    NOCT_TRY(const auto groups, read_groups(asked, asked.sums(), plan, open, store_, kGroupsMax, 0));
    for (const Group& group : groups) groups_[group.keys] = static_cast<double>(group.of(Sum::Visitors));
    return {};
  }

  [[nodiscard]] std::vector<std::string> keys_of(const std::vector<std::string>& keys) const {
    std::vector<std::string> out;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (question_.dimensions[i].dimension->special != Special::Goal) out.push_back(keys[i]);
    }
    return out;
  }

  const Question& question_;
  const AnswerContext& context_;
  Store& store_;
  double all_ = 0, without_goal_ = 0;
  std::map<std::vector<std::string>, double> groups_;
};

bool orders_by_group_rate(const Question& question) {
  return std::ranges::any_of(question.order, [](const Order& order) {
    return order.metric != nullptr && order.metric->divisor == Divisor::WithoutGoalPerGroup;
  });
}

double number_of(const MetricValue& value) {
  if (const auto* whole = std::get_if<int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  const auto* money = std::get_if<Money>(&value);
  return money == nullptr ? 0 : money->amount;
}

// The order of a rate whose divisor differs from row to row is known only now.
void order_rows(const Question& question, std::vector<AnswerRow>& rows) {
  const auto before = [&](const AnswerRow& a, const AnswerRow& b) {
    for (const Order& order : question.order) {
      std::partial_ordering how = std::partial_ordering::equivalent;
      if (order.metric == nullptr) {
        how = a.dimensions[order.dimension] <=> b.dimensions[order.dimension];
      } else {
        const auto at = static_cast<size_t>(std::ranges::find(question.metrics, order.metric) - question.metrics.begin());
        how = number_of(a.metrics[at]) <=> number_of(b.metrics[at]);
      }
      if (how != 0) return order.descending ? how > 0 : how < 0;
    }
    return a.dimensions < b.dimensions;
  };
  std::ranges::sort(rows, before);
}

AnswerRow row_from(const Question& question, const Group& group, const Divisors& divisors, Answer& answer) {
  AnswerRow row;
  for (size_t i = 0; i < group.keys.size(); ++i) {
    row.dimensions.push_back(group.keys[i].empty() ? std::string(question.dimensions[i].dimension->empty) : group.keys[i]);
  }
  for (const Metric* metric : question.metrics) {
    row.metrics.push_back(value_of(*metric, group, question.about_events(), divisors.of(*metric, group)));
    if (metric->shape != MetricShape::Revenue || !std::holds_alternative<std::monostate>(row.metrics.back())) continue;
    const bool none = group.text_of(Sum::CurrencyLow).empty();
    answer.no_revenue = answer.no_revenue || none;
    answer.many_currencies = answer.many_currencies || !none;
  }
  return row;
}

}  // namespace

Result<Answer> answer_question(const Question& question, const AnswerContext& context, Store& store) {
  Answer answer;
  const SumSet sums = asked_sums(question, context);
  NOCT_TRY(const Plan plan, make_plan(question, sums, context.plan, store));
  answer.source = plan.source;
  const bool late_order = orders_by_group_rate(question);
  NOCT_TRY(const auto groups, read_groups(question, sums, plan, context, store, late_order ? kGroupsMax : question.limit, late_order ? 0 : question.offset));
  Divisors divisors(question, context, store);
  if (auto read = divisors.read(); !read) return std::unexpected(std::move(read).error());
  for (const Group& group : groups) answer.rows.push_back(row_from(question, group, divisors, answer));
  if (late_order) {
    order_rows(question, answer.rows);
    const auto size = static_cast<int64_t>(answer.rows.size());
    answer.rows.erase(answer.rows.begin(), answer.rows.begin() + std::min(question.offset, size));
    if (static_cast<int64_t>(answer.rows.size()) > question.limit) answer.rows.resize(static_cast<size_t>(question.limit));
  }
  if (question.total_rows) {
    NOCT_TRY(answer.total_rows, count_rows(question, plan, true, context, store));
  }
  if (context.visitors_min > 0) {
    NOCT_TRY(answer.withheld, count_rows(question, plan, false, context, store));
  }
  if (question.explain) {
    if (auto explained = explain_rows(question, context, store, answer); !explained) return std::unexpected(std::move(explained).error());
  }
  return answer;
}

}  // namespace noctule
