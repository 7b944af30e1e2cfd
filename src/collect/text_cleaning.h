#pragma once
// SPDX-License-Identifier: Apache-2.0
// Texts of clients made fit to be kept and shown: well-formed UTF-8, nothing that moves a cursor or turns a line around.
#include <cstddef>
#include <string>
#include <string_view>

namespace noctule {

// Appends at most size_max bytes of the text, whole letters, without control characters, marks of writing direction and bytes
// that are no UTF-8.
void append_clean(std::string_view text, size_t size_max, std::string& out);
// The same where the text is plain already: then it is the view itself, else one into scratch.
[[nodiscard]] std::string_view clean_view(std::string_view text, size_t size_max, std::string& scratch);

// Whether it holds an e-mail address, escaped up to twice, or is a telephone or mail link.
[[nodiscard]] bool is_personal_text(std::string_view text);

// Whether it holds one of these or an IP address, escaped or not. Not for user agents, whose versions look like addresses.
[[nodiscard]] bool says_who(std::string_view text);

// Whether it says who somebody is, or is opaque (opaque.h). Escaped or not.
[[nodiscard]] bool is_secret(std::string_view text);

// A host in lower case, without a root's dot; empty when it is none.
[[nodiscard]] std::string clean_host(std::string_view host);
// An IPv4 or IPv6 address in a host's place.
[[nodiscard]] bool is_address_host(std::string_view host);

}  // namespace noctule
