#pragma once
// SPDX-License-Identifier: Apache-2.0
// The schema of events.duckdb as numbered steps. A step that was released never changes; a change is a new step.
#include <functional>

#include "duck.h"

namespace noctule {

// How many steps this program knows.
[[nodiscard]] int latest_schema();
// The step that a file has reached; 0: it is new. Error: Io, Corrupt.
[[nodiscard]] Result<int> read_schema(duck::Connection& connection);
// Applies what is missing, each step in a transaction with its number. Error: InvalidInput (a newer program's file).
[[nodiscard]] Result<void> migrate_schema(duck::Connection& connection, int from, int64_t now_ms);

}  // namespace noctule
