#pragma once
// SPDX-License-Identifier: Apache-2.0
// Ids that every module names: distinct types, so that one number never stands where another is meant.
#include <compare>
#include <cstdint>

namespace noctule {

enum class SiteId : uint32_t { None = 0 };

// Who somebody is for one site and one day, and nobody afterwards. Without a formatter, so that it cannot slip into a log line.
class Pseudonym {
 public:
  constexpr Pseudonym() = default;
  constexpr explicit Pseudonym(uint64_t value) : value_(value) {}
  [[nodiscard]] constexpr uint64_t value() const { return value_; }  // for the store alone
  friend constexpr auto operator<=>(Pseudonym, Pseudonym) = default;

 private:
  uint64_t value_ = 0;
};

}  // namespace noctule
