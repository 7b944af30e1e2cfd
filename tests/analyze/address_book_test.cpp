// SPDX-License-Identifier: Apache-2.0
#include "address_book.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "noctule/base/random.h"

namespace noctule {
namespace {

TEST(AddressBook, plain_ipv4_addresses_are_read_as_the_c_library_reads_them) {
  for (const char* text : {"0.0.0.0", "255.255.255.255", "192.0.2.1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1..2.3", ".1.2.3", "1.2.3.", "", "a.b.c.d",
                           "1.2.3.4 ", "0001.2.3.4", "-1.2.3.4", "1.2.3.4:80"}) {
    in_addr address{};
    const bool valid = inet_pton(AF_INET, text, &address) == 1;
    const auto read = parse_ipv4(text);
    ASSERT_EQ(read.has_value(), valid) << text;
    if (valid) {
      EXPECT_EQ(*read, ntohl(address.s_addr)) << text;
    }
  }
}

TEST(AddressBook, networks_are_the_same_by_number_and_by_text) {
  const Knowledge& knowledge = Knowledge::builtin();
  Random random(5);
  size_t known = 0;
  for (int i = 0; i < 100'000; ++i) {
    // Half of them near the ranges of a CDN, so that both answers come up.
    const uint32_t number = i % 2 == 0 ? static_cast<uint32_t>(random.next()) : 0x68000000U + static_cast<uint32_t>(random.below(0x400000));
    const std::string text = fmt::format("{}.{}.{}.{}", number >> 24, (number >> 16) & 255, (number >> 8) & 255, number & 255);
    ASSERT_EQ(knowledge.classify_ipv4(number), knowledge.classify_address(text)) << text;
    known += knowledge.classify_ipv4(number) != NetworkKind::None ? 1 : 0;
  }
  EXPECT_GT(known, 100U);
}

TEST(AddressBook, addresses_of_one_ipv6_network_are_one_visitor_s_and_two_addresses) {
  AddressBook book(Knowledge::builtin());
  const AddressInfo a = book.look_up("2001:db8:1:2::1"), b = book.look_up("2001:db8:1:2:ffff::9"), c = book.look_up("2001:db8:1:3::1");
  EXPECT_EQ(a.group, b.group);
  EXPECT_NE(a.key, b.key);
  EXPECT_NE(a.group, c.group);
  EXPECT_EQ(book.look_up("2001:db8:1:2::1").key, a.key);
}

TEST(AddressBook, an_ipv4_address_in_ipv6_s_notation_is_that_address) {
  AddressBook book(Knowledge::builtin());
  const AddressInfo plain = book.look_up("192.0.2.77");
  for (const char* text : {"::ffff:192.0.2.77", "::FFFF:192.0.2.77", "::ffff:c000:24d", "0:0:0:0:0:ffff:192.0.2.77"}) {
    EXPECT_EQ(book.look_up(text).key, plain.key) << text;
    EXPECT_EQ(book.look_up(text).group, plain.group) << text;
  }
  EXPECT_NE(book.look_up("::192.0.2.77").group, plain.group);
  EXPECT_NE(book.look_up("::ffff:192.0.2.78").group, plain.group);
  EXPECT_TRUE(book.look_up("::ffff:10.1.2.3").is_private);
  EXPECT_EQ(book.look_up("::ffff:104.16.1.7").network, NetworkKind::CdnEdge);
}

TEST(AddressBook, private_addresses_are_known) {
  AddressBook book(Knowledge::builtin());
  for (const char* text : {"10.1.2.3", "127.0.0.1", "172.16.0.1", "172.31.9.9", "192.168.1.1", "100.64.0.1", "169.254.1.1", "::1", "fd00::1", "fe80::1%eth0"}) {
    EXPECT_TRUE(book.look_up(text).is_private) << text;
  }
  for (const char* text : {"11.1.2.3", "172.32.0.1", "192.169.1.1", "100.128.0.1", "2001:db8::1", "host.example.org"}) {
    EXPECT_FALSE(book.look_up(text).is_private) << text;
  }
}

TEST(AddressBook, an_address_is_new_once_per_file) {
  AddressBook book(Knowledge::builtin());
  EXPECT_TRUE(book.is_new(77, 0));
  EXPECT_FALSE(book.is_new(77, 0));
  EXPECT_TRUE(book.is_new(77, 1));
}

}  // namespace
}  // namespace noctule
