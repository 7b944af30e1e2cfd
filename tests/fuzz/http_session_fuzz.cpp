// SPDX-License-Identifier: Apache-2.0
// Bytes as they come from a connection, cut where the first ones say: no crash, no read outside a buffer, answers in HTTP, and the
// connection waits or ends.
#include <cstdint>
#include <cstdlib>

#include "fake_session.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace noctule;
  static const HttpOptions options;
  static const Router* const routes = [] {
    auto* router = new Router();
    router->add(Method::Get, "/a/{b}", [](const Request& request, Response& response) {
      response.text(200, "text/plain", request.parameters.at(0));
      response.add("X-Query", request.query_value("q").value_or(""));
      response.add("X-Cookie", request.cookie("c"));
    });
    router->add(Method::Post, "/e", [](const Request& request, Response& response) {
      volatile char beyond = request.body.data()[request.body.size() + kRequestPadding - 1];  // promised to be readable
      static_cast<void>(beyond);
      response.text(200, "text/plain", std::string(request.body));
    }, {.body_max = 4096, .cors = true});
    return router;
  }();
  if (size < 2) return 0;
  const size_t step = 1 + data[0] % 64;
  const std::string bytes(data + 1, data + size);
  testing::FakeHost host(*routes, options);
  const auto session = std::make_shared<testing::FakeSession>(host, Peer{"192.0.2.1", false, Door::Public});
  session->start();
  for (size_t at = 0; at < bytes.size(); at += step) session->feed(std::string_view(bytes).substr(at, step));
  if (!session->closed && !session->wants_bytes()) std::abort();
  if (!session->output.empty() && !session->output.starts_with("HTTP/1.1 ")) std::abort();
  if (session->wants_bytes()) session->on_read(0);
  if (!session->closed) std::abort();
  return 0;
}
