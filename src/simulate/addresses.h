#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where addresses of people, servers and CDN edges come from. Pure draws from a Random; nothing is kept.
#include <string>

#include "hit.h"
#include "noctule/base/random.h"

namespace noctule::sim {

struct Ipv4Range {
  uint32_t base;
  int prefix_bits;
  [[nodiscard]] bool contains(uint32_t address) const { return ((address ^ base) >> (32 - prefix_bits)) == 0; }
};

// a.b.c.d as a number
constexpr uint32_t ipv4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) { return (a << 24) | (b << 16) | (c << 8) | d; }

// Outside every range that has a meaning of its own: private, documentation, CDN edges, messengers' servers, crawlers.
Address draw_household(Random& random);
Address draw_household_v6(Random& random);
Address draw_server(Random& random);  // of a hosting company: scanners, clients
Address draw_in(Random& random, Ipv4Range range);

// One of about sixty edges of a CDN (ranges that Cloudflare publishes): the edge depends on the client's region, and on the
// connection, so that one visitor's requests come from several.
Address cdn_edge(Address client, uint64_t connection);

void append_address(std::string& out, Address address);

}  // namespace noctule::sim
