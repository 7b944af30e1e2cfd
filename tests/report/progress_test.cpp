// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/progress.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "cells.h"

namespace noctule {
namespace {

const TerminalOptions kWide{120, Color::Off, Language::English};

TEST(ProgressLine, tells_share_rates_and_time_left) {
  EXPECT_EQ(render_progress({150'000'000, 600'000'000, 500'000, 2}, kWide),
            "▕█████               ▏   25%  500,000 lines  250,000 lines/s  75 MB/s  0:06 left");
}

TEST(ProgressLine, speaks_french) {
  EXPECT_EQ(render_progress({150'000'000, 600'000'000, 500, 2}, {120, Color::Off, Language::French}),
            "▕█████               ▏  25\u202F%  500 lignes  250 lignes/s  75 Mo/s  reste 0:06");
}

TEST(ProgressLine, promises_no_end_where_the_size_is_unknown) {
  EXPECT_EQ(render_progress({75'000'000, 0, 1'000, 2}, kWide), "1,000 lines  500 lines/s  37 MB/s");
}

TEST(ProgressLine, gives_no_rate_before_there_is_one) {
  EXPECT_EQ(render_progress({10, 100, 1, 0.1}, kWide), "▕██                  ▏   10%  1 line");
}

TEST(ProgressLine, drops_the_least_telling_when_narrow) {
  EXPECT_EQ(render_progress({150'000'000, 600'000'000, 500'000, 2}, {30, Color::Off, Language::English}), " 25%  0:06 left");
}

TEST(ProgressLine, is_one_line_of_the_width_whatever_the_numbers) {
  EXPECT_TRUE(rc::check([](uint64_t done, uint64_t total, uint64_t lines, double seconds, bool french) {
    const int width = *rc::gen::inRange(20, 160);
    const std::string line =
        render_progress({done, total, lines, seconds}, {width, Color::Off, french ? Language::French : Language::English});
    RC_ASSERT(display_width(line) <= width);
    RC_ASSERT(line.find('\n') == std::string::npos);
  }));
}

}  // namespace
}  // namespace noctule
