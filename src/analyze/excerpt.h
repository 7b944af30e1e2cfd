#pragma once
// SPDX-License-Identifier: Apache-2.0
// The beginning of a log line as it may be shown beside a complaint about it. A pure function.
#include <string>
#include <string_view>

namespace noctule {

// At most 100 bytes, printable. Whatever may be an IP address, or the part of a mail address before its @, becomes "…", also
// where it is part of a longer word or its separators are escaped (%3A, \x3a, \u003a): rather a word too many than an address.
[[nodiscard]] std::string excerpt_without_addresses(std::string_view line);

}  // namespace noctule
