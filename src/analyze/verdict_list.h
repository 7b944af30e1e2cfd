#pragma once
// SPDX-License-Identifier: Apache-2.0
// VerdictList: the distinct verdicts of one analysis, so that a hit carries two bytes instead of a verdict. Threads add
// through their own memo first, so the lock is taken once per distinct text only.
#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "noctule/base/hash.h"

namespace noctule {

template <typename Verdict>
class VerdictList {
 public:
  // Index 0 is the default verdict.
  VerdictList() { verdicts_.emplace_back(); }

  // Verdicts are combinations of table rows: hundreds in practice. Should a hostile log make more than an index can hold,
  // further ones fall back to index 0, "nothing known", and are counted.
  uint16_t add(const Verdict& verdict) {
    const uint64_t rules = hash_bytes({reinterpret_cast<const char*>(verdict.rules.ids), sizeof verdict.rules.ids});
    const std::scoped_lock lock(mutex_);
    if (verdict == verdicts_[0]) return 0;
    const auto [first, last] = by_rules_.equal_range(rules);
    for (auto it = first; it != last; ++it) {
      if (verdicts_[it->second] == verdict) return it->second;
    }
    if (verdicts_.size() > kIndexMax) {
      ++forgotten_;
      return 0;
    }
    by_rules_.emplace(rules, static_cast<uint16_t>(verdicts_.size()));
    verdicts_.push_back(verdict);
    return static_cast<uint16_t>(verdicts_.size() - 1);
  }

  // Texts whose verdict found no room.
  [[nodiscard]] uint64_t forgotten() const {
    const std::scoped_lock lock(mutex_);
    return forgotten_;
  }

  // A deque: references stay valid while others add.
  [[nodiscard]] const Verdict& at(uint16_t index) const {
    const std::scoped_lock lock(mutex_);
    return verdicts_[index];
  }

 private:
  static constexpr size_t kIndexMax = 65'000;
  mutable std::mutex mutex_;
  std::deque<Verdict> verdicts_;
  std::unordered_multimap<uint64_t, uint16_t> by_rules_;
  uint64_t forgotten_ = 0;
};

}  // namespace noctule
