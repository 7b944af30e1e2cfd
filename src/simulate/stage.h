#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the actors of a world share: the window, the site, the people, the visits still to come and the hits still to be
// written. One thread, one Random: the order in which actors draw is part of what a seed means.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "hit.h"
#include "mix.h"
#include "people.h"
#include "site.h"

namespace noctule::sim {

struct Window {
  int64_t start_ms = 0, end_ms = 0, slot_ms = 0;
  [[nodiscard]] size_t slot_count() const { return static_cast<size_t>((end_ms - start_ms + slot_ms - 1) / slot_ms); }
  [[nodiscard]] bool holds(int64_t instant_ms) const { return instant_ms >= start_ms && instant_ms < end_ms; }
  [[nodiscard]] size_t slot_of(int64_t instant_ms) const { return static_cast<size_t>((instant_ms - start_ms) / slot_ms); }
};

// A visit that is to begin.
struct VisitPlan {
  int64_t instant_ms = 0;
  uint32_t page = 0;
  PersonId person = PersonId::Nobody;  // Nobody: drawn when it begins
  Cause cause = Cause::Search;
  uint8_t app = kNoApp;                // row of apps() or public_sources()
  uint8_t generation = 0;
  QueryPart query{};                   // that the address brings along
  bool of_wave = false;                // beyond the mix
  uint64_t order = 0;                  // set by the calendar: among plans of one instant
};

// Visits to come, taken out in the order of time, slot after slot. Those outside the window are dropped. A visit that has
// begun may add others to the slot that is being emptied, never to one that is past.
class Calendar {
 public:
  explicit Calendar(const Window& window) : window_(window), slots_(window.slot_count()) {}
  void add(VisitPlan plan) {
    if (!window_.holds(plan.instant_ms)) return;
    plan.order = ++added_;
    std::vector<VisitPlan>& slot = slots_[window_.slot_of(plan.instant_ms)];
    slot.push_back(plan);
    std::ranges::push_heap(slot, is_later);
  }
  // The slot's next visit; false when there is none, and the slot's memory is given back.
  bool take(size_t index, VisitPlan& plan) {
    std::vector<VisitPlan>& slot = slots_[index];
    if (slot.empty()) {
      slot = {};
      return false;
    }
    std::ranges::pop_heap(slot, is_later);
    plan = slot.back();
    slot.pop_back();
    return true;
  }

 private:
  static bool is_later(const VisitPlan& a, const VisitPlan& b) {
    return a.instant_ms != b.instant_ms ? a.instant_ms > b.instant_ms : a.order > b.order;
  }

  Window window_;
  std::vector<std::vector<VisitPlan>> slots_;
  uint64_t added_ = 0;
};

struct Stage {
  Stage(const Mix& mix_of_world, const Window& window_of_world, size_t expected_visits, uint64_t seed)
      : mix(mix_of_world), window(window_of_world), random(seed), site(mix, window.start_ms, window.end_ms, texts, Random(random.next())),
        devices(texts, Random(random.next())), people(mix, devices, expected_visits, Random(random.next())), calendar(window) {}

  // Hits outside the window never reach the log.
  void add_hit(const Hit& hit) {
    if (!window.holds(hit.instant_ms)) return;
    hits.push_back(hit);
    ++(hit.truth.machine == Machine::None ? people_hit_count : machine_hit_count);
  }

  Mix mix;
  Window window;
  TextTable texts;
  Random random;
  Site site;
  DevicePark devices;
  People people;
  Calendar calendar;
  std::vector<Hit> hits;
  uint64_t people_hit_count = 0, machine_hit_count = 0;  // ever added
  uint64_t share_count = 0;
  uint64_t visit_count = 0;
  uint64_t private_visit_count = 0;
  uint64_t dark_landing_count = 0;  // visits that began on a deep page without referrer, waves left out
};

}  // namespace noctule::sim
