#pragma once
// SPDX-License-Identifier: Apache-2.0
// NetworkTable: whose an address is (data/networks.tsv, ranges that their owners publish). Lookup is a binary search.
// Immutable; any number of threads may share one.
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "registry.h"

namespace noctule {

class NetworkTable {
 public:
  static Result<NetworkTable> read(std::string_view text, Registry& registry);
  [[nodiscard]] NetworkKind classify(std::string_view address) const;
  [[nodiscard]] NetworkKind classify_ipv4(uint32_t address) const;

  // An address in 16 bytes, IPv4 in its mapped form (::ffff:a.b.c.d), so that one order holds both.
  using Bytes = std::array<unsigned char, 16>;
  static std::optional<Bytes> parse_address(std::string_view text);

 private:
  struct Range { Bytes first, last; NetworkKind kind; };
  struct RangeV4 { uint32_t first, last; NetworkKind kind; };
  std::vector<Range> ranges_;       // sorted, without overlaps
  std::vector<RangeV4> ranges_v4_;  // those of IPv4 once more, as numbers
};

}  // namespace noctule
