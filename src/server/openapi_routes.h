#pragma once
// SPDX-License-Identifier: Apache-2.0
// GET /api/openapi.json: the document of all routes that anybody can reach. docs/openapi.json is built into the program, and a test
// keeps it and the router the same.
#include "noctule/http/router.h"

namespace noctule {

void add_openapi_route(Router& router);

}  // namespace noctule
