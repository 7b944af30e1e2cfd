// SPDX-License-Identifier: Apache-2.0
#include "control_routes.h"

#include <fmt/format.h>

#include <memory>
#include <mutex>

#include "noctule/upkeep/control.h"
#include "version.h"

namespace noctule {
namespace {

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidInput: return 400;
    case ErrorCode::NotFound: return 404;
    case ErrorCode::Exhausted: return 507;
    default: return 500;
  }
}

void answer(std::string_view action, const Request& request, Response& response, Services& services) {
  auto settings = services.settings.lease();
  if (!settings) return response.fail_with(500, settings.error().message);
  const Installation installation{services.folder, **settings, *services.journal, *services.store};
  const Circumstances circumstances{
      .now_ms = services.now_ms(), .running = true, .program = std::string(kVersion), .log_file = services.config.get()->log};
  auto done = perform_upkeep(action, request.body, installation, circumstances);
  if (!done) return response.fail_with(status_of(done.error().code), done.error().message);
  response.json(200, std::move(*done));
}

}  // namespace

void add_control_routes(Router& router, Services& services) {
  const auto busy = std::make_shared<std::mutex>();  // shared by the handlers of all actions
  for (const std::string_view action : kUpkeepActions) {
    router.add(
        Method::Post, fmt::format("/control/{}", action),
        [&services, busy, action](const Request& request, Response& response) {
          const std::unique_lock one(*busy, std::try_to_lock);
          if (!one.owns_lock()) return response.fail_with(409, "a backup, check, export or examination is under way; try again when it is done");
          answer(action, request, response, services);
        },
        {.where = Where::Worker, .body_max = 4'096, .door = Door::Control});
  }
}

}  // namespace noctule
