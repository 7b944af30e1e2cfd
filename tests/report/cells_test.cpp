// SPDX-License-Identifier: Apache-2.0
#include "cells.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "numbers.h"

namespace noctule {
namespace {

TEST(Cells, wide_characters_fill_two_cells_and_accents_none) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("蝙蝠"), 4);
  EXPECT_EQ(display_width("e\xCC\x81"), 1);
  EXPECT_EQ(display_width("🦇"), 2);
}

TEST(Cells, a_path_keeps_both_its_ends) {
  EXPECT_EQ(fit_middle("example.org/recipes/apple-pie", 15), "example…ple-pie");
  EXPECT_EQ(fit_middle("short", 15), "short");
  EXPECT_EQ(fit_end("example.org/recipes", 8), "example…");
}

TEST(Cells, a_cut_never_falls_into_a_wide_character) {
  EXPECT_EQ(fit_end("蝙蝠蝙蝠", 4), "蝙…");
  EXPECT_LE(display_width(fit_middle("蝙蝠蝙蝠蝙蝠", 6)), 6);
}

TEST(Cells, characters_that_turn_the_direction_of_text_are_spelled_out) {
  EXPECT_EQ(shown("a\xE2\x80\xAE" "b"), "a\\u{202E}b");
  EXPECT_EQ(shown("\x1b[31m"), "\\x1B[31m");
}

TEST(Cells, cut_padded_and_wrapped_text_keeps_its_width) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string text = shown(bytes);
    const int width = *rc::gen::inRange(5, 40);
    RC_ASSERT(display_width(fit_end(text, width)) <= width);
    RC_ASSERT(display_width(fit_middle(text, width)) <= width);
    RC_ASSERT(display_width(pad_right(fit_end(text, width), width)) == width);
    for (const std::string& line : wrap(text, width)) RC_ASSERT(display_width(line) <= width);
  }));
}

TEST(Cells, a_small_part_of_a_bar_is_still_seen) {
  EXPECT_EQ(bar(1, 1'000'000, 10), "▏");
  EXPECT_EQ(bar(5, 10, 2), "█");
  EXPECT_EQ(bar(0, 10, 2), "");
  EXPECT_EQ(bar(0.0 / 0.0, 10, 2), "");
}

TEST(Numbers, are_grouped_as_the_language_does) {
  EXPECT_EQ(count_text(Language::English, 1'234'567), "1,234,567");
  EXPECT_EQ(count_text(Language::French, 1'234'567), "1\u202F234\u202F567");
  EXPECT_EQ(count_text(Language::English, 999), "999");
}

TEST(Numbers, ends_of_a_range_round_outward) {
  EXPECT_EQ(range_text(Language::English, {12.4, 40.2}), "12–41");
  EXPECT_EQ(range_text(Language::French, {12.4, 40.2}), "12 à 41");
  EXPECT_EQ(range_text(Language::English, {3.0000000001, 2.9999999999}), "3");
  EXPECT_EQ(floor_count(-1), 0U);
  EXPECT_EQ(ceil_count(0.0 / 0.0), 0U);
}

TEST(Numbers, small_amounts_keep_a_decimal_and_never_become_one) {
  EXPECT_EQ(amount_text(Language::English, 0), "0");
  EXPECT_EQ(amount_text(Language::English, 0.05), "<0.1");
  EXPECT_EQ(amount_text(Language::French, 0.05), "<0,1");
  EXPECT_EQ(amount_text(Language::French, 6.44), "6,4");
  EXPECT_EQ(amount_text(Language::English, 9.96), "10");
  EXPECT_EQ(amount_text(Language::English, 2'400.4), "2,400");
}

TEST(Numbers, percents_never_narrow_a_range) {
  EXPECT_EQ(percent_text(Language::English, 1, 3, Rounding::Down), "33%");
  EXPECT_EQ(percent_text(Language::English, 1, 3, Rounding::Up), "34%");
  EXPECT_EQ(percent_text(Language::English, 1, 100'000, Rounding::Nearest), "<1%");
  EXPECT_EQ(percent_text(Language::English, 0, 0, Rounding::Nearest), "0%");
}

TEST(Numbers, periods_name_their_days) {
  constexpr int64_t kDay = 86'400'000;
  EXPECT_EQ(period_text(Language::English, 20'458 * kDay, 20'458 * kDay + 5), "5 Jan 2026");
  EXPECT_EQ(period_text(Language::English, 20'458 * kDay, 20'485 * kDay), "5 Jan 2026 to 1 Feb 2026");
  EXPECT_EQ(period_text(Language::French, 0, 0), "aucune ligne datée");
}

}  // namespace
}  // namespace noctule
