#pragma once
// SPDX-License-Identifier: Apache-2.0
// Routes of people and their keys: set-up, log-in, users, API keys, shared links.
#include "services.h"

namespace noctule {

// Where the first account is made: this, then the token.
inline constexpr std::string_view kSetupPath = "/setup/";

void add_account_routes(Router& router, Services& services);

}  // namespace noctule
