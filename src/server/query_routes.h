#pragma once
// SPDX-License-Identifier: Apache-2.0
// Questions: POST /api/v2/query and live visitors.
#include "live_hub.h"
#include "services.h"

namespace noctule {

void add_query_routes(Router& router, Services& services, LiveHub& live);

// What somebody may see of a site: nullopt: nothing (or there is no such site: the answer does not say which).
struct Access {
  Site site;
  bool published = false;  // by a shared link: small numbers are withheld
};
struct Refused {
  int status = 401;
  std::string message;
};
[[nodiscard]] std::expected<Access, Refused> find_access(const Request& request, Services& services, std::string_view domain);

}  // namespace noctule
