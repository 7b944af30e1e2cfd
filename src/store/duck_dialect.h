#pragma once
// SPDX-License-Identifier: Apache-2.0
// DuckDB's words for what engines say differently.
#include "noctule/store/store.h"

namespace noctule {

[[nodiscard]] const Dialect& duck_dialect();

}  // namespace noctule
