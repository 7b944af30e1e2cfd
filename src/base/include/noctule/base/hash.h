#pragma once
// SPDX-License-Identifier: Apache-2.0
// 64-bit hashes of bytes (XXH3), for tables that live as long as one analysis. They are not keyed against an attacker who
// knows the seed and never leave the process: what is stored uses keyed pseudonyms instead.
#include <cstdint>
#include <string_view>

#ifndef XXH_INLINE_ALL
#define XXH_INLINE_ALL
#endif
#include <xxhash.h>

namespace noctule {

[[nodiscard]] inline uint64_t hash_bytes(std::string_view bytes, uint64_t seed = 0) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

// Order matters: combine(a, b) differs from combine(b, a).
[[nodiscard]] constexpr uint64_t combine_hashes(uint64_t a, uint64_t b) {
  uint64_t x = a ^ (b + 0x9E3779B97F4A7C15ULL + (a << 6) + (a >> 2));
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace noctule
