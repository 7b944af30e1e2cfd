// SPDX-License-Identifier: Apache-2.0
#include "rate_limit.h"

#include <algorithm>

#include "noctule/base/hash.h"
#include "noctule/base/result.h"

namespace noctule {
namespace {

// A slot: 16 bits of the key's hash above 48 bits of microseconds since the process's clock began, which last for nine years.
constexpr int kTimeBits = 48;
constexpr uint64_t kTimeMask = (uint64_t{1} << kTimeBits) - 1;
constexpr uint64_t kProbes = 4;
constexpr uint64_t kMicros = 1'000'000;

}  // namespace

RateLimit::RateLimit(size_t slots, uint64_t seed) : slots_(new std::atomic<uint64_t>[slots]()), mask_(slots - 1), seed_(seed) {
  NOCT_ASSERT((slots & (slots - 1)) == 0 && slots >= kProbes);
}

void RateLimit::set_rate(Rate rate) {
  per_second_.store(rate.per_second, std::memory_order_relaxed);
  burst_.store(rate.burst, std::memory_order_relaxed);
}

uint64_t RateLimit::hash(std::string_view key) const { return hash_bytes(key, seed_); }

bool RateLimit::allow(uint64_t key_hash, int64_t now_us) {
  const uint64_t per_second = per_second_.load(std::memory_order_relaxed), burst = burst_.load(std::memory_order_relaxed);
  if (per_second == 0) return true;
  const uint64_t now = static_cast<uint64_t>(now_us) & kTimeMask, tag = key_hash >> kTimeBits;
  // Its own slot, else one whose bucket is full again, else the one that is nearest to it.
  std::atomic<uint64_t>* slot = nullptr;
  uint64_t seen = 0;
  for (uint64_t i = 0; i < kProbes; ++i) {
    std::atomic<uint64_t>& candidate = slots_[(key_hash + i) & mask_];
    const uint64_t value = candidate.load(std::memory_order_relaxed);
    if (value != 0 && value >> kTimeBits == tag) {
      slot = &candidate;
      seen = value;
      break;
    }
    if (!slot || (value & kTimeMask) < (seen & kTimeMask)) {
      slot = &candidate;
      seen = value;
    }
  }
  const bool own = seen != 0 && seen >> kTimeBits == tag;
  const uint64_t full_at = own ? std::max(seen & kTimeMask, now) : now;
  const uint64_t interval = std::max<uint64_t>(kMicros / per_second, 1);
  if (full_at - now > interval * (burst - 1)) return false;
  // Another thread may have been quicker; then one request too many is let through, which does no harm.
  slot->compare_exchange_strong(seen, tag << kTimeBits | ((full_at + interval) & kTimeMask), std::memory_order_relaxed);
  return true;
}

}  // namespace noctule
