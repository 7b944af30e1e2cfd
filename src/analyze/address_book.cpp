// SPDX-License-Identifier: Apache-2.0
#include "address_book.h"

#include <arpa/inet.h>

#include <cstring>

#include "noctule/base/hash.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr uint64_t kAddressSeed = 3, kGroupSeed = 2;  // so that an address and a group of one text differ

// RFC 1918, 6598 and 3927, loopback.
bool is_private_ipv4(uint32_t address) {
  const uint32_t a = address >> 24, b = (address >> 16) & 0xFF;
  return a == 10 || a == 127 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) || (a == 100 && b >= 64 && b < 128) ||
         (a == 169 && b == 254);
}

bool parse_ipv6(std::string_view text, unsigned char (&bytes)[16]) {
  char buffer[INET6_ADDRSTRLEN];
  text = text.substr(0, text.find('%'));  // a zone, as in fe80::1%eth0
  if (text.empty() || text.size() >= sizeof buffer) return false;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = 0;
  return inet_pton(AF_INET6, buffer, bytes) == 1;
}

// ::ffff:a.b.c.d, as a server with one socket for both families logs its IPv4 visitors (RFC 4291, 2.5.5.2).
std::optional<uint32_t> mapped_ipv4(const unsigned char (&b)[16]) {
  static constexpr unsigned char kPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::memcmp(b, kPrefix, sizeof kPrefix) != 0) return std::nullopt;
  return static_cast<uint32_t>(b[12]) << 24 | static_cast<uint32_t>(b[13]) << 16 | static_cast<uint32_t>(b[14]) << 8 | b[15];
}

// Unique local, link local (RFC 4193, 4291), loopback.
bool is_private_ipv6(const unsigned char (&b)[16]) {
  static constexpr unsigned char kLoopback[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return (b[0] & 0xFE) == 0xFC || (b[0] == 0xFE && (b[1] & 0xC0) == 0x80) || std::memcmp(b, kLoopback, sizeof b) == 0;
}

}  // namespace

std::optional<uint32_t> parse_ipv4(std::string_view text) {
  uint32_t address = 0, part = 0;
  int parts = 0, digits = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      part = part * 10 + static_cast<uint32_t>(c - '0');
      if (++digits > 3 || part > 255) return std::nullopt;
    } else if (c == '.' && digits > 0 && parts < 3) {
      address = address << 8 | part;
      part = 0;
      digits = 0;
      ++parts;
    } else {
      return std::nullopt;
    }
  }
  if (parts != 3 || digits == 0) return std::nullopt;
  return address << 8 | part;
}

AddressInfo AddressBook::look_up_ipv4(uint32_t number) const {
  const uint64_t key = combine_hashes(number, kAddressSeed) | 1;
  return {key, combine_hashes(key, kGroupSeed) | 1, knowledge_.classify_ipv4(number), is_private_ipv4(number)};
}

AddressInfo AddressBook::look_up(std::string_view address) {
  if (const auto number = parse_ipv4(address)) return look_up_ipv4(*number);
  const uint64_t key = hash_bytes(address, kAddressSeed) | 1;
  if (const Memo* known = memos_.find(key)) return {known->key, known->group, known->network, known->is_private};
  AddressInfo info{key, combine_hashes(key, kGroupSeed) | 1, knowledge_.classify_address(address), false};
  unsigned char bytes[16];
  if (parse_ipv6(address, bytes)) {
    if (const auto mapped = mapped_ipv4(bytes)) return look_up_ipv4(*mapped);
    info.group = hash_bytes(std::string_view(reinterpret_cast<const char*>(bytes), 8), kGroupSeed) | 1;
    info.is_private = is_private_ipv6(bytes);
  }
  if (memos_.size() > kMemoRowsMax) memos_.clear();
  memos_.find_or_add(key) = {key, info.group, info.network, info.is_private};
  return info;
}

bool AddressBook::is_new(uint64_t address_key, uint32_t file) {
  const uint64_t sight = combine_hashes(address_key, file);
  uint64_t& slot = recent_[sight % kRecent];
  if (slot == sight) return false;
  slot = sight;
  return true;
}

}  // namespace noctule
