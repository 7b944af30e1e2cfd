// SPDX-License-Identifier: Apache-2.0
#include "account_call.h"

#include <fmt/format.h>

#include <array>

#include "noctule/base/text.h"
#include "noctule/privacy/secret.h"

namespace noctule {
namespace {

constexpr size_t kAccountBodyMax = 64 * 1024;

// A refusal: its status and words. Status 0: none.
struct Refusal {
  int status = 0;
  std::string_view message;
};
constexpr Refusal kNobody = {401, "log in, or send \"Authorization: Bearer KEY\""};
constexpr Refusal kForbidden = {403, "you may not do this"};
constexpr Refusal kNoCsrf = {403, "the header X-CSRF-Token lacks or is not this session's (GET /api/v1/me tells it)"};
constexpr Refusal kNoSite = {404, "there is no such site, or you may not see it"};

bool needs_site(Needs needs) {
  return needs == Needs::SiteViewer || needs == Needs::SiteEditor || needs == Needs::SiteOwner || needs == Needs::SiteOwnerUser;
}

Role least_role(Needs needs) {
  return needs == Needs::SiteViewer ? Role::Viewer : needs == Needs::SiteEditor ? Role::Editor : Role::Owner;
}

bool changes_something(Method method) { return method != Method::Get && method != Method::Head; }

// A site that somebody has no role on is answered like one that is not there: who asks shall not learn which exist.
Result<Refusal> check_site(AccountCall& call, Needs needs) {
  auto site = call.settings.find_site(call.parameter(0));
  if (!site && site.error().code == ErrorCode::NotFound) return kNoSite;
  if (!site) return std::unexpected(std::move(site).error());
  NOCT_TRY(const std::optional<Role> role, call.settings.role_of(call.who, site->id));
  if (!role) return kNoSite;
  if (*role < least_role(needs) || (needs == Needs::SiteOwnerUser && call.who.user == UserId::None)) return kForbidden;
  call.site = *std::move(site);
  return Refusal{};
}

bool manages_all(const Identity& who) {
  return who.administrator || (who.key != 0 && who.only_site == SiteId::None && has_scope(who, Scope::Manage));
}

Result<Refusal> check_access(AccountCall& call, Needs needs) {
  if (needs == Needs::Nothing) return Refusal{};
  NOCT_TRY(std::optional<Identity> who, identify(call.request, call.settings, call.now_ms));
  if (!who) return kNobody;
  call.who = *std::move(who);
  const bool session = call.who.key == 0;
  if (session && changes_something(call.request.method) && !equal_secrets(call.who.csrf, call.request.field(Field::XCsrfToken))) return kNoCsrf;
  if (needs == Needs::User && call.who.user == UserId::None) return kForbidden;
  if (needs == Needs::Manager && !manages_all(call.who)) return kForbidden;
  if (needs == Needs::Administrator && !call.who.administrator) return kForbidden;
  return needs_site(needs) ? check_site(call, needs) : Refusal{};
}

bool is_json(std::string_view content_type) {
  return equals_ignoring_case(trim(content_type.substr(0, content_type.find(';'))), "application/json");
}

void answer_error(AccountCall& call, const Error& error) {
  switch (error.code) {
    case ErrorCode::Unreadable: return call.response.fail_with(400, error.message);
    case ErrorCode::NotFound: return call.response.fail_with(404, error.message);
    case ErrorCode::InvalidInput: return call.response.fail_with(422, error.message);
    case ErrorCode::Exhausted: return call.response.fail_with(503, error.message);
    default: break;
  }
  call.services.log.write(LogLevel::Error, "settings_failed", {{"reason", error.message}});
  call.response.fail_with(500, "this could not be done; the server's log says why");
}

void handle(Services& services, const AccountRoute& route, const Request& request, Response& response) {
  response.add("Cache-Control", "no-store");
  auto settings = services.settings.lease();
  if (!settings) {
    services.log.write(LogLevel::Error, "settings_failed", {{"reason", settings.error().message}});
    return response.fail_with(503, "the settings cannot be opened; the server's log says why");
  }
  AccountCall call{request, response, services, **settings, services.now_ms(), {}, {}};
  const auto refusal = check_access(call, route.needs);
  if (!refusal) return answer_error(call, refusal.error());
  if (refusal->status == 401) response.add("WWW-Authenticate", "Bearer");
  if (refusal->status != 0) return response.fail_with(refusal->status, refusal->message);
  // After the refusals: who may not call a route shall not learn how.
  if (route.body == Body::Object && !is_json(request.field(Field::ContentType))) {
    return response.fail_with(415, "the body must be JSON, and Content-Type say so: application/json");
  }
  if (const auto done = route.function(call); !done) answer_error(call, done.error());
}

// "https://example.org:8443" -> "example.org:8443"
std::string_view authority_of(std::string_view origin) {
  const size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

}  // namespace

void add_route(Router& router, Services& services, const AccountRoute& route) {
  router.add(route.method, route.pattern, [&services, route](const Request& request, Response& response) { handle(services, route, request, response); },
             {.where = Where::Worker, .body_max = kAccountBodyMax});
}

Result<int64_t> number_in_path(const AccountCall& call, size_t index) {
  const auto number = parse_decimal(call.parameter(index));
  if (!number || *number > INT64_MAX) return fail(ErrorCode::NotFound, fmt::format("\"{}\" is no number of anything here", printable(call.parameter(index), 40)));
  return static_cast<int64_t>(*number);
}

bool is_from_own_page(const Request& request) {
  const std::string_view site = request.field(Field::SecFetchSite);
  if (!site.empty()) return site == "same-origin" || site == "none";
  const std::string_view origin = request.field(Field::Origin);
  return origin.empty() || equals_ignoring_case(authority_of(origin), request.field(Field::Host));
}

void set_session_cookie(const Services& services, const Request& request, Response& response, std::string_view cookie) {
  const bool secure = request.secure || services.base_url().starts_with("https://");
  response.add("Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", kSessionCookie, cookie,
                                         cookie.empty() ? 0 : kSessionLifeMs / 1000, secure ? "; Secure" : ""));
}

}  // namespace noctule
