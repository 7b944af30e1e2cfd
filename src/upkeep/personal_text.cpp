// SPDX-License-Identifier: Apache-2.0
// Whether a text holds something of a person: what must never be found in the store or a log.
#include <arpa/inet.h>

#include <array>
#include <cstring>

#include "noctule/base/text.h"
#include "noctule/detect/knowledge.h"
#include "noctule/upkeep/doctor.h"

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

bool is_ipv4(std::string_view run) { return is_of(AF_INET, without_port(run.ends_with('.') ? run.substr(0, run.size() - 1) : run)); }
bool is_ipv6(std::string_view run) { return is_of(AF_INET6, run.ends_with('.') ? run.substr(0, run.size() - 1) : run); }

// "?name=value&..." of an address.
bool has_personal_parameter(std::string_view text) {
  const size_t question = text.find('?');
  if (question == std::string_view::npos) return false;
  std::string_view rest = text.substr(question + 1);
  rest = rest.substr(0, rest.find('#'));
  while (!rest.empty()) {
    const size_t end = rest.find_first_of("&;");
    const std::string_view parameter = rest.substr(0, end);
    if (parameter.find('=') != std::string_view::npos && !parameter.ends_with('=') && Knowledge::builtin().is_personal(parameter)) return true;
    if (end == std::string_view::npos) return false;
    rest.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

std::string_view find_personal(std::string_view text) {
  if (contains_email_address(text)) return "an e-mail address";
  if (any_run(text, is_ipv4)) return "an IPv4 address";
  if (any_run(text, is_ipv6)) return "an IPv6 address";
  if (has_personal_parameter(text)) return "a personal parameter";
  return {};
}

}  // namespace noctule
