// SPDX-License-Identifier: Apache-2.0
// API keys and shared links: what opens doors without a user.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "noctule/base/text.h"
#include "noctule/privacy/secret.h"
#include "noctule/settings/settings.h"
#include "settings_file.h"

namespace noctule {
namespace {

constexpr std::string_view kKeyMark = "nok_";           // so that scanners for secrets can know one
constexpr size_t kPrefixBytes = 10;                     // shown in lists: the mark and six of 32 characters
constexpr int64_t kUsedGranularityMs = 10 * 60'000;     // a key's use is written down no more often
constexpr std::array kScopes = {Scope::Collect, Scope::Query, Scope::Manage};

int64_t bits_of(const std::vector<Scope>& scopes) {
  int64_t bits = 0;
  for (const Scope scope : scopes) bits |= int64_t{1} << static_cast<int>(scope);
  return bits;
}

std::vector<Scope> scopes_of(int64_t bits) {
  std::vector<Scope> scopes;
  std::ranges::copy_if(kScopes, std::back_inserter(scopes), [&](Scope scope) { return (bits >> static_cast<int>(scope) & 1) != 0; });
  return scopes;
}

Result<void> check_site_exists(SettingsFile& file, SiteId site) {
  NOCT_TRY(sqlite::Statement select, file.prepare("SELECT 1 FROM site WHERE id=?1", site));
  NOCT_TRY(const bool exists, select.step());
  if (!exists) return fail(ErrorCode::NotFound, fmt::format("there is no site {}", static_cast<uint32_t>(site)));
  return {};
}

Result<void> check_expiry(std::string_view what, int64_t expires_ms, int64_t now_ms) {
  if (expires_ms == 0 || expires_ms > now_ms) return {};
  return fail(ErrorCode::InvalidInput, fmt::format("{} that is over already is of no use: its end lies in the past", what));
}

struct KeyRow {
  int64_t id, scopes;
  SiteId site;
  int64_t last_used_ms, expires_ms;
};

// The statement ends here: a write may not follow a read that is still open, since another process may have written meanwhile.
Result<std::optional<KeyRow>> read_key(SettingsFile& file, std::string_view key) {
  NOCT_TRY(sqlite::Statement select, file.prepare("SELECT id, scopes, site, last_used_ms, expires_ms FROM api_key WHERE hash=?1", hash_token(key)));
  NOCT_TRY(const bool row, select.step());
  if (!row) return std::nullopt;
  return KeyRow{select.integer(0), select.integer(1), SiteId{static_cast<uint32_t>(select.integer(2))}, select.integer(3), select.integer(4)};
}

struct LinkRow {
  int64_t id = 0;
  SiteId site = SiteId::None;
  std::string password_hash;
  int64_t expires_ms = 0;
};

Result<std::optional<LinkRow>> find_link(SettingsFile& file, std::string_view token) {
  NOCT_TRY(sqlite::Statement select, file.prepare("SELECT id, site, password_hash, expires_ms FROM shared_link WHERE hash=?1", hash_token(token)));
  NOCT_TRY(const bool row, select.step());
  if (!row) return std::nullopt;
  return LinkRow{select.integer(0), SiteId{static_cast<uint32_t>(select.integer(1))}, std::string(select.text(2)), select.integer(3)};
}

Result<bool> is_right_password(SettingsFile& file, const LinkRow& link, std::string_view password, int64_t now_ms) {
  if (link.password_hash.empty()) return true;
  NOCT_TRY(const std::optional<int64_t> attempt, count_attempt(file, fmt::format("link {}", link.id), now_ms));
  if (!attempt || password.size() > kPasswordBytesMax || !verify_password(link.password_hash, password)) return false;
  if (auto forgotten = forget_attempt(file, *attempt); !forgotten) return std::unexpected(std::move(forgotten).error());
  return true;
}

}  // namespace

Result<std::string> Settings::add_key(const ApiKey& wanted, int64_t now_ms) {
  if (auto checked = check_text(wanted.label, "a key's label", kNameBytesMax); !checked) return std::unexpected(std::move(checked).error());
  if (auto checked = check_expiry("a key", wanted.expires_ms, now_ms); !checked) return std::unexpected(std::move(checked).error());
  if (wanted.scopes.empty()) return fail(ErrorCode::InvalidInput, "a key needs a scope: collect, query or manage");
  std::string key = fmt::format("{}{}", kKeyMark, make_token());
  auto added = state_->change([&]() -> Result<void> {
    if (wanted.site != SiteId::None) {
      if (auto exists = check_site_exists(*state_, wanted.site); !exists) return exists;
    }
    NOCT_TRY([[maybe_unused]] const int64_t rows,
             state_->run("INSERT INTO api_key(label, prefix, hash, scopes, site, created_ms, expires_ms) VALUES (?1, ?2, ?3, ?4, NULLIF(?5, 0), ?6, ?7)", wanted.label,
                         std::string_view(key).substr(0, kPrefixBytes), hash_token(key), bits_of(wanted.scopes), wanted.site, now_ms, wanted.expires_ms));
    return {};
  });
  if (!added) return std::unexpected(std::move(added).error());
  return key;
}

Result<std::vector<ApiKey>> Settings::keys() {
  NOCT_TRY(sqlite::Statement select, state_->prepare("SELECT id, label, prefix, scopes, site, created_ms, last_used_ms, expires_ms FROM api_key ORDER BY id"));
  std::vector<ApiKey> keys;
  for (;;) {
    NOCT_TRY(const bool row, select.step());
    if (!row) return keys;
    keys.push_back({.id = select.integer(0), .label = std::string(select.text(1)), .prefix = std::string(select.text(2)), .scopes = scopes_of(select.integer(3)),
                    .site = SiteId{static_cast<uint32_t>(select.integer(4))}, .created_ms = select.integer(5), .last_used_ms = select.integer(6),
                    .expires_ms = select.integer(7)});
  }
}

Result<void> Settings::remove_key(int64_t id) {
  return state_->change([&]() -> Result<void> {
    NOCT_TRY(const int64_t rows, state_->run("DELETE FROM api_key WHERE id=?1", id));
    if (rows == 0) return fail(ErrorCode::NotFound, fmt::format("there is no key {}", id));
    return {};
  });
}

Result<std::optional<Identity>> Settings::find_key(std::string_view key, int64_t now_ms) {
  NOCT_TRY(const std::optional<KeyRow> found, read_key(*state_, key));
  if (!found || (found->expires_ms != 0 && now_ms >= found->expires_ms)) return std::nullopt;
  if (now_ms - found->last_used_ms >= kUsedGranularityMs) {
    NOCT_TRY([[maybe_unused]] const int64_t rows, state_->run("UPDATE api_key SET last_used_ms=?1 WHERE id=?2", now_ms, found->id));
  }
  Identity identity;
  identity.key = found->id;
  identity.scopes = scopes_of(found->scopes);
  identity.only_site = found->site;
  return identity;
}

Result<std::string> Settings::add_shared_link(const SharedLink& wanted, std::string_view password, int64_t now_ms) {
  if (auto checked = check_text(wanted.name, "a link's name", kNameBytesMax); !checked) return std::unexpected(std::move(checked).error());
  if (auto checked = check_expiry("a link", wanted.expires_ms, now_ms); !checked) return std::unexpected(std::move(checked).error());
  if (password.size() > kPasswordBytesMax) return fail(ErrorCode::InvalidInput, fmt::format("a link's password has at most {} characters", kPasswordBytesMax));
  std::string hash;
  if (!password.empty()) {
    NOCT_TRY(hash, hash_password(password));
  }
  std::string token = make_token();
  auto added = state_->change([&]() -> Result<void> {
    if (auto exists = check_site_exists(*state_, wanted.site); !exists) return exists;
    NOCT_TRY([[maybe_unused]] const int64_t rows,
             state_->run("INSERT INTO shared_link(site, name, hash, password_hash, created_ms, expires_ms) VALUES (?1, ?2, ?3, NULLIF(?4, ''), ?5, ?6)", wanted.site,
                         wanted.name, hash_token(token), hash, now_ms, wanted.expires_ms));
    return {};
  });
  if (!added) return std::unexpected(std::move(added).error());
  return token;
}

Result<std::vector<SharedLink>> Settings::shared_links(SiteId site) {
  NOCT_TRY(sqlite::Statement select, state_->prepare("SELECT id, name, password_hash IS NOT NULL, created_ms, expires_ms FROM shared_link WHERE site=?1 ORDER BY id", site));
  std::vector<SharedLink> links;
  for (;;) {
    NOCT_TRY(const bool row, select.step());
    if (!row) return links;
    links.push_back({.id = select.integer(0), .site = site, .name = std::string(select.text(1)), .has_password = select.integer(2) != 0,
                     .created_ms = select.integer(3), .expires_ms = select.integer(4)});
  }
}

Result<void> Settings::remove_shared_link(int64_t id) {
  return state_->change([&]() -> Result<void> {
    NOCT_TRY(const int64_t rows, state_->run("DELETE FROM shared_link WHERE id=?1", id));
    if (rows == 0) return fail(ErrorCode::NotFound, fmt::format("there is no shared link {}", id));
    return {};
  });
}

Result<std::optional<Identity>> Settings::open_shared_link(std::string_view token, std::string_view password, int64_t now_ms) {
  NOCT_TRY(const std::optional<LinkRow> link, find_link(*state_, token));
  if (!link || (link->expires_ms != 0 && now_ms >= link->expires_ms)) return std::nullopt;
  NOCT_TRY(const bool right, is_right_password(*state_, *link, password, now_ms));
  if (!right) return std::nullopt;
  Identity identity;
  identity.link = link->id;
  identity.only_site = link->site;
  return identity;
}

Result<std::optional<Settings::Login>> Settings::log_in_shared_link(std::string_view token, std::string_view password, int64_t now_ms) {
  NOCT_TRY(const std::optional<Identity> opened, open_shared_link(token, password, now_ms));
  if (!opened) return std::nullopt;
  NOCT_TRY(Login login, start_session(*state_, UserId::None, opened->link, now_ms));
  return login;
}

}  // namespace noctule
