#pragma once
// SPDX-License-Identifier: Apache-2.0
// JSON that is written: objects of texts.
#include <string>
#include <string_view>

namespace noctule {

// Appends the text in quotes. It must be clean (text_cleaning.h): only quotes and backslashes are escaped.
void append_quoted(std::string_view clean, std::string& out);

}  // namespace noctule
