#pragma once
// SPDX-License-Identifier: Apache-2.0
// The beginning of a log line as it may be shown beside a complaint about it. A pure function.
#include <string>
#include <string_view>

namespace noctule {

// At most 100 bytes, printable; IP addresses and whatever stands before an @ become "…".
[[nodiscard]] std::string excerpt_without_addresses(std::string_view line);

}  // namespace noctule
