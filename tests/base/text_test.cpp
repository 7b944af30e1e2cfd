// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace noctule {
namespace {

TEST(Text, percent_escapes_are_decoded_and_broken_ones_survive) {
  EXPECT_EQ(percent_decode("caf%C3%A9"), "caf\xC3\xA9");
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%zz%4"), "%zz%4");
  EXPECT_EQ(percent_decode("%41"), "A");
}

TEST(Text, a_terminal_never_sees_a_control_character_or_broken_utf8) {
  EXPECT_EQ(printable("\x1b[31mred", 99), "\\x1B[31mred");
  EXPECT_EQ(printable("caf\xC3\xA9", 99), "caf\xC3\xA9");
  EXPECT_EQ(printable("\xA4\xA4", 99), "\\xA4\\xA4");  // Big5
  EXPECT_EQ(printable("\xC2\x9B" "31m", 99), "\\xC2\\x9B31m");  // C1 control
  EXPECT_EQ(printable("abcdef", 3), "abc...");
}

TEST(Text, printable_never_emits_a_control_character) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    for (const char c : printable(bytes, 4'096)) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  }));
}

TEST(Text, a_url_is_split_into_its_parts) {
  const auto url = split_url("https://user:pw@www.Example.com:8443/a/b?x=1&y#frag");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "www.Example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "x=1&y");
  EXPECT_EQ(url->fragment, "frag");
}

TEST(Text, urls_with_odd_authorities) {
  EXPECT_EQ(split_url("android-app://com.whatsapp/")->host, "com.whatsapp");
  EXPECT_EQ(split_url("http://[2001:db8::1]:80/x")->host, "[2001:db8::1]");
  EXPECT_EQ(split_url("http://host?q=1")->query, "q=1");
  EXPECT_FALSE(split_url("/relative/path"));
  EXPECT_FALSE(split_url("-"));
  EXPECT_FALSE(split_url("not a scheme://x"));
}

TEST(Text, decimals_are_whole_and_bounded) {
  EXPECT_EQ(parse_decimal("200"), 200U);
  EXPECT_FALSE(parse_decimal("2OO"));
  EXPECT_FALSE(parse_decimal(""));
  EXPECT_FALSE(parse_decimal("-1"));
  EXPECT_FALSE(parse_decimal("99999999999999999999999"));
}

TEST(Text, two_hexadecimal_digits_are_a_byte_and_less_is_none) {
  EXPECT_EQ(hex_byte("%2eX", 1), 0x2E);
  EXPECT_EQ(hex_byte("fF", 0), 255);
  EXPECT_EQ(hex_byte("%2", 1), -1);
  EXPECT_EQ(hex_byte("2g", 0), -1);
  EXPECT_EQ(hex_byte("", 0), -1);
}

TEST(Text, a_port_is_taken_off_hosts_and_addresses) {
  EXPECT_EQ(without_port("192.0.2.1:443"), "192.0.2.1");
  EXPECT_EQ(without_port("example.org:80"), "example.org");
  EXPECT_EQ(without_port("[2001:db8::1]:443"), "2001:db8::1");
  EXPECT_EQ(without_port("[2001:db8::1]"), "2001:db8::1");
  EXPECT_EQ(without_port("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(without_port("[2001:db8::1"), "[2001:db8::1");
  EXPECT_EQ(without_port(""), "");
}

}  // namespace
}  // namespace noctule
