#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pastes that were stored after the visits which they explain: a log is imported later than the script reports. Those visits are judged
// anew as a version of the site's attribution, on request; rows are never rewritten.
#include <string_view>
#include <vector>

#include "attribution_version.h"
#include "noctule/store/loader.h"

namespace noctule {

// Goes through all that is stored of the site in order of time, with the same test of chance as for new visits. Only visits of scripts are
// judged: a log's were judged with its pastes. Errors: Exhausted, those of Store::read and Store::write.
[[nodiscard]] Result<VersionMade> judge_late_pastes(Store& store, SiteId site, const ChannelRules& rules, std::string_view reason, int64_t now_ms);

// Each visit once, in order of time. rows_at_once: that are in memory.
[[nodiscard]] Result<std::vector<PasteMatch>> find_late_matches(Store& store, SiteId site, int64_t version, size_t rows_at_once = 200'000);

}  // namespace noctule
