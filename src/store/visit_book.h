#pragma once
// SPDX-License-Identifier: Apache-2.0
// VisitBook: gives events their visits. It remembers the visits that may go on, the ids of events it has seen, and what
// surrounds an arrival, each within a named limit beyond which the oldest are forgotten. All of it can be restored from the
// store's rows (visit_memory.h), so that a restart changes nothing. One thread.
#include <map>

#include "arrival_judge.h"
#include "noctule/model/event.h"
#include "noctule/store/channel_rules.h"
#include "noctule/store/event_row.h"
#include "open_visits.h"
#include "recent_table.h"
#include "surroundings.h"

namespace noctule {

// A visit ends when nothing came for so long; as with Plausible, GA4 and Matomo.
inline constexpr int64_t kPause_ms = 30 * 60'000;

struct VisitLimits {
  size_t visits_max = 250'000;       // that may go on: 200 bytes each and their texts
  size_t text_bytes_max = 64 << 20;  // of those visits' texts
  size_t event_ids_max = 2'000'000;  // 8 bytes each, twice
  SurroundingsLimits surroundings = {};
};

class VisitBook {
 public:
  explicit VisitBook(const Knowledge& knowledge, const VisitLimits& limits = {});

  // Rows of earlier batches are no longer looked at: what their texts alone held is freed.
  void begin_batch() { visits_.sweep(); }
  // The row of an event; its texts are the event's and this object's. False: an event of that id was there before.
  [[nodiscard]] bool take(const Event& event, EventRow& row);

  [[nodiscard]] size_t open_visits() const { return visits_.size(); }
  [[nodiscard]] size_t text_bytes() const { return visits_.text_bytes(); }
  // The version of a site's attribution that rows are written under.
  void set_attribution(uint32_t site, uint16_t version) { versions_[site] = version; }

  void set_channel_rules(ChannelRules rules) { channel_rules_ = std::move(rules); }

  // Before a restart there was a visit from first_ms to last_ms, of which row is one; bounce: whether it still is one.
  void restore_visit(const EventRow& row, int64_t first_ms, int64_t last_ms, bool bounce);
  void restore_event_id(uint64_t id) { event_ids_.find_or_add(id); }
  void restore_visitor(uint32_t site, uint64_t visitor, int64_t time_ms) { surroundings_.note_visitor(site, visitor, time_ms); }
  // A row that began a visit; in order of time.
  void restore_arrival(const EventRow& row);
  // A page's private pastes and its arrivals without explanation are told anew: it is forgotten, then they come in order of time.
  void forget_page(const EventRow& row) { surroundings_.forget_page(row); }
  void restore_page(const EventRow& row);

 private:
  struct IdRow {
    uint64_t key = 0;
  };

  [[nodiscard]] static bool goes_on(const OpenVisit& visit, const Event& event);
  void begin_visit(const Event& event, EventRow& row);
  void judge_arrival(const Event& event, EventRow& row);
  void apply_channel_rule(EventRow& row);
  void go_on(OpenVisit& visit, const Event& event, EventRow& row);
  void take_unfurl(const Event& event, EventRow& row);
  [[nodiscard]] EventRow row_of(const Event& event) const;

  ArrivalJudge judge_;
  OpenVisits visits_;
  Surroundings surroundings_;
  RecentTable<IdRow> event_ids_;
  std::map<uint32_t, uint16_t> versions_;
  ChannelRules channel_rules_;
  std::string rules_text_;
};

}  // namespace noctule
