// SPDX-License-Identifier: Apache-2.0
#include "json_text.h"

namespace noctule {

void append_quoted(std::string_view clean, std::string& out) {
  out += '"';
  for (const char c : clean) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace noctule
