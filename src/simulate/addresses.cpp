// SPDX-License-Identifier: Apache-2.0
#include "addresses.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "noctule/base/hash.h"

namespace noctule::sim {
namespace {

// First octets that access providers hold much of (IANA IPv4 registry: RIPE NCC, ARIN and APNIC blocks). Which network a
// drawn address belongs to does not matter, only that none has a meaning of its own.
constexpr uint8_t kAccessOctets[] = {24, 37, 46, 62, 71, 73, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88,
                                     89, 90, 92, 93, 94, 95, 98, 109, 151, 176, 178, 212, 213, 217};
constexpr uint8_t kHostingOctets[] = {5, 23, 43, 45, 47, 51, 64, 103, 104, 116, 128, 134, 138, 139, 142, 146, 157,
                                      159, 161, 165, 167, 170, 185, 193, 194, 195, 198};

// Ranges with a meaning, never drawn for people or scanners: RFC 1918, 5737, 6598; Cloudflare, Telegram, Meta, Google,
// Microsoft and Apple blocks as their owners publish them.
constexpr Ipv4Range kReserved[] = {
    {ipv4(10, 0, 0, 0), 8},        {ipv4(100, 64, 0, 0), 10},     {ipv4(172, 16, 0, 0), 12},   {ipv4(192, 168, 0, 0), 16},
    {ipv4(192, 0, 2, 0), 24},      {ipv4(198, 51, 100, 0), 24},   {ipv4(203, 0, 113, 0), 24},  {ipv4(198, 18, 0, 0), 15},
    {ipv4(103, 21, 244, 0), 22},   {ipv4(103, 22, 200, 0), 22},   {ipv4(103, 31, 4, 0), 22},   {ipv4(104, 16, 0, 0), 12},
    {ipv4(108, 162, 192, 0), 18},  {ipv4(141, 101, 64, 0), 18},   {ipv4(162, 158, 0, 0), 15},  {ipv4(172, 64, 0, 0), 13},
    {ipv4(173, 245, 48, 0), 20},   {ipv4(188, 114, 96, 0), 20},   {ipv4(190, 93, 240, 0), 20}, {ipv4(197, 234, 240, 0), 22},
    {ipv4(198, 41, 128, 0), 17},   {ipv4(131, 0, 72, 0), 22},     {ipv4(149, 154, 160, 0), 20}, {ipv4(91, 108, 0, 0), 16},
    {ipv4(95, 161, 64, 0), 20},    {ipv4(185, 76, 151, 0), 24},   {ipv4(185, 60, 216, 0), 22}, {ipv4(157, 240, 0, 0), 16},
    {ipv4(103, 4, 96, 0), 22},     {ipv4(45, 64, 40, 0), 22},     {ipv4(157, 54, 0, 0), 15},   {ipv4(157, 56, 0, 0), 14},
    {ipv4(104, 40, 0, 0), 13},     {ipv4(104, 208, 0, 0), 13},    {ipv4(138, 91, 0, 0), 16},   {ipv4(51, 4, 0, 0), 15}};

// https://www.cloudflare.com/ips-v4
constexpr Ipv4Range kEdgeRanges[] = {{ipv4(172, 64, 0, 0), 13}, {ipv4(162, 158, 0, 0), 15}, {ipv4(141, 101, 64, 0), 18},
                                     {ipv4(188, 114, 96, 0), 20}, {ipv4(198, 41, 128, 0), 17}};
constexpr uint64_t kRegions = 12, kEdgesPerRegion = 5;

template <size_t N>
Address draw_from(Random& random, const uint8_t (&octets)[N]) {
  while (true) {
    const uint32_t low = static_cast<uint32_t>(random.below(1U << 24U));
    const uint32_t address = (uint32_t{octets[random.below(N)]} << 24) | low;
    const uint32_t last = address & 0xFF;
    const bool reserved = std::ranges::any_of(kReserved, [&](const Ipv4Range& range) { return range.contains(address); });
    if (!reserved && last != 0 && last != 255) return {address};
  }
}

void append_hex_groups(std::string& out, uint64_t half) {
  fmt::format_to(std::back_inserter(out), "{:x}:{:x}:{:x}:{:x}", half >> 48, (half >> 32) & 0xFFFF, (half >> 16) & 0xFFFF,
                 half & 0xFFFF);
}

void append_octet(std::string& out, uint32_t octet) {
  if (octet >= 100) out.push_back(static_cast<char>('0' + octet / 100));
  if (octet >= 10) out.push_back(static_cast<char>('0' + octet / 10 % 10));
  out.push_back(static_cast<char>('0' + octet % 10));
}

}  // namespace

Address draw_household(Random& random) { return draw_from(random, kAccessOctets); }

Address draw_server(Random& random) { return draw_from(random, kHostingOctets); }

// 2a01::/16 lies in RIPE's block for providers, clear of 2a03:2880::/32 (Meta) and 2a06:98c0::/29 (Cloudflare).
Address draw_household_v6(Random& random) {
  const uint64_t provider = 0x2A01'0000U + random.below(0x0001'0000U);
  return {(provider << 32) | (random.next() >> 32)};
}

Address draw_in(Random& random, Ipv4Range range) {
  const uint32_t host_count = uint32_t{1} << (32 - range.prefix_bits);
  return {range.base + 1 + static_cast<uint32_t>(random.below(host_count > 2 ? host_count - 2 : 1))};
}

Address cdn_edge(Address client, uint64_t connection) {
  const uint64_t region = combine_hashes(client.bits >> 8, 1) % kRegions;
  const uint64_t edge = combine_hashes(region, connection % kEdgesPerRegion);
  const Ipv4Range& range = kEdgeRanges[edge % std::size(kEdgeRanges)];
  const uint64_t host = (edge >> 16) & ((uint64_t{1} << (32 - range.prefix_bits)) - 1);
  return {range.base + host};
}

void append_address(std::string& out, Address address) {
  if (address.is_v4()) {
    const auto bits = static_cast<uint32_t>(address.bits);
    for (int shift = 24; shift >= 0; shift -= 8) {
      append_octet(out, (bits >> shift) & 0xFF);
      if (shift > 0) out.push_back('.');
    }
    return;
  }
  append_hex_groups(out, address.bits);
  out.push_back(':');
  append_hex_groups(out, combine_hashes(address.bits, 6) | 0x1000'1000'1000'1000ULL);  // no group is zero
}

}  // namespace noctule::sim
