// SPDX-License-Identifier: Apache-2.0
#include "excerpt.h"

#include <arpa/inet.h>

#include <algorithm>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kExcerptBytesMax = 100;
constexpr std::string_view kHidden = "…";

bool is_address_char(char c) {
  return is_digit(c) || c == '.' || c == ':' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_mail_char(char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '-' || c == '+'; }

// 192.0.2.7, 192.0.2.7:443, 2001:db8::1; not 12:30:59.
bool is_address(const std::string& run) {
  unsigned char bytes[16];
  if (inet_pton(AF_INET, run.c_str(), bytes) == 1 || inet_pton(AF_INET6, run.c_str(), bytes) == 1) return true;
  const size_t colon = run.rfind(':');
  return colon != std::string::npos && inet_pton(AF_INET, run.substr(0, colon).c_str(), bytes) == 1;
}

}  // namespace

std::string excerpt_without_addresses(std::string_view line) {
  std::string out;
  line = line.substr(0, 2 * kExcerptBytesMax);
  for (size_t i = 0; i < line.size();) {
    size_t end = i;
    while (end < line.size() && is_mail_char(line[end])) ++end;
    if (end > i && end < line.size() && line[end] == '@') {
      out += kHidden;
      i = end;
      continue;
    }
    end = i;
    while (end < line.size() && is_address_char(line[end])) ++end;
    if (end - i >= 3 && is_address(std::string(line.substr(i, end - i)))) {
      out += kHidden;
      i = end;
      continue;
    }
    // A word that is neither goes over whole, so that its tail is not taken for an address.
    end = std::max(i + 1, end);
    while (end < line.size() && (is_mail_char(line[end]) || is_address_char(line[end])) && is_mail_char(line[end - 1])) ++end;
    out.append(line.substr(i, end - i));
    i = end;
  }
  return printable(out, kExcerptBytesMax);
}

}  // namespace noctule
