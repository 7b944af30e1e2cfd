// SPDX-License-Identifier: Apache-2.0
// Noctule's own protocol, POST /api/v1/events and GET /pixel.gif, and what all decoders share.
#include <algorithm>
#include <cmath>

#include "decoded.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

void read_type(std::string_view type, RawEvent& event) {
  if (type == "pageview") event.kind = EventKind::Pageview;
  else if (type == "engagement") event.kind = EventKind::Engagement;
  else if (type == "event") event.kind = EventKind::Custom;
  else if (type == "objection") event.is_objection = true;
  else event.lack = "type: expected pageview, engagement, event or objection";
}

void read_field(std::string_view key, JsonValue value, RawEvent& event, Decoded& out) {
  if (key == "type") read_type(text_of(value), event);
  else if (key == "site") event.site = text_of(value);
  else if (key == "id") event.id = text_of(value);
  else if (key == "url") event.url = text_of(value);
  else if (key == "referrer") event.referrer = text_of(value);
  else if (key == "name") event.name = text_of(value);
  else if (key == "props") out.add_properties(event, value);
  else if (key == "revenue") read_revenue(value, event);
  else if (key == "width") event.width = width_of(number_of(value).value_or(0));
  else if (key == "engaged_ms") event.engaged_ms = engaged_of(number_of(value).value_or(0));
  else if (key == "scroll") event.scroll_percent = scroll_of(number_of(value).value_or(-1));
  else if (key == "interactive") event.interactive = is_true(value);
  else if (key == "hash") event.hash_routing = is_true(value);
  else if (key == "time") event.instant = out.keep(scalar_of(value, out.texts.emplace_back()).value_or(""));
  else if (key == "user_agent") event.user_agent = text_of(value);
  else if (key == "address") event.address = text_of(value);
}

void read_event(JsonValue value, Decoded& out) {
  if (out.is_full()) {
    ++out.beyond_limit;
    return;
  }
  RawEvent& event = out.events.emplace_back();
  event.lack = "type: expected pageview, engagement, event or objection";
  JsonObject object;
  if (value.get(object)) {
    event.lack = "expected an object";
    return;
  }
  if (const auto type = object["type"]; !type.error()) event.lack = {};
  for (const auto [key, field] : object) read_field(key, field, event, out);
  if (event.site.empty()) event.site_by = SiteBy::Page;
}

}  // namespace

void decode_events(const CollectRequest& request, Decoded& out) {
  const auto document = out.reader.read(request.body);
  if (!document || !document->is<JsonObject>()) return out.refuse(R"(expected a JSON object: {"events": [...]} or one event)");
  JsonValue events;
  if ((*document)["events"].get(events)) return read_event(*document, out);
  JsonArray list;
  if (events.get(list)) return out.refuse("events: expected a list");
  for (const JsonValue event : list) read_event(event, out);
}

void decode_pixel(const CollectRequest& request, Decoded& out) {
  out.form.add(request.query);
  RawEvent& event = out.events.emplace_back();
  event.site = out.form.find("site");
  if (event.site.empty()) event.site_by = SiteBy::Page;
  event.url = out.form.has("url") ? out.form.find("url") : request.referer;
  event.referrer = out.form.find("referrer");
}

void Decoded::clear() {
  events.clear();
  properties.clear();
  texts.clear();
  form.clear();
  is_readable = true;
  is_bulk = false;
  detail.clear();
  beyond_limit = 0;
}

void Decoded::add_property(RawEvent& event, std::string_view key, std::string_view value) {
  if (key.empty() || value.empty()) return;
  if (event.properties_begin == event.properties_end) event.properties_begin = event.properties_end = properties.size();
  if (event.properties_end - event.properties_begin >= kPropertiesMax) return;
  NOCT_ASSERT(event.properties_end == properties.size());
  properties.push_back({key, value});
  ++event.properties_end;
}

void Decoded::add_properties(RawEvent& event, JsonValue value) {
  JsonObject object;
  if (value.get(object)) return;
  std::string scratch;
  for (const auto [key, field] : object) {
    const auto text = scalar_of(field, scratch);
    if (text) add_property(event, key, text->data() == scratch.data() ? keep(scratch) : *text);
  }
}

uint16_t width_of(double width) { return static_cast<uint16_t>(std::isfinite(width) ? std::clamp(width, 0.0, 65'535.0) : 0); }

uint16_t width_of(std::string_view size) {
  const size_t digits = std::min(size.find_first_not_of("0123456789"), size.size());
  return width_of(static_cast<double>(parse_decimal(size.substr(0, digits)).value_or(0)));
}

int32_t engaged_of(double ms) { return static_cast<int32_t>(std::isfinite(ms) ? std::clamp(ms, 0.0, double{kEngagedMsMax}) : 0); }

uint8_t scroll_of(double percent) {
  if (!(percent >= 0)) return kScrollUnknown;
  return static_cast<uint8_t>(std::min(percent, 100.0));
}

void read_revenue(JsonValue value, RawEvent& event) {
  JsonObject object;
  if (value.get(object)) return;
  JsonValue amount, currency;
  if (object["amount"].get(amount) || object["currency"].get(currency)) return;
  event.revenue = number_of(amount).value_or(0);
  event.currency = text_of(currency);
}

}  // namespace noctule
