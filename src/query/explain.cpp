// SPDX-License-Identifier: Apache-2.0
#include "explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "noctule/store/event_row.h"

namespace noctule {
namespace {

using Keys = std::vector<std::string>;

// The question again, by rules as well, for the rows of the answer alone.
Question question_by_rules(const Question& question, const Answer& answer) {
  Question out = question;
  out.metrics = {find_metric("visits")};
  out.order = {{.metric = out.metrics.front()}};
  out.explain = out.total_rows = out.time_labels = false;
  out.limit = kGroupsMax;
  out.offset = 0;
  for (size_t i = 0; i < question.dimensions.size(); ++i) {
    const DimensionUse& use = question.dimensions[i];
    if (use.dimension->level == Level::Time || use.dimension->special == Special::Goal) continue;
    Filter shown{.op = Operator::Is, .dimension = use};
    for (const AnswerRow& row : answer.rows) shown.clauses.push_back(row.dimensions[i]);
    std::ranges::sort(shown.clauses);
    shown.clauses.erase(std::ranges::unique(shown.clauses).begin(), shown.clauses.end());
    out.filters.push_back(std::move(shown));
  }
  out.dimensions.push_back({&rules_dimension(), {}});
  return out;
}

using Counts = std::map<Keys, std::map<std::string, int64_t, std::less<>>>;

Counts count_rules(const Answer& by_rules) {
  Counts out;
  for (const AnswerRow& row : by_rules.rows) {
    const auto* visits = std::get_if<int64_t>(&row.metrics[0]);
    std::string_view ids = row.dimensions.back();
    // Of an operator's rule it is told that it decided; what it put aside is no rule.
    ids = ids.substr(0, ids.find(kChannelRuleMark) == std::string_view::npos ? ids.size() : ids.find(kChannelRuleMark) + kChannelRuleMark.find(' '));
    auto& counts = out[Keys(row.dimensions.begin(), row.dimensions.end() - 1)];
    while (!ids.empty()) {
      const size_t end = std::min(ids.find(' '), ids.size());
      if (end > 0 && visits != nullptr) counts[std::string(ids.substr(0, end))] += *visits;
      ids.remove_prefix(std::min(end + 1, ids.size()));
    }
  }
  return out;
}

}  // namespace

Result<void> explain_rows(const Question& question, const AnswerContext& context, Store& store, Answer& answer) {
  if (static_cast<int64_t>(answer.rows.size()) > kExplainedRowsMax) {
    return fail(ErrorCode::InvalidInput, fmt::format("#/include/explain: at most {0} rows are explained at once; set pagination.limit to {0} or less", kExplainedRowsMax));
  }
  if (answer.rows.empty()) return {};
  NOCT_TRY(const Answer by_rules, answer_question(question_by_rules(question, answer), {context.plan, 0}, store));
  const Counts counts = count_rules(by_rules);
  for (AnswerRow& row : answer.rows) {
    const auto found = counts.find(row.dimensions);
    if (found == counts.end()) continue;
    for (const auto& [id, visits] : found->second) {
      if (visits > 0 && visits >= context.visitors_min) row.rules.push_back({id, visits});
    }
    std::ranges::stable_sort(row.rules, std::greater(), &RuleCount::visits);
  }
  return {};
}

}  // namespace noctule
