#pragma once
// SPDX-License-Identifier: Apache-2.0
// How the server is: /health/live, /health/ready and /metrics.
#include "live_hub.h"
#include "services.h"

namespace noctule {

void add_status_routes(Router& router, Services& services, const LiveHub& live);
// The text of /metrics, for tests.
[[nodiscard]] std::string metrics_text(const Services& services, const LiveHub& live);

}  // namespace noctule
