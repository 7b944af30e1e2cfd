#pragma once
// SPDX-License-Identifier: Apache-2.0
// Passwords from where they do not end up in a list of processes or a shell's history: a prompt, or standard input.
#include <string>

#include "noctule/base/result.h"

namespace noctule {

enum class PasswordSource { Prompt, StandardInput };

// Prompt asks twice on the terminal without showing it; StandardInput takes the first line. Error: InvalidInput (the two differ,
// or there is neither terminal nor --password-stdin), Io.
[[nodiscard]] Result<std::string> read_password(PasswordSource source, std::string_view prompt);

// One line of standard input without its end. Error: Io, InvalidInput (longer than bytes_max).
[[nodiscard]] Result<std::string> read_line(size_t bytes_max);

}  // namespace noctule
