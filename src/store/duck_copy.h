#pragma once
// SPDX-License-Identifier: Apache-2.0
// Copies out of a database that may open no other file itself: to a second database, or through one to Parquet and CSV.
#include "duck.h"

namespace noctule {

// Writes all tables, as this connection's snapshot holds them, to a new file at path, which is replaced once it is whole.
// The copy holds no space of deleted rows. Error: Exhausted (disk full), Io.
[[nodiscard]] Result<void> copy_database(duck::Connection& source, const std::string& path);

// Writes a statement's answer to a file, which is replaced once it is whole. format: "parquet" or "csv". Error: InvalidInput,
// Exhausted, Io.
[[nodiscard]] Result<void> export_answer(duck::Connection& source, const Statement& statement, const std::string& path, std::string_view format);

}  // namespace noctule
