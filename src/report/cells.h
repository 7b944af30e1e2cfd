#pragma once
// SPDX-License-Identifier: Apache-2.0
// Text measured in the cells of a terminal: a Chinese character fills two, an accent none. Everything here takes what
// shown() returned: valid UTF-8 without control characters. Pure functions.
#include <string>
#include <string_view>
#include <vector>

namespace noctule {

// Text from outside, fit to be shown: printable(), and without the invisible characters that could turn the direction of
// the text around it or hide (bidirectional controls, zero-width spaces); those come out as \u{202E}.
[[nodiscard]] std::string shown(std::string_view bytes, size_t max_bytes = 1'000);

[[nodiscard]] int display_width(std::string_view text);

// At most width cells; what is cut is an ellipsis, at the end, or in the middle for paths, whose ends both matter.
[[nodiscard]] std::string fit_end(std::string_view text, int width);
[[nodiscard]] std::string fit_middle(std::string_view text, int width);

// Filled with spaces to width cells; longer text stays as it is.
[[nodiscard]] std::string pad_right(std::string text, int width);
[[nodiscard]] std::string pad_left(std::string text, int width);

// Lines of at most width cells, broken at spaces, or inside a word that is longer than a line.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, int width);

// A bar of width cells at most, in eighths of a cell; a part above zero shows at least one eighth.
[[nodiscard]] std::string bar(double part, double whole, int width);

}  // namespace noctule
