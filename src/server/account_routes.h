#pragma once
// SPDX-License-Identifier: Apache-2.0
// Routes of people and their keys: set-up, log-in, users, API keys, shared links.
#include "services.h"

namespace noctule {

void add_account_routes(Router& router, Services& services);

}  // namespace noctule
