#pragma once
// SPDX-License-Identifier: Apache-2.0
// Question: what is asked, checked and with its names looked up. Plain values; no outside text is in it except as values to bind.
#include <cstdint>
#include <string>
#include <vector>

#include "dimension.h"
#include "metric.h"

namespace noctule {

enum class Operator : uint8_t { Is, IsNot, Contains, ContainsNot, Matches, MatchesNot, And, Or, Not, HasDone, HasNotDone };

struct Filter {
  Operator op = Operator::Is;
  DimensionUse dimension = {};        // of Is to MatchesNot
  std::vector<std::string> clauses = {};  // at least one of them holds (for the negations: none)
  bool case_sensitive = true;
  std::vector<Filter> children = {};  // of And to HasNotDone

  [[nodiscard]] bool is_simple() const { return op <= Operator::MatchesNot; }
  [[nodiscard]] bool is_behavioral() const { return op >= Operator::HasDone; }
};

// Instants [from_ms, to_ms) and the local days that they touch.
struct Range {
  int64_t from_ms = 0, to_ms = 0;
  int64_t first_day = 0, last_day = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

struct Order {
  const Metric* metric = nullptr;     // or
  size_t dimension = 0;               // the index of a dimension
  bool descending = true;
};

struct Question {
  std::vector<const Metric*> metrics;
  std::vector<DimensionUse> dimensions;
  std::vector<Filter> filters;        // all hold
  std::vector<Order> order;
  Range range;
  bool imports = false, time_labels = false, total_rows = false, explain = false, trim = false;
  int64_t limit = 0, offset = 0;

  // Whether a dimension or filter is one of events rather than of whole visits.
  [[nodiscard]] bool about_events() const;
  [[nodiscard]] bool filters_events() const;
  [[nodiscard]] SumSet sums() const;
};

// Visits filter and everything in it.
template <typename Visit>
void for_each_filter(const std::vector<Filter>& filters, Visit&& visit) {
  for (const Filter& filter : filters) {
    visit(filter);
    for_each_filter(filter.children, visit);
  }
}
// Whether a filter of this dimension is there, outside of behavioral ones.
[[nodiscard]] bool has_filter_of(const std::vector<Filter>& filters, Level level);
[[nodiscard]] bool has_filter_of(const std::vector<Filter>& filters, Special special);
[[nodiscard]] bool has_filter_of(const std::vector<Filter>& filters, std::string_view name);

}  // namespace noctule
