#pragma once
// SPDX-License-Identifier: Apache-2.0
// Network addresses as text and in lists of networks, and the client's address behind trusted proxies. What a header says is
// believed only as far as it was written by proxies on the operator's list.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/http/message.h"

namespace noctule {

// An IPv6 address; IPv4 ones are mapped (::ffff:0:0/96).
using AddressBytes = std::array<uint8_t, 16>;
// "192.0.2.1", "2001:db8::1", "[2001:db8::1]:443", "192.0.2.1:80"; nullopt: none of these.
[[nodiscard]] std::optional<AddressBytes> parse_address(std::string_view text);
[[nodiscard]] std::string address_text(const AddressBytes& address);

class NetworkList {
 public:
  // "10.0.0.0/8", "2001:db8::/32", "192.0.2.1". Error: InvalidInput.
  static Result<NetworkList> parse(std::span<const std::string> networks);
  [[nodiscard]] bool contains(const AddressBytes& address) const;
  [[nodiscard]] bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    AddressBytes address;
    int bits;
  };
  std::vector<Network> networks_;
};

enum class ProxyHeader : uint8_t { XForwardedFor, Forwarded };  // the one that the operator's proxies write

struct ProxyPolicy {
  NetworkList trusted;
  ProxyHeader header = ProxyHeader::XForwardedFor;
};

struct Client {
  std::string address;
  bool secure = false;
};
// The last hop that is not a trusted proxy, seen from here: the peer itself when it is not trusted, else the right-most address in the
// header that is not. A hop that cannot be read ends the search at the hop before it.
[[nodiscard]] Client find_client(const ProxyPolicy& policy, std::string_view peer, bool peer_secure, const Request& request);

}  // namespace noctule
