// SPDX-License-Identifier: Apache-2.0
#include "schema.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace noctule {
namespace {

// Numbers of enums are those of the headers. Ids are never given twice (AUTOINCREMENT): events of a site that was removed
// must not turn up under a new one.
constexpr std::array<std::string_view, 1> kSteps = {R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('configuration', 1);

CREATE TABLE site(
  id INTEGER PRIMARY KEY AUTOINCREMENT, domain TEXT NOT NULL UNIQUE, umami_id TEXT NOT NULL UNIQUE, time_zone TEXT NOT NULL,
  mode INTEGER NOT NULL, retention_days INTEGER NOT NULL, k_threshold INTEGER NOT NULL, created_ms INTEGER NOT NULL) STRICT;
CREATE TABLE site_host(host TEXT PRIMARY KEY, site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE) STRICT, WITHOUT ROWID;
CREATE INDEX site_host_site ON site_host(site);
CREATE TABLE site_parameter(
  site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE, name TEXT NOT NULL, PRIMARY KEY (site, name)) STRICT, WITHOUT ROWID;

CREATE TABLE user(
  id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT NOT NULL,
  administrator INTEGER NOT NULL, totp_secret BLOB, totp_pending BLOB, totp_step INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL, last_login_ms INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE role(
  user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE, site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE,
  role INTEGER NOT NULL, PRIMARY KEY (user, site)) STRICT, WITHOUT ROWID;
CREATE INDEX role_site ON role(site);

CREATE TABLE api_key(
  id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT NOT NULL, prefix TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, scopes INTEGER NOT NULL,
  site INTEGER REFERENCES site ON DELETE CASCADE, created_ms INTEGER NOT NULL, last_used_ms INTEGER NOT NULL DEFAULT 0,
  expires_ms INTEGER NOT NULL) STRICT;
CREATE INDEX api_key_site ON api_key(site);
CREATE TABLE shared_link(
  id INTEGER PRIMARY KEY AUTOINCREMENT, site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE, name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE, password_hash TEXT, created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL) STRICT;
CREATE INDEX shared_link_site ON shared_link(site);

CREATE TABLE session(
  hash TEXT PRIMARY KEY, user INTEGER REFERENCES user ON DELETE CASCADE, link INTEGER REFERENCES shared_link ON DELETE CASCADE,
  created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX session_user ON session(user);
CREATE INDEX session_link ON session(link);
CREATE INDEX session_created ON session(created_ms);
CREATE TABLE attempt(id INTEGER PRIMARY KEY, subject TEXT NOT NULL, instant_ms INTEGER NOT NULL) STRICT;
CREATE INDEX attempt_subject ON attempt(subject);
CREATE INDEX attempt_instant ON attempt(instant_ms);

CREATE TABLE channel_rule(
  id INTEGER PRIMARY KEY AUTOINCREMENT, site INTEGER REFERENCES site ON DELETE CASCADE, position INTEGER NOT NULL, field TEXT NOT NULL,
  op TEXT NOT NULL, value TEXT NOT NULL, channel TEXT NOT NULL) STRICT;
CREATE INDEX channel_rule_site ON channel_rule(site, position);

CREATE TABLE audit(id INTEGER PRIMARY KEY AUTOINCREMENT, instant_ms INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL) STRICT;
CREATE TABLE drop_count(
  site INTEGER NOT NULL, day INTEGER NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (site, day, reason)) STRICT, WITHOUT ROWID;
)sql"};

// Held while a file is created or migrated; the kernel lets go of it when the process ends.
class OpeningLock {
 public:
  static Result<OpeningLock> take(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(ErrorCode::Io, fmt::format("{}: cannot open: {}", path, std::strerror(errno)));
    OpeningLock lock(descriptor);
    while (::flock(descriptor, LOCK_EX) != 0) {
      if (errno != EINTR) return fail(ErrorCode::Io, fmt::format("{}: cannot lock: {}", path, std::strerror(errno)));
    }
    return lock;
  }
  OpeningLock(OpeningLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OpeningLock& operator=(OpeningLock&&) = delete;
  ~OpeningLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

 private:
  explicit OpeningLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace

std::span<const std::string_view> settings_schema() { return kSteps; }

Result<sqlite::Database> open_settings(const std::string& folder) {
  const std::string path = folder + "/settings.db";
  NOCT_TRY([[maybe_unused]] const OpeningLock lock, OpeningLock::take(path + ".lock"));
  NOCT_TRY(sqlite::Database database, sqlite::Database::open(path, {.sync = sqlite::Sync::Full}));
  NOCT_TRY(const int version, database.schema_version());
  if (version > 0 && version < static_cast<int>(kSteps.size())) {
    if (auto copied = database.backup_to(fmt::format("{}.schema-{}", path, version)); !copied) return std::unexpected(std::move(copied).error());
  }
  NOCT_TRY([[maybe_unused]] const int applied, database.migrate(kSteps));
  return database;
}

}  // namespace noctule
