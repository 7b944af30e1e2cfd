// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>

#include <array>
#include <cstring>

#include "noctule/base/text.h"
#include "noctule/detect/knowledge.h"

namespace noctule {
namespace {

constexpr size_t kAddressSizeMin = 7;  // "1.1.1.1"; "2001::1"

bool is_of(int family, std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN + 1> buffer{};
  std::array<unsigned char, 16> bytes{};
  if (text.size() < kAddressSizeMin || text.size() >= buffer.size()) return false;
  std::memcpy(buffer.data(), text.data(), text.size());
  return ::inet_pton(family, buffer.data(), bytes.data()) == 1;
}

// Calls judge for each run of letters, digits, dots and colons.
template <typename Judge>
bool any_run(std::string_view text, const Judge& judge) {
  const auto belongs = [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == ':'; };
  for (size_t at = 0; at < text.size();) {
    if (!belongs(text[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < text.size() && belongs(text[end])) ++end;
    if (judge(text.substr(at, end - at))) return true;
    at = end;
  }
  return false;
}

// At the end of a sentence or before what is told of it.
std::string_view without_mark(std::string_view run) { return run.ends_with('.') || run.ends_with(':') ? run.substr(0, run.size() - 1) : run; }

bool is_ipv4(std::string_view run) { return is_of(AF_INET, without_port(without_mark(run))); }
bool is_ipv6(std::string_view run) { return is_of(AF_INET6, run) || is_of(AF_INET6, without_mark(run)); }

}  // namespace

bool contains_ipv4_address(std::string_view text) { return any_run(text, is_ipv4); }
bool contains_ipv6_address(std::string_view text) { return any_run(text, is_ipv6); }

}  // namespace noctule
