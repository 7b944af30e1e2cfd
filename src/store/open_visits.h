#pragma once
// SPDX-License-Identifier: Apache-2.0
// OpenVisits: the last visit of each visitor, while it may go on. Beyond a limit of visits or of their texts those that were
// not used for longest are closed: if they go on nevertheless, that is a visit anew. One thread.
#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "arrival_judge.h"
#include "noctule/store/event_row.h"
#include "text_pool.h"

namespace noctule {

// The arrival of a visit, as its rows carry it.
struct VisitArrival {
  TextId entry_path = TextId::Empty, referrer = TextId::Empty, source = TextId::Empty, rules = TextId::Empty;
  std::array<TextId, kUtmTags> utm{};
  TextId browser = TextId::Empty, browser_version = TextId::Empty, os = TextId::Empty, os_version = TextId::Empty;
  TextId app = TextId::Empty;
  uint8_t channel = 0, ga4_channel = 0, grade = 0, is_private = 0, device = 0;
  bool deep = false, dark = false;
};

struct OpenVisit {
  uint32_t site = 0;
  uint64_t visitor = 0;
  int64_t first_ms = 0, last_ms = 0;
  uint16_t number = 0;
  bool bounce = false;
  VisitArrival arrival;
  uint32_t newer = UINT32_MAX, older = UINT32_MAX;  // in order of use
};

class OpenVisits {
 public:
  OpenVisits(size_t visits_max, size_t text_bytes_max) : visits_max_(visits_max), text_bytes_max_(text_bytes_max) {}

  // The visitor's visit, which counts as used; null: there is none. The pointer lives until the next open().
  [[nodiscard]] OpenVisit* find(uint32_t site, uint64_t visitor);
  // A visit of that visitor with the arrival that the row holds; the one before is closed.
  OpenVisit& open(const EventRow& row);
  // Sets the columns of the arrival; their texts are this object's until sweep() after the visit was closed.
  void fill(const OpenVisit& visit, EventRow& row) const;
  void sweep() { texts_.sweep(); }

  [[nodiscard]] size_t size() const { return by_visitor_.size(); }
  [[nodiscard]] size_t text_bytes() const { return texts_.bytes(); }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Key {
    uint32_t site;
    uint64_t visitor;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct HashKey {
    size_t operator()(const Key& key) const { return key.visitor ^ (uint64_t{key.site} * 0x9E3779B97F4A7C15ULL); }
  };

  VisitArrival keep(const EventRow& row);
  void release(const VisitArrival& arrival);
  uint32_t take_slot(const Key& key);
  void close(uint32_t slot);
  void link_newest(uint32_t slot);
  void unlink(uint32_t slot);

  size_t visits_max_, text_bytes_max_;
  TextPool texts_;
  std::vector<OpenVisit> slots_;
  std::vector<uint32_t> free_;
  std::unordered_map<Key, uint32_t, HashKey> by_visitor_;
  uint32_t newest_ = kNone, oldest_ = kNone;
};

}  // namespace noctule
