#pragma once
// SPDX-License-Identifier: Apache-2.0
// The part of `noctule import` that takes exports of other products.
#include <string>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/import/archive.h"

namespace noctule {

// Whether the files are an export of a product that is known; false: logs, as far as anybody can tell. Error: an export that cannot be read.
[[nodiscard]] Result<bool> is_archive(const std::vector<std::string>& paths);

// 2026-03-01: the beginning of that day in UTC. Error: InvalidInput.
[[nodiscard]] Result<int64_t> parse_before(const std::string& day);

// Imports, with a progress line on a terminal, and tells what came of it. quiet: says nothing.
[[nodiscard]] Result<void> run_archive_import(ArchiveOptions options, Ledger& ledger, bool quiet);

}  // namespace noctule
