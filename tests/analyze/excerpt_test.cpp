// SPDX-License-Identifier: Apache-2.0
#include "excerpt.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <vector>

namespace noctule {
namespace {

TEST(Excerpt, addresses_of_machines_and_of_mail_are_hidden) {
  EXPECT_EQ(excerpt_without_addresses("192.0.2.7 - ann@example.org [x"), "… - …@example.org [x");
  EXPECT_EQ(excerpt_without_addresses("2001:db8::17 GET /"), "… GET /");
  EXPECT_EQ(excerpt_without_addresses("peer 198.51.100.4:4711 said"), "peer … said");
}

TEST(Excerpt, an_address_is_hidden_within_a_word_and_beside_punctuation) {
  EXPECT_EQ(excerpt_without_addresses("from 192.0.2.77. to [2001:db8::1]: x"), "from … to […]: x");
  EXPECT_EQ(excerpt_without_addresses("client-203.0.113.9 a192.0.2.77 host-203-0-113-9.example.org"), "client-… … host….example.org");
  EXPECT_EQ(excerpt_without_addresses("::ffff:192.0.2.1, 2001:DB8:0:0:0:0:0:1:"), "…, …");
}

TEST(Excerpt, an_address_is_hidden_where_its_separators_are_escaped) {
  EXPECT_EQ(excerpt_without_addresses("GET user%40example.org"), "GET …%40example.org");
  EXPECT_EQ(excerpt_without_addresses("ip=2001%3Adb8%3A%3A1 ip=192%252E0%252E2%252E7"), "ip=… ip=…");
  EXPECT_EQ(excerpt_without_addresses(R"(x ann\x40example.org ann\u0040example.org)"), R"(x …\x40example.org …\u0040example.org)");
}

TEST(Excerpt, a_quoted_mailbox_is_hidden_with_its_spaces) {
  EXPECT_EQ(excerpt_without_addresses(R"(to "ann smith"@example.org now)"), "to …@example.org now");
}

TEST(Excerpt, times_words_and_versions_stay) {
  constexpr std::string_view kLine = "[05/Jan/2026:06:26:48 +0000] 2026-01-05T06:26:48.123 face 1.2.3 dead:beef -- \"-\" Chrome/120.0.6099.1";
  EXPECT_EQ(excerpt_without_addresses(kLine), kLine);
}

TEST(Excerpt, control_bytes_are_written_out_and_the_length_is_bounded) {
  EXPECT_EQ(excerpt_without_addresses(std::string_view("a\x1b[2Jb\0c", 8)), "a\\x1B[2Jb\\x00c");
  EXPECT_LE(excerpt_without_addresses(std::string(100'000, 'x')).size(), 110U);
}

// --- any address in any surroundings

std::string ipv6_text(const std::array<uint16_t, 8>& groups, int spelling) {
  const auto& g = groups;
  switch (spelling) {
    case 0: return fmt::format("{:x}:{:x}:{:x}:{:x}:{:x}:{:x}:{:x}:{:x}", g[0], g[1], g[2], g[3], g[4], g[5], g[6], g[7]);
    case 1: return fmt::format("{:04X}:{:04X}:{:04X}:{:04X}:{:04X}:{:04X}:{:04X}:{:04X}", g[0], g[1], g[2], g[3], g[4], g[5], g[6], g[7]);
    case 2: return fmt::format("{:x}:{:x}::{:x}", g[0], g[1], g[7]);
    case 3: return fmt::format("::{:X}", g[7]);
    case 4: return fmt::format("{:x}::", g[0]);
    case 5: return fmt::format("::ffff:{}.{}.{}.{}", g[6] >> 8, g[6] & 0xff, g[7] >> 8, g[7] & 0xff);
    case 6: return fmt::format("0:0:0:0:0:ffff:{}.{}.{}.{}", g[6] >> 8, g[6] & 0xff, g[7] >> 8, g[7] & 0xff);
    default: return fmt::format("{:x}:{:x}:{:x}::{:x}:{:x}", g[0], g[1], g[2], g[6], g[7]);
  }
}
constexpr int kIpv6Spellings = 8;

std::string any_ipv4() {
  const auto bytes = *rc::gen::container<std::array<uint8_t, 4>>(rc::gen::arbitrary<uint8_t>());
  return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
}

std::string any_ipv6() {
  // Small and zero groups are as frequent as others.
  const auto group = rc::gen::oneOf(rc::gen::arbitrary<uint16_t>(), rc::gen::element<uint16_t>(0, 1, 0xdb8, 0x2001));
  const auto groups = *rc::gen::container<std::array<uint16_t, 8>>(group);
  return ipv6_text(groups, *rc::gen::inRange(0, kIpv6Spellings));
}

// The part that must not be seen, with its @.
std::string any_mailbox() {
  const auto letters = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a", "Z", "7", ".", "-", "_", "+", "=", "/", "?", "&", "%", "!", "#", "'", "{", "|", "~", "é", "字")));
  std::string mailbox;
  for (size_t i = 0; i < letters.size() && mailbox.size() < 60; ++i) mailbox += letters[i];
  return mailbox + "@";
}

std::string any_address() {
  switch (*rc::gen::inRange(0, 3)) {
    case 0: return any_ipv4();
    case 1: return any_ipv6();
    default: return any_mailbox();
  }
}

std::string escaped(const std::string& address, const std::string& before_digits) {
  std::string out;
  for (const char c : address) {
    if (c == '.' || c == ':' || c == '@') out += before_digits + fmt::format("{:02X}", c);
    else out += c;
  }
  return out;
}

// What stands around it: any bytes, and what is likeliest to be mistaken for a part of it.
std::string any_surroundings() {
  const auto piece = rc::gen::oneOf(
      rc::gen::arbitrary<std::string>(),
      rc::gen::element<std::string>(" ", ".", ":", "-", "_", "%", "%2", "%3A", "a", "f", "0", "9", "1.", "::", "@", "\"", "\\", "\\x", "/",
                                    "[", "]", "192.0.2.1", "2001:db8::1", "ann@example.org", "[05/Jan/2026:06:26:48 +0000]"));
  const auto pieces = *rc::gen::container<std::vector<std::string>>(piece);
  std::string out;
  for (const std::string& one : pieces) out += one;
  return out;
}

TEST(Excerpt, no_address_in_any_surroundings_is_ever_shown) {
  EXPECT_TRUE(rc::check([] {
    const std::string address = any_address();
    const std::string excerpt = excerpt_without_addresses(any_surroundings() + address + any_surroundings());
    RC_ASSERT(!excerpt.contains(address));
  }));
}

TEST(Excerpt, no_address_with_escaped_separators_is_ever_shown) {
  EXPECT_TRUE(rc::check([] {
    const std::string address = escaped(any_address(), *rc::gen::element<std::string>("%", "%25", "%2525", "\\x", "\\u00"));
    const std::string excerpt = excerpt_without_addresses(any_surroundings() + address + any_surroundings());
    RC_ASSERT(!excerpt.contains(address));
  }));
}

TEST(Excerpt, no_address_is_shown_at_the_end_of_what_is_looked_through) {
  EXPECT_TRUE(rc::check([] {
    // Hidden words take little room in the excerpt, so that far more of the line than its first 100 bytes may be reached.
    std::string line;
    const size_t length = *rc::gen::inRange<size_t>(3000, 4500);
    while (line.size() < length) line += any_ipv4() + std::string(*rc::gen::inRange<size_t>(1, 3), ':');
    const std::string address = any_address();
    RC_ASSERT(!excerpt_without_addresses(line + " " + address).contains(address));
  }));
}

}  // namespace
}  // namespace noctule
