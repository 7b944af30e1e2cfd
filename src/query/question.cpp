// SPDX-License-Identifier: Apache-2.0
#include "question.h"

#include <algorithm>

namespace noctule {
namespace {

template <typename Holds>
bool any_simple(const std::vector<Filter>& filters, const Holds& holds) {
  return std::ranges::any_of(filters, [&](const Filter& filter) {
    if (filter.is_simple()) return holds(filter.dimension);
    return !filter.is_behavioral() && any_simple(filter.children, holds);
  });
}

}  // namespace

bool has_filter_of(const std::vector<Filter>& filters, Level level) {
  return any_simple(filters, [&](const DimensionUse& use) { return use.dimension->level == level; });
}
bool has_filter_of(const std::vector<Filter>& filters, Special special) {
  return any_simple(filters, [&](const DimensionUse& use) { return use.dimension->special == special; });
}
bool has_filter_of(const std::vector<Filter>& filters, std::string_view name) {
  return any_simple(filters, [&](const DimensionUse& use) { return use.dimension->name == name; });
}

bool Question::filters_events() const { return has_filter_of(filters, Level::Event); }

bool Question::about_events() const {
  return filters_events() || std::ranges::any_of(dimensions, [](const DimensionUse& use) { return use.dimension->level == Level::Event; });
}

SumSet Question::sums() const {
  SumSet out;
  for (const Metric* metric : metrics) out.add(metric->sums(about_events()));
  return out;
}

}  // namespace noctule
