// SPDX-License-Identifier: Apache-2.0
#include "routes.h"

#include "account_routes.h"
#include "control_routes.h"
#include "openapi_routes.h"
#include "query_routes.h"
#include "static_routes.h"
#include "status_routes.h"

namespace noctule {

Router make_router(Services& services, CollectService& collect, LiveHub& live) {
  Router router;
  collect.add_routes(router);
  add_query_routes(router, services, live);
  add_static_routes(router);
  add_status_routes(router, services, live);
  add_account_routes(router, services);
  add_control_routes(router, services);
  add_openapi_route(router);
  return router;
}

}  // namespace noctule
