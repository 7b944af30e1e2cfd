#pragma once
// SPDX-License-Identifier: Apache-2.0
// plan: one statement for a question, from roll-ups of whole days where these hold the answer exactly and from events for the rest.
//
// Roll-ups hold it when every sum is kept in them, at most two dimensions other than time take part, filters are of one of them
// and that pair is kept, and nothing asks for hours, behaviour, goals or properties. People and visits are counted distinct, and a
// person may have several values of a dimension: a filter on a dimension that is not broken down by must then name one value.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "events_sql.h"
#include "question.h"
#include "rollup.h"
#include "sql_text.h"

namespace noctule {

inline constexpr size_t kRunsMax = 16;  // stretches of days that are taken from roll-ups

// Where an answer came from, for explanations.
struct PlanSource {
  int64_t rollup_days = 0;
  bool events = false;
};

struct Plan {
  SqlText sql;                       // SELECT d0, ..., s_...: one row per group, in no order
  PlanSource source;
};

struct PlanContext {
  RollupSite site;
  std::string archive;               // see Scope
  int64_t now_ms = 0;
  bool rollups = true;               // false: events alone, for tests and comparisons
};

// Whether roll-ups can hold the question's answer, whatever days there are.
[[nodiscard]] bool suits_rollups(const Question& question, SumSet sums);

[[nodiscard]] Result<Plan> make_plan(const Question& question, SumSet sums, const PlanContext& context, Store& store);

}  // namespace noctule
