// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>

#include "noctule/base/result.h"

namespace noctule {

void assert_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "noctule: internal error: %s does not hold (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace noctule
