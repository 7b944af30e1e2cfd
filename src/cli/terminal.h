#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the process's own terminal is like. Reads the environment (NO_COLOR, TERM, COLUMNS, LC_ALL, LC_MESSAGES, LANG) and the
// descriptors; changes nothing.
#include <string>

#include "noctule/report/messages.h"
#include "noctule/report/terminal.h"

namespace noctule {

[[nodiscard]] bool is_terminal(int descriptor);
// Cells in a line of that terminal; 80 where it is none or does not say.
[[nodiscard]] int terminal_width(int descriptor);
// when: "auto", "always", "never". auto: a terminal, TERM is not dumb, NO_COLOR is unset or empty (no-color.org).
[[nodiscard]] Color choose_color(const std::string& when, int descriptor);
// given: a name for parse_language, empty: the locale's, English where that is neither.
[[nodiscard]] Language choose_language(const std::string& given);

}  // namespace noctule
