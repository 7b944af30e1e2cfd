// SPDX-License-Identifier: Apache-2.0
// By JSON, for administrators: users, API keys of all sites, the audit log.
#include <fmt/format.h>

#include <array>

#include "account_functions.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kAuditDefault = 100, kAuditMax = 1'000;

}  // namespace

Result<void> list_users(AccountCall& call) {
  NOCT_TRY(const std::vector<User> users, call.settings.users());
  JsonValue list = JsonValue::array();
  for (const User& user : users) list.push_back(user_json(user));
  call.answer(200, {{"users", list}});
  return {};
}

Result<void> create_user(AccountCall& call) {
  static constexpr std::array<std::string_view, 4> kMembers = {"email", "password", "name", "administrator"};
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kMembers));
  NOCT_TRY(const std::string email, body.text("email"));
  NOCT_TRY(const std::string password, body.text("password"));
  NOCT_TRY(const std::string name, body.text_or_empty("name"));
  NOCT_TRY(const bool administrator, body.flag_or_false("administrator"));
  NOCT_TRY(const User user,
           call.settings.add_user({.email = email, .password = password, .name = name, .administrator = administrator, .now_ms = call.now_ms}));
  call.answer(201, user_json(user));
  return call.audit("user add", fmt::format("user {}", static_cast<int64_t>(user.id)));
}

Result<void> change_user(AccountCall& call) {
  static constexpr std::array<std::string_view, 2> kMembers = {"administrator", "password"};
  NOCT_TRY(const int64_t id, number_in_path(call, 0));
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kMembers));
  if (body.has("administrator")) {
    NOCT_TRY(const bool administrator, body.flag_or_false("administrator"));
    if (auto set = call.settings.set_administrator(UserId{id}, administrator); !set) return set;
    if (auto noted = call.audit(administrator ? "user admin" : "user admin off", fmt::format("user {}", id)); !noted) return noted;
  }
  if (body.has("password")) {
    NOCT_TRY(const std::string password, body.text("password"));
    if (auto set = call.settings.set_password(UserId{id}, password); !set) return set;
    if (auto noted = call.audit("user password", fmt::format("user {}", id)); !noted) return noted;
  }
  call.response.status = 204;
  return {};
}

Result<void> remove_user(AccountCall& call) {
  NOCT_TRY(const int64_t id, number_in_path(call, 0));
  if (auto removed = call.settings.remove_user(UserId{id}); !removed) return removed;
  call.response.status = 204;
  return call.audit("user remove", fmt::format("user {}", id));
}

Result<void> answer_keys(AccountCall& call, SiteId site) {
  NOCT_TRY(const std::vector<ApiKey> keys, call.settings.keys());
  JsonValue list = JsonValue::array();
  for (const ApiKey& key : keys) {
    if (site == SiteId::None || key.site == site) list.push_back(key_json(key));
  }
  call.answer(200, {{"keys", list}});
  return {};
}

Result<void> create_key(AccountCall& call, SiteId site) {
  static constexpr std::array<std::string_view, 3> kMembers = {"label", "scopes", "expires_at"};
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kMembers));
  ApiKey wanted;
  wanted.site = site;
  NOCT_TRY(wanted.label, body.text("label"));
  NOCT_TRY(wanted.expires_ms, read_expiry(body));
  NOCT_TRY(const std::vector<std::string> scopes, body.texts("scopes"));
  for (const std::string& name : scopes) {
    const auto scope = scope_named(name);
    if (!scope) return fail(ErrorCode::Unreadable, "\"scopes\" are of collect, query and manage");
    wanted.scopes.push_back(*scope);
  }
  NOCT_TRY(const std::string key, call.settings.add_key(wanted, call.now_ms));
  call.answer(201, {{"key", key}});
  return call.audit("key add", wanted.label);
}

Result<void> list_keys(AccountCall& call) { return answer_keys(call, SiteId::None); }
Result<void> add_key(AccountCall& call) { return create_key(call, SiteId::None); }

Result<void> remove_key(AccountCall& call) {
  NOCT_TRY(const int64_t id, number_in_path(call, 0));
  if (auto removed = call.settings.remove_key(id); !removed) return removed;
  call.response.status = 204;
  return call.audit("key remove", fmt::format("key {}", id));
}

Result<void> show_audit(AccountCall& call) {
  const auto limit = call.request.query_value("limit");
  const auto count = limit ? parse_decimal(*limit) : kAuditDefault;
  if (!count || *count > kAuditMax) return fail(ErrorCode::Unreadable, fmt::format("\"limit\" must be a whole number from 0 to {}", kAuditMax));
  NOCT_TRY(const std::vector<AuditEntry> entries, call.settings.audit_log(*count));
  JsonValue list = JsonValue::array();
  for (const AuditEntry& entry : entries) {
    list.push_back({{"at", instant_json(entry.instant_ms)}, {"actor", entry.actor}, {"action", entry.action}, {"object", entry.object}});
  }
  call.answer(200, {{"entries", list}});
  return {};
}

}  // namespace noctule
