// SPDX-License-Identifier: Apache-2.0
#include "debug.h"

#include <fmt/format.h>

#include <iterator>

#include "json_text.h"
#include "noctule/base/civil_time.h"

namespace noctule {
namespace {

std::string_view name_of_kind(EventKind kind) {
  switch (kind) {
    case EventKind::Pageview: return "pageview";
    case EventKind::Engagement: return "engagement";
    case EventKind::Custom: return "event";
    case EventKind::Unfurl: return "unfurl";
  }
  return "";
}

void append_text(std::string_view key, std::string_view text, std::string& out) {
  if (text.empty()) return;
  fmt::format_to(std::back_inserter(out), ",\"{}\":", key);
  append_quoted(text, out);
}

void append_number(std::string_view key, int64_t number, std::string& out) {
  fmt::format_to(std::back_inserter(out), ",\"{}\":{}", key, number);
}

void begin_entry(std::string& out) {
  if (!out.ends_with('[')) out += ',';
}

}  // namespace

void begin_debug(std::string& out) { out += R"({"events":[)"; }

void append_debug_kept(const Event& event, const Site& site, std::string& out) {
  begin_entry(out);
  out += R"({"kept":true)";
  append_text("site", site.domain, out);
  append_text("type", name_of_kind(event.kind), out);
  append_text("time", format_iso_instant(event.instant_ms), out);
  append_text("name", event.name, out);
  append_text("host", event.host, out);
  append_text("path", event.path, out);
  append_text("referrer", event.referrer, out);
  append_text("tags", event.tags, out);
  append_text("user_agent", event.user_agent, out);
  if (event.viewport_width > 0) append_number("width", event.viewport_width, out);
  if (event.kind == EventKind::Engagement) append_number("engaged_ms", event.engaged_ms, out);
  if (event.scroll_percent != kScrollUnknown) append_number("scroll", event.scroll_percent, out);
  if (event.kind == EventKind::Custom) out += event.interactive ? R"(,"interactive":true)" : R"(,"interactive":false)";
  if (!event.properties.empty()) out.append(R"(,"props":)").append(event.properties);
  if (!event.currency.empty()) append_number("revenue_micros", event.revenue_micros, out);
  append_text("currency", event.currency, out);
  if (event.id != 0) out += R"(,"id":true)";
  if (event.click_hash != 0) out += R"(,"click_id":true)";
  if (event.recipient_hash != 0) out += R"(,"recipient_id":true)";
  out += '}';
}

void append_debug_dropped(const Judged& judged, const Site* site, std::string& out) {
  begin_entry(out);
  out += R"({"kept":false)";
  append_text("reason", name_of(judged.drop), out);
  append_text("detail", judged.detail, out);
  if (site != nullptr) append_text("site", site->domain, out);
  out += '}';
}

void end_debug(std::string_view detail, std::string& out) {
  out += ']';
  append_text("detail", detail, out);
  out += '}';
}

}  // namespace noctule
