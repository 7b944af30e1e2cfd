#pragma once
// SPDX-License-Identifier: Apache-2.0
// AddressBook: what an address as logged stands for: a key, the group by which visitors are told apart, whose network it is.
// IPv4 addresses are reckoned on the spot, which is cheaper than remembering them; others are remembered. One per thread.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "noctule/base/flat_table.h"
#include "noctule/detect/knowledge.h"

namespace noctule {

struct AddressInfo {
  uint64_t key = 0;    // of the address itself
  uint64_t group = 0;  // IPv6 devices change their address within the /64 daily (RFC 8981): the group is the /64's
  NetworkKind network = NetworkKind::None;
  bool is_private = false;
};

// a.b.c.d in plain decimal, its first part in the highest byte.
[[nodiscard]] std::optional<uint32_t> parse_ipv4(std::string_view text);

class AddressBook {
 public:
  explicit AddressBook(const Knowledge& knowledge) : knowledge_(knowledge) {}
  // An IPv4 address in IPv6's notation is that IPv4 address.
  [[nodiscard]] AddressInfo look_up(std::string_view address);
  // Whether this address of this file was not asked about lately. True may come again, false is never wrong.
  [[nodiscard]] bool is_new(uint64_t address_key, uint32_t file);

 private:
  [[nodiscard]] AddressInfo look_up_ipv4(uint32_t number) const;

  struct Memo {
    uint64_t key, group;
    NetworkKind network;
    bool is_private;
  };
  static constexpr size_t kMemoRowsMax = 1 << 15, kRecent = 1 << 14;

  const Knowledge& knowledge_;
  FlatTable<Memo> memos_;
  std::array<uint64_t, kRecent> recent_{};  // by the low bits of the key
};

}  // namespace noctule
