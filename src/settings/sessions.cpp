// SPDX-License-Identifier: Apache-2.0
// Logging in and out: throttled attempts, sessions, one-time codes.
#include <fmt/format.h>

#include <mutex>

#include "noctule/base/text.h"
#include "noctule/privacy/secret.h"
#include "noctule/settings/settings.h"
#include "settings_file.h"

namespace noctule {
namespace {

constexpr int64_t kSeenGranularityMs = 5 * 60'000;  // a session's use is written down no more often
constexpr std::string_view kIssuer = "noctule";

std::unexpected<Error> refused() { return fail(ErrorCode::InvalidInput, "wrong e-mail address, password or code"); }

// What a password is compared with when there is nobody to compare it with, so that the answer takes as long.
Result<std::string> decoy_hash() {
  static std::mutex mutex;
  static std::string kept;
  const std::lock_guard lock(mutex);
  if (kept.empty()) {
    NOCT_TRY(kept, hash_password(make_token()));
  }
  return kept;
}

struct Candidate {
  UserId id = UserId::None;
  std::string password_hash, totp_secret;  // the secret is empty for those who have none
};

Result<Candidate> find_candidate(SettingsFile& file, std::string_view email) {
  NOCT_TRY(sqlite::Statement select, file.prepare("SELECT id, password_hash, totp_secret FROM user WHERE email=?1", email));
  NOCT_TRY(const bool row, select.step());
  if (!row) return Candidate{};
  return Candidate{UserId{select.integer(0)}, std::string(select.text(1)), std::string(select.blob(2))};
}

// Whether the code is right and was not used before; then it is used. Of two that come at once with one code, one is told yes.
Result<bool> use_totp(SettingsFile& file, const Candidate& who, std::string_view code, int64_t now_ms) {
  const int64_t step = match_totp(who.totp_secret, code, now_ms);
  if (step < 0) return false;
  NOCT_TRY(const int64_t rows, file.run("UPDATE user SET totp_step=?1 WHERE id=?2 AND totp_step<?1", step, who.id));
  return rows == 1;
}

std::string csrf_of(std::string_view cookie) { return hash_token(fmt::format("csrf {}", cookie)); }

struct SessionRow {
  int64_t created_ms, seen_ms, link_expires_ms;
  Identity identity;
};

Result<std::optional<SessionRow>> read_session(SettingsFile& file, std::string_view hash) {
  NOCT_TRY(sqlite::Statement select,
           file.prepare("SELECT session.created_ms, session.seen_ms, session.user, user.administrator, session.link, shared_link.site, shared_link.expires_ms "
                        "FROM session LEFT JOIN user ON user.id=session.user LEFT JOIN shared_link ON shared_link.id=session.link WHERE session.hash=?1", hash));
  NOCT_TRY(const bool row, select.step());
  if (!row) return std::nullopt;
  Identity identity;
  identity.user = UserId{select.integer(2)};
  identity.administrator = select.integer(3) != 0;
  identity.link = select.integer(4);
  identity.only_site = SiteId{static_cast<uint32_t>(select.integer(5))};
  return SessionRow{select.integer(0), select.integer(1), select.integer(6), std::move(identity)};
}

bool is_over(const SessionRow& session, int64_t now_ms) {
  return now_ms >= session.created_ms + kSessionLifeMs || now_ms >= session.seen_ms + kSessionIdleMs ||
         (session.link_expires_ms != 0 && now_ms >= session.link_expires_ms);
}

}  // namespace

Result<std::optional<int64_t>> count_attempt(SettingsFile& file, std::string_view subject, int64_t now_ms) {
  std::optional<int64_t> attempt;
  auto counted = file.database.transact([&]() -> Result<void> {
    const std::string hash = hash_token(subject);
    // Attempts of the future come from a clock that was set back; they would lock people out for long.
    NOCT_TRY([[maybe_unused]] const int64_t removed, file.run("DELETE FROM attempt WHERE instant_ms<=?1 OR instant_ms>?2", now_ms - kLoginWindowMs, now_ms));
    NOCT_TRY(sqlite::Statement of_one, file.prepare("SELECT COUNT(*) FROM attempt WHERE subject=?1", hash));
    NOCT_TRY(const int64_t failures, one_integer(std::move(of_one)));
    NOCT_TRY(sqlite::Statement of_all, file.prepare("SELECT COUNT(*) FROM attempt"));
    NOCT_TRY(const int64_t failures_of_all, one_integer(std::move(of_all)));
    if (failures >= kLoginFailuresMax || failures_of_all >= kLoginFailuresMaxOfAll) return {};
    NOCT_TRY([[maybe_unused]] const int64_t rows, file.run("INSERT INTO attempt(subject, instant_ms) VALUES (?1, ?2)", hash, now_ms));
    attempt = file.database.last_insert_id();
    return {};
  });
  if (!counted) return std::unexpected(std::move(counted).error());
  return attempt;
}

Result<void> forget_attempt(SettingsFile& file, int64_t attempt) {
  NOCT_TRY([[maybe_unused]] const int64_t rows, file.run("DELETE FROM attempt WHERE id=?1", attempt));
  return {};
}

Result<Settings::Login> start_session(SettingsFile& file, UserId user, int64_t link, int64_t now_ms) {
  std::string cookie = make_token();
  auto started = file.database.transact([&]() -> Result<void> {
    NOCT_TRY([[maybe_unused]] const int64_t over,
             file.run("DELETE FROM session WHERE created_ms<=?1 OR seen_ms<=?2", now_ms - kSessionLifeMs, now_ms - kSessionIdleMs));
    NOCT_TRY([[maybe_unused]] const int64_t rows,
             file.run("INSERT INTO session(hash, user, link, created_ms, seen_ms) VALUES (?1, NULLIF(?2, 0), NULLIF(?3, 0), ?4, ?4)", hash_token(cookie), user, link, now_ms));
    return {};
  });
  if (!started) return std::unexpected(std::move(started).error());
  std::string csrf = csrf_of(cookie);
  return Settings::Login{std::move(cookie), std::move(csrf)};
}

Result<Settings::Login> Settings::log_in(std::string_view email, std::string_view password, std::string_view totp_code, int64_t now_ms) {
  NOCT_TRY(const std::string decoy, decoy_hash());
  const std::string address = lower(trim(email.substr(0, kEmailBytesMax + 1)));
  NOCT_TRY(const std::optional<int64_t> attempt, count_attempt(*state_, fmt::format("login {}", address), now_ms));
  NOCT_TRY(const Candidate who, find_candidate(*state_, address));
  const bool known = attempt && who.id != UserId::None;
  const bool right_password = verify_password(known ? who.password_hash : decoy, password.substr(0, kPasswordBytesMax + 1));
  if (!known || !right_password) return refused();
  if (!who.totp_secret.empty()) {
    NOCT_TRY(const bool right_code, use_totp(*state_, who, totp_code, now_ms));
    if (!right_code) return refused();
  }
  if (auto forgotten = forget_attempt(*state_, *attempt); !forgotten) return std::unexpected(std::move(forgotten).error());
  NOCT_TRY([[maybe_unused]] const int64_t rows, state_->run("UPDATE user SET last_login_ms=?1 WHERE id=?2", now_ms, who.id));
  return start_session(*state_, who.id, 0, now_ms);
}

Result<std::optional<Identity>> Settings::find_session(std::string_view cookie, int64_t now_ms) {
  const std::string hash = hash_token(cookie);
  NOCT_TRY(std::optional<SessionRow> session, read_session(*state_, hash));
  if (!session) return std::nullopt;
  if (is_over(*session, now_ms)) {
    NOCT_TRY([[maybe_unused]] const int64_t rows, state_->run("DELETE FROM session WHERE hash=?1", hash));
    return std::nullopt;
  }
  if (now_ms - session->seen_ms >= kSeenGranularityMs) {
    NOCT_TRY([[maybe_unused]] const int64_t rows, state_->run("UPDATE session SET seen_ms=?1 WHERE hash=?2", now_ms, hash));
  }
  session->identity.csrf = csrf_of(cookie);
  return std::move(session->identity);
}

Result<void> Settings::log_out(std::string_view cookie) {
  NOCT_TRY([[maybe_unused]] const int64_t rows, state_->run("DELETE FROM session WHERE hash=?1", hash_token(cookie)));
  return {};
}

Result<std::string> Settings::begin_totp(UserId id) {
  const std::string secret = make_totp_secret();
  NOCT_TRY(sqlite::Statement update, state_->database.prepare("UPDATE user SET totp_pending=?1 WHERE id=?2 RETURNING email"));
  update.bind_blob(1, secret).bind(2, static_cast<int64_t>(id));
  NOCT_TRY(const bool row, update.step());
  if (!row) return fail(ErrorCode::NotFound, fmt::format("there is no user {}", static_cast<int64_t>(id)));
  const std::string email(update.text(0));
  if (auto done = update.run(); !done) return std::unexpected(std::move(done).error());
  return totp_address(secret, email, kIssuer);
}

Result<void> Settings::confirm_totp(UserId id, std::string_view code, int64_t now_ms) {
  return state_->change([&]() -> Result<void> {
    NOCT_TRY(sqlite::Statement select, state_->prepare("SELECT totp_pending FROM user WHERE id=?1 AND totp_pending IS NOT NULL", id));
    NOCT_TRY(const bool begun, select.step());
    const int64_t step = begun ? match_totp(select.blob(0), code, now_ms) : -1;
    if (step < 0) return fail(ErrorCode::InvalidInput, "wrong code: expected the six digits that the authenticator shows now");
    NOCT_TRY([[maybe_unused]] const int64_t rows, state_->run("UPDATE user SET totp_secret=totp_pending, totp_pending=NULL, totp_step=?1 WHERE id=?2", step, id));
    return {};
  });
}

Result<void> Settings::remove_totp(UserId id) {
  return state_->change([&]() -> Result<void> {
    NOCT_TRY(const int64_t rows, state_->run("UPDATE user SET totp_secret=NULL, totp_pending=NULL WHERE id=?1", id));
    if (rows == 0) return fail(ErrorCode::NotFound, fmt::format("there is no user {}", static_cast<int64_t>(id)));
    return {};
  });
}

}  // namespace noctule
