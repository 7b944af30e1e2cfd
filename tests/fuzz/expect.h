#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a fuzz target says of any input.
#include <cstdlib>

namespace noctule::fuzzing {

inline void expect(bool holds) {
  if (!holds) std::abort();
}

}  // namespace noctule::fuzzing
