// SPDX-License-Identifier: Apache-2.0
#include "token_index.h"

#include <gtest/gtest.h>

#include "noctule/base/text.h"

using noctule::TokenIndex;
using noctule::TokenPattern;

namespace {

bool matches(std::string_view pattern, std::string_view text) {
  const auto parsed = TokenPattern::parse(pattern);
  EXPECT_TRUE(parsed.has_value()) << pattern;
  return TokenIndex({*parsed}).find_first(text, noctule::lower(text)) == 0;
}

TEST(TokenIndex, a_literal_is_found_anywhere_without_case) {
  EXPECT_TRUE(matches("abcd", "xxABCDxx"));
  EXPECT_FALSE(matches("abcd", "abc d"));
}

TEST(TokenIndex, marks_narrow_where_a_literal_may_stand) {
  EXPECT_TRUE(matches("^abc", "abcd"));
  EXPECT_FALSE(matches("^abc", "xabcd"));
  EXPECT_TRUE(matches("abc$", "xabc"));
  EXPECT_FALSE(matches("abc$", "abcx"));
  EXPECT_TRUE(matches("<line/#", "Safari Line/12"));
  EXPECT_FALSE(matches("<line/#", "Offline/12"));
  EXPECT_FALSE(matches("<line/#", "Line/x"));
  EXPECT_TRUE(matches("<line/#", "Offline/1 Line/2"));
  EXPECT_TRUE(matches("bot>", "a bot."));
  EXPECT_FALSE(matches("bot>", "both"));
  EXPECT_TRUE(matches("=Line", "Line"));
  EXPECT_FALSE(matches("=Line", "line"));
}

TEST(TokenIndex, parts_are_joined_and_may_be_forbidden) {
  EXPECT_TRUE(matches("fb4a & fbav/4", "FB4A;FBAV/48"));
  EXPECT_FALSE(matches("fb4a & !iabmv", "FB4A;IABMV/1"));
  EXPECT_TRUE(matches("fb4a & !iabmv", "FB4A;"));
}

TEST(TokenIndex, the_first_pattern_of_several_wins) {
  const TokenIndex index({*TokenPattern::parse("second"), *TokenPattern::parse("first")});
  EXPECT_EQ(index.find_first("first second", "first second"), 0U);
  EXPECT_EQ(index.find_first("first", "first"), 1U);
  EXPECT_EQ(index.find_first("none", "none"), TokenIndex::kNone);
}

TEST(TokenIndex, a_pattern_without_a_literal_of_three_bytes_is_refused) {
  EXPECT_FALSE(TokenPattern::parse("ab").has_value());
  EXPECT_FALSE(TokenPattern::parse("").has_value());
  EXPECT_FALSE(TokenPattern::parse("!abc").has_value());
  EXPECT_FALSE(TokenPattern::parse("abc & ^$").has_value());
}

}  // namespace
