#pragma once
// SPDX-License-Identifier: Apache-2.0
// What metrics mean, told a second time: loops over rows in memory, without SQL, sums or roll-ups. For comparison.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "world.h"
#include "zone.h"

namespace noctule::testing {

// A question of the kinds that the reference understands.
struct PlainFilter {
  std::string op, dimension;
  std::vector<std::string> values;
};
struct PlainQuestion {
  std::vector<std::string> metrics, dimensions;
  std::vector<PlainFilter> filters;
  int64_t from_ms = 0, to_ms = 0;
  [[nodiscard]] Json json() const;  // with the range as instants
};

// dimensions -> metrics, rows in which nothing happened left out.
using PlainAnswer = std::map<std::vector<std::string>, std::vector<double>>;
[[nodiscard]] PlainAnswer answer_plainly(const std::vector<EventRow>& rows, const PlainQuestion& question, const Zone& zone);
[[nodiscard]] PlainAnswer plain_answer_of(const Json& answer);

[[nodiscard]] bool is_event_dimension(const std::string& name);
[[nodiscard]] bool is_session_metric(const std::string& name);

}  // namespace noctule::testing
