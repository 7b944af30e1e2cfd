#pragma once
// SPDX-License-Identifier: Apache-2.0
// Files that the program carries: the tracker's script, under its own name and under those that pages of other products ask for.
#include "noctule/http/router.h"

namespace noctule {

// Bytes in each content coding, which live as long as the program; an empty one is not there.
struct StaticFile {
  std::string_view path, type, plain, gzip, brotli, etag, cache;
  bool cors = false;
};
// The smallest coding that the client takes, or 304 when it has these bytes already.
void answer_static(const StaticFile& file, const Request& request, Response& response);
void add_static_routes(Router& router);

}  // namespace noctule
