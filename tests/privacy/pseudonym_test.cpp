// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "noctule/privacy/keys.h"

namespace noctule {
namespace {

// SipHash-2-4 once more, from its paper (Aumasson and Bernstein, 2012), to compare with.
uint64_t siphash(const unsigned char* key, const std::string& text) {
  uint64_t k0 = 0, k1 = 0;
  std::memcpy(&k0, key, 8);
  std::memcpy(&k1, key + 8, 8);
  uint64_t v0 = k0 ^ 0x736f6d6570736575, v1 = k1 ^ 0x646f72616e646f6d, v2 = k0 ^ 0x6c7967656e657261, v3 = k1 ^ 0x7465646279746573;
  const auto round = [&] {
    v0 += v1; v1 = std::rotl(v1, 13); v1 ^= v0; v0 = std::rotl(v0, 32);
    v2 += v3; v3 = std::rotl(v3, 16); v3 ^= v2;
    v0 += v3; v3 = std::rotl(v3, 21); v3 ^= v0;
    v2 += v1; v1 = std::rotl(v1, 17); v1 ^= v2; v2 = std::rotl(v2, 32);
  };
  for (size_t at = 0; at <= text.size(); at += 8) {
    uint64_t word = 0;
    const size_t size = std::min<size_t>(8, text.size() - at);
    std::memcpy(&word, text.data() + at, size);
    if (size < 8) word |= static_cast<uint64_t>(text.size()) << 56;
    v3 ^= word; round(); round(); v0 ^= word;
    if (size < 8) break;
  }
  v2 ^= 0xFF;
  for (int i = 0; i < 4; ++i) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

template <typename T>
std::string raw(T value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

PseudonymKeys counting_keys() {
  PseudonymKeys keys;
  for (size_t i = 0; i < keys.visitor.size(); ++i) {
    keys.visitor[i] = static_cast<unsigned char>(i);
    keys.echo[i] = static_cast<unsigned char>(100 + i);
    keys.event_id[i] = static_cast<unsigned char>(200 + i);
  }
  return keys;
}

const PseudonymKeys kKeys = counting_keys();
constexpr SiteId kSite{7};

TEST(Pseudonym, the_comparison_hash_gives_the_papers_answer) {
  std::string input;
  for (char c = 0; c < 15; ++c) input += c;
  EXPECT_EQ(siphash(kKeys.visitor.data(), input), 0xa129ca6149be45e5U);
}

TEST(Pseudonym, is_the_keyed_hash_of_network_user_agent_and_site) {
  const std::string agent = "Mozilla/5.0";
  const std::string v4 = raw(uint32_t{7}) + '\0' + "\xC0" + std::string("\0\x02", 2) + raw(uint64_t{agent.size()}) + agent;
  EXPECT_EQ(make_pseudonym(kKeys, "192.0.2.77", agent, kSite).value(), siphash(kKeys.visitor.data(), v4));
  const std::string v6 = raw(uint32_t{7}) + '\x01' + std::string("\x20\x01\x0d\xb8\0\x01", 6) + raw(uint64_t{agent.size()}) + agent;
  EXPECT_EQ(make_pseudonym(kKeys, "2001:db8:1:2::3", agent, kSite).value(), siphash(kKeys.visitor.data(), v6));
  const std::string text = raw(uint32_t{7}) + '\x02' + raw(uint64_t{4}) + "unix" + raw(uint64_t{agent.size()}) + agent;
  EXPECT_EQ(make_pseudonym(kKeys, "unix", agent, kSite).value(), siphash(kKeys.visitor.data(), text));
}

TEST(Pseudonym, addresses_of_one_network_are_one_visitor) {
  const auto of = [](std::string_view address) { return make_pseudonym(kKeys, address, "agent", kSite); };
  EXPECT_EQ(of("192.0.2.1"), of("192.0.2.254"));
  EXPECT_NE(of("192.0.2.1"), of("192.0.3.1"));
  EXPECT_EQ(of("::ffff:192.0.2.1"), of("192.0.2.9"));
  EXPECT_EQ(of("2001:db8:5::1"), of("2001:0DB8:0005:ffff::"));
  EXPECT_NE(of("2001:db8:5::1"), of("2001:db8:6::1"));
  EXPECT_NE(of("not an address"), of("nor this"));
  EXPECT_NE(of(""), of("0.0.0.0"));
}

TEST(Pseudonym, another_key_site_or_user_agent_is_another_visitor) {
  EXPECT_TRUE(rc::check([](uint32_t site, uint32_t other_site, const std::string& agent, const std::string& other_agent, unsigned char first) {
    RC_PRE(site != other_site && agent != other_agent && first != 0);
    PseudonymKeys other = kKeys;
    other.visitor[0] = first;
    const Pseudonym here = make_pseudonym(kKeys, "198.51.100.4", agent, SiteId{site});
    RC_ASSERT(here == make_pseudonym(kKeys, "198.51.100.5", agent, SiteId{site}));
    RC_ASSERT(here != make_pseudonym(kKeys, "198.51.100.4", agent, SiteId{other_site}));
    RC_ASSERT(here != make_pseudonym(kKeys, "198.51.100.4", other_agent, SiteId{site}));
    RC_ASSERT(here != make_pseudonym(other, "198.51.100.4", agent, SiteId{site}));
  }));
}

TEST(Pseudonym, long_user_agents_and_addresses_are_hashed_whole) {
  for (const size_t size : {700U, 753U, 754U, 768U, 5'000U}) {
    const std::string agent(size, 'a'), other = agent + "b";
    EXPECT_NE(make_pseudonym(kKeys, "192.0.2.1", agent, kSite), make_pseudonym(kKeys, "192.0.2.1", other, kSite));
    EXPECT_NE(make_pseudonym(kKeys, agent, "x", kSite), make_pseudonym(kKeys, other, "x", kSite));
    const std::string message = raw(uint32_t{7}) + '\0' + "\xC0" + std::string("\0\x02", 2) + raw(uint64_t{agent.size()}) + agent;
    EXPECT_EQ(make_pseudonym(kKeys, "192.0.2.1", agent, kSite).value(), siphash(kKeys.visitor.data(), message));
  }
}

TEST(Pseudonym, has_no_way_into_a_text) {
  static_assert(!std::is_convertible_v<Pseudonym, uint64_t>);
  SUCCEED();
}

TEST(Echo, is_the_keyed_hash_of_site_name_and_value) {
  const std::string message = raw(uint32_t{7}) + raw(uint64_t{6}) + "fbclid" + raw(uint64_t{3}) + "abc";
  EXPECT_EQ(hash_echo(kKeys, kSite, "fbclid", "abc"), siphash(kKeys.echo.data(), message));
  const std::string id = raw(uint32_t{7}) + raw(uint64_t{3}) + "abc";
  EXPECT_EQ(hash_event_id(kKeys, kSite, "abc"), siphash(kKeys.event_id.data(), id) >> 8);
}

TEST(Echo, tells_names_values_and_sites_apart) {
  EXPECT_NE(hash_echo(kKeys, kSite, "ab", "c"), hash_echo(kKeys, kSite, "a", "bc"));
  EXPECT_NE(hash_echo(kKeys, kSite, "gclid", "x"), hash_echo(kKeys, kSite, "fbclid", "x"));
  EXPECT_NE(hash_echo(kKeys, kSite, "gclid", "x"), hash_echo(kKeys, SiteId{8}, "gclid", "x"));
}

}  // namespace
}  // namespace noctule
