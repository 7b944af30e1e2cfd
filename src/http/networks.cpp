// SPDX-License-Identifier: Apache-2.0
#include "noctule/http/networks.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kAddressTextMax = 64;
constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped(const AddressBytes& address) { return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.begin()); }

// The addresses of X-Forwarded-For, right to left: across all lines of that name, which are one list (RFC 9110, 5.3).
std::vector<std::string_view> list_hops(const Request& request, std::string_view header) {
  std::vector<std::string_view> hops;
  for (const HeaderView& line : request.headers) {
    if (!equals_ignoring_case(line.name, header)) continue;
    std::string_view rest = line.value;
    for (size_t comma; (comma = rest.find(',')) != std::string_view::npos; rest.remove_prefix(comma + 1)) {
      hops.push_back(trim(rest.substr(0, comma)));
    }
    hops.push_back(trim(rest));
  }
  std::ranges::reverse(hops);
  return hops;
}

// The value of "for" or "proto" in one element of Forwarded (RFC 7239): ';' separates pairs, values may be quoted.
std::string_view forwarded_value(std::string_view element, std::string_view name) {
  while (!element.empty()) {
    const size_t end = std::min(element.find(';'), element.size());
    const std::string_view pair = trim(element.substr(0, end));
    element.remove_prefix(std::min(end + 1, element.size()));
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || !equals_ignoring_case(trim(pair.substr(0, equals)), name)) continue;
    std::string_view value = trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

}  // namespace

std::optional<AddressBytes> parse_address(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > kAddressTextMax) return std::nullopt;
  std::string_view host = without_port(text);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::array<char, kAddressTextMax + 1> copy{};
  std::copy(host.begin(), host.end(), copy.begin());
  AddressBytes bytes{};
  if (inet_pton(AF_INET6, copy.data(), bytes.data()) == 1) return bytes;
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin());
  if (inet_pton(AF_INET, copy.data(), bytes.data() + kMappedPrefix.size()) == 1) return bytes;
  return std::nullopt;
}

std::string address_text(const AddressBytes& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_mapped(address)) {
    inet_ntop(AF_INET, address.data() + kMappedPrefix.size(), text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  }
  return text.data();
}

Result<NetworkList> NetworkList::parse(std::span<const std::string> networks) {
  NetworkList list;
  for (const std::string& text : networks) {
    const size_t slash = text.find('/');
    const auto address = parse_address(std::string_view(text).substr(0, slash));
    const bool v4 = address && is_mapped(*address);
    const auto bits = slash == std::string::npos ? std::optional<uint64_t>(v4 ? 32 : 128) : parse_decimal(std::string_view(text).substr(slash + 1));
    if (!address || !bits || *bits > (v4 ? 32u : 128u)) {
      return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no network: expected an address or one with a prefix length, as 10.0.0.0/8 or 2001:db8::/32",
                                                       printable(text, 80)));
    }
    list.networks_.push_back({*address, static_cast<int>(*bits) + (v4 ? 96 : 0)});
  }
  return list;
}

bool NetworkList::contains(const AddressBytes& address) const {
  return std::ranges::any_of(networks_, [&](const Network& network) {
    const int whole = network.bits / 8, rest = network.bits % 8;
    if (!std::equal(address.begin(), address.begin() + whole, network.address.begin())) return false;
    return rest == 0 || ((address[whole] ^ network.address[whole]) >> (8 - rest)) == 0;
  });
}

Client find_client(const ProxyPolicy& policy, std::string_view peer, bool peer_secure, const Request& request) {
  Client client{std::string(peer), peer_secure};
  if (policy.trusted.empty()) return client;
  const auto peer_address = parse_address(peer);
  if (!peer_address || !policy.trusted.contains(*peer_address)) return client;
  const bool forwarded = policy.header == ProxyHeader::Forwarded;
  const auto hops = list_hops(request, forwarded ? "Forwarded" : "X-Forwarded-For");
  if (forwarded) {
    if (!hops.empty() && equals_ignoring_case(forwarded_value(hops.front(), "proto"), "https")) client.secure = true;
  } else if (equals_ignoring_case(trim(request.field(Field::XForwardedProto)), "https")) {
    client.secure = true;
  }
  for (const std::string_view hop : hops) {
    const auto address = parse_address(forwarded ? forwarded_value(hop, "for") : hop);
    if (!address) break;
    client.address = address_text(*address);
    if (!policy.trusted.contains(*address)) break;
  }
  return client;
}

}  // namespace noctule
