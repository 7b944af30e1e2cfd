// SPDX-License-Identifier: Apache-2.0
// POST /api/send and /api/batch as Umami documents them (umami.is/docs/api/sending-stats): {"type", "payload"}, or a list of
// those. A payload with a name is an event, one without is a page view. identify and payload.id say who a person is: they are
// not kept.
#include "decoded.h"

namespace noctule {
namespace {

// @umami/node calls itself a browser of this name where it is given no other.
constexpr std::string_view kClientLibrary = "Mozilla/5.0 Umami/";

void read_field(std::string_view key, JsonValue value, RawEvent& event, Decoded& out) {
  if (key == "website") event.site = text_of(value);
  else if (key == "hostname") event.host = text_of(value);
  else if (key == "url") event.url = text_of(value);
  else if (key == "referrer") event.referrer = text_of(value);
  else if (key == "screen") event.width = width_of(text_of(value));
  else if (key == "name") event.name = text_of(value);
  else if (key == "tag") out.add_property(event, "tag", text_of(value));
  else if (key == "userAgent") event.user_agent = text_of(value);
  else if (key == "ip") event.address = text_of(value);
  else if (key == "timestamp") event.instant = out.keep(scalar_of(value, out.texts.emplace_back()).value_or(""));
}

// Not properties of their own: data holds those of an event, and "revenue" and "currency" in it are what Umami reports as such.
void read_data(JsonValue data, RawEvent& event, Decoded& out) {
  JsonObject object;
  if (data.get(object)) return;
  JsonValue revenue, currency;
  if (!object["revenue"].get(revenue) && !object["currency"].get(currency)) {
    event.revenue = number_of(revenue).value_or(0);
    event.currency = text_of(currency);
  }
  out.add_properties(event, data);
}

void read_entry(JsonValue entry, Decoded& out) {
  if (out.is_full()) {
    ++out.beyond_limit;
    return;
  }
  RawEvent& event = out.events.emplace_back();
  event.site_by = SiteBy::Umami;
  JsonValue type, payload;
  JsonObject fields;
  if (!entry.is<JsonObject>() || entry["payload"].get(payload) || payload.get(fields)) {
    event.lack = "payload: expected an object";
    return;
  }
  for (const auto [key, value] : fields) read_field(key, value, event, out);
  const std::string_view kind = entry["type"].get(type) ? "event" : text_of(type);
  event.is_identity = kind == "identify";
  if (kind != "event" && kind != "identify") event.lack = "type: expected event or identify";
  if (!event.name.empty()) event.kind = EventKind::Custom;
  JsonValue data;
  if (event.kind == EventKind::Custom && !fields["data"].get(data)) read_data(data, event, out);
  if (event.url.empty()) event.url = "/";
}

}  // namespace

void decode_umami(const CollectRequest& request, Decoded& out) {
  const auto document = out.reader.read(request.body);
  JsonArray list;
  if (request.protocol == Protocol::UmamiBatch) {
    if (!document || document->get(list)) return out.refuse("expected a list of {type, payload}");
    for (const JsonValue entry : list) read_entry(entry, out);
    return;
  }
  if (!document || !document->is<JsonObject>()) return out.refuse("expected a JSON object with type and payload");
  read_entry(*document, out);
}

bool is_client_library(const CollectRequest& request) {
  const bool is_umami = request.protocol == Protocol::UmamiSend || request.protocol == Protocol::UmamiBatch;
  return is_umami && request.user_agent.starts_with(kClientLibrary);
}

}  // namespace noctule
