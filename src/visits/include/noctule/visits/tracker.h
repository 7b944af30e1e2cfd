#pragma once
// SPDX-License-Identifier: Apache-2.0
// Tracker: follows visitors hit by hit and finds where their visits begin. One tracker sees all hits of its visitors, in
// order of time; several trackers share the work by visitor. Memory grows with visitors (about
// 140 bytes each) and visits, not with hits. All its state is plain bytes and can be parked on disk.
#include <array>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <vector>

#include "noctule/base/flat_table.h"
#include "noctule/base/result.h"
#include "noctule/visits/exclusion.h"
#include "noctule/visits/hit.h"

namespace noctule {

inline constexpr int64_t kVisitPause_ms = 30 * 60'000;     // the industry's session length, GA4's default
// An asset that proves a page view follows it within a minute: measured on real logs, where this rule turns 26,580 deep
// landings without referrer into 1,053 (the rest are scanners).
inline constexpr int64_t kAssetWindow_ms = 60'000;
// People do not open more pages than this within ten seconds, even a handful of tabs at once.
inline constexpr int kBurstPages = 20;
inline constexpr int64_t kBurstWindow_ms = 10'000;

// Where a visit begins. Not yet judged: what is known at that moment, and what corroborated it later.
struct Arrival {
  int64_t instant_ms = 0, visit_end_ms = 0;
  uint64_t visitor = 0, address = 0, page = 0, path = 0, referrer_host = 0;
  uint64_t click_id = 0, recipient_id = 0, origin = 0;
  uint32_t agent = 0, agent_family = 0;
  uint16_t user_agent = 0, referrer = 0, query = 0;
  int16_t offset_minutes = 0;
  uint16_t pages_in_visit = 0, visit_number = 0;   // the first visit is 1; both saturate
  Target target = Target::Deep;
  Corroboration corroboration = Corroboration::None;
  uint8_t flags = 0;                               // HitFlag
  [[nodiscard]] bool has(HitFlag flag) const { return (flags & static_cast<uint8_t>(flag)) != 0; }
};

// A preview fetch by an app, before fetches that belong together are joined.
struct PreviewFetch {
  int64_t instant_ms = 0;
  uint64_t address = 0, page = 0, origin = 0;
  uint16_t user_agent = 0;
  int16_t offset_minutes = 0;
  uint16_t status = 0;
  Target target = Target::Deep;
};

struct TrackerTotals {
  std::array<uint64_t, kExclusions> hits{};      // by reason, None: people
  std::array<uint64_t, kExclusions> landings{};  // page views that would have begun a visit
  uint64_t visitors = 0, people = 0;
  uint64_t assets_with_own_referrer = 0, assets_of_seen_page = 0;  // for telling edge addresses by behaviour
  uint64_t continuations = 0;  // visits that begin with a page of the site itself as referrer: a tab left open
  uint64_t previews_left_out = 0;  // beyond what a tracker keeps
  std::array<uint64_t, kTargets> browser_hits{};  // by what they asked for
};

struct TrackerResult {
  std::vector<Arrival> arrivals;        // of people only, by time
  std::vector<PreviewFetch> previews;
  TrackerTotals totals;
};

// Adds the result of another tracker; arrivals and previews are appended, not sorted.
void merge_into(TrackerResult& sum, TrackerResult part);

class Tracker {
 public:
  // previews_max: preview fetches that are kept; what comes after them is counted only.
  explicit Tracker(size_t previews_max = SIZE_MAX) : previews_max_(previews_max) {}
  // Hits in order of time; one that is late by more than the pause is taken as it comes.
  void process(std::span<const Hit> hits);
  // Judges every visitor as if the log ended here. Does not change the tracker: it may be asked again after more hits.
  [[nodiscard]] TrackerResult finish() const;
  // Counts so far, without those that judging the visitors gives.
  [[nodiscard]] const TrackerTotals& totals() const { return totals_; }
  [[nodiscard]] size_t memory_bytes() const;

  // Park and resume, in the machine's own byte order: for temporary files of this process only.
  void write_to(std::ostream& out) const;
  static Result<Tracker> read_from(std::istream& in, size_t previews_max = SIZE_MAX);

 private:
  struct Visitor {
    uint64_t key = 0;
    int64_t last_ms = 0, burst_start_ms = 0;
    uint64_t recent_pages[3] = {};    // paths, newest first: to tell whose asset or next page a hit is
    int64_t recent_ms[3] = {};
    uint32_t open_arrival = 0;        // index + 1 of the visit's arrival, 0: none
    uint32_t hits = 0, pages = 0, assets = 0, not_found = 0, probes = 0, landings = 0, prefetches = 0;
    uint16_t visits = 0, pages_in_visit = 0, burst_pages = 0, burst_pages_max = 0, arrivals_in_visit = 0;
    bool corroborated = false, gateway = false;
  };

  void track(const Hit& hit);
  void begin_visit(Visitor& visitor, const Hit& hit);
  void view_page(Visitor& visitor, const Hit& hit);
  void fetch_asset(Visitor& visitor, const Hit& hit);
  [[nodiscard]] static bool begins_visit(const Visitor& visitor, const Hit& hit);
  [[nodiscard]] static bool is_corroborated(const Arrival& arrival);
  void add_arrival(Visitor& visitor, const Hit& hit);
  void corroborate(Visitor& visitor, Corroboration how);
  [[nodiscard]] static Exclusion judge(const Visitor& visitor);

  FlatTable<Visitor> visitors_;
  std::vector<Arrival> arrivals_;
  std::vector<PreviewFetch> previews_;
  TrackerTotals totals_;  // of hits that need no visitor
  uint64_t previews_max_;
};

}  // namespace noctule
