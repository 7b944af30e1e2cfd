// SPDX-License-Identifier: Apache-2.0
// Users, their passwords and roles, and the set-up of the first.
#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/nearest.h"
#include "noctule/base/text.h"
#include "noctule/privacy/secret.h"
#include "noctule/settings/settings.h"
#include "settings_file.h"

namespace noctule {
namespace {

constexpr std::string_view kUserColumns = "id, email, name, administrator, totp_secret IS NOT NULL, created_ms, last_login_ms";

User user_of(const sqlite::Statement& row) {
  return {.id = UserId{row.integer(0)}, .email = std::string(row.text(1)), .name = std::string(row.text(2)), .administrator = row.integer(3) != 0,
          .totp = row.integer(4) != 0, .created_ms = row.integer(5), .last_login_ms = row.integer(6)};
}

// No more than is needed to catch a slip: whether an address exists only a message to it can tell.
Result<std::string> check_email(std::string_view typed) {
  const std::string_view email = trim(typed);
  if (auto checked = check_text(email, "an e-mail address", kEmailBytesMax); !checked) return std::unexpected(std::move(checked).error());
  const size_t at = email.find('@');
  const bool one_at = at != std::string_view::npos && at > 0 && at + 1 < email.size() && email.find('@', at + 1) == std::string_view::npos;
  if (!one_at || email.find_first_of(" ,;<>\"") != std::string_view::npos) {
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no e-mail address (expected like somebody@example.org)", printable(email, 80)));
  }
  return lower(email);
}

Result<std::string> check_and_hash(std::string_view password) {
  if (password.size() < kPasswordBytesMin || password.size() > kPasswordBytesMax) {
    return fail(ErrorCode::InvalidInput, fmt::format("a password has {} to {} characters", kPasswordBytesMin, kPasswordBytesMax));
  }
  return hash_password(password);
}

Result<User> read_user(SettingsFile& file, UserId id) {
  NOCT_TRY(sqlite::Statement select, file.prepare(fmt::format("SELECT {} FROM user WHERE id=?1", kUserColumns), id));
  NOCT_TRY(const bool row, select.step());
  if (!row) return fail(ErrorCode::NotFound, fmt::format("there is no user {}", static_cast<int64_t>(id)));
  return user_of(select);
}

// Empty: there is no such user.
Result<std::string> read_password_hash(SettingsFile& file, UserId id) {
  NOCT_TRY(sqlite::Statement select, file.prepare("SELECT password_hash FROM user WHERE id=?1", id));
  NOCT_TRY([[maybe_unused]] const bool row, select.step());
  return std::string(select.text(0));
}

// Within a transaction.
Result<UserId> insert_user(SettingsFile& file, const std::string& email, const std::string& hash, const Settings::NewUser& wanted) {
  NOCT_TRY(sqlite::Statement same, file.prepare("SELECT 1 FROM user WHERE email=?1", email));
  NOCT_TRY(const bool exists, same.step());
  if (exists) return fail(ErrorCode::InvalidInput, fmt::format("user {} exists already", email));
  NOCT_TRY([[maybe_unused]] const int64_t rows,
           file.run("INSERT INTO user(email, name, password_hash, administrator, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)", email, wanted.name, hash,
                    int64_t{wanted.administrator}, wanted.now_ms));
  return UserId{file.database.last_insert_id()};
}

Result<int64_t> count_users(SettingsFile& file) {
  NOCT_TRY(sqlite::Statement count, file.prepare("SELECT COUNT(*) FROM user"));
  return one_integer(std::move(count));
}

// Nobody but `id` is an administrator.
Result<bool> is_last_administrator(SettingsFile& file, const User& user) {
  NOCT_TRY(sqlite::Statement count, file.prepare("SELECT COUNT(*) FROM user WHERE administrator<>0 AND id<>?1", user.id));
  NOCT_TRY(const int64_t others, one_integer(std::move(count)));
  return user.administrator && others == 0;
}

// Whether the token is the one that was given out, still is in time, and nobody has been set up since.
Result<bool> is_valid_setup_token(SettingsFile& file, std::string_view token, int64_t now_ms) {
  NOCT_TRY(const int64_t people, count_users(file));
  NOCT_TRY(sqlite::Statement select, file.prepare("SELECT (SELECT value FROM meta WHERE name='setup_hash'), (SELECT value FROM meta WHERE name='setup_expires_ms')"));
  NOCT_TRY([[maybe_unused]] const bool row, select.step());
  return people == 0 && equal_secrets(select.text(0), hash_token(token)) && now_ms < select.integer(1);
}

std::unexpected<Error> no_setup() {
  return fail(ErrorCode::InvalidInput, "this set-up link was used, is over or never was; start the server again for a new one");
}

}  // namespace

Result<User> Settings::add_user(const NewUser& wanted) {
  NOCT_TRY(const std::string email, check_email(wanted.email));
  if (auto checked = check_text(wanted.name, "a name", kNameBytesMax); !checked) return std::unexpected(std::move(checked).error());
  NOCT_TRY(const std::string hash, check_and_hash(wanted.password));
  UserId id = UserId::None;
  auto added = state_->change([&]() -> Result<void> {
    NOCT_TRY(id, insert_user(*state_, email, hash, wanted));
    return {};
  });
  if (!added) return std::unexpected(std::move(added).error());
  return read_user(*state_, id);
}

Result<std::vector<User>> Settings::users() {
  NOCT_TRY(sqlite::Statement select, state_->prepare(fmt::format("SELECT {} FROM user ORDER BY email", kUserColumns)));
  std::vector<User> users;
  for (;;) {
    NOCT_TRY(const bool row, select.step());
    if (!row) return users;
    users.push_back(user_of(select));
  }
}

Result<User> Settings::find_user(std::string_view email) {
  NOCT_TRY(const std::vector<User> all, users());
  std::vector<std::string> emails;
  for (const User& user : all) {
    if (equals_ignoring_case(user.email, trim(email))) return user;
    emails.push_back(user.email);
  }
  const std::string_view nearest = nearest_name(trim(email), emails);
  return fail(ErrorCode::NotFound, fmt::format("there is no user \"{}\"{}", printable(email, 80), nearest.empty() ? "" : fmt::format("; the nearest is {}", nearest)));
}

Result<void> Settings::remove_user(UserId id) {
  return state_->change([&]() -> Result<void> {
    NOCT_TRY(const User user, read_user(*state_, id));
    NOCT_TRY(const bool last, is_last_administrator(*state_, user));
    if (last) {
      return fail(ErrorCode::InvalidInput, fmt::format("{} is the last administrator; add another first", user.email));
    }
    NOCT_TRY([[maybe_unused]] const int64_t rows, state_->run("DELETE FROM user WHERE id=?1", id));
    return {};
  });
}

Result<void> Settings::set_administrator(UserId id, bool administrator) {
  return state_->change([&]() -> Result<void> {
    NOCT_TRY(const User user, read_user(*state_, id));
    NOCT_TRY(const bool last, is_last_administrator(*state_, user));
    if (last && !administrator) return fail(ErrorCode::InvalidInput, fmt::format("{} is the last administrator; name another first", user.email));
    NOCT_TRY([[maybe_unused]] const int64_t rows, state_->run("UPDATE user SET administrator=?1 WHERE id=?2", int64_t{administrator}, id));
    return {};
  });
}

Result<void> Settings::set_password(UserId id, std::string_view password) {
  NOCT_TRY(const std::string hash, check_and_hash(password));
  return state_->change([&]() -> Result<void> {
    NOCT_TRY(const int64_t rows, state_->run("UPDATE user SET password_hash=?1 WHERE id=?2", hash, id));
    if (rows == 0) return fail(ErrorCode::NotFound, fmt::format("there is no user {}", static_cast<int64_t>(id)));
    NOCT_TRY([[maybe_unused]] const int64_t ended, state_->run("DELETE FROM session WHERE user=?1", id));
    return {};
  });
}

Result<bool> Settings::check_password(UserId id, std::string_view password, int64_t now_ms) {
  if (password.size() > kPasswordBytesMax) return false;
  NOCT_TRY(const std::string hash, read_password_hash(*state_, id));
  NOCT_TRY(const std::optional<int64_t> attempt, count_attempt(*state_, fmt::format("password {}", static_cast<int64_t>(id)), now_ms));
  if (!attempt || hash.empty() || !verify_password(hash, password)) return false;
  if (auto forgotten = forget_attempt(*state_, *attempt); !forgotten) return std::unexpected(std::move(forgotten).error());
  return true;
}

Result<void> Settings::set_role(UserId id, SiteId site, std::optional<Role> role) {
  return state_->change([&]() -> Result<void> {
    if (!role) {
      NOCT_TRY([[maybe_unused]] const int64_t rows, state_->run("DELETE FROM role WHERE user=?1 AND site=?2", id, site));
      return {};
    }
    NOCT_TRY(const int64_t rows, state_->run("INSERT INTO role(user, site, role) SELECT user.id, site.id, ?3 FROM user, site WHERE user.id=?1 AND site.id=?2 "
                                             "ON CONFLICT DO UPDATE SET role=excluded.role", id, site, static_cast<int64_t>(*role)));
    if (rows == 0) return fail(ErrorCode::NotFound, fmt::format("there is no user {} or no site {}", static_cast<int64_t>(id), static_cast<uint32_t>(site)));
    return {};
  });
}

Result<std::vector<SiteRole>> Settings::roles() {
  NOCT_TRY(sqlite::Statement select, state_->prepare("SELECT user, site, role FROM role ORDER BY user, site"));
  std::vector<SiteRole> roles;
  for (;;) {
    NOCT_TRY(const bool row, select.step());
    if (!row) return roles;
    roles.push_back({UserId{select.integer(0)}, SiteId{static_cast<uint32_t>(select.integer(1))}, static_cast<Role>(select.integer(2))});
  }
}

Result<std::optional<Role>> Settings::role_of(const Identity& who, SiteId site) {
  NOCT_TRY(sqlite::Statement select, state_->prepare("SELECT (SELECT role FROM role WHERE user=?1 AND site=site.id) FROM site WHERE id=?2", who.user, site));
  NOCT_TRY(const bool exists, select.step());
  const bool other_site = who.only_site != SiteId::None && who.only_site != site;
  if (!exists || other_site) return std::nullopt;
  const auto has = [&](Scope scope) { return std::ranges::find(who.scopes, scope) != who.scopes.end(); };
  if (who.key != 0) return has(Scope::Manage) ? std::optional(Role::Owner) : has(Scope::Query) ? std::optional(Role::Viewer) : std::nullopt;
  if (who.link != 0) return who.only_site == site ? std::optional(Role::Viewer) : std::nullopt;
  if (who.user == UserId::None) return std::nullopt;
  if (who.administrator) return Role::Owner;
  return select.is_null(0) ? std::nullopt : std::optional(static_cast<Role>(select.integer(0)));
}

Result<std::string> Settings::make_setup_token(int64_t now_ms) {
  std::string token = make_token();
  auto made = state_->database.transact([&]() -> Result<void> {
    NOCT_TRY(const int64_t people, count_users(*state_));
    if (people > 0) return fail(ErrorCode::InvalidInput, "set-up is over: there is a user already (noctule user add)");
    NOCT_TRY([[maybe_unused]] const int64_t rows,
             state_->run("INSERT OR REPLACE INTO meta VALUES ('setup_hash', ?1), ('setup_expires_ms', ?2)", hash_token(token), now_ms + kSetupTokenLifeMs));
    return {};
  });
  if (!made) return std::unexpected(std::move(made).error());
  return token;
}

Result<bool> Settings::is_setup_token(std::string_view token, int64_t now_ms) { return is_valid_setup_token(*state_, token, now_ms); }

Result<User> Settings::set_up(std::string_view token, std::string_view email, std::string_view password, int64_t now_ms) {
  // Asked before the costly hash too: strangers shall not make the server work.
  NOCT_TRY(const bool worth_hashing, is_valid_setup_token(*state_, token, now_ms));
  if (!worth_hashing) return no_setup();
  NOCT_TRY(const std::string address, check_email(email));
  NOCT_TRY(const std::string hash, check_and_hash(password));
  UserId id = UserId::None;
  auto added = state_->change([&]() -> Result<void> {
    NOCT_TRY(const bool valid, is_valid_setup_token(*state_, token, now_ms));
    if (!valid) return no_setup();
    NOCT_TRY([[maybe_unused]] const int64_t used_up, state_->run("DELETE FROM meta WHERE name IN ('setup_hash', 'setup_expires_ms')"));
    NOCT_TRY(id, insert_user(*state_, address, hash, {.email = address, .password = {}, .name = {}, .administrator = true, .now_ms = now_ms}));
    return {};
  });
  if (!added) return std::unexpected(std::move(added).error());
  return read_user(*state_, id);
}

}  // namespace noctule
