#pragma once
// SPDX-License-Identifier: Apache-2.0
// Router: the table of routes. Filled before the server starts, then read by all its threads.
//
//   router.add(Method::Post, "/api/v2/query", handler, {.where = Where::Worker, .body_max = 64 * 1024});
//   router.add(Method::Get, "/api/v1/sites/{domain}/live", handler);      // request.parameters[0]
//
// GET routes answer HEAD too. OPTIONS is answered by the router; a path that is there under other methods gives 405 with Allow.
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/http/message.h"

namespace noctule {

using Handler = std::function<void(const Request&, Response&)>;

enum class Where : uint8_t {
  IoThread,  // must not block: it holds up every connection of its thread
  Worker     // a small pool with a bounded queue; 503 with Retry-After when that is full
};

struct RouteOptions {
  Where where = Where::IoThread;
  size_t body_max = 64 * 1024;    // 413 beyond it
  bool cors = false;              // any page may call it, without credentials
  Door door = Door::Public;       // Control: only by the unix socket, which also serves every Public route
};

struct Route {
  Method method = Method::Get;
  std::string pattern;
  Handler handler;
  RouteOptions options;
};

class Router {
 public:
  // pattern: "/a/{b}/c"; a segment in braces matches one segment that is not empty. A later route with the same method and pattern
  // replaces the earlier one.
  void add(Method method, std::string_view pattern, Handler handler, RouteOptions options = {});
  // What answers a path that no route has (a GET of a single-page application's view); without it, 404.
  void set_fallback(Handler handler) { fallback_.handler = std::move(handler); }

  enum class Outcome : uint8_t { Found, NotFound, MethodNotAllowed, Options };
  struct Match {
    Outcome outcome = Outcome::NotFound;
    const Route* route = nullptr;  // Options: any of the path's routes
    std::string allow;             // MethodNotAllowed, Options: "GET, HEAD, OPTIONS"
  };
  // Fills request.parameters.
  [[nodiscard]] Match find(Request& request) const;
  // "GET /path" of each route, for tests and documents.
  [[nodiscard]] std::vector<std::string> list() const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Group = std::vector<Route>;  // of one pattern
  [[nodiscard]] const Group* find_group(std::string_view path, std::vector<std::string>& parameters) const;
  [[nodiscard]] Match choose(const Group& group, const Request& request) const;

  std::unordered_map<std::string, Group, Hash, std::equal_to<>> exact_;
  std::vector<Group> patterns_;
  Route fallback_;
};

}  // namespace noctule
