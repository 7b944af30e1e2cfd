#pragma once
// SPDX-License-Identifier: Apache-2.0
// Paths: shared by pages and referrers.
#include <string>
#include <string_view>

namespace noctule {

inline constexpr std::string_view kHidden = "***";

// Appends the path in one spelling, hidden where a segment says who somebody is or lets one in. Without control characters.
void append_clean_path(std::string_view path, std::string& out);

}  // namespace noctule
