#pragma once
// SPDX-License-Identifier: Apache-2.0
// filter_parser: the filters of a question, ["is", "visit:source", ["Google"]] and their combinations.
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "noctule/base/result.h"
#include "question.h"

namespace noctule {

// list: an array. Error: InvalidInput, which names the filter and the limit or the shape that was expected.
[[nodiscard]] Result<std::vector<Filter>> parse_filters(const nlohmann::ordered_json& list);

}  // namespace noctule
