#pragma once
// SPDX-License-Identifier: Apache-2.0
// Makes the tables of an Analysis from findings. Pure but for the page names, some of which may come from disk.
#include "engine.h"
#include "findings.h"

namespace noctule {

// What GA4 would have said of the arrival of that index.
[[nodiscard]] Ga4Said ga4_of(const Engine& engine, const Findings& findings, size_t arrival);

[[nodiscard]] Result<Analysis> make_analysis(Engine& engine, const Findings& findings, const AnalyzeOptions& options);

}  // namespace noctule
