#pragma once
// SPDX-License-Identifier: Apache-2.0
// Analyses made by hand for the report's tests. Constant values.
#include "noctule/analyze/analysis.h"

namespace noctule::test {

// A month of a small site: three files, five apps, every kind of row.
[[nodiscard]] Analysis sample_analysis();

// A log of one day with nine visits: not enough to say.
[[nodiscard]] Analysis few_analysis();

// A log that holds no visit of a person.
[[nodiscard]] Analysis empty_analysis();

// Pages and files whose names are of wide characters, accents and emoji; a cube without room for its last page.
[[nodiscard]] Analysis wide_analysis();

// The sample with text in every field that tries to break out of whatever it is put into.
[[nodiscard]] Analysis hostile_analysis();

}  // namespace noctule::test
