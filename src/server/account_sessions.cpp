// SPDX-License-Identifier: Apache-2.0
// Logging in and out by JSON, and what a user may do to their own account.
#include <fmt/format.h>

#include <array>

#include "account_functions.h"

namespace noctule {
namespace {

Result<User> read_user(AccountCall& call, UserId id) {
  NOCT_TRY(const std::vector<User> users, call.settings.users());
  for (const User& user : users) {
    if (user.id == id) return user;
  }
  return fail(ErrorCode::NotFound, fmt::format("there is no user {}", static_cast<int64_t>(id)));
}

// The password that was sent is the caller's own; so a session left open is not enough to take an account over.
Result<void> check_own_password(AccountCall& call, const std::string& password) {
  NOCT_TRY(const bool right, call.settings.check_password(call.who.user, password, call.now_ms));
  if (!right) return fail(ErrorCode::InvalidInput, "wrong password, or too many wrong ones lately");
  return {};
}

}  // namespace

Result<void> log_in(AccountCall& call) {
  static constexpr std::array<std::string_view, 3> kMembers = {"email", "password", "code"};
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kMembers));
  NOCT_TRY(const std::string email, body.text("email"));
  NOCT_TRY(const std::string password, body.text("password"));
  NOCT_TRY(const std::string code, body.text_or_empty("code"));
  const auto login = call.settings.log_in(email, password, code, call.now_ms);
  if (!login && login.error().code == ErrorCode::InvalidInput) {
    call.response.fail_with(401, login.error().message);
    return {};
  }
  if (!login) return std::unexpected(login.error());
  NOCT_TRY(const std::optional<Identity> who, call.settings.find_session(login->cookie, call.now_ms));
  if (!who) return fail(ErrorCode::Io, "a session that was made is not there");
  NOCT_TRY(const User user, read_user(call, who->user));
  set_session_cookie(call.services, call.request, call.response, login->cookie);
  call.answer(200, {{"csrf", login->csrf}, {"user", user_json(user)}});
  return call.settings.audit(who->actor(), "log in", "", call.now_ms);
}

Result<void> log_out(AccountCall& call) {
  if (auto done = call.settings.log_out(call.request.cookie(kSessionCookie)); !done) return done;
  set_session_cookie(call.services, call.request, call.response, "");
  call.response.status = 204;
  return {};
}

Result<void> show_me(AccountCall& call) {
  JsonValue user;
  if (call.who.user != UserId::None) {
    NOCT_TRY(const User found, read_user(call, call.who.user));
    user = user_json(found);
  }
  JsonValue scopes = JsonValue::array();
  for (const Scope scope : call.who.scopes) scopes.push_back(name_of(scope));
  call.answer(200, {{"actor", call.who.actor()},
                    {"user", user},
                    {"scopes", scopes},
                    {"site", call.who.only_site == SiteId::None ? JsonValue() : JsonValue(static_cast<uint32_t>(call.who.only_site))},
                    {"csrf", call.who.csrf.empty() ? JsonValue() : JsonValue(call.who.csrf)}});
  return {};
}

Result<void> change_own_password(AccountCall& call) {
  static constexpr std::array<std::string_view, 2> kMembers = {"password", "new_password"};
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kMembers));
  NOCT_TRY(const std::string password, body.text("password"));
  NOCT_TRY(const std::string new_password, body.text("new_password"));
  if (auto right = check_own_password(call, password); !right) return right;
  if (auto set = call.settings.set_password(call.who.user, new_password); !set) return set;
  set_session_cookie(call.services, call.request, call.response, "");
  call.response.status = 204;
  return call.audit("password", call.who.actor());
}

Result<void> begin_own_totp(AccountCall& call) {
  static constexpr std::array<std::string_view, 1> kMembers = {"password"};
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kMembers));
  NOCT_TRY(const std::string password, body.text("password"));
  if (auto right = check_own_password(call, password); !right) return right;
  NOCT_TRY(const std::string address, call.settings.begin_totp(call.who.user));
  call.answer(200, {{"otpauth", address}});
  return {};
}

Result<void> confirm_own_totp(AccountCall& call) {
  static constexpr std::array<std::string_view, 1> kMembers = {"code"};
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kMembers));
  NOCT_TRY(const std::string code, body.text("code"));
  if (auto confirmed = call.settings.confirm_totp(call.who.user, code, call.now_ms); !confirmed) return confirmed;
  call.response.status = 204;
  return call.audit("totp on", call.who.actor());
}

Result<void> remove_own_totp(AccountCall& call) {
  static constexpr std::array<std::string_view, 1> kMembers = {"password"};
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kMembers));
  NOCT_TRY(const std::string password, body.text("password"));
  if (auto right = check_own_password(call, password); !right) return right;
  if (auto removed = call.settings.remove_totp(call.who.user); !removed) return removed;
  call.response.status = 204;
  return call.audit("totp off", call.who.actor());
}

}  // namespace noctule
