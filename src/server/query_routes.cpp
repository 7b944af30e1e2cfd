// SPDX-License-Identifier: Apache-2.0
#include "query_routes.h"

#include <chrono>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kQueryBodyMax = 64 * 1024;

bool wants_csv(const Request& request) {
  if (const auto format = request.query_value("format")) return *format == "csv";
  return contains_ignoring_case(request.field(Field::Accept), "text/csv");
}

void answer_error(const Error& error, Response& response) {
  switch (error.code) {
    case ErrorCode::InvalidInput: return response.fail_with(400, error.message);
    case ErrorCode::NotFound: return response.fail_with(404, error.message);
    case ErrorCode::Exhausted:
      response.add("Retry-After", "5");
      return response.fail_with(503, error.message);
    default: return response.fail_with(500, "the question could not be answered");
  }
}

void refuse(const Refused& refused, Response& response) {
  if (refused.status == 401) response.add("WWW-Authenticate", "Bearer");
  response.fail_with(refused.status, refused.message);
}

void answer_query(Services& services, const Request& request, Response& response) {
  const auto began = std::chrono::steady_clock::now();
  const auto asked_site = site_of_query(request.body);
  if (!asked_site) return answer_error(asked_site.error(), response);
  const auto access = find_access(request, services, *asked_site);
  if (!access) return refuse(access.error(), response);
  const bool csv = wants_csv(request);
  const QueryContext context{.site = access->site, .now_ms = services.now_ms(), .published = access->published};
  auto answer = services.query->answer(request.body, context, csv ? AnswerFormat::Csv : AnswerFormat::Json);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  services.metrics.query_ms += static_cast<uint64_t>(took.count());
  if (!answer) {
    ++services.metrics.queries_failed;
    if (answer.error().code == ErrorCode::Io || answer.error().code == ErrorCode::Corrupt) {
      services.log.write(LogLevel::Error, "query", {{"error", answer.error().message}});
    }
    return answer_error(answer.error(), response);
  }
  ++services.metrics.queries;
  response.add("Cache-Control", "private, no-store");
  response.text(200, csv ? "text/csv; charset=utf-8" : "application/json", std::move(*answer));
}

void answer_live(Services& services, LiveHub& live, const Request& request, Response& response) {
  const auto access = find_access(request, services, request.parameters.at(0));
  if (!access) return refuse(access.error(), response);
  if (live.readers() >= services.config.get()->live_readers) {
    response.add("Retry-After", "30");
    return response.fail_with(503, "too many follow live visitors already");
  }
  response.content_type = "text/event-stream";
  response.add("Cache-Control", "no-store");
  response.add("X-Accel-Buffering", "no");  // nginx would hold pieces back
  response.stream = [&services, &live, site = access->site.id, k = access->published ? access->site.k_threshold : 0](std::shared_ptr<StreamWriter> writer) {
    live.follow({site, k, std::move(writer)}, services.config.get()->live_readers, services.now_ms());
  };
}

}  // namespace

std::expected<Access, Refused> find_access(const Request& request, Services& services, std::string_view domain) {
  constexpr std::string_view kNoSuch = "there is no such site, or this key may not read it";
  auto settings = services.settings.lease();
  if (!settings) return std::unexpected(Refused{500, "the settings cannot be read"});
  const auto who = identify(request, **settings, services.now_ms());
  if (!who) return std::unexpected(Refused{500, "the settings cannot be read"});
  if (!*who) return std::unexpected(Refused{401, "an API key with the scope query is needed, or a session: Authorization: Bearer KEY"});
  if (!has_scope(**who, Scope::Query)) return std::unexpected(Refused{403, "this key has not the scope query"});
  const auto book = services.sites.get();
  const Site* site = book->find_domain(domain);
  if (!site) return std::unexpected(Refused{404, std::string(kNoSuch)});
  const auto role = (*settings)->role_of(**who, site->id);
  if (!role || !*role) return std::unexpected(Refused{404, std::string(kNoSuch)});
  return Access{*site, (*who)->link != 0};
}

void add_query_routes(Router& router, Services& services, LiveHub& live) {
  router.add(Method::Post, "/api/v2/query", [&services](const Request& request, Response& response) { answer_query(services, request, response); },
             {.where = Where::Worker, .body_max = kQueryBodyMax});
  router.add(Method::Get, "/api/v1/sites/{domain}/live",
             [&services, &live](const Request& request, Response& response) { answer_live(services, live, request, response); }, {.where = Where::Worker});
}

}  // namespace noctule
