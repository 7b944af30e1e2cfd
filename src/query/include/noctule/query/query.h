#pragma once
// SPDX-License-Identifier: Apache-2.0
// Questions about a site, in the shape of Plausible's query API version 2 with dimensions and metrics of our own, answered
// from roll-ups where these hold the answer and from events where they do not; both give the same numbers.
// private_low sums `visits` where is_known_private() of noctule/estimate/estimate.h holds (is_private = Yes and grade >= Inferred);
// private_high adds those with `dark`.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "noctule/base/result.h"
#include "noctule/settings/site.h"
#include "noctule/store/store.h"

namespace noctule {

struct QueryContext {
  const Site& site;
  int64_t now_ms = 0;
  bool published = false;         // seen by outsiders (shared link): numbers of people below the site's k are withheld
};

enum class AnswerFormat { Json, Csv };

// One question. body: the JSON of POST /api/v2/query; its site_id was resolved by the caller. Answer: the JSON
// {"results": [{"metrics": [...], "dimensions": [...]}], "meta": {...}, "query": {...}}, or CSV with a header line.
// Error: InvalidInput (a message in the shape Plausible gives, naming the field), Exhausted, Io.
class QueryEngine {
 public:
  explicit QueryEngine(Store& store);
  ~QueryEngine();
  [[nodiscard]] Result<std::string> answer(std::string_view body, const QueryContext& context, AnswerFormat format);
  // Builds the roll-ups of days that are over and have none, oldest first, at most days_max; gives how many. Called by a job.
  [[nodiscard]] Result<int> roll_up(const std::vector<Site>& sites, int64_t now_ms, int days_max);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The site_id of a question, without reading the rest. Error: InvalidInput.
[[nodiscard]] Result<std::string> site_of_query(std::string_view body);

}  // namespace noctule
