#pragma once
// SPDX-License-Identifier: Apache-2.0
// VerdictList: the distinct verdicts of one analysis, so that a hit carries two bytes instead of a verdict. Threads add
// through their own memo first, so the lock is taken once per distinct text only.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <mutex>

namespace noctule {

template <typename Verdict>
class VerdictList {
 public:
  // Index 0 is the default verdict.
  VerdictList() { verdicts_.emplace_back(); }

  // Verdicts are combinations of table rows: hundreds in practice. Should a hostile log make more than an index can hold,
  // further ones fall back to index 0, "nothing known".
  uint16_t add(const Verdict& verdict) {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(verdicts_, verdict);
    if (found != verdicts_.end()) return static_cast<uint16_t>(found - verdicts_.begin());
    if (verdicts_.size() > kIndexMax) return 0;
    verdicts_.push_back(verdict);
    return static_cast<uint16_t>(verdicts_.size() - 1);
  }

  // A deque: references stay valid while others add.
  [[nodiscard]] const Verdict& at(uint16_t index) const {
    const std::scoped_lock lock(mutex_);
    return verdicts_[index];
  }

 private:
  static constexpr size_t kIndexMax = 8'000;
  mutable std::mutex mutex_;
  std::deque<Verdict> verdicts_;
};

}  // namespace noctule
