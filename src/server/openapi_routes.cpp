// SPDX-License-Identifier: Apache-2.0
#include "openapi_routes.h"

#include <fmt/format.h>

#include "embedded_tables.h"
#include "noctule/base/hash.h"
#include "static_routes.h"

namespace noctule {

void add_openapi_route(Router& router) {
  static const std::string etag = fmt::format("\"{:016x}\"", hash_bytes(kTable_openapi));
  const StaticFile file{.path = "/api/openapi.json", .type = "application/json", .plain = kTable_openapi, .gzip = {}, .brotli = {},
                        .etag = etag, .cache = "public, max-age=3600", .cors = true};
  router.add(Method::Get, file.path, [file](const Request& request, Response& response) { answer_static(file, request, response); }, {.cors = true});
}

}  // namespace noctule
