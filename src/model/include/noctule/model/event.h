#pragma once
// SPDX-License-Identifier: Apache-2.0
// Event: one thing that happened on a site, as the journal keeps it. It has been cleaned: no address, no personal parameter,
// no value of a click or recipient id; the visitor is a pseudonym of one day. Texts are views into the request or the
// journal's blob and live as long as that does. Text is UTF-8 without control characters.
#include <cstdint>
#include <string>
#include <string_view>

#include "noctule/base/ids.h"
#include "noctule/base/result.h"

namespace noctule {

// Stable numbers: they are stored.
enum class EventKind : uint8_t {
  Pageview = 0,
  Engagement = 1,  // time on page and scroll depth of a page view before
  Custom = 2,      // an event with a name: a goal, an order, "Outbound Link: Click", "File Download"
  Unfurl = 3       // an app fetched a preview: only logs see it. Has no visitor.
};

// How it reached us. Stable numbers: they are stored.
enum class EventOrigin : uint8_t {
  Script = 0,      // noctule's tracker, POST /api/v1/events
  Pixel = 1,
  Plausible = 2,   // a protocol of another product
  Umami = 3,
  GoatCounter = 4,
  Matomo = 5,
  Log = 6,         // an access log
  Archive = 7      // an export of another product: totals of a day, no single visits
};

// Whether the site's visitors agreed to more than anonymous statistics.
enum class ConsentMode : uint8_t { Exempt = 0, Consented = 1 };

inline constexpr uint8_t kScrollUnknown = 255;

struct Event {
  SiteId site = SiteId::None;
  EventKind kind = EventKind::Pageview;
  EventOrigin origin = EventOrigin::Script;
  int64_t instant_ms = 0;        // when it was received (a log: when it happened), since 1970 UTC
  Pseudonym visitor;
  uint64_t id = 0;               // keyed hash of the client's event id; 0: it gave none. Events with the same are one.
  std::string_view name;         // of a Custom event
  std::string_view host, path;   // of the page; path with the part of the query that tells pages apart, cleaned
  std::string_view referrer;     // absolute, without query and fragment, cleaned; empty: none. Android apps: android-app://package
  std::string_view tags;         // campaign and share parameters of the page's query ("utm_source=a&igsh="), see Knowledge::classify_query
  std::string_view user_agent;   // reduced: minor versions are 0, no device model
  uint64_t click_hash = 0, recipient_hash = 0;  // keyed short hashes of id values; 0: none
  uint16_t viewport_width = 0;   // CSS pixels; 0: not said
  int32_t engaged_ms = 0;        // Engagement: time the page was visible and used since the last report
  uint8_t scroll_percent = kScrollUnknown;  // Engagement: deepest point seen so far, 0 to 100
  bool interactive = true;       // Custom: whether it makes the visit more than a bounce
  std::string_view properties;   // JSON object of texts, cleaned; empty: none
  int64_t revenue_micros = 0;    // millionths of the currency's unit
  std::string_view currency;     // ISO 4217; empty: no revenue
};

// The journal's encoding of an event, self-delimiting. Appends.
void append_encoded(const Event& event, std::string& out);
// Takes the first event off the bytes; its views point into them. Error: Corrupt.
[[nodiscard]] Result<Event> take_encoded(std::string_view& bytes);

}  // namespace noctule
