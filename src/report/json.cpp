// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/json.h"

#include <algorithm>
#include <map>
#include <utility>

#include "analysis_json.h"
#include "noctule/base/civil_time.h"
#include "noctule/report/messages.h"
#include "report_text.h"

namespace noctule {
namespace {

void write_instant(JsonWriter& json, std::string_view name, int64_t instant_ms, int offset_minutes = 0) {
  json.key(name);
  if (instant_ms == 0) return json.null();
  json.value(format_iso_local(instant_ms, offset_minutes));
}

void write_text_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  if (text.empty()) return json.null();
  json.value(text);
}

void write_range(JsonWriter& json, std::string_view name, double low, double high) {
  json.key(name);
  json.begin_object();
  json.member("low", low);
  json.member("high", high);
  json.end_object();
}

template <typename Items, typename Write>
void write_array(JsonWriter& json, std::string_view name, const Items& items, Write write) {
  json.key(name);
  json.begin_array();
  for (const auto& item : items) write(item);
  json.end_array();
}

template <typename Items, typename Write>
void write_objects(JsonWriter& json, std::string_view name, const Items& items, Write write) {
  write_array(json, name, items, [&](const auto& item) {
    json.begin_object();
    write(item);
    json.end_object();
  });
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  write_array(json, name, texts, [&](const std::string& text) { json.value(text); });
}

template <typename Enum, size_t N>
void write_by(JsonWriter& json, std::string_view name, const uint64_t (&counts)[N]) {
  json.key(name);
  json.begin_object();
  for (size_t i = 0; i < N; ++i) json.member(name_of(static_cast<Enum>(i)), counts[i]);
  json.end_object();
}

// What GA4 would have called the arrivals of an app and surface, or of a page: from the cube, the only place that knows.
// Arrivals of which it cannot be told are in none of the counts.
using Ga4Counts = std::map<Ga4Channel, uint64_t>;
using AppKey = std::pair<std::string_view, Private>;
struct Ga4Index {
  std::map<AppKey, Ga4Counts> apps;
  std::map<std::string_view, Ga4Counts> pages;
};

Ga4Index index_ga4(const Analysis& analysis) {
  Ga4Index index;
  for (const CubeRow& row : analysis.cube) {
    if (!row.ga4) continue;
    if (row.page < analysis.cube_pages.size()) index.pages[analysis.cube_pages[row.page]][*row.ga4] += row.arrivals;
    if (row.app != 0 && row.app < analysis.cube_apps.size()) {
      index.apps[{analysis.cube_apps[row.app], row.is_private}][*row.ga4] += row.arrivals;
    }
  }
  return index;
}

template <typename Key>
void write_ga4(JsonWriter& json, const std::map<Key, Ga4Counts>& index, const Key& wanted) {
  json.key("ga4");
  json.begin_object();
  if (const auto found = index.find(wanted); found != index.end()) {
    for (const auto& [channel, arrivals] : found->second) json.member(name_of(channel), arrivals);
  }
  json.end_object();
}

void write_input(JsonWriter& json, const Analysis& analysis) {
  write_objects(json, "input", analysis.input, [&](const InputFile& file) {
    json.member("path", file.path);
    json.member("format", file.format);
    json.member("compression", file.compression);
    json.member("lines", file.lines);
    json.member("unparsed", file.unparsed);
    json.member("ignored", file.ignored);
    write_instant(json, "first", file.first_ms, file.first_offset_minutes);
    write_instant(json, "last", file.last_ms, file.last_offset_minutes);
    json.member("addresses", file.addresses);
    json.member("with_referrer", file.with_referrer);
    json.member("with_user_agent", file.with_user_agent);
    json.member("has_referrer_field", file.has_referrer_field);
    json.member("has_user_agent_field", file.has_user_agent_field);
    write_text_or_null(json, "error", file.error);
  });
  write_objects(json, "unparsed_examples", analysis.unparsed_examples, [&](const UnparsedExample& example) {
    json.member("file", example.file);
    json.member("line", example.line);
    json.member("field", example.field);
    json.member("expected", example.expected);
    json.member("excerpt", example.excerpt);
  });
}

void write_exclusions(JsonWriter& json, const Analysis& analysis) {
  json.key("exclusions");
  json.begin_object();
  for (const ReasonCount& row : analysis.exclusions) {
    json.key(row.reason);
    json.begin_object();
    json.member("hits", row.hits);
    json.member("landings", row.landings);
    json.end_object();
  }
  json.end_object();
}

void write_arrivals(JsonWriter& json, const Analysis& analysis) {
  json.key("arrivals");
  json.begin_object();
  json.member("total", analysis.arrivals);
  json.member("deep", analysis.deep_arrivals);
  json.member("ga4_direct", analysis.ga4_direct);
  json.member("ga4_unknown", analysis.ga4_unknown);
  write_by<Grade>(json, "by_grade", analysis.by_grade);
  write_by<Corroboration>(json, "by_corroboration", analysis.by_corroboration);
  json.end_object();
}

void write_private(JsonWriter& json, const PrivateEstimate& estimate) {
  json.key("private");
  json.begin_object();
  json.member("low", estimate.low);
  write_range(json, "central", estimate.central.low, estimate.central.high);
  json.member("high", estimate.high);
  json.member("enough", estimate.enough);
  write_texts(json, "reasons", estimate.reasons);
  json.end_object();
}

void write_private_of_direct(JsonWriter& json, const Analysis::DirectPart& part) {
  json.key("private_of_ga4_direct");
  json.begin_object();
  json.member("low", part.low);
  write_range(json, "central", part.central.low, part.central.high);
  json.member("high", part.high);
  json.end_object();
}

void write_apps(JsonWriter& json, const Analysis& analysis, const Ga4Index& ga4) {
  write_objects(json, "apps", analysis.apps, [&](const AppRow& app) {
    json.member("id", app.id);
    json.member("name", app.name);
    json.member("surface", name_of(app.surface));
    json.member("arrivals", app.arrivals);
    write_by<Grade>(json, "by_grade", app.by_grade);
    json.member("ga4_direct", app.ga4_direct);
    json.member("ga4_unknown", app.ga4_unknown);
    write_ga4(json, ga4.apps, AppKey{app.id, app.surface});
    json.member("pastes", app.pastes);
  });
}

void write_pages(JsonWriter& json, const Analysis& analysis, const Ga4Index& ga4) {
  write_objects(json, "pages", analysis.pages, [&](const PageRow& page) {
    json.member("page", page.page);
    json.member("arrivals", page.arrivals);
    write_range(json, "private", page.private_low, page.private_high);
    json.member("ga4_direct", page.ga4_direct);
    json.member("ga4_unknown", page.ga4_unknown);
    write_ga4(json, ga4.pages, std::string_view(page.page));
    json.member("pastes", page.pastes);
    write_text_or_null(json, "top_app", page.top_app);
  });
}

void write_unfurls(JsonWriter& json, const Analysis& analysis) {
  write_objects(json, "unfurls", analysis.unfurls, [&](const UnfurlRow& unfurl) {
    write_instant(json, "instant", unfurl.instant_ms);
    json.member("page", unfurl.page);
    json.member("app", unfurl.app);
    json.member("fetches", unfurl.fetches);
    json.member("same_device", unfurl.same_device);
    json.key("ga4");
    json.null();  // GA4 runs in a browser: it never sees a preview being fetched
  });
  json.member("unfurls_total", analysis.unfurls_total);
  json.key("unfurl_matches");
  json.begin_object();
  json.member("observed", analysis.unfurl_matches);
  json.member("by_chance", analysis.unfurl_matches_by_chance);
  json.end_object();
  json.member("click_echoes", analysis.click_echoes);
}

void write_ga4_said(JsonWriter& json, Ga4Said ga4) {
  json.key("ga4");
  if (!ga4) return json.null();
  json.value(name_of(*ga4));
}

// How many arrivals of a channel are private: from the cube, the only place that knows.
struct Split {
  uint64_t by_private[3] = {};
  double low = 0, high = 0;
};
using Splits = std::map<std::pair<Channel, Ga4Said>, Split>;

Splits split_channels(const Analysis& analysis) {
  Splits splits;
  for (const CubeRow& row : analysis.cube) {
    Split& split = splits[{row.channel, row.ga4}];
    const Privacy privacy = privacy_of(row);
    split.by_private[static_cast<size_t>(row.is_private)] += row.arrivals;
    split.low += privacy == Privacy::Shown ? row.arrivals : 0;
    split.high += privacy != Privacy::None ? row.arrivals : 0;
  }
  return splits;
}

void write_channels(JsonWriter& json, const Analysis& analysis) {
  Splits splits = split_channels(analysis);
  write_objects(json, "channels", analysis.channels, [&](const ChannelRow& row) {
    const Split& split = splits[{row.channel, row.ga4}];
    json.member("channel", name_of(row.channel));
    write_ga4_said(json, row.ga4);
    json.member("arrivals", row.arrivals);
    write_by<Private>(json, "by_private", split.by_private);
    write_range(json, "private", split.low, split.high);
  });
}

void write_days(JsonWriter& json, const Analysis& analysis) {
  write_objects(json, "days", analysis.days, [&](const DayRow& day) {
    json.member("day", format_iso_day(day.day_number));
    json.member("arrivals", day.arrivals);
    write_range(json, "private", day.private_low, day.private_high);
    json.member("unfurls", day.unfurls);
  });
}

void write_warnings(JsonWriter& json, const Analysis& analysis) {
  write_objects(json, "warnings", analysis.warnings, [&](const Warning& warning) {
    json.member("code", warning.code);
    write_texts(json, "args", warning.args);
    json.member("message", message_of_code(Language::English, "warning", warning.code, warning.args));
  });
}

void write_company(JsonWriter& json, const ExplainedArrival& arrival) {
  write_text_or_null(json, "referrer_host", arrival.referrer_host);
  json.key("paste");
  if (!arrival.paste) {
    json.null();
  } else {
    json.begin_object();
    json.member("app", arrival.paste->app);
    json.member("seconds_before", static_cast<double>(arrival.paste->before_ms) / 1'000);
    json.member("chance", arrival.paste->chance);
    json.member("counts", arrival.paste->counts);
    json.end_object();
  }
  json.key("echo");
  if (!arrival.echo) {
    json.null();
  } else {
    json.begin_object();
    json.member("first_seconds_before", static_cast<double>(arrival.echo->first_before_ms) / 1'000);
    json.member("visits_before", arrival.echo->visits_before);
    json.end_object();
  }
}

void write_explained(JsonWriter& json, const Analysis& analysis) {
  write_objects(json, "explained", analysis.explained, [&](const ExplainedArrival& arrival) {
    write_instant(json, "instant", arrival.instant_ms);
    json.member("file", arrival.file);
    json.member("line", arrival.line);
    json.member("page", arrival.page);
    write_text_or_null(json, "app", arrival.app);
    json.member("channel", name_of(arrival.channel));
    write_ga4_said(json, arrival.ga4);
    json.member("grade", name_of(arrival.grade));
    json.member("private", name_of(arrival.is_private));
    json.member("corroboration", name_of(arrival.corroboration));
    write_objects(json, "rules", arrival.rules, [&](const ExplainedArrival::Rule& rule) {
      json.member("id", rule.id);
      json.member("text", rule.text);
      json.member("source", rule.source);
    });
    write_company(json, arrival);
  });
}

}  // namespace

void write_analysis(JsonWriter& json, const Analysis& analysis) {
  const Ga4Index ga4 = index_ga4(analysis);
  json.begin_object();
  json.member("schema", "noctule-analysis-1");
  json.member("version", analysis.version);
  write_instant(json, "first", analysis.first_ms);
  write_instant(json, "last", analysis.last_ms);
  json.member("lines", analysis.lines);
  json.member("unparsed", analysis.unparsed);
  json.member("hits", analysis.hits);
  write_input(json, analysis);
  write_exclusions(json, analysis);
  write_arrivals(json, analysis);
  write_private(json, analysis.private_arrivals);
  write_private_of_direct(json, analysis.private_of_direct);
  write_apps(json, analysis, ga4);
  write_pages(json, analysis, ga4);
  json.member("pages_total", std::max(analysis.pages_total, uint64_t{analysis.pages.size()}));
  write_unfurls(json, analysis);
  write_channels(json, analysis);
  write_days(json, analysis);
  write_warnings(json, analysis);
  write_explained(json, analysis);
  json.key("run");
  json.begin_object();
  json.member("seconds", analysis.seconds);
  json.member("memory_peak_bytes", analysis.memory_peak_bytes);
  json.end_object();
  json.end_object();
}

void write_cube(JsonWriter& json, const Analysis& analysis) {
  json.begin_object();
  write_texts(json, "pages", analysis.cube_pages);
  write_texts(json, "apps", analysis.cube_apps);
  write_array(json, "rows", analysis.cube, [&](const CubeRow& row) {
    json.begin_array();
    json.value(row.day_number);
    json.value(row.page == kOtherPages ? analysis.cube_pages.size() : size_t{row.page});
    json.value(row.app);
    json.value(static_cast<unsigned>(row.channel));
    json.value(row.ga4 ? static_cast<int>(*row.ga4) : -1);
    json.value(static_cast<unsigned>(row.grade));
    json.value(static_cast<unsigned>(row.is_private));
    json.value(row.arrivals);
    json.value(row.maybe_private ? 1 : 0);
    json.end_array();
  });
  json.end_object();
}

std::string render_json(const Analysis& analysis) {
  JsonWriter json;
  write_analysis(json, analysis);
  return json.take() + "\n";
}

}  // namespace noctule
