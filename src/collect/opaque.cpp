// SPDX-License-Identifier: Apache-2.0
#include "opaque.h"

#include <cstdint>

#include "noctule/base/text.h"

namespace noctule {
namespace {

enum class Letter : uint8_t { Digit, Lower, Upper };

Letter letter_of(char c) { return is_digit(c) ? Letter::Digit : c >= 'a' ? Letter::Lower : Letter::Upper; }

struct Run {
  size_t size = 0, changes = 0, digit_changes = 0, digits = 0;
  bool hex = true, lower = false, upper = false;
  Letter last{};

  void add(char c) {
    const Letter letter = letter_of(c);
    if (size > 0 && letter != last) {
      ++changes;
      if (letter == Letter::Digit || last == Letter::Digit) ++digit_changes;
    }
    digits += letter == Letter::Digit ? 1 : 0;
    lower = lower || letter == Letter::Lower;
    upper = upper || letter == Letter::Upper;
    hex = hex && hex_value(c) >= 0;
    last = letter;
    ++size;
  }
  // Random base64 changes between digits, small and capital letters at 0.62 of its letters (two pairs of 26/64 and one of
  // 10/64), random base 36 between digits and letters at 0.4; words, also TitleCase with a year, below 0.36.
  [[nodiscard]] bool is_random() const {
    if (size < kOpaqueSizeMin) return false;
    if (digits == size) return true;  // longer than any number that counts or dates something
    if (hex && digits >= 3) return true;
    const bool all_kinds = digits > 0 && lower && upper;
    return (all_kinds && changes * 100 >= size * 42) || (digit_changes >= 4 && changes * 100 >= size * 22);
  }
};

}  // namespace

bool is_opaque(std::string_view text) {
  if (text.size() < kOpaqueSizeMin) return false;
  if (text.starts_with("eyJ") && text.find('.') != std::string_view::npos) return true;  // a JWT: base64 of {"
  Run whole, part;  // without separators, as a UUID; between them
  bool only_hex = true;
  for (const char c : text) {
    if (is_alpha(c) || is_digit(c)) {
      part.add(c);
      whole.add(c);
      continue;
    }
    only_hex = only_hex && c == '-';
    if (part.is_random()) return true;
    part = Run{};
  }
  return part.is_random() || (only_hex && whole.hex && whole.is_random());
}

}  // namespace noctule
