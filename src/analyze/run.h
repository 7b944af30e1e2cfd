#pragma once
// SPDX-License-Identifier: Apache-2.0
// One run over the inputs, for analyze_logs and for tests that look at what lies between lines and tables.
#include <functional>

#include "engine.h"
#include "noctule/analyze/analyze.h"

namespace noctule {

// Opens the inputs, learns the site's hosts, takes everything in and lends the engine to use. Errors: as analyze_logs, and
// those of use.
Result<void> with_engine(const AnalyzeOptions& options, const std::function<Result<void>(Engine&)>& use);

}  // namespace noctule
