// SPDX-License-Identifier: Apache-2.0
#include "token.h"

namespace noctule {
namespace {

// "a ""b"" c": a quote ends the token unless another follows it. Writers that do not double them are understood as well,
// where the quote stands before something that is no blank.
bool doubled(Scanner& scan, std::string_view& out) {
  const std::string_view rest = scan.rest();
  for (size_t at = 1; at < rest.size(); ++at) {
    if (rest[at] != '"') continue;
    if (at + 1 < rest.size() && rest[at + 1] == '"') {
      ++at;
    } else if (at + 1 == rest.size() || rest[at + 1] == ' ' || rest[at + 1] == '\t') {
      out = rest.substr(1, at - 1);
      scan.skip(at + 1);
      return true;
    }
  }
  return false;
}

}  // namespace

bool next_token(Scanner& scan, Quoting quoting, Token& token) {
  scan.skip_all(' ');
  token.column = scan.column();
  token.is_quoted = false;
  if (scan.done()) return false;
  if (scan.peek() == '"') {
    token.is_quoted = true;
    if (quoting == Quoting::Doubled ? doubled(scan, token.text) : scan.quoted(token.text)) return true;
    token.text = scan.until_or_end(' ');  // a quote that nothing closes is a byte of a bare word
    token.is_quoted = false;
    return true;
  }
  if (scan.peek() == '[') {
    Scanner inside = scan;
    inside.skip(1);
    if (inside.until(']', token.text) && (inside.peek(1) == ' ' || inside.left() == 1)) {
      inside.skip(1);
      scan = inside;
      return true;
    }
  }
  token.text = scan.until_or_end(' ');
  return true;
}

}  // namespace noctule
