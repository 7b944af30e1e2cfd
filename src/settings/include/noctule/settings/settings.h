#pragma once
// SPDX-License-Identifier: Apache-2.0
// Settings: sites, people, keys, sessions, shared links, channel rules and the audit log, in one SQLite file that several
// processes may use at once (`noctule site add` beside a running server). One thread uses one Settings; open several.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/settings/site.h"

namespace noctule {

enum class UserId : int64_t { None = 0 };
enum class Role : uint8_t { Viewer, Editor, Owner };  // ordered
enum class Scope : uint8_t { Collect, Query, Manage };  // of an API key

struct User {
  UserId id = UserId::None;
  std::string email, name;
  bool administrator = false, totp = false;
  int64_t created_ms = 0, last_login_ms = 0;
};

struct ApiKey {
  int64_t id = 0;
  std::string label, prefix;       // the first characters, to tell keys apart
  std::vector<Scope> scopes;
  SiteId site = SiteId::None;      // None: all sites
  int64_t created_ms = 0, last_used_ms = 0, expires_ms = 0;  // 0: never
};

struct SharedLink {
  int64_t id = 0;
  SiteId site = SiteId::None;
  std::string name;
  bool has_password = false;
  int64_t expires_ms = 0;
};

// A rule of a site (None: of all): where field op value holds, the visit's channel is this one. In order of position.
struct ChannelRule {
  int64_t id = 0;
  SiteId site = SiteId::None;
  int position = 0;
  std::string field;   // "source", "referrer", "utm_source", "utm_medium", "utm_campaign", "app", "entry_page", "channel"
  std::string op;      // "is", "is_not", "contains", "starts_with", "matches"
  std::string value;
  std::string channel; // a name of Channel, or a text of the operator's own
};

struct AuditEntry {
  int64_t instant_ms = 0;
  std::string actor;   // "user 3", "key 2", "command line": never an address
  std::string action, object;
};

// Who asks, as a session, an API key or a shared link proved it.
struct Identity {
  UserId user = UserId::None;
  int64_t key = 0, link = 0;
  bool administrator = false;
  SiteId only_site = SiteId::None;
  std::vector<Scope> scopes;       // of a key; a session has all that its role gives
  std::string csrf;                // of a session
  [[nodiscard]] std::string actor() const;
};

class Settings {
 public:
  // folder/settings.db; created and migrated (after a copy beside it). Error: Io, Corrupt, InvalidInput (newer).
  static Result<Settings> open(const std::string& folder);
  Settings(Settings&&) noexcept;
  Settings& operator=(Settings&&) noexcept;
  ~Settings();

  // Changes when anybody changed anything; ask before a SiteBook is made anew.
  Result<int64_t> version();

  Result<Site> add_site(std::string_view domain, const Site& wanted);  // InvalidInput: no domain, or it exists
  Result<void> change_site(const Site& site);
  Result<void> remove_site(SiteId id);
  Result<std::vector<Site>> sites();

  Result<User> add_user(std::string_view email, std::string_view password, bool administrator);
  Result<std::vector<User>> users();
  Result<void> remove_user(UserId id);
  Result<void> set_password(UserId id, std::string_view password);
  Result<void> set_role(UserId id, SiteId site, std::optional<Role> role);  // nullopt: takes it away
  Result<std::optional<Role>> role_of(const Identity& who, SiteId site);    // owner for administrators

  // One-time set-up: a token while there is no user; used up by the first administrator.
  Result<std::string> make_setup_token(int64_t now_ms);
  Result<User> set_up(std::string_view token, std::string_view email, std::string_view password, int64_t now_ms);

  // Error: InvalidInput "wrong e-mail address, password or code", also when an attempt was throttled, with the same time taken.
  struct Login { std::string cookie, csrf; };
  Result<Login> log_in(std::string_view email, std::string_view password, std::string_view totp_code, int64_t now_ms);
  Result<std::optional<Identity>> find_session(std::string_view cookie, int64_t now_ms);
  Result<void> log_out(std::string_view cookie);
  Result<std::string> begin_totp(UserId id);                   // the otpauth:// address
  Result<void> confirm_totp(UserId id, std::string_view code, int64_t now_ms);

  Result<std::string> add_key(const ApiKey& wanted, int64_t now_ms);  // the key itself, shown once
  Result<std::vector<ApiKey>> keys();
  Result<void> remove_key(int64_t id);
  Result<std::optional<Identity>> find_key(std::string_view key, int64_t now_ms);

  Result<std::string> add_shared_link(const SharedLink& wanted, std::string_view password, int64_t now_ms);
  Result<std::vector<SharedLink>> shared_links(SiteId site);
  Result<void> remove_shared_link(int64_t id);
  Result<std::optional<Identity>> open_shared_link(std::string_view token, std::string_view password, int64_t now_ms);

  Result<std::vector<ChannelRule>> channel_rules(SiteId site);  // those of all sites included
  Result<void> set_channel_rules(SiteId site, const std::vector<ChannelRule>& rules);

  Result<void> audit(std::string_view actor, std::string_view action, std::string_view object, int64_t now_ms);
  Result<std::vector<AuditEntry>> audit_log(size_t count_max);

  // What was dropped, by site, UTC day and reason: added to, for reports on data quality.
  struct DropCount { SiteId site; int64_t day_number; std::string reason; uint64_t count; };
  Result<void> add_drops(const std::vector<DropCount>& counts);
  Result<std::vector<DropCount>> drops(SiteId site, int64_t first_day, int64_t last_day);

  Result<void> backup_to(const std::string& path);
  Result<std::vector<std::string>> check();

 private:
  Settings();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noctule
