// SPDX-License-Identifier: Apache-2.0
// Whether a text holds something of a person: what must never be found in the store or a log.
#include "noctule/base/text.h"
#include "noctule/detect/knowledge.h"
#include "noctule/upkeep/doctor.h"

namespace noctule {
namespace {

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
  if (contains_ipv4_address(text)) return "an IPv4 address";
  if (contains_ipv6_address(text)) return "an IPv6 address";
  if (has_personal_parameter(text)) return "a personal parameter";
  return {};
}

}  // namespace noctule
