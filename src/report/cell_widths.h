#pragma once
// SPDX-License-Identifier: Apache-2.0
// The tables behind display_width(): sorted ranges of code points that fill two cells of a terminal, or none. Constant.
#include <cstddef>

namespace noctule {

struct CodePointRange {
  char32_t first, last;
};

extern const CodePointRange kWideRanges[];
extern const size_t kWideRangeCount;
extern const CodePointRange kZeroRanges[];
extern const size_t kZeroRangeCount;

}  // namespace noctule
