#pragma once
// SPDX-License-Identifier: Apache-2.0
// Analyses made by hand for the report's tests. Constant values.
#include "noctule/analyze/analysis.h"

namespace noctule::test {

// A month of a small site: three files, five apps, every kind of row.
[[nodiscard]] Analysis sample_analysis();

// The same with text in every field that tries to break out of whatever it is put into.
[[nodiscard]] Analysis hostile_analysis();

}  // namespace noctule::test
