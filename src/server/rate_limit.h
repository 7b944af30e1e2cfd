#pragma once
// SPDX-License-Identifier: Apache-2.0
// RateLimit: how often something may happen for each of very many keys, in a table of fixed size. For each key it keeps one number, the
// time at which its bucket would be full again (GCRA, ITU-T I.371), beside a few bits to tell keys apart. Keys are hashed with
// a seed of this process, so that nobody can choose to meet another's. Any thread, without locks.
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

namespace noctule {

struct Rate {
  uint64_t per_second = 0;  // 0: any
  uint64_t burst = 1;
};

class RateLimit {
 public:
  // slots: a power of two.
  RateLimit(size_t slots, uint64_t seed);
  void set_rate(Rate rate);
  // Whether one more is allowed now. When more keys are busy at once than fit, some are counted anew. Two keys that meet in a slot
  // are taken for one with a probability of 4 / 65,536.
  [[nodiscard]] bool allow(std::string_view key, int64_t now_us) { return allow(hash(key), now_us); }
  [[nodiscard]] bool allow(uint64_t key_hash, int64_t now_us);
  [[nodiscard]] uint64_t hash(std::string_view key) const;

 private:
  std::unique_ptr<std::atomic<uint64_t>[]> slots_;
  uint64_t mask_, seed_;
  std::atomic<uint64_t> per_second_{0}, burst_{1};
};

}  // namespace noctule
