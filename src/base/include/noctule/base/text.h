#pragma once
// SPDX-License-Identifier: Apache-2.0
// Text that came from outside: ASCII case, prefixes, percent escapes, the parts of a URL. Bytes are never assumed to be
// valid UTF-8; what is printed goes through printable() first.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace noctule {

[[nodiscard]] constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
[[nodiscard]] bool contains_ignoring_case(std::string_view text, std::string_view needle);
[[nodiscard]] std::string_view trim(std::string_view text);

// A whole non-negative decimal number without sign; nullopt on anything else or on overflow.
[[nodiscard]] std::optional<uint64_t> parse_decimal(std::string_view text);

// 0 to 15; -1: not a hexadecimal digit.
[[nodiscard]] constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char letter = to_lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}
// 0 to 255: the two hexadecimal digits at that place; -1 where there are none.
[[nodiscard]] int hex_byte(std::string_view text, size_t at);
// Bytes of the well-formed UTF-8 sequence that begins here, 0 where none does (RFC 3629, table of well-formed bytes).
[[nodiscard]] size_t utf8_length(std::string_view bytes);

// %41 -> A. A percent sign that no two hex digits follow stays as it is. '+' is kept.
[[nodiscard]] std::string percent_decode(std::string_view text);

// Well-formed UTF-8 without control characters, at most max_bytes of it: what is neither comes out as \xNN, so that a log
// cannot write to the operator's terminal.
[[nodiscard]] std::string printable(std::string_view bytes, size_t max_bytes);

// A host or address without the port after it: "192.0.2.1:443", "[2001:db8::1]:443", "example.org:80". An IPv6 address without
// brackets has none.
[[nodiscard]] std::string_view without_port(std::string_view text);

// Parts of an absolute URL; host is without user and port and as written. No part is decoded.
struct UrlParts {
  std::string_view scheme, host, path, query, fragment;
  uint16_t port = 0;  // 0: not given
};
// nullopt unless the text begins with a scheme and "://".
[[nodiscard]] std::optional<UrlParts> split_url(std::string_view url);

}  // namespace noctule
