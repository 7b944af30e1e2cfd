#pragma once
// SPDX-License-Identifier: Apache-2.0
// The keys behind pseudonyms. A day's key is random, lives in one private file, and is overwritten and removed when the next
// day begins: from then on nobody, the operator included, can tell who a pseudonym was or tie it to another day's.
// The days are UTC's. Any number of threads may ask; rotating waits for none of them.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "noctule/base/ids.h"
#include "noctule/base/result.h"

namespace noctule {

using Key = std::array<unsigned char, 32>;

// One day's key, or one site's key for ids that are passed on. Values only, cheap to copy for a thread of its own.
struct PseudonymKeys {
  int64_t day_number = 0;
  Key visitor{};
  Key echo{};      // of click and recipient ids: replaced every kEchoKeyDays, so that an echo can be recognised within them
  Key event_id{};  // of clients' event ids; replaced with echo
};

inline constexpr int kEchoKeyDays = 30;
inline constexpr int64_t kKeyRetryMs = 60'000;

class KeyRing {
 public:
  // folder: of the data; the keys are in folder/keys, mode 0600, written whole and synced. Error: Io; Corrupt: the file is
  // damaged. It may then be removed by hand: visitors of that day count twice.
  static Result<KeyRing> open(const std::string& folder, int64_t now_ms);
  KeyRing(KeyRing&&) noexcept;
  KeyRing& operator=(KeyRing&&) noexcept;
  ~KeyRing();

  // The keys in force. A clock that goes back by a day at most does not bring an older key back: they stay until their day is
  // over. One that goes back further was wrong before, and there are new keys. When a new day has begun the old key is
  // overwritten and removed. Error: Io (the new key could not be kept, or the old file could not be overwritten: the message
  // says which). The new keys then live in memory, the next call gives them, and keeping them is tried again, and an error
  // returned again, after kKeyRetryMs.
  Result<PseudonymKeys> at(int64_t now_ms);

 private:
  KeyRing();
  struct State;
  std::unique_ptr<State> state_;
};

// The visitor of an address (as text, IPv4 or IPv6, cut to /24 or /48 first), a user agent and a site: SipHash-2-4 of
// the three under the day's key. What cannot be read as an address is hashed as it is.
[[nodiscard]] Pseudonym make_pseudonym(const PseudonymKeys& keys, std::string_view address, std::string_view user_agent, SiteId site);
// A short keyed hash of an id's name and value for one site; never 0.
[[nodiscard]] uint64_t hash_echo(const PseudonymKeys& keys, SiteId site, std::string_view name, std::string_view value);
// The same for an event id that a client gave, in kEventIdBits; never 0. DuckDB packs sorted ids of 64 bits not at all and these to
// five and a half bytes; of two million that are remembered, a new one equals some other's in 1 of 36 thousand million.
inline constexpr int kEventIdBits = 56;
[[nodiscard]] uint64_t hash_event_id(const PseudonymKeys& keys, SiteId site, std::string_view id);

}  // namespace noctule
