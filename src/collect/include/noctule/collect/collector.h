#pragma once
// SPDX-License-Identifier: Apache-2.0
// Collector: from the bytes of one request, in noctule's own or another product's protocol, to cleaned events ready for the
// journal. It decides what is kept, what is dropped and why, and knows nothing of sockets: one per thread, with memos of its
// own. Hostile bytes cost bounded time and memory and come back as a drop or an error.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/model/event.h"
#include "noctule/privacy/keys.h"
#include "noctule/settings/site.h"

namespace noctule {

enum class Protocol : uint8_t {
  Events,        // POST /api/v1/events
  Pixel,         // GET  /pixel.gif
  Plausible,     // POST /api/event
  UmamiSend,     // POST /api/send
  UmamiBatch,    // POST /api/batch
  GoatCounterPixel,  // GET /count
  GoatCounterCount,  // POST /api/v0/count
  Matomo         // GET or POST /matomo.php
};

// Named limits, documented in docs/collect.md; beyond them a field is cut or the request refused, as said there.
inline constexpr size_t kBodySizeMax = 512 * 1024, kBatchEventsMax = 1'000;
inline constexpr size_t kUrlSizeMax = 2'048, kNameSizeMax = 120, kPropertiesMax = 30, kPropertyKeySizeMax = 300, kPropertyValueSizeMax = 2'000;
inline constexpr size_t kUserAgentSizeMax = 512, kEventIdSizeMax = 64;
inline constexpr int32_t kEngagedMsMax = 3'600'000;          // of one engagement event
inline constexpr int64_t kFutureMsMax = 300'000;             // a client's clock may be ahead so far; then its time is now
inline constexpr int64_t kBackdateMsMax = 24 * 3'600'000;    // without an API key; with one, the site's retention
inline constexpr int64_t kRevenueMax = 1'000'000'000;        // units of the currency; more is no price

// What the request line and headers say; views must live as long as the call.
struct CollectRequest {
  Protocol protocol = Protocol::Events;
  std::string_view query;          // of the request's own address, without '?'
  std::string_view body;           // must be readable kBodyPadding bytes beyond its end (simdjson)
  std::string_view content_type;
  std::string_view user_agent;
  std::string_view referer;        // of the request: the page, for pixels
  std::string_view origin;         // Origin header
  std::string_view authorization;  // GoatCounter and server-side clients: "Bearer ..."
  std::string_view address;        // of the client, as text, after trusted proxies were resolved
  bool gpc = false, dnt = false;   // Sec-GPC: 1, DNT: 1
  bool prefetch = false;           // Sec-Purpose or Purpose: prefetch
  bool debug = false;              // X-Debug-Request
  bool api_key_ok = false;         // the request's key (see api_key_of) was checked by the caller: may send on behalf of visitors
  SiteId key_site = SiteId::None;  // the only site that key is for; None: all
};
inline constexpr size_t kBodyPadding = 64;

// Why an event was not kept; stable names, in the X-Noctule-Dropped header, /metrics and the site's counts.
enum class Drop : uint8_t {
  None, UnknownSite, ForeignHost, Bot, Prefetch, Gpc, Dnt, Invalid, TooLarge, TooMany, TooOld, Duplicate, Preview, LocalPage,
  Identity  // says who a person is, as Umami's identify does: never kept
};
inline constexpr int kDrops = 15;
[[nodiscard]] std::string_view name_of(Drop drop);

struct CollectOutcome {
  std::string events;        // encoded, one after the other (model/event.h)
  uint32_t kept = 0, dropped = 0;
  Drop first_drop = Drop::None;        // for the header
  SiteId site = SiteId::None;          // of the first event
  std::vector<std::pair<SiteId, Drop>> drops;  // each dropped event, at most kBatchEventsMax
  std::string debug;         // JSON, with CollectRequest::debug: what was understood of each event, or why it was dropped; no address
  std::string detail;        // of a request that could not be read: what was expected
  std::string reply_extra;   // what the peer's clients read: Umami's ids, the answer to Matomo's bulk; empty: the status says all
  bool readable = true;      // false: the body is no request of this protocol (a 400 where the peer answers so)
  void clear();
};

// The API key that a request brings: "Bearer KEY" or "Basic" with an empty name in Authorization, or Matomo's token_auth in the
// query or the body; empty: none. Cheap; the caller looks it up and sets api_key_ok.
[[nodiscard]] std::string api_key_of(const CollectRequest& request);

class Collector {
 public:
  Collector();
  ~Collector();
  Collector(Collector&&) noexcept;
  // Fills outcome (cleared first, capacity kept). Never fails: what cannot be kept is a drop.
  void collect(const CollectRequest& request, const SiteBook& sites, const PseudonymKeys& keys, int64_t now_ms, CollectOutcome& outcome);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noctule
