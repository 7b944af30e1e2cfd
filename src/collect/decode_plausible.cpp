// SPDX-License-Identifier: Apache-2.0
// POST /api/event as Plausible documents it (plausible.io/docs/events-api) and its trackers send it: long or short names, as
// application/json or text/plain, one event. Properties may be a JSON text within the JSON, as older trackers write them.
#include "decoded.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

void read_properties(JsonValue value, RawEvent& event, Decoded& out) {
  const std::string_view text = text_of(value);
  if (text.empty()) return out.add_properties(event, value);
  const auto inner = out.inner_reader.read_copy(text);
  if (!inner) return;
  const size_t begin = out.properties.size();
  out.add_properties(event, *inner);
  // The inner reader's texts go when it reads again: an event may have props and meta.
  for (size_t i = begin; i < out.properties.size(); ++i) {
    out.properties[i] = {out.keep(out.properties[i].key), out.keep(out.properties[i].value)};
  }
}

void read_field(std::string_view key, JsonValue value, RawEvent& event, Decoded& out) {
  if (key == "n" || key == "name") event.name = text_of(value);
  else if (key == "u" || key == "url") event.url = text_of(value);
  else if (key == "d" || key == "domain") event.site = text_of(value);
  else if (key == "r" || key == "referrer") event.referrer = text_of(value);
  else if (key == "w" || key == "screen_width") event.width = width_of(number_of(value).value_or(0));
  else if (key == "h" || key == "hash_mode") event.hash_routing = is_true(value);
  else if (key == "p" || key == "props" || key == "m" || key == "meta") read_properties(value, event, out);
  else if (key == "$" || key == "revenue") read_revenue(value, event);
  else if (key == "i" || key == "interactive") event.interactive = is_true(value);
  else if (key == "e") event.engaged_ms = engaged_of(number_of(value).value_or(0));
  else if (key == "sd") event.scroll_percent = scroll_of(number_of(value).value_or(-1));
}

}  // namespace

void decode_plausible(const CollectRequest& request, Decoded& out) {
  const auto document = out.reader.read(request.body);
  JsonObject object;
  if (!document || document->get(object)) return out.refuse("expected a JSON object with name, url and domain");
  RawEvent& event = out.events.emplace_back();
  for (const auto [key, value] : object) read_field(key, value, event, out);
  if (event.site.empty()) event.site_by = SiteBy::Page;
  if (event.name == "pageview") event.name = {};
  else if (event.name == "engagement") event.kind = EventKind::Engagement;
  else event.kind = EventKind::Custom;
  if (event.kind == EventKind::Custom && trim(event.name).empty()) event.lack = "name: expected pageview or the name of an event";
}

}  // namespace noctule
