// SPDX-License-Identifier: Apache-2.0
#include "noctule/collect/collector.h"

#include <algorithm>
#include <unordered_set>

#include "cleaner.h"
#include "debug.h"
#include "decoded.h"
#include "replies.h"

namespace noctule {
namespace {

void decode(const CollectRequest& request, Decoded& out) {
  switch (request.protocol) {
    case Protocol::Events: return decode_events(request, out);
    case Protocol::Pixel: return decode_pixel(request, out);
    case Protocol::Plausible: return decode_plausible(request, out);
    case Protocol::UmamiSend:
    case Protocol::UmamiBatch: return decode_umami(request, out);
    case Protocol::GoatCounterPixel: return decode_goatcounter_pixel(request, out);
    case Protocol::GoatCounterCount: return decode_goatcounter_count(request, out);
    case Protocol::Matomo: return decode_matomo(request, out);
  }
}

// One event for each of "a.example,b.example"; one for anything else.
template <typename See>
void for_each_site_name(const RawEvent& raw, See&& see) {
  constexpr size_t kSitesMax = 10;
  std::string_view names = raw.site;
  for (size_t count = 0; count < kSitesMax; ++count) {
    const size_t comma = raw.site_by == SiteBy::Domain ? names.find(',') : std::string_view::npos;
    see(names.substr(0, comma));
    if (comma == std::string_view::npos) return;
    names.remove_prefix(comma + 1);
  }
}

}  // namespace

void CollectOutcome::clear() {
  events.clear();
  kept = dropped = 0;
  first_drop = Drop::None;
  site = SiteId::None;
  drops.clear();
  debug.clear();
  detail.clear();
  reply_extra.clear();
  readable = true;
}

struct Collector::State {
  Decoded decoded;
  Cleaner cleaner;
  std::unordered_set<uint64_t> ids;  // of this request's events
  ReplyCounts counts;

  void drop(const Judged& judged, const Site* site, bool debug, CollectOutcome& outcome) {
    const SiteId id = site == nullptr ? SiteId::None : site->id;
    ++outcome.dropped;
    if (outcome.first_drop == Drop::None) outcome.first_drop = judged.drop;
    if (outcome.drops.size() < kBatchEventsMax) outcome.drops.emplace_back(id, judged.drop);
    if (debug) append_debug_dropped(judged, site, outcome.debug);
  }

  // Whether an event of this id stood before in the same request.
  bool is_repeated(const Event& event) { return event.id != 0 && !ids.insert(event.id).second; }

  void collect_event(const RawEvent& raw, size_t index, const CleaningContext& context, CollectOutcome& outcome) {
    for_each_site_name(raw, [&](std::string_view name) {
      const Site* site = find_site(raw, name, context.request, context.sites);
      if (outcome.site == SiteId::None && site != nullptr) outcome.site = site->id;
      Event event;
      Judged judged = cleaner.clean(raw, decoded, site, context, event);
      if (judged.drop == Drop::None && is_repeated(event)) judged.drop = Drop::Duplicate;
      if (judged.drop != Drop::None) {
        if (judged.drop == Drop::Invalid || judged.drop == Drop::UnknownSite) {
          ++counts.invalid;
          counts.invalid_indices.push_back(index);
        }
        return drop(judged, site, context.request.debug, outcome);
      }
      append_encoded(event, outcome.events);
      ++outcome.kept;
      if (context.request.debug) append_debug_kept(event, *site, outcome.debug);
    });
  }
};

Collector::Collector() : state_(std::make_unique<State>()) {}
Collector::~Collector() = default;
Collector::Collector(Collector&&) noexcept = default;

void Collector::collect(const CollectRequest& request, const SiteBook& sites, const PseudonymKeys& keys, int64_t now_ms, CollectOutcome& outcome) {
  State& state = *state_;
  outcome.clear();
  state.decoded.clear();
  state.ids.clear();
  state.counts = {};
  if (request.body.size() > kBodySizeMax) {
    state.decoded.is_readable = false;
    state.decoded.detail = "the body is larger than 512 KiB";
    outcome.first_drop = Drop::TooLarge;
  } else {
    decode(request, state.decoded);
  }
  if (request.debug) begin_debug(outcome.debug);
  const CleaningContext context{request, sites, keys, now_ms};
  for (size_t i = 0; i < state.decoded.events.size(); ++i) state.collect_event(state.decoded.events[i], i, context, outcome);
  for (uint32_t i = 0; i < state.decoded.beyond_limit; ++i) state.drop({Drop::TooMany, {}}, nullptr, false, outcome);
  outcome.readable = state.decoded.is_readable;
  outcome.detail = state.decoded.detail;
  if (!outcome.readable && outcome.first_drop == Drop::None) outcome.first_drop = Drop::Invalid;
  if (request.debug) end_debug(outcome.detail, outcome.debug);
  if (outcome.readable) write_reply(request.protocol, state.decoded.is_bulk ? Bulk::Yes : Bulk::No, state.counts, outcome);
}

}  // namespace noctule
