// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace noctule::testing {
namespace {

std::string or_else(std::string_view text, std::string_view empty) { return std::string(text.empty() ? empty : text); }

bool is_private_or_unknown(const EventRow& row) { return row.is_private == 1 || row.is_private == 2; }

std::string text_of(const EventRow& row, const std::string& name, int64_t day, int64_t first_day) {
  const bool unfurl = row.kind == 3;
  const auto named = [&](std::string_view text) { return unfurl ? std::string("(not set)") : std::string(text); };
  if (name == "event:page") return std::string(row.path);
  if (name == "event:hostname") return std::string(row.host);
  if (name == "visit:entry_page") return or_else(row.entry_path, "(not set)");
  if (name == "visit:source") return or_else(row.source, "Direct / None");
  if (name == "visit:channel") return named(name_of(static_cast<Channel>(row.channel)));
  if (name == "visit:ga4_channel") return named(name_of(static_cast<Ga4Channel>(row.ga4_channel)));
  if (name == "visit:evidence") return named(name_of(static_cast<Grade>(row.grade)));
  if (name == "visit:private") return named(name_of(static_cast<Private>(row.is_private)));
  if (name == "visit:app") return or_else(row.app, "(none)");
  if (name == "visit:private_app") return or_else(is_private_or_unknown(row) ? row.app : "", "(none)");
  if (name == "visit:browser") return or_else(row.browser, "(not set)");
  if (name == "visit:utm_medium") return or_else(row.utm_medium, "(not set)");
  if (name == "visit:utm_term") return or_else(row.utm_term, "(not set)");
  if (name == "time:day") return format_iso_day(day);
  if (name == "time:week") return format_iso_day(std::max(day - (day + 3) % 7, first_day));
  if (name == "time:month") {
    const CivilTime civil = civil_from_days(day);
    return fmt::format("{:04}-{:02}-01", civil.year, civil.month);
  }
  return "?";
}

bool holds(const EventRow& row, const PlainFilter& filter) {
  const std::string text = text_of(row, filter.dimension, 0, 0);
  const bool whole = filter.op == "is" || filter.op == "is_not";
  const bool any = std::ranges::any_of(filter.values, [&](const std::string& value) {
    return whole ? text == value : text.find(value) != std::string::npos;
  });
  return any != filter.op.ends_with("_not");
}

using Visit = std::pair<uint64_t, uint16_t>;

struct Tally {
  int64_t pageviews = 0, events = 0, begun = 0, bounces = 0, duration = 0, unfurls = 0, low = 0, high = 0, dark = 0, views = 0;
  std::set<std::pair<int64_t, uint64_t>> people;
  std::set<std::pair<int64_t, Visit>> visits, low_visits, high_visits, dark_visits;

  void add_row(const EventRow& row, int64_t day) {
    const bool event = row.kind == 0 || row.kind == 2;
    if (row.kind == 0) pageviews += row.count;
    if (event) events += row.count;
    if (row.kind == 3) unfurls += row.count;
    if (!event || row.visitor == 0) return;
    const std::pair<int64_t, Visit> visit{day, {row.visitor, row.visit}};
    people.emplace(day, row.visitor);
    visits.insert(visit);
    if (row.is_private == 1) low_visits.insert(visit);
    if (is_private_or_unknown(row) || row.dark) high_visits.insert(visit);
    if (row.dark) dark_visits.insert(visit);
  }
  void add_session(const EventRow& row) {
    begun += row.visits;
    bounces += row.bounces;
    duration += row.duration_ms;
    if (row.kind == 0) views += row.count;
    if (row.is_private == 1) low += row.visits;
    if (is_private_or_unknown(row) || row.dark) high += row.visits;
    if (row.dark) dark += row.visits;
  }

  [[nodiscard]] double value(const std::string& metric, bool about_events) const {
    const auto sum = [&](int64_t of_visits, const auto& of_events) {
      return static_cast<double>(about_events ? static_cast<int64_t>(of_events.size()) : of_visits);
    };
    if (metric == "visitors") return static_cast<double>(people.size());
    if (metric == "visits") return sum(begun, visits);
    if (metric == "pageviews") return static_cast<double>(pageviews);
    if (metric == "events") return static_cast<double>(events);
    if (metric == "unfurls") return static_cast<double>(unfurls);
    if (metric == "private_low") return sum(low, low_visits);
    if (metric == "private_high") return sum(high, high_visits);
    if (metric == "dark_visits") return sum(dark, dark_visits);
    const double begun_visits = static_cast<double>(begun);
    if (begun <= 0) return 0;
    if (metric == "bounce_rate") return std::round(std::clamp(100.0 * static_cast<double>(bounces) / begun_visits, 0.0, 100.0));
    if (metric == "visit_duration") return std::round(static_cast<double>(duration) * 0.001 / begun_visits);
    return std::round(static_cast<double>(views) / begun_visits * 100) / 100;  // views_per_visit
  }
  [[nodiscard]] bool is_empty(const std::vector<std::string>& metrics, bool about_events) const {
    return std::ranges::all_of(metrics, [&](const std::string& metric) {
      if (metric == "bounce_rate") return begun == 0 && bounces == 0;
      if (metric == "visit_duration") return begun == 0 && duration == 0;
      if (metric == "views_per_visit") return begun == 0 && views == 0;
      return value(metric, about_events) == 0;
    });
  }
};

}  // namespace

bool is_event_dimension(const std::string& name) { return name.starts_with("event:"); }
bool is_session_metric(const std::string& name) { return name == "bounce_rate" || name == "visit_duration" || name == "views_per_visit"; }

Json PlainQuestion::json() const {
  Json list = Json::array();
  for (const PlainFilter& filter : filters) list.push_back({filter.op, filter.dimension, filter.values});
  return {{"site_id", "dummy.site"}, {"metrics", metrics}, {"dimensions", dimensions}, {"filters", list},
          {"date_range", {format_iso_instant(from_ms), format_iso_instant(to_ms - 1'000)}}};
}

PlainAnswer answer_plainly(const std::vector<EventRow>& rows, const PlainQuestion& question, const Zone& zone) {
  const auto of_event = [](const PlainFilter& filter) { return is_event_dimension(filter.dimension); };
  const bool filters_events = std::ranges::any_of(question.filters, of_event);
  const bool about_events = filters_events || std::ranges::any_of(question.dimensions, is_event_dimension);
  const int64_t first_day = zone.day_of(question.from_ms);
  const auto matches = [&](const EventRow& row) {
    return std::ranges::all_of(question.filters, [&](const PlainFilter& filter) { return holds(row, filter); });
  };
  std::vector<const EventRow*> in_range;
  std::set<Visit> matched;
  for (const EventRow& row : rows) {
    if (row.time < question.from_ms || row.time >= question.to_ms) continue;
    in_range.push_back(&row);
    if (matches(row) && row.visitor != 0) matched.emplace(row.visitor, row.visit);
  }
  std::map<std::vector<std::string>, Tally> tallies;
  if (question.dimensions.empty()) tallies[{}];
  for (const EventRow* row : in_range) {
    const int64_t day = zone.day_of(row->time);
    std::vector<std::string> key;
    for (const std::string& name : question.dimensions) key.push_back(text_of(*row, name, day, first_day));
    const bool session = filters_events ? matched.contains({row->visitor, row->visit}) : matches(*row);
    if (matches(*row)) tallies[key].add_row(*row, day);
    if (session) tallies[key].add_session(*row);
  }
  PlainAnswer out;
  for (const auto& [key, tally] : tallies) {
    if (!question.dimensions.empty() && tally.is_empty(question.metrics, about_events)) continue;
    for (const std::string& metric : question.metrics) out[key].push_back(tally.value(metric, about_events));
  }
  return out;
}

PlainAnswer plain_answer_of(const Json& answer) {
  PlainAnswer out;
  for (const Json& row : answer.at("results")) {
    out[row.at("dimensions").get<std::vector<std::string>>()] = row.at("metrics").get<std::vector<double>>();
  }
  return out;
}

}  // namespace noctule::testing
