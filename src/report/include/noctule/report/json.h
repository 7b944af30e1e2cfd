#pragma once
// SPDX-License-Identifier: Apache-2.0
// An analysis as JSON, for programs: the published contract is docs/schema/analysis-1.json. Pure functions.
#include <string>

#include "noctule/analyze/analysis.h"

namespace noctule {

[[nodiscard]] std::string render_json(const Analysis& analysis);

}  // namespace noctule
