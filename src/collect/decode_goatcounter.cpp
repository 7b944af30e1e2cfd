// SPDX-License-Identifier: Apache-2.0
// GoatCounter: GET /count as its count.js and pixel send it (goatcounter.com/code/pixel), POST /api/v0/count as servers do
// (goatcounter.com/code/backend, its API reference). Both name pages by path; /count knows its site by the page that asks.
#include <algorithm>

#include <fmt/format.h>

#include "decoded.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

bool is_on(std::string_view value) { return value == "true" || value == "1" || value == "on"; }

// The page that asked, from Referer or Origin.
std::string_view page_of(const CollectRequest& request) { return request.referer.empty() ? request.origin : request.referer; }

std::string_view host_of(std::string_view url) {
  const auto parts = split_url(url);
  return parts ? parts->host : std::string_view();
}

// A path as GoatCounter takes it: with or without a slash, or a whole address.
std::string_view address_of(std::string_view path, std::string_view query, Decoded& out) {
  if (split_url(path)) return path;
  if (query.starts_with('?')) query.remove_prefix(1);
  const std::string_view slash = path.starts_with('/') ? "" : "/";
  if (query.empty()) return out.keep(fmt::format("{}{}", slash, path));
  return out.keep(fmt::format("{}{}{}{}", slash, path, path.find('?') == std::string_view::npos ? '?' : '&', query));
}

void read_hit_field(std::string_view key, JsonValue value, RawEvent& event, Decoded& out) {
  if (key == "path") event.url = text_of(value);
  else if (key == "event") event.kind = is_true(value) ? EventKind::Custom : EventKind::Pageview;
  else if (key == "ref") event.referrer = text_of(value);
  else if (key == "host") event.host = text_of(value);
  else if (key == "user_agent") event.user_agent = text_of(value);
  else if (key == "ip") event.address = text_of(value);
  else if (key == "bot") event.is_declared_bot = number_of(value).value_or(0) > 0;
  else if (key == "session" && event.address.empty()) event.address = text_of(value);
  else if (key == "created_at") event.instant = out.keep(scalar_of(value, out.texts.emplace_back()).value_or(""));
}

uint16_t width_of_size(JsonValue size) {
  JsonArray list;
  if (size.get(list)) return width_of(text_of(size));
  for (const JsonValue width : list) return width_of(number_of(width).value_or(0));
  return 0;
}

void name_event(RawEvent& event, Decoded& out) {
  if (event.kind != EventKind::Custom) return;
  event.name = event.url.starts_with('/') ? event.url.substr(1) : event.url;
  event.url = out.keep("/");
  if (event.name.empty()) event.lack = "path: expected the name of the event";
}

void read_hit(JsonValue value, Decoded& out) {
  if (out.is_full()) {
    ++out.beyond_limit;
    return;
  }
  RawEvent& event = out.events.emplace_back();
  event.site_by = SiteBy::Page;
  JsonObject object;
  if (value.get(object)) {
    event.lack = "expected an object";
    return;
  }
  for (const auto [key, field] : object) read_hit_field(key, field, event, out);
  JsonValue query, size;
  if (!object["size"].get(size)) event.width = width_of_size(size);
  if (event.url.empty()) event.lack = "path: cannot be empty";
  if (event.kind == EventKind::Custom) return name_event(event, out);
  event.url = address_of(event.url, object["query"].get(query) ? std::string_view() : text_of(query), out);
}

}  // namespace

void decode_goatcounter_pixel(const CollectRequest& request, Decoded& out) {
  // count.js puts "?p=..." behind the endpoint that it was given: a '?' within is one between fields.
  std::string query(request.query);
  std::ranges::replace(query, '?', '&');
  out.form.add(query);
  const Form& form = out.form;
  RawEvent& event = out.events.emplace_back();
  event.site = form.find(form.has("code") ? "code" : "site");
  event.site_by = event.site.empty() ? SiteBy::Page : SiteBy::Code;
  event.host = host_of(page_of(request));
  event.kind = is_on(form.find("e")) ? EventKind::Custom : EventKind::Pageview;
  event.referrer = form.find("r");
  event.width = width_of(form.find("s"));
  event.is_declared_bot = parse_decimal(form.find("b")).value_or(0) > 0;
  event.url = form.find("p");
  if (event.url.empty()) event.lack = "p: expected the page's path";
  if (event.kind == EventKind::Custom) return name_event(event, out);
  event.url = address_of(event.url, form.find("q"), out);
}

void decode_goatcounter_count(const CollectRequest& request, Decoded& out) {
  const auto document = out.reader.read(request.body);
  JsonArray hits;
  if (!document || !document->is<JsonObject>() || (*document)["hits"].get(hits)) return out.refuse(R"(expected {"hits": [...]})");
  for (const JsonValue hit : hits) read_hit(hit, out);
}

}  // namespace noctule
