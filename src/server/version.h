#pragma once
// SPDX-License-Identifier: Apache-2.0
// The program's version, from CMakeLists.txt.
#include <string_view>

namespace noctule {

inline constexpr std::string_view kVersion = NOCTULE_VERSION;

}  // namespace noctule
