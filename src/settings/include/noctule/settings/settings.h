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
enum class Scope : uint8_t { Collect, Query, Manage };  // of an API key; stored as bits by these numbers

// Limits, named so that documents and messages can say them.
inline constexpr size_t kPasswordBytesMin = 10, kPasswordBytesMax = 1024;
inline constexpr size_t kEmailBytesMax = 254;                                 // RFC 5321, section 4.5.3.1.3
inline constexpr size_t kNameBytesMax = 200;                                  // of people, keys, links, rules
inline constexpr int64_t kSessionIdleMs = 7 * 86'400'000LL;                   // a session not used so long is over
inline constexpr int64_t kSessionLifeMs = 30 * 86'400'000LL;                  // and any session after that
inline constexpr int64_t kSetupTokenLifeMs = 86'400'000;
inline constexpr int64_t kLoginWindowMs = 15 * 60'000LL;                      // failures are counted over it
inline constexpr int kLoginFailuresMax = 10, kLoginFailuresMaxOfAll = 500;    // for one e-mail address; for all together
inline constexpr size_t kChannelRulesMax = 200;
inline constexpr size_t kSitesMax = 100'000, kSiteHostsMax = 100, kSiteParametersMax = 50;
inline constexpr size_t kAuditEntriesMax = 100'000;                           // older ones are forgotten
inline constexpr int kRetentionDaysMaxExempt = 760;                           // 25 months (CNIL)
inline constexpr int kRetentionDaysMax = 36'525;

struct User {
  UserId id = UserId::None;
  std::string email, name;
  bool administrator = false, totp = false;
  int64_t created_ms = 0, last_login_ms = 0;
};

struct SiteRole {
  UserId user = UserId::None;
  SiteId site = SiteId::None;
  Role role = Role::Viewer;
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
  int64_t created_ms = 0, expires_ms = 0;  // 0: never
};

// A rule of a site (None: of all): where field op value holds, the visit's channel is this one. In order of position, a
// site's own before those of all; the first that holds decides. Case never matters. "matches" takes a pattern in which *
// stands for any text and ? for one character, and which must cover the whole value (see pattern_matches).
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
  // folder/settings.db, created where there is none. One of an earlier schema N is migrated, after a copy named
  // settings.db.schema-N beside it. Error: Io, Corrupt, InvalidInput (a newer program wrote it).
  static Result<Settings> open(const std::string& folder);
  Settings(Settings&&) noexcept;
  Settings& operator=(Settings&&) noexcept;
  ~Settings();

  // Changes when anybody changed sites, rules, people, roles, keys or links; ask before a SiteBook is made anew.
  Result<int64_t> version();

  // domain: as an operator types it (normalize_domain). wanted: everything but id and domain; umami_id is made when empty.
  // InvalidInput: no domain, it exists, or a limit of check_site.
  Result<Site> add_site(std::string_view domain, const Site& wanted);
  Result<void> change_site(const Site& site);
  Result<void> remove_site(SiteId id);
  Result<std::vector<Site>> sites();                           // by domain
  // By domain, id number or Umami id. Error: NotFound, naming the nearest domain that exists.
  Result<Site> find_site(std::string_view name);

  struct NewUser {
    std::string_view email, password, name;
    bool administrator = false;
    int64_t now_ms = 0;
  };
  Result<User> add_user(const NewUser& wanted);                // InvalidInput: no address, it exists, password too short
  Result<std::vector<User>> users();                           // by e-mail address
  Result<User> find_user(std::string_view email);              // NotFound, naming the nearest
  Result<void> remove_user(UserId id);                         // InvalidInput: the last administrator
  Result<void> set_password(UserId id, std::string_view password);  // ends all sessions of theirs
  // Throttled as attempts to log in are: false also after too many wrong ones.
  Result<bool> check_password(UserId id, std::string_view password, int64_t now_ms);
  Result<void> set_administrator(UserId id, bool administrator);    // InvalidInput: the last would cease to be one
  Result<void> set_role(UserId id, SiteId site, std::optional<Role> role);  // nullopt: takes it away
  Result<std::vector<SiteRole>> roles();
  // What somebody may do on a site that exists. Administrators and keys with Manage: Owner; a key with Query and a shared
  // link: Viewer, of their site alone. A key with only Collect may do nothing that has a role.
  Result<std::optional<Role>> role_of(const Identity& who, SiteId site);

  // One-time set-up: a token while there is no user (InvalidInput when there is one), in place of one made before; used up
  // by the first administrator.
  Result<std::string> make_setup_token(int64_t now_ms);
  Result<bool> is_setup_token(std::string_view token, int64_t now_ms);
  Result<User> set_up(std::string_view token, std::string_view email, std::string_view password, int64_t now_ms);

  // Error: InvalidInput "wrong e-mail address, password or code", also when an attempt was throttled, with the same time taken.
  struct Login { std::string cookie, csrf; };
  Result<Login> log_in(std::string_view email, std::string_view password, std::string_view totp_code, int64_t now_ms);
  Result<std::optional<Identity>> find_session(std::string_view cookie, int64_t now_ms);
  Result<void> log_out(std::string_view cookie);
  Result<std::string> begin_totp(UserId id);                   // the otpauth:// address; in force once confirmed
  Result<void> confirm_totp(UserId id, std::string_view code, int64_t now_ms);  // InvalidInput: wrong code, or none begun
  Result<void> remove_totp(UserId id);

  Result<std::string> add_key(const ApiKey& wanted, int64_t now_ms);  // the key itself, shown once
  Result<std::vector<ApiKey>> keys();
  Result<void> remove_key(int64_t id);
  Result<std::optional<Identity>> find_key(std::string_view key, int64_t now_ms);

  // Gives the link's token, shown once. password: empty for none.
  Result<std::string> add_shared_link(const SharedLink& wanted, std::string_view password, int64_t now_ms);
  Result<std::vector<SharedLink>> shared_links(SiteId site);
  Result<void> remove_shared_link(int64_t id);
  // Attempts are throttled as those to log in are. nullopt: no such link, over, or a wrong password.
  Result<std::optional<Identity>> open_shared_link(std::string_view token, std::string_view password, int64_t now_ms);
  // The same, and a session for the browser, so that the password is asked for once. find_session knows it.
  Result<std::optional<Login>> log_in_shared_link(std::string_view token, std::string_view password, int64_t now_ms);

  Result<std::vector<ChannelRule>> channel_rules(SiteId site);  // its own, then those of all sites, each by position
  Result<void> set_channel_rules(SiteId site, const std::vector<ChannelRule>& rules);  // replaces them; in the order given

  Result<void> audit(std::string_view actor, std::string_view action, std::string_view object, int64_t now_ms);
  Result<std::vector<AuditEntry>> audit_log(size_t count_max);

  // What was dropped, by site, UTC day and reason: added to, for reports on data quality.
  struct DropCount { SiteId site; int64_t day_number; std::string reason; uint64_t count; };
  Result<void> add_drops(const std::vector<DropCount>& counts);
  Result<std::vector<DropCount>> drops(SiteId site, int64_t first_day, int64_t last_day);

  Result<void> backup_to(const std::string& path);             // also while others write
  Result<std::vector<std::string>> check();

 private:
  Settings();
  struct State;
  std::unique_ptr<State> state_;
};

// Whether a pattern of "matches" covers the text: * any text, ? one character (of UTF-8), case of ASCII does not matter.
// Time grows with the product of both lengths at worst.
[[nodiscard]] bool pattern_matches(std::string_view pattern, std::string_view text);

[[nodiscard]] std::string_view name_of(Role role);    // "viewer", "editor", "owner"
[[nodiscard]] std::string_view name_of(Scope scope);  // "collect", "query", "manage"
[[nodiscard]] std::optional<Role> role_named(std::string_view name);
[[nodiscard]] std::optional<Scope> scope_named(std::string_view name);

}  // namespace noctule
