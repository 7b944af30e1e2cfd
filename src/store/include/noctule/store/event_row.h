#pragma once
// SPDX-License-Identifier: Apache-2.0
// EventRow: a row of the store's table `events`. One row per event, with the attribution of its visit on every row, and what
// it adds to the visit's sums as deltas: sums over any set of rows are right at any moment, rows are only ever added,
// and no other table has to be joined.
#include <cstdint>
#include <string>
#include <string_view>

#include "noctule/model/event.h"
#include "noctule/model/evidence.h"

namespace noctule {

// A row whose channel a rule decided says so at the end of its rules: "site.channel was.7", with the number of the channel that it had.
// Where the rule gives a name of the operator's own the row's channel stays, and the name follows: "site.channel was.7 as.Our partners".
inline constexpr std::string_view kChannelRuleMark = "site.channel was.", kOwnChannelMark = " as.";

// Columns in this order; texts are views that live until the row was appended. The names in the table are these names.
struct EventRow {
  uint32_t site = 0;
  int64_t time = 0;                 // TIMESTAMP_MS, UTC
  uint8_t kind = 0;                 // EventKind
  uint8_t origin = 0;               // EventOrigin
  uint64_t visitor = 0;             // 0: none (Unfurl, Archive)
  uint16_t visit = 0;               // number of the visit within (site, visitor): with those two it names the visit
  std::string_view name;            // Custom
  std::string_view host, path;
  // The visit's arrival: the same on all its rows.
  std::string_view entry_path, referrer, source;   // source: Plausible's visit:source, "Google", "WhatsApp", a host; empty: none
  uint8_t channel = 0, ga4_channel = 0, grade = 0, is_private = 0;  // evidence.h
  bool deep = false;                // the arrival was on a deep page
  bool dark = false;                // may_be_private() of noctule/estimate/estimate.h: counts in the upper end only
  std::string_view app;             // id of data/apps.tsv; empty: none
  std::string_view surface;         // "private", "public", "unknown"; empty: no app
  std::string_view rules;           // ids of the rules that fired, separated by spaces
  std::string_view utm_source, utm_medium, utm_campaign, utm_content, utm_term;
  std::string_view browser, browser_version, os, os_version;  // versions: major only
  uint8_t device = 0;               // DeviceKind of noctule/detect/software.h
  uint64_t click_hash = 0, recipient_hash = 0;     // on the arrival's row only
  // What this row adds to its visit.
  int32_t visits = 0;               // 1 on the row that begins one (Archive: many)
  int32_t bounces = 0;              // 1 on that row, -1 on the row that ended the bounce (Archive: many)
  int64_t duration_ms = 0;          // time since the visit's last event (Archive: of all its visits)
  int32_t engaged_ms = 0;
  uint8_t scroll = kScrollUnknown;
  uint32_t count = 1;               // events that the row stands for (Archive: many)
  uint32_t visitors = 0;            // Archive alone: people that the row stands for; elsewhere `visitor` tells them apart
  std::string_view properties;      // JSON object
  int64_t revenue_micros = 0;
  std::string_view currency;
  uint16_t attribution = 1;         // version of the rules that judged it
};

// Calls visit(name, field) for every column in the table's order: what appends, encodes and reads rows goes by this one list.
template <typename Row, typename Visit>
constexpr void for_each_column(Row& row, Visit&& visit) {
  visit("site", row.site);
  visit("time", row.time);
  visit("kind", row.kind);
  visit("origin", row.origin);
  visit("visitor", row.visitor);
  visit("visit", row.visit);
  visit("name", row.name);
  visit("host", row.host);
  visit("path", row.path);
  visit("entry_path", row.entry_path);
  visit("referrer", row.referrer);
  visit("source", row.source);
  visit("channel", row.channel);
  visit("ga4_channel", row.ga4_channel);
  visit("grade", row.grade);
  visit("is_private", row.is_private);
  visit("deep", row.deep);
  visit("dark", row.dark);
  visit("app", row.app);
  visit("surface", row.surface);
  visit("rules", row.rules);
  visit("utm_source", row.utm_source);
  visit("utm_medium", row.utm_medium);
  visit("utm_campaign", row.utm_campaign);
  visit("utm_content", row.utm_content);
  visit("utm_term", row.utm_term);
  visit("browser", row.browser);
  visit("browser_version", row.browser_version);
  visit("os", row.os);
  visit("os_version", row.os_version);
  visit("device", row.device);
  visit("click_hash", row.click_hash);
  visit("recipient_hash", row.recipient_hash);
  visit("visits", row.visits);
  visit("bounces", row.bounces);
  visit("duration_ms", row.duration_ms);
  visit("engaged_ms", row.engaged_ms);
  visit("scroll", row.scroll);
  visit("count", row.count);
  visit("visitors", row.visitors);
  visit("properties", row.properties);
  visit("revenue_micros", row.revenue_micros);
  visit("currency", row.currency);
  visit("attribution", row.attribution);
}
inline constexpr int kEventColumns = 44;

}  // namespace noctule
