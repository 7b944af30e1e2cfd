// SPDX-License-Identifier: Apache-2.0
#include "cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "cell_widths.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

struct CodePoint {
  char32_t value;
  size_t size;  // in bytes
};

// The first code point of well-formed UTF-8; a stray byte counts as one, so that no input can stop a loop.
CodePoint first_code_point(std::string_view text) {
  const auto at = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned lead = at(0);
  const size_t size = std::min<size_t>(lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4, text.size());
  char32_t value = size == 1 ? lead : lead & (0x7FU >> size);
  for (size_t i = 1; i < size; ++i) value = (value << 6) | (at(i) & 0x3FU);
  return {value, size};
}

bool is_within(std::span<const CodePointRange> ranges, char32_t value) {
  const auto after = std::ranges::upper_bound(ranges, value, {}, &CodePointRange::first);
  return after != ranges.begin() && value <= std::prev(after)->last;
}

int cells_of(char32_t value) {
  if (value < 0x300) return 1;
  if (is_within({kZeroRanges, kZeroRangeCount}, value)) return 0;
  return is_within({kWideRanges, kWideRangeCount}, value) ? 2 : 1;
}

// Format characters that a reader cannot see: they may reorder the line or make two names look the same. The joiners
// U+200C and U+200D stay: words of Persian and Hindi need them.
bool is_deceptive(char32_t value) {
  return (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069) || value == 0x200E ||
         value == 0x200F || value == 0x061C || value == 0x200B || (value >= 0x2060 && value <= 0x2064) ||
         value == 0xFEFF || value == 0x2028 || value == 0x2029 || (value >= 0xE0000 && value <= 0xE007F);
}

// The longest beginning of at most width cells, with the accents that belong to it.
std::string_view head(std::string_view text, int width) {
  size_t at = 0;
  while (at < text.size()) {
    const CodePoint point = first_code_point(text.substr(at));
    width -= cells_of(point.value);
    if (width < 0) break;
    at += point.size;
  }
  return text.substr(0, at);
}

std::string_view tail(std::string_view text, int width) {
  std::string_view rest = text;
  int over = display_width(text) - width;
  while (!rest.empty()) {
    const CodePoint point = first_code_point(rest);
    const int cells = cells_of(point.value);
    if (over <= 0 && cells > 0) break;
    over -= cells;
    rest.remove_prefix(point.size);
  }
  return rest;
}

}  // namespace

std::string shown(std::string_view bytes, size_t max_bytes) {
  const std::string clean = printable(bytes, max_bytes);
  std::string out;
  for (std::string_view rest = clean; !rest.empty();) {
    const CodePoint point = first_code_point(rest);
    if (is_deceptive(point.value)) {
      out += fmt::format("\\u{{{:X}}}", static_cast<uint32_t>(point.value));
    } else {
      out += rest.substr(0, point.size);
    }
    rest.remove_prefix(point.size);
  }
  return out;
}

int display_width(std::string_view text) {
  int cells = 0;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    cells += cells_of(point.value);
    text.remove_prefix(point.size);
  }
  return cells;
}

std::string fit_end(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  if (width <= 0) return {};
  return std::string(head(text, width - 1)) + "…";
}

std::string fit_middle(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  if (width < 5) return fit_end(text, width);
  const int front = (width - 1) / 2;  // the end of a path tells more than its beginning
  return std::string(head(text, front)) + "…" + std::string(tail(text, width - 1 - front));
}

std::string pad_right(std::string text, int width) {
  const int missing = width - display_width(text);
  if (missing > 0) text.append(static_cast<size_t>(missing), ' ');
  return text;
}

std::string pad_left(std::string text, int width) {
  const int missing = width - display_width(text);
  if (missing > 0) text.insert(0, static_cast<size_t>(missing), ' ');
  return text;
}

std::vector<std::string> wrap(std::string_view text, int width) {
  width = std::max(width, 2);
  std::vector<std::string> lines(1);
  int used = 0;
  while (!text.empty()) {
    const size_t space = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (used > 0 && used + 1 + display_width(word) > width) {
      lines.emplace_back();
      used = 0;
    }
    if (used > 0) lines.back() += ' ';
    while (display_width(word) > width) {
      const std::string_view piece = head(word, width);
      lines.back() += piece;
      lines.emplace_back();
      word.remove_prefix(piece.size());
    }
    lines.back() += word;
    used = display_width(lines.back());
  }
  return lines;
}

std::string bar(double part, double whole, int width) {
  static constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!(part > 0) || !(whole > 0) || width <= 0) return {};
  const int eighths = std::max(1, static_cast<int>(std::lround(std::min(part / whole, 1.0) * width * 8)));
  std::string out;
  for (int i = 0; i < eighths / 8; ++i) out += "█";
  return out + std::string(kEighths[eighths % 8]);
}

}  // namespace noctule
