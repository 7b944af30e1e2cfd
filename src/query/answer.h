#pragma once
// SPDX-License-Identifier: Apache-2.0
// answer: runs a question and computes its metrics. The result is plain values, from which JSON and CSV are written alike.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan.h"
#include "question.h"

namespace noctule {

inline constexpr int64_t kGroupsMax = 100'000;      // groups that are looked at to order by group_conversion_rate, or to explain
inline constexpr int64_t kExplainedRowsMax = 100;

struct Money {
  double amount = 0;
  std::string currency;                             // ISO 4217
};
using MetricValue = std::variant<std::monostate, int64_t, double, Money>;

struct RuleCount {
  std::string id;
  int64_t visits = 0;
};

struct AnswerRow {
  std::vector<std::string> dimensions;              // as shown
  std::vector<MetricValue> metrics;
  std::vector<RuleCount> rules;                     // with include.explain; the most frequent first
};

struct Answer {
  std::vector<AnswerRow> rows;
  std::optional<int64_t> total_rows;
  int64_t withheld = 0;                             // rows of people below k, when published
  bool many_currencies = false, no_revenue = false; // why a revenue is null
  PlanSource source;
};

struct AnswerContext {
  PlanContext plan;
  int64_t visitors_min = 0;                         // rows with fewer are withheld; 0: none are
};

[[nodiscard]] Result<Answer> answer_question(const Question& question, const AnswerContext& context, Store& store);

}  // namespace noctule
