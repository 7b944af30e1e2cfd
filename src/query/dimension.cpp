// SPDX-License-Identifier: Apache-2.0
#include "dimension.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "noctule/model/evidence.h"
#include "noctule/store/event_row.h"

namespace noctule {
namespace {

constexpr std::string_view kNotSet = "(not set)";
constexpr std::string_view kDirect = "Direct / None";
constexpr std::string_view kNone = "(none)";
constexpr size_t kPropertyBytesMax = 300;  // Plausible's limit for a property's name

// CASE column WHEN 0 THEN 'first' ...: our own names of an enumeration. Unfurls are no visits and have no verdict.
template <typename Enum>
std::string named(std::string_view column, int count) {
  std::string out = fmt::format("CASE WHEN kind = 3 THEN '' ELSE CASE {}", column);
  for (int i = 0; i < count; ++i) out += fmt::format(" WHEN {} THEN '{}'", i, name_of(static_cast<Enum>(i)));
  return out + " ELSE '' END END";
}

// Noctule's name, or the operator's own at the end of the rules (store/event_row.h).
std::string channel_expression() {
  return fmt::format("CASE WHEN rules LIKE '%{0}%{1}%' THEN substr(rules, strpos(rules, '{1}') + {2}) ELSE {3} END", kChannelRuleMark, kOwnChannelMark, kOwnChannelMark.size(),
                     named<Channel>("channel", kChannels));
}

// As Plausible shows a referrer: without scheme and www.
constexpr std::string_view kReferrer =
    "CASE WHEN starts_with(referrer, 'https://www.') THEN substr(referrer, 13) WHEN starts_with(referrer, 'http://www.') THEN "
    "substr(referrer, 12) WHEN starts_with(referrer, 'https://') THEN substr(referrer, 9) WHEN starts_with(referrer, 'http://') "
    "THEN substr(referrer, 8) ELSE referrer END";
constexpr std::string_view kName =
    "CASE kind WHEN 0 THEN 'pageview' WHEN 1 THEN 'engagement' WHEN 2 THEN name ELSE 'unfurl' END";
constexpr std::string_view kOrigin =
    "CASE origin WHEN 0 THEN 'script' WHEN 1 THEN 'pixel' WHEN 2 THEN 'plausible' WHEN 3 THEN 'umami' WHEN 4 THEN 'goatcounter' "
    "WHEN 5 THEN 'matomo' WHEN 6 THEN 'log' WHEN 7 THEN 'archive' ELSE '' END";
constexpr std::string_view kDevice = "CASE device WHEN 1 THEN 'Desktop' WHEN 2 THEN 'Mobile' WHEN 3 THEN 'Tablet' ELSE '' END";
constexpr std::string_view kPrivateApp = "CASE WHEN is_private = 1 OR is_private = 2 THEN app ELSE '' END";

Dimension text(std::string_view name, Level level, std::string expression, std::string_view empty, uint8_t rollup) {
  return {.name = name, .level = level, .expression = std::move(expression), .empty = empty, .rollup = rollup};
}
Dimension numbered(std::string_view name, std::string expression, uint8_t rollup) {
  Dimension row = text(name, Level::Visit, std::move(expression), kNotSet, rollup);
  row.numbered = true;
  return row;
}
Dimension special(std::string_view name, Level level, Special what, std::string_view empty) {
  return {.name = name, .level = level, .expression = what == Special::NotCollected ? "''" : "", .empty = empty, .special = what};
}
Dimension time(std::string_view name, TimeUnit unit) { return {.name = name, .level = Level::Time, .unit = unit}; }

// Exports hold one table of totals per group of dimensions.
std::string_view archive_of(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kTables[] = {
      {"event:page", "pages"},          {"event:hostname", "pages"},        {"visit:entry_page", "entry_pages"},
      {"visit:source", "sources"},      {"visit:referrer", "sources"},      {"visit:utm_source", "sources"},
      {"visit:utm_medium", "sources"},  {"visit:utm_campaign", "sources"},  {"visit:utm_content", "sources"},
      {"visit:utm_term", "sources"},    {"visit:channel", "sources"},       {"visit:ga4_channel", "sources"},
      {"visit:evidence", "sources"},    {"visit:private", "sources"},       {"visit:surface", "sources"},
      {"visit:app", "sources"},         {"visit:private_app", "sources"},   {"event:name", "custom_events"},
      {"visit:device", "devices"},      {"visit:screen", "devices"},
      {"visit:browser", "browsers"},    {"visit:browser_version", "browsers"},
      {"visit:os", "operating_systems"}, {"visit:os_version", "operating_systems"}};
  for (const auto& [dimension, table] : kTables) {
    if (name == dimension) return table;
  }
  return {};
}

std::vector<Dimension> make_dimensions() {
  std::vector<Dimension> rows = {
      text("event:page", Level::Event, "path", "", 1),
      text("event:hostname", Level::Event, "host", "", 2),
      text("event:name", Level::Event, std::string(kName), "", 0),
      text("event:origin", Level::Event, std::string(kOrigin), "", 0),
      special("event:goal", Level::Event, Special::Goal, ""),
      special("event:props:", Level::Event, Special::Property, kNone),
      text("visit:entry_page", Level::Visit, "entry_path", kNotSet, 3),
      special("visit:exit_page", Level::Visit, Special::ExitPage, kNotSet),
      text("visit:source", Level::Visit, "source", kDirect, 4),
      text("visit:referrer", Level::Visit, std::string(kReferrer), kDirect, 5),
      numbered("visit:channel", channel_expression(), 6),
      numbered("visit:ga4_channel", named<Ga4Channel>("ga4_channel", kGa4Channels), 7),
      numbered("visit:evidence", named<Grade>("grade", kGrades), 8),
      numbered("visit:private", named<Private>("is_private", 3), 9),
      text("visit:surface", Level::Visit, "surface", kNone, 10),
      text("visit:app", Level::Visit, "app", kNone, 11),
      text("visit:private_app", Level::Visit, std::string(kPrivateApp), kNone, 12),
      numbered("visit:device", std::string(kDevice), 13),
      numbered("visit:screen", std::string(kDevice), 13),  // Plausible's older name for it
      text("visit:browser", Level::Visit, "browser", kNotSet, 14),
      text("visit:browser_version", Level::Visit, "browser_version", kNotSet, 15),
      text("visit:os", Level::Visit, "os", kNotSet, 16),
      text("visit:os_version", Level::Visit, "os_version", kNotSet, 17),
      text("visit:utm_source", Level::Visit, "utm_source", kNotSet, 18),
      text("visit:utm_medium", Level::Visit, "utm_medium", kNotSet, 19),
      text("visit:utm_campaign", Level::Visit, "utm_campaign", kNotSet, 20),
      text("visit:utm_content", Level::Visit, "utm_content", kNotSet, 21),
      text("visit:utm_term", Level::Visit, "utm_term", kNotSet, 22),
      time("time", TimeUnit::Auto),
      time("time:hour", TimeUnit::Hour),
      time("time:day", TimeUnit::Day),
      time("time:week", TimeUnit::Week),
      time("time:month", TimeUnit::Month),
  };
  for (const std::string_view name : {"visit:country", "visit:region", "visit:city", "visit:country_name", "visit:region_name",
                                      "visit:city_name"}) {
    rows.push_back(special(name, Level::Visit, Special::NotCollected, ""));
  }
  for (Dimension& row : rows) row.archive = archive_of(row.name);
  return rows;
}

}  // namespace

std::span<const Dimension> dimensions() {
  static const std::vector<Dimension> rows = make_dimensions();
  return rows;
}

std::string DimensionUse::name() const { return std::string(dimension->name) + property; }

std::optional<DimensionUse> find_dimension(std::string_view name) {
  for (const Dimension& row : dimensions()) {
    if (row.special != Special::Property) {
      if (row.name == name) return DimensionUse{&row, {}};
    } else if (name.starts_with(row.name)) {
      const std::string_view property = name.substr(row.name.size());
      if (property.empty() || property.size() > kPropertyBytesMax) return std::nullopt;
      return DimensionUse{&row, std::string(property)};
    }
  }
  return std::nullopt;
}

const Dimension& rules_dimension() {
  static const Dimension row = text("visit:rules", Level::Visit, "rules", "", 0);
  return row;
}

}  // namespace noctule
