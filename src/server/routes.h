#pragma once
// SPDX-License-Identifier: Apache-2.0
// All routes of the server, gathered from the files that declare them.
#include "collect_service.h"
#include "live_hub.h"
#include "services.h"

namespace noctule {

[[nodiscard]] Router make_router(Services& services, CollectService& collect, LiveHub& live);

}  // namespace noctule
