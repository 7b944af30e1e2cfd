#pragma once
// SPDX-License-Identifier: Apache-2.0
// Metric: a number that can be asked for: a sum, or one sum over another. One table of rows.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sum.h"

namespace noctule {

enum class MetricShape : uint8_t { Count, Whole, Decimal, Seconds, Revenue };
// The number that the visitors of a row are divided by.
enum class Divisor : uint8_t { None, AllVisitors, WithoutGoal, WithoutGoalPerGroup };
enum class Requires : uint8_t { Nothing, Dimensions, Page, Goal, NoEventDimension };

struct Ratio {
  Sum over = Sum::Visits;
  std::optional<Sum> under;     // nullopt: over alone
  double scale = 1;
};

struct Metric {
  std::string_view name;
  std::string_view definition;  // a sentence for explanations and documentation
  MetricShape shape;
  Ratio of_visits;              // when the question is about whole visits
  Ratio of_events;              // when a dimension or filter of the question is one of events
  Requires requirement = Requires::Nothing;
  Divisor divisor = Divisor::None;
  bool null_when_none = false;  // null rather than 0 where the lower sum is 0

  [[nodiscard]] const Ratio& ratio(bool about_events) const { return about_events ? of_events : of_visits; }
  [[nodiscard]] SumSet sums(bool about_events) const;
  // An expression over the columns s_..., by which rows are ordered.
  [[nodiscard]] std::string order_expression(bool about_events) const;
};

[[nodiscard]] std::span<const Metric> metrics();
[[nodiscard]] const Metric* find_metric(std::string_view name);

}  // namespace noctule
