// SPDX-License-Identifier: Apache-2.0
#include "excerpt.h"

#include <gtest/gtest.h>

namespace noctule {
namespace {

TEST(Excerpt, addresses_of_machines_and_of_mail_are_hidden) {
  EXPECT_EQ(excerpt_without_addresses("192.0.2.7 - ann@example.org [x"), "… - …@example.org [x");
  EXPECT_EQ(excerpt_without_addresses("2001:db8::17 GET /"), "… GET /");
  EXPECT_EQ(excerpt_without_addresses("peer 198.51.100.4:4711 said"), "peer … said");
}

TEST(Excerpt, times_words_and_versions_stay) {
  EXPECT_EQ(excerpt_without_addresses("[05/Jan/2026:06:26:48 +0000] face 1.2.3 dead:beef"), "[05/Jan/2026:06:26:48 +0000] face 1.2.3 dead:beef");
}

TEST(Excerpt, control_bytes_are_written_out_and_the_length_is_bounded) {
  EXPECT_EQ(excerpt_without_addresses(std::string_view("a\x1b[2Jb\0c", 8)), "a\\x1B[2Jb\\x00c");
  EXPECT_LE(excerpt_without_addresses(std::string(100'000, 'x')).size(), 110U);
}

}  // namespace
}  // namespace noctule
