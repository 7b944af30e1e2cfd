// SPDX-License-Identifier: Apache-2.0
#include "metric.h"

#include <fmt/format.h>

namespace noctule {
namespace {

constexpr Ratio plain(Sum sum) { return {sum, std::nullopt, 1}; }

Metric count(std::string_view name, std::string_view definition, Sum of_visits, Sum of_events) {
  return {name, definition, MetricShape::Count, plain(of_visits), plain(of_events)};
}

const Metric kMetrics[] = {
    count("visitors", "People counted once per local day: distinct pseudonyms with a page view or custom event, added over days. "
          "A pseudonym lasts a day, so that nobody can be recognised on the next.", Sum::Visitors, Sum::Visitors),
    count("visits", "Visits that began in the range; with an event dimension or filter, visits with an event that matches, "
          "counted once per local day.", Sum::Visits, Sum::VisitCount),
    count("pageviews", "Page views.", Sum::Pageviews, Sum::Pageviews),
    count("events", "Page views and custom events.", Sum::Events, Sum::Events),
    {"views_per_visit", "Page views divided by visits.", MetricShape::Decimal, {Sum::VisitPageviews, Sum::Visits, 1},
     {Sum::VisitPageviews, Sum::Visits, 1}, Requires::NoEventDimension},
    {"bounce_rate", "Percentage of visits with one page view and no interactive event.", MetricShape::Whole,
     {Sum::Bounces, Sum::Visits, 100}, {Sum::Bounces, Sum::Visits, 100}, Requires::NoEventDimension},
    {"visit_duration", "Seconds from a visit's first event to its last, averaged over visits.", MetricShape::Seconds,
     {Sum::DurationMs, Sum::Visits, 0.001}, {Sum::DurationMs, Sum::Visits, 0.001}, Requires::NoEventDimension},
    {"scroll_depth", "Percentage of a page's height that was reached, averaged over the pages of each visit that reported it.",
     MetricShape::Whole, {Sum::ScrollSum, Sum::ScrollCount, 1}, {Sum::ScrollSum, Sum::ScrollCount, 1}, Requires::Page,
     Divisor::None, true},
    {"time_on_page", "Seconds a page was visible and used, averaged over the pages of each visit that reported it.",
     MetricShape::Seconds, {Sum::EngagedMs, Sum::EngagedCount, 0.001}, {Sum::EngagedMs, Sum::EngagedCount, 0.001}, Requires::Page,
     Divisor::None, true},
    {"percentage", "Visitors of the row as a percentage of the visitors of the whole answer.", MetricShape::Decimal,
     plain(Sum::Visitors), plain(Sum::Visitors), Requires::Dimensions, Divisor::AllVisitors},
    {"conversion_rate", "Visitors who did the goal as a percentage of all visitors.", MetricShape::Decimal, plain(Sum::Visitors),
     plain(Sum::Visitors), Requires::Goal, Divisor::WithoutGoal},
    {"group_conversion_rate", "Visitors who did the goal as a percentage of the visitors with the same other dimensions.",
     MetricShape::Decimal, plain(Sum::Visitors), plain(Sum::Visitors), Requires::Goal, Divisor::WithoutGoalPerGroup},
    {"average_revenue", "Revenue divided by the events that brought it.", MetricShape::Revenue,
     {Sum::RevenueMicros, Sum::RevenueCount, 1e-6}, {Sum::RevenueMicros, Sum::RevenueCount, 1e-6}, Requires::Goal},
    {"total_revenue", "Revenue of the events.", MetricShape::Revenue, {Sum::RevenueMicros, std::nullopt, 1e-6},
     {Sum::RevenueMicros, std::nullopt, 1e-6}, Requires::Goal},
    count("private_low", "Visits whose link was passed on in private, by evidence: the lower bound.", Sum::PrivateLow,
          Sum::PrivateLowCount),
    count("private_high", "private_low, visits from apps in which one cannot tell, and deep arrivals without referrer that nothing "
          "explains: the upper bound.", Sum::PrivateHigh, Sum::PrivateHighCount),
    count("dark_visits", "Deep arrivals without referrer that nothing explains: in the upper bound only.", Sum::DarkVisits,
          Sum::DarkCount),
    count("unfurls", "Previews that apps fetched for links to the site; each stands for one share or a few.", Sum::Unfurls,
          Sum::Unfurls),
};

}  // namespace

SumSet Metric::sums(bool about_events) const {
  SumSet out{ratio(about_events).over};
  if (ratio(about_events).under) out.add(*ratio(about_events).under);
  // Events, so that a goal without revenue is a row as well.
  if (shape == MetricShape::Revenue) out.add(SumSet{Sum::CurrencyLow, Sum::CurrencyHigh, Sum::Events});
  return out;
}

std::string Metric::order_expression(bool about_events) const {
  const Ratio& wanted = ratio(about_events);
  if (!wanted.under) return fmt::format("s_{}", row_of(wanted.over).name);
  return fmt::format("CASE WHEN s_{0} > 0 THEN s_{1} * 1.0 / s_{0} ELSE 0 END", row_of(*wanted.under).name, row_of(wanted.over).name);
}

std::span<const Metric> metrics() { return kMetrics; }

const Metric* find_metric(std::string_view name) {
  for (const Metric& row : kMetrics) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace noctule
