// SPDX-License-Identifier: Apache-2.0
// Pseudonyms and keyed short hashes: SipHash-2-4 (J.-P. Aumasson and D. J. Bernstein, 2012) under the first 16 bytes of a key.
#include <arpa/inet.h>
#include <sodium.h>

#include <array>
#include <cstring>
#include <vector>

#include "noctule/privacy/keys.h"

namespace noctule {
namespace {

static_assert(crypto_shorthash_KEYBYTES <= sizeof(Key) && crypto_shorthash_BYTES == sizeof(uint64_t));

// What is hashed, built on the stack: longer texts than requests may have take the heap.
class Message {
 public:
  template <typename T>
  void add_number(T value) { add_bytes(&value, sizeof value); }
  // With its length before it: two texts side by side never read as two others.
  void add_text(std::string_view text) {
    add_number(static_cast<uint64_t>(text.size()));
    add_bytes(text.data(), text.size());
  }
  void add_bytes(const void* bytes, size_t size) {
    if (size == 0) return;
    if (size > near_.size() - size_ || !far_.empty()) return add_far(bytes, size);
    std::memcpy(near_.data() + size_, bytes, size);
    size_ += size;
  }
  [[nodiscard]] uint64_t hash(const Key& key) const {
    uint64_t out = 0;
    const unsigned char* bytes = far_.empty() ? near_.data() : far_.data();
    crypto_shorthash(reinterpret_cast<unsigned char*>(&out), bytes, far_.empty() ? size_ : far_.size(), key.data());
    return out;
  }

 private:
  void add_far(const void* bytes, size_t size) {
    if (far_.empty()) far_.assign(near_.begin(), near_.begin() + static_cast<std::ptrdiff_t>(size_));
    const auto* first = static_cast<const unsigned char*>(bytes);
    far_.insert(far_.end(), first, first + size);
  }
  std::array<unsigned char, 768> near_;
  size_t size_ = 0;
  std::vector<unsigned char> far_;
};

enum class Network : uint8_t { Ipv4, Ipv6, Text };

bool is_ipv4_in_ipv6(const std::array<unsigned char, 16>& address) {
  static constexpr std::array<unsigned char, 12> kPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return std::memcmp(address.data(), kPrefix.data(), kPrefix.size()) == 0;
}

// /24 of IPv4, /48 of IPv6: the last byte of a household and the networks within one are not told apart.
void add_network(Message& message, std::string_view address) {
  std::array<char, INET6_ADDRSTRLEN + 1> text{};
  std::array<unsigned char, 16> bytes{};
  if (address.size() < text.size()) {
    std::memcpy(text.data(), address.data(), address.size());
    if (::inet_pton(AF_INET, text.data(), bytes.data()) == 1) {
      message.add_number(Network::Ipv4);
      return message.add_bytes(bytes.data(), 3);
    }
    if (::inet_pton(AF_INET6, text.data(), bytes.data()) == 1) {
      const bool mapped = is_ipv4_in_ipv6(bytes);
      message.add_number(mapped ? Network::Ipv4 : Network::Ipv6);
      return message.add_bytes(bytes.data() + (mapped ? 12 : 0), mapped ? 3 : 6);
    }
  }
  message.add_number(Network::Text);
  message.add_text(address);
}

}  // namespace

Pseudonym make_pseudonym(const PseudonymKeys& keys, std::string_view address, std::string_view user_agent, SiteId site) {
  Message message;
  message.add_number(site);
  add_network(message, address);
  message.add_text(user_agent);
  return Pseudonym(message.hash(keys.visitor));
}

uint64_t hash_echo(const PseudonymKeys& keys, SiteId site, std::string_view name, std::string_view value) {
  Message message;
  message.add_number(site);
  message.add_text(name);
  message.add_text(value);
  const uint64_t hash = message.hash(keys.echo);
  return hash == 0 ? 1 : hash;
}

uint64_t hash_event_id(const PseudonymKeys& keys, SiteId site, std::string_view id) {
  Message message;
  message.add_number(site);
  message.add_text(id);
  const uint64_t hash = message.hash(keys.event_id) >> (64 - kEventIdBits);
  return hash == 0 ? 1 : hash;
}

}  // namespace noctule
