// SPDX-License-Identifier: Apache-2.0
#include "text_cleaning.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "noctule/base/text.h"
#include "noctule/detect/knowledge.h"
#include "opaque.h"

namespace noctule {
namespace {

constexpr size_t kHostSizeMax = 253;  // RFC 1035, 2.3.4

bool is_plain(char c) { return c >= 0x20 && c < 0x7F; }

// U+0080 to U+009F control; U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069 turn the direction of writing; U+2028 and
// U+2029 end lines; U+FEFF is a byte order mark.
bool is_mark(std::string_view letter) {
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(letter[at]); };
  if (letter.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
  if (letter.size() != 3) return false;
  if (byte(0) == 0xEF) return byte(1) == 0xBB && byte(2) == 0xBF;
  if (byte(0) != 0xE2) return false;
  if (byte(1) == 0x80) return byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE);
  return byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
}

}  // namespace

void append_clean(std::string_view text, size_t size_max, std::string& out) {
  const size_t begin = out.size();
  if (text.size() <= size_max && std::ranges::all_of(text, is_plain)) {
    out.append(text);
    return;
  }
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const std::string_view letter = text.substr(0, std::max<size_t>(length, 1));
    text.remove_prefix(letter.size());
    if (length == 0 || (length == 1 && !is_plain(letter[0])) || is_mark(letter)) continue;
    if (out.size() - begin + letter.size() > size_max) return;
    out.append(letter);
  }
}

std::string_view clean_view(std::string_view text, size_t size_max, std::string& scratch) {
  if (text.size() <= size_max && std::ranges::all_of(text, is_plain)) return text;
  scratch.clear();
  append_clean(text, size_max, scratch);
  return scratch;
}

bool is_personal_text(std::string_view text) {
  if (starts_with_ignoring_case(text, "mailto:") || starts_with_ignoring_case(text, "tel:") || starts_with_ignoring_case(text, "sms:")) return true;
  if (text.find('@') == std::string_view::npos && text.find('%') == std::string_view::npos) return false;
  return contains_email_address(text) || contains_email_address(percent_decode(text));
}

bool says_who(std::string_view text) {
  const auto has_address = [](std::string_view plain) { return contains_ipv4_address(plain) || contains_ipv6_address(plain); };
  if (is_personal_text(text) || has_address(text)) return true;
  return text.find('%') != std::string_view::npos && has_address(percent_decode(text));
}

bool is_secret(std::string_view text) {
  if (says_who(text) || is_opaque(text)) return true;
  return text.find('%') != std::string_view::npos && is_opaque(percent_decode(text));
}

std::string clean_host(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > kHostSizeMax) return {};
  for (size_t at = 0; at < host.size();) {
    const char c = host[at];
    const bool allowed = is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
    const size_t length = utf8_length(host.substr(at));
    if (length == 0 || (length == 1 && !allowed) || is_mark(host.substr(at, length))) return {};
    at += length;
  }
  return lower(host);
}

bool is_address_host(std::string_view host) {
  if (host.starts_with('[')) return true;
  std::array<char, INET6_ADDRSTRLEN + 1> text{};
  std::array<unsigned char, 16> bytes{};
  if (host.empty() || host.size() >= text.size()) return false;
  std::ranges::copy(host, text.begin());
  return ::inet_pton(AF_INET, text.data(), bytes.data()) == 1 || ::inet_pton(AF_INET6, text.data(), bytes.data()) == 1;
}

}  // namespace noctule
