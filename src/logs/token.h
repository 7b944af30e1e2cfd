#pragma once
// SPDX-License-Identifier: Apache-2.0
// The tokens of a line of columns: bare words, "quoted text" and [bracketed text].
#include "scan.h"

namespace noctule {

struct Token {
  std::string_view text;  // without quotes and brackets
  size_t column = 0;      // 1-based byte in the line
  bool is_quoted = false;
};

enum class Quoting { Backslash, Doubled };  // how a quote inside a quoted token is written

// The next token and the blanks before it; false at the end of the line. A quote or bracket that nothing closes is a byte
// of a bare word.
[[nodiscard]] bool next_token(Scanner& scan, Quoting quoting, Token& token);

}  // namespace noctule
