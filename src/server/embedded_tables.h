#pragma once
// SPDX-License-Identifier: Apache-2.0
// The text of docs/openapi.json, as it was when the program was built.
#include <string_view>

namespace noctule {

extern const std::string_view kTable_openapi;

}  // namespace noctule
