#pragma once
// SPDX-License-Identifier: Apache-2.0
// What to warn of in one input file by itself: that it is empty, named twice, hardly readable, or has a column in part of its
// lines only. Pure functions of what was read.
#include <vector>

#include "engine.h"
#include "noctule/analyze/analysis.h"

namespace noctule {

// Adds the file's warnings.
void warn_of_file(const Input& input, const FileTotals& totals, std::vector<Warning>& warnings);

// Error: Unsupported where there are lines and none of them could be read, with the first line's problem.
[[nodiscard]] Result<void> check_that_any_line_was_read(const Engine& engine);

}  // namespace noctule
