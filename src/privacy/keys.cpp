// SPDX-License-Identifier: Apache-2.0
#include "noctule/privacy/keys.h"

#include <sodium.h>

#include <mutex>

#include "key_file.h"
#include "noctule/base/civil_time.h"

namespace noctule {
namespace {

// Days that a clock may go back without new keys. One that goes back further was wrong before: waiting for its day to be
// over could keep one key for years.
constexpr int64_t kClockBackDaysMax = 1;

void fill(Key& key) { randombytes_buf(key.data(), key.size()); }

bool is_over(int64_t first_day, int64_t days, int64_t today) {
  return today >= first_day + days || today < first_day - kClockBackDaysMax;
}

// What is in force today: what there was, with new keys in place of those whose time is over.
StoredKeys renew(const std::optional<StoredKeys>& stored, int64_t today) {
  StoredKeys fresh = stored.value_or(StoredKeys{});
  if (!stored || is_over(stored->keys.day_number, 1, today)) {
    fresh.keys.day_number = today;
    fill(fresh.keys.visitor);
  }
  if (!stored || is_over(stored->echo_day_number, kEchoKeyDays, today)) {
    fresh.echo_day_number = today;
    fill(fresh.keys.echo);
    fill(fresh.keys.event_id);
  }
  return fresh;
}

bool is_in_force(const StoredKeys& stored, int64_t today) {
  return !is_over(stored.keys.day_number, 1, today) && !is_over(stored.echo_day_number, kEchoKeyDays, today);
}

}  // namespace

struct KeyRing::State {
  explicit State(const std::string& folder) : file(folder) {}
  ~State() { sodium_memzero(&stored, sizeof stored); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::mutex mutex;
  KeyFile file;
  StoredKeys stored;
  bool is_kept = false;      // the file holds what is in force
  int64_t retry_at_ms = 0;   // where it does not
};

KeyRing::KeyRing() = default;
KeyRing::KeyRing(KeyRing&&) noexcept = default;
KeyRing& KeyRing::operator=(KeyRing&&) noexcept = default;
KeyRing::~KeyRing() = default;

Result<KeyRing> KeyRing::open(const std::string& folder, int64_t now_ms) {
  NOCT_ASSERT(sodium_init() >= 0);
  KeyRing ring;
  ring.state_ = std::make_unique<State>(folder);
  State& state = *ring.state_;
  NOCT_TRY(const std::optional<StoredKeys> found, state.file.read());
  const int64_t today = day_number(now_ms, 0);
  if (found && is_in_force(*found, today)) {
    state.stored = *found;
  } else {
    state.stored = renew(found, today);
    if (auto kept = state.file.replace(state.stored); !kept) return std::unexpected(std::move(kept).error());
  }
  state.is_kept = true;
  return ring;
}

Result<PseudonymKeys> KeyRing::at(int64_t now_ms) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  const int64_t today = day_number(now_ms, 0);
  const bool renewed = !is_in_force(state.stored, today);
  if (renewed) state.stored = renew(state.stored, today);
  if (renewed || (!state.is_kept && now_ms >= state.retry_at_ms)) {
    auto kept = state.file.replace(state.stored);
    state.is_kept = kept.has_value();
    state.retry_at_ms = now_ms + kKeyRetryMs;
    if (!kept) return std::unexpected(std::move(kept).error());
  }
  return state.stored.keys;
}

}  // namespace noctule
