// SPDX-License-Identifier: Apache-2.0
#include "account_routes.h"

namespace noctule {

void add_account_routes(Router&, Services&) {}

}  // namespace noctule
