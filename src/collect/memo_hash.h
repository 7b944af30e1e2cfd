#pragma once
// SPDX-License-Identifier: Apache-2.0
// The hash of memos whose texts come from outside: seeded at random, so that nobody can send texts that all fall into one bucket.
#include <random>
#include <string_view>

#include "noctule/base/hash.h"

namespace noctule {

struct MemoHash {
  using is_transparent = void;
  uint64_t seed = std::random_device{}();
  size_t operator()(std::string_view text) const { return hash_bytes(text, seed); }
};

}  // namespace noctule
