#pragma once
// SPDX-License-Identifier: Apache-2.0
// Data goes when its time is over: events older than their site keeps them, and all of sites that were removed. Totals that
// were imported from another product's export are no data of visits and stay until their site goes.
#include <vector>

#include "noctule/base/result.h"
#include "noctule/settings/site.h"
#include "noctule/store/store.h"

namespace noctule {

// Removes whole UTC days; what is younger than a site's days stays for at most one day more. Gives how many rows went. Runs as
// one transaction; a store in which nothing is over is only read. Error: as Store::write.
[[nodiscard]] Result<int64_t> remove_expired(Store& store, const std::vector<Site>& sites, int64_t now_ms);

}  // namespace noctule
