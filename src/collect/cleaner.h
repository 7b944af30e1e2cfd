#pragma once
// SPDX-License-Identifier: Apache-2.0
// Cleaner: from what a request says to an event that may be kept, or the reason why there is none. One per thread; the event's
// texts live until the next one is made.
#include <string>
#include <string_view>

#include "client_memo.h"
#include "decoded.h"
#include "noctule/collect/cleaning.h"
#include "text_memo.h"

namespace noctule {

struct Judged {
  Drop drop = Drop::None;
  std::string_view detail;  // of Invalid: what was expected
};

// Everything about a request but its events.
struct CleaningContext {
  const CollectRequest& request;
  const SiteBook& sites;
  const PseudonymKeys& keys;
  int64_t now_ms;
};

// An address in parts; a path alone is one of the page's host.
struct PageParts {
  std::string_view scheme, host, path, query, fragment;
};

class Cleaner {
 public:
  // site: nullptr when it is unknown.
  Judged clean(const RawEvent& raw, const Decoded& decoded, const Site* site, const CleaningContext& context, Event& event);

 private:
  Judged clean_client(const RawEvent& raw, const Site& site, const CleaningContext& context, Event& event);
  Judged clean_address(const RawEvent& raw, const Site& site, const CleaningContext& context, Event& event);
  void clean_path(const PageParts& parts, Routing routing, const Site& site, const CleaningContext& context, Event& event);
  Judged clean_instant(const RawEvent& raw, const Site& site, const CleaningContext& context, Event& event);
  Judged clean_texts(const RawEvent& raw, const Decoded& decoded, const Site& site, const CleaningContext& context, Event& event);

  ClientMemo clients_;
  TextMemo hosts_, paths_, referrers_;
  CleanPage page_;
  std::string name_, properties_, currency_, user_agent_;
};

// The site of an event; nullptr: none that is configured. A list of domains is one event for each: name is one of them.
[[nodiscard]] const Site* find_site(const RawEvent& raw, std::string_view name, const CollectRequest& request, const SiteBook& sites);

// Whether the request is that of a peer's client library for servers, which has a browser's name of its own making.
[[nodiscard]] bool is_client_library(const CollectRequest& request);

}  // namespace noctule
