#pragma once
// SPDX-License-Identifier: Apache-2.0
// Surroundings: what events before an arrival add to its verdict: whether its visitor was here today, whether somebody else
// brought its click or recipient id, and whether its page was pasted into a private app shortly before. The live counterpart of
// visits/inference.h, within fixed memory. One thread.
#include <cstdint>

#include "arrival_judge.h"
#include "noctule/store/event_row.h"
#include "recent_table.h"

namespace noctule {

struct SurroundingsLimits {
  size_t visitors_max = 2'000'000;  // 16 bytes each, twice
  size_t clicks_max = 200'000;
  size_t pages_max = 100'000;
};

class Surroundings {
 public:
  explicit Surroundings(const SurroundingsLimits& limits) : visitors_(limits.visitors_max), clicks_(limits.clicks_max), pages_(limits.pages_max) {}

  // Notes an arrival: it sees those before it. row: site, time, visitor, ids, browser, os and device are set.
  [[nodiscard]] ArrivalSurroundings note_arrival(const EventRow& row);
  // Any other event of a visitor.
  void note_visitor(uint32_t site, uint64_t visitor, int64_t time_ms);
  // An arrival that nothing else explains. Gives the app where a paste before it does, more likely than chance.
  [[nodiscard]] AppId match_paste(const EventRow& row) const;
  // One that stays unexplained: counts against later matches on its page.
  void note_unexplained(const EventRow& row);
  // A private paste. Of several pastes of a page the newest counts, in whatever order they come.
  void note_paste(const EventRow& row, AppId app);
  void forget_page(const EventRow& row);

 private:
  struct VisitorRow {
    uint64_t key = 0;
    int64_t day = 0;
  };
  // Who brought an id first, and who was the second.
  struct ClickRow {
    uint64_t key = 0, first = 0, second = 0;  // visitors
    uint64_t software = 0;                    // of the first
    int64_t time_ms = 0;                      // of the first
    bool gateway = false;                     // several within a minute: a mail gateway looks where links lead
  };
  struct PageRow {
    uint64_t key = 0;
    double arrivals = 0;                      // unexplained ones, fading within a day, as of counted_ms
    int64_t counted_ms = 0, pasted_ms = 0;
    double arrivals_at_paste = 0;
    AppId app = AppId::None;                  // of the last private paste
  };

  [[nodiscard]] bool is_echo(uint64_t id, const EventRow& row);

  RecentTable<VisitorRow> visitors_;
  RecentTable<ClickRow> clicks_;
  RecentTable<PageRow> pages_;
};

// Whether nothing but a paste before it could explain the arrival whose verdict the row holds.
[[nodiscard]] bool lacks_explanation(const EventRow& row);
// The same as SQL, over events AS e.
inline constexpr const char* kLacksExplanation = "(e.referrer = '' AND e.app = '' AND e.grade <= 2)";
static_assert(static_cast<int>(Grade::Estimated) == 2);

}  // namespace noctule
