// SPDX-License-Identifier: Apache-2.0
#include "static_routes.h"

#include <algorithm>

#include "noctule/base/text.h"
#include "noctule/tracker/tracker_script.h"

namespace noctule {
namespace {

// Our own path first; the others are those of Plausible, Umami and GoatCounter: a page that only changes the host in its script's
// address gets this script, which knows its site by the page's host.
constexpr std::string_view kTrackerPaths[] = {"/noctule.js", "/js/noctule.js", "/js/script.js", "/js/plausible.js", "/script.js", "/count.js"};

// Whether a list as in Accept-Encoding names this one, and not with a weight of zero (RFC 9110, 12.5.3).
bool accepts_coding(std::string_view list, std::string_view coding) {
  while (!list.empty()) {
    const size_t end = std::min(list.find(','), list.size());
    std::string_view item = trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    const size_t semicolon = std::min(item.find(';'), item.size());
    std::string_view weight = trim(item.substr(std::min(semicolon + 1, item.size())));
    if (!equals_ignoring_case(trim(item.substr(0, semicolon)), coding)) continue;
    if (!starts_with_ignoring_case(weight, "q=")) return true;
    weight.remove_prefix(2);
    return weight.find_first_not_of("0.") != std::string_view::npos;
  }
  return false;
}

// If-None-Match: a list of tags, each perhaps with W/ before it; weak comparison (RFC 9110, 13.1.2).
bool names_tag(std::string_view list, std::string_view etag) {
  return trim(list) == "*" || list.find(etag) != std::string_view::npos;
}

}  // namespace

void answer_static(const StaticFile& file, const Request& request, Response& response) {
  response.add("ETag", file.etag);
  response.add("Cache-Control", file.cache);
  response.add("Vary", "Accept-Encoding");
  if (file.cors) response.add("Cross-Origin-Resource-Policy", "cross-origin");
  if (const std::string_view known = request.field(Field::IfNoneMatch); !known.empty() && names_tag(known, file.etag)) {
    response.status = 304;
    return;
  }
  response.content_type = file.type;
  response.body_view = file.plain;
  const std::string_view codings = request.field(Field::AcceptEncoding);
  if (!file.brotli.empty() && accepts_coding(codings, "br")) {
    response.add("Content-Encoding", "br");
    response.body_view = file.brotli;
  } else if (!file.gzip.empty() && accepts_coding(codings, "gzip")) {
    response.add("Content-Encoding", "gzip");
    response.body_view = file.gzip;
  }
}

void add_static_routes(Router& router) {
  const TrackerScript& script = tracker_script();
  for (const std::string_view path : kTrackerPaths) {
    const StaticFile file{path, "text/javascript; charset=utf-8", script.plain, script.gzip, script.brotli, script.etag, "public, max-age=86400, stale-while-revalidate=604800", true};
    router.add(Method::Get, path, [file](const Request& request, Response& response) { answer_static(file, request, response); }, {.cors = true});
  }
}

}  // namespace noctule
