#pragma once
// SPDX-License-Identifier: Apache-2.0
// Formats given as a string: nginx's log_format ("$remote_addr ...") and Apache's LogFormat ("%h ..."). A pattern is a list of
// parts, each a fixed text or a function that appends what a variable says of a hit.
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"
#include "writer.h"

namespace noctule::sim {

[[nodiscard]] bool is_pattern(std::string_view format);

struct Pattern {
  std::vector<PatternPart> parts;
  uint8_t shows = 0;  // bits of Trace
};

// Error: InvalidInput, naming the variable or directive that is not known.
[[nodiscard]] Result<Pattern> compile_pattern(std::string_view format);

// The writer of LineContext::pattern.
void write_pattern(LineContext& context, const Hit& hit, std::string& out);

}  // namespace noctule::sim
