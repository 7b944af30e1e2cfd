#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a request says, in noctule's own terms whatever its protocol: read, not yet judged or cleaned. Texts are views into the
// request, the JSON reader or `texts`, and live until the next request.
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "form.h"
#include "json.h"
#include "noctule/collect/collector.h"

namespace noctule {

struct RawProperty { std::string_view key, value; };

// How an event names its site.
enum class SiteBy : uint8_t {
  Domain,  // a domain, or several with commas between them
  Number,  // Matomo's idsite
  Umami,   // Umami's website, a UUID
  Code,    // GoatCounter's code: the domain, or its first label
  Page     // not at all: by the page's host, or the API key's site
};

struct RawEvent {
  SiteBy site_by = SiteBy::Domain;
  std::string_view site;
  EventKind kind = EventKind::Pageview;
  bool is_objection = false;      // a visitor objects to being counted: it is counted as such
  bool is_identity = false;       // says who a person is: never kept
  bool is_declared_bot = false;   // the client itself says that it is a machine
  std::string_view lack;          // why it is no event; empty: it is one
  std::string_view id, name;
  std::string_view url;           // absolute, or a path
  std::string_view host;          // of the page where url is a path
  std::string_view referrer;
  std::string_view user_agent, address;  // of the visitor where the request is a server's; empty: the request's
  bool hash_routing = false, interactive = true;
  uint16_t width = 0;
  int32_t engaged_ms = 0;
  uint8_t scroll_percent = kScrollUnknown;
  std::string_view instant;       // as the client wrote it; empty: now
  size_t properties_begin = 0, properties_end = 0;  // in Decoded::properties
  double revenue = 0;
  std::string_view currency;
};

struct Decoded {
  std::vector<RawEvent> events;
  std::vector<RawProperty> properties;
  std::deque<std::string> texts;   // what had to be decoded or made
  JsonReader reader, inner_reader;
  Form form;
  bool is_readable = true, is_bulk = false;
  std::string detail;              // of a request that is not readable
  uint32_t beyond_limit = 0;       // events after kBatchEventsMax
  void clear();
  [[nodiscard]] bool is_full() const { return events.size() >= kBatchEventsMax; }
  std::string_view keep(std::string_view text) { return texts.emplace_back(text); }
  void refuse(std::string_view expected) {
    is_readable = false;
    detail = expected;
  }
  // Adds a property to the event that is being read; beyond kPropertiesMax and empty ones are left out.
  void add_property(RawEvent& event, std::string_view key, std::string_view value);
  // Each scalar of a JSON object.
  void add_properties(RawEvent& event, JsonValue object);
};

void decode_events(const CollectRequest& request, Decoded& out);
void decode_pixel(const CollectRequest& request, Decoded& out);
void decode_plausible(const CollectRequest& request, Decoded& out);
void decode_umami(const CollectRequest& request, Decoded& out);
void decode_goatcounter_pixel(const CollectRequest& request, Decoded& out);
void decode_goatcounter_count(const CollectRequest& request, Decoded& out);
void decode_matomo(const CollectRequest& request, Decoded& out);

// Numbers within the bounds of an event's fields; what lies outside is cut to them, what is no number is 0 or unknown.
[[nodiscard]] uint16_t width_of(double width);
[[nodiscard]] uint16_t width_of(std::string_view size);  // "1920x1080", "1920,1080,2", "1920"
[[nodiscard]] int32_t engaged_of(double ms);
[[nodiscard]] uint8_t scroll_of(double percent);
// {"amount": 1.5 or "1.5", "currency": "EUR"}
void read_revenue(JsonValue value, RawEvent& event);

}  // namespace noctule
