#pragma once
// SPDX-License-Identifier: Apache-2.0
// One table of an analysis as CSV (RFC 4180: CRLF, quotes doubled), for spreadsheets. A cell that a spreadsheet would take
// for a formula is prefixed with an apostrophe, because page names come from whoever asked for them. Pure functions.
#include <span>
#include <string>
#include <string_view>

#include "noctule/analyze/analysis.h"
#include "noctule/base/result.h"

namespace noctule {

// pages, apps, channels, unfurls, days, exclusions, arrivals.
[[nodiscard]] std::span<const std::string_view> csv_tables();

// An unknown table is an error that names those there are.
[[nodiscard]] Result<std::string> render_csv(const Analysis& analysis, std::string_view table);

}  // namespace noctule
