#pragma once
// SPDX-License-Identifier: Apache-2.0
// POST /control/check, backup, export and doctor, by the unix socket alone: what `noctule db` and `noctule doctor` ask of a running
// server (upkeep/control.h has requests and answers). One at a time.
#include "services.h"

namespace noctule {

void add_control_routes(Router& router, Services& services);

}  // namespace noctule
