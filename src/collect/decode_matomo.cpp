// SPDX-License-Identifier: Apache-2.0
// GET or POST /matomo.php as Matomo's Tracking HTTP API documents it (developer.matomo.org/api-reference/tracking-api): fields in
// the query, in a form body, or in bulk as {"requests": ["?idsite=1&...", ...]}. Ids of visitors and users are not read.
#include <fmt/format.h>

#include <charconv>

#include "decoded.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

double decimal_of(std::string_view text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The text of a field, kept: the form is used again for the next request of a bulk.
std::string_view field(std::string_view name, Decoded& out) {
  const std::string_view value = out.form.find(name);
  return value.empty() ? value : out.keep(value);
}

void add_field(RawEvent& event, std::string_view key, std::string_view name, Decoded& out) {
  out.add_property(event, key, field(name, out));
}

void name_event(RawEvent& event, std::string_view name, Decoded& out) {
  event.kind = EventKind::Custom;
  event.name = out.keep(name);
}

// Matomo's sites have one currency each and its requests name none: XXX, ISO 4217's code for none.
void read_revenue(RawEvent& event, Decoded& out) {
  if (!out.form.has("revenue")) return;
  event.revenue = decimal_of(out.form.find("revenue"));
  event.currency = "XXX";
}

void read_goal(RawEvent& event, Decoded& out) {
  const std::string_view goal = out.form.find("idgoal");
  if (goal == "0") {
    name_event(event, "Order", out);
    if (const std::string_view order = out.form.find("ec_id"); !order.empty()) event.id = out.keep(fmt::format("order:{}", order));
  } else {
    name_event(event, fmt::format("Goal {}", goal), out);
  }
  read_revenue(event, out);
}

void read_category(RawEvent& event, Decoded& out) {
  name_event(event, fmt::format("{}: {}", out.form.find("e_c"), out.form.find("e_a")), out);
  add_field(event, "category", "e_c", out);
  add_field(event, "action", "e_a", out);
  add_field(event, "name", "e_n", out);
  add_field(event, "value", "e_v", out);
}

void read_content(RawEvent& event, Decoded& out) {
  const bool touched = !out.form.find("c_i").empty();
  name_event(event, touched ? "Content Interaction" : "Content Impression", out);
  event.interactive = touched;
  add_field(event, "name", "c_n", out);
  add_field(event, "piece", "c_p", out);
}

// What a request is about: the first of these fields that it has.
void read_subject(RawEvent& event, Decoded& out) {
  const Form& form = out.form;
  if (form.find("ping") == "1") {
    event.kind = EventKind::Engagement;
  } else if (!form.find("e_c").empty() && !form.find("e_a").empty()) {
    read_category(event, out);
  } else if (form.has("idgoal")) {
    read_goal(event, out);
  } else if (form.has("link")) {
    name_event(event, "Outbound Link: Click", out);
    add_field(event, "url", "link", out);
  } else if (form.has("download")) {
    name_event(event, "File Download", out);
    add_field(event, "url", "download", out);
  } else if (form.has("search")) {
    name_event(event, "Site Search", out);
    add_field(event, "query", "search", out);
    add_field(event, "category", "search_cat", out);
  } else if (form.has("c_n")) {
    read_content(event, out);
  }
}

void read_request(Decoded& out) {
  if (out.is_full()) {
    ++out.beyond_limit;
    return;
  }
  RawEvent& event = out.events.emplace_back();
  event.site_by = SiteBy::Number;
  event.site = field("idsite", out);
  event.url = field("url", out);
  event.referrer = field("urlref", out);
  event.user_agent = field("ua", out);
  event.address = field("cip", out);
  event.instant = field("cdt", out);
  event.width = width_of(out.form.find("res"));
  read_subject(event, out);
  if (out.form.find("rec") != "1") event.lack = "rec: expected 1";
  else if (event.site.empty()) event.lack = "idsite: expected the site's number";
  else if (event.url.empty() && event.kind == EventKind::Pageview) event.lack = "url: expected the page's address";
  else if (event.url.empty()) event.url = "/";
}

void read_object(JsonObject object, Decoded& out) {
  std::string scratch, form;
  for (const auto [key, value] : object) {
    if (const auto text = scalar_of(value, scratch)) form.append(fmt::format("&{}={}", percent_encode_field(key), percent_encode_field(*text)));
  }
  out.form.add(form);
}

void read_bulk(const CollectRequest& request, Decoded& out) {
  out.is_bulk = true;
  const auto document = out.reader.read(request.body);
  JsonArray requests;
  if (!document || !document->is<JsonObject>() || (*document)["requests"].get(requests)) {
    return out.refuse(R"(expected {"requests": ["?idsite=1&rec=1&url=...", ...]})");
  }
  for (const JsonValue one : requests) {
    out.form.clear();
    JsonObject object;
    if (one.get(object)) out.form.add(text_of(one));
    else read_object(object, out);
    read_request(out);
  }
}

}  // namespace

void decode_matomo(const CollectRequest& request, Decoded& out) {
  if (trim(request.body).starts_with('{')) return read_bulk(request, out);
  out.form.add(request.query);
  out.form.add(trim(request.body));
  read_request(out);
}

}  // namespace noctule
