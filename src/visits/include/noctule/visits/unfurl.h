#pragma once
// SPDX-License-Identifier: Apache-2.0
// The unfurl ledger: preview fetches, joined to "this page was pasted into app X at time T". A paste is not a send: the
// message may never have been sent, or to many people at once.
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "noctule/detect/knowledge.h"
#include "noctule/visits/tracker.h"

namespace noctule {

struct Unfurl {
  int64_t instant_ms = 0;
  uint64_t page = 0, address = 0, origin = 0;
  AppId app = AppId::None;
  Private surface = Private::Unknown;  // of the app: only a private one can speak for a private share
  uint32_t fetches = 1;                // requests that were joined
  int16_t offset_minutes = 0;
  bool from_device = false;            // the app fetches previews from the sharer's own device
  bool same_device = false;            // and that device visited the site around that time
};

// Fetches of one paste come within this: a sender's device fetches once per typed prefix and then the picture.
inline constexpr int64_t kPasteWindow_ms = 60'000;
// A public network keeps its copy of a page and looks whether it changed: on a real log Meta's servers fetched one page every
// 17 to 50 minutes for days. Fetches that follow each other within this are one post and its refreshing.
inline constexpr int64_t kRefreshWindow_ms = 3'600'000;
// A public post on a federated network is fetched by every instance that shows it, over minutes; from the first of them.
inline constexpr int64_t kFederatedPasteWindow_ms = 10 * 60'000;

// verdict_of gives the verdict behind PreviewFetch::user_agent; name_of the page's path, empty when it is not known.
// previews in any order; the unfurls come back in order of time.
[[nodiscard]] std::vector<Unfurl> join_previews(
    std::span<const PreviewFetch> previews, const Knowledge& knowledge,
    const std::function<const UserAgentVerdict&(uint16_t)>& verdict_of,
    const std::function<std::string_view(uint64_t)>& name_of);

// Marks unfurls whose device visited the site within half an hour: the sharer's own visit. For real addresses only.
void tie_to_sharers(std::span<Unfurl> unfurls, std::span<const Arrival> arrivals);

}  // namespace noctule
