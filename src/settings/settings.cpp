// SPDX-License-Identifier: Apache-2.0
#include "noctule/settings/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/text.h"
#include "schema.h"
#include "settings_file.h"

namespace noctule {
namespace {

constexpr size_t kAuditTextBytesMax = 500;
constexpr size_t kReasonBytesMax = 64;

}  // namespace

Result<int64_t> one_integer(sqlite::Statement statement) {
  NOCT_TRY(const bool row, statement.step());
  NOCT_ASSERT(row);
  return statement.integer(0);
}

Result<void> check_text(std::string_view text, std::string_view what, size_t bytes_max) {
  if (text.size() > bytes_max) return fail(ErrorCode::InvalidInput, fmt::format("{} has {} bytes; at most {} are allowed", what, text.size(), bytes_max));
  if (printable(text, text.size() * 4 + 1) != text) {
    return fail(ErrorCode::InvalidInput, fmt::format("{} is not UTF-8 text without control characters: {}", what, printable(text, 100)));
  }
  return {};
}

Result<void> SettingsFile::bump() {
  NOCT_TRY([[maybe_unused]] const int64_t changed, run("UPDATE meta SET value=value+1 WHERE name='configuration'"));
  return {};
}

Result<void> SettingsFile::change(const std::function<Result<void>()>& body) {
  return database.transact([&]() -> Result<void> {
    if (auto done = body(); !done) return done;
    return bump();
  });
}

Settings::Settings() = default;
Settings::Settings(Settings&&) noexcept = default;
Settings& Settings::operator=(Settings&&) noexcept = default;
Settings::~Settings() = default;

Result<Settings> Settings::open(const std::string& folder) {
  NOCT_TRY(sqlite::Database database, open_settings(folder));
  Settings settings;
  settings.state_ = std::make_unique<State>(std::move(database));
  return settings;
}

Result<int64_t> Settings::version() {
  NOCT_TRY(sqlite::Statement statement, state_->prepare("SELECT value FROM meta WHERE name='configuration'"));
  return one_integer(std::move(statement));
}

std::string Identity::actor() const {
  if (user != UserId::None) return fmt::format("user {}", static_cast<int64_t>(user));
  if (key != 0) return fmt::format("key {}", key);
  if (link != 0) return fmt::format("link {}", link);
  return "nobody";
}

Result<void> Settings::audit(std::string_view actor, std::string_view action, std::string_view object, int64_t now_ms) {
  return state_->database.transact([&]() -> Result<void> {
    NOCT_TRY([[maybe_unused]] const int64_t added,
             state_->run("INSERT INTO audit(instant_ms, actor, action, object) VALUES (?1, ?2, ?3, ?4)", now_ms, printable(actor, kAuditTextBytesMax),
                         printable(action, kAuditTextBytesMax), printable(object, kAuditTextBytesMax)));
    NOCT_TRY([[maybe_unused]] const int64_t removed,
             state_->run("DELETE FROM audit WHERE id <= ?1", state_->database.last_insert_id() - static_cast<int64_t>(kAuditEntriesMax)));
    return {};
  });
}

Result<std::vector<AuditEntry>> Settings::audit_log(size_t count_max) {
  NOCT_TRY(sqlite::Statement select, state_->prepare("SELECT instant_ms, actor, action, object FROM audit ORDER BY id DESC LIMIT ?1",
                                                     static_cast<int64_t>(std::min(count_max, kAuditEntriesMax))));
  std::vector<AuditEntry> entries;
  for (;;) {
    NOCT_TRY(const bool row, select.step());
    if (!row) return entries;
    entries.push_back({select.integer(0), std::string(select.text(1)), std::string(select.text(2)), std::string(select.text(3))});
  }
}

Result<void> Settings::add_drops(const std::vector<DropCount>& counts) {
  return state_->database.transact([&]() -> Result<void> {
    for (const DropCount& count : counts) {
      if (auto checked = check_text(count.reason, "a reason for drops", kReasonBytesMax); !checked) return checked;
      NOCT_TRY([[maybe_unused]] const int64_t added,
               state_->run("INSERT INTO drop_count VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET count=count+excluded.count", count.site,
                           count.day_number, count.reason, static_cast<int64_t>(count.count)));
    }
    return {};
  });
}

Result<std::vector<Settings::DropCount>> Settings::drops(SiteId site, int64_t first_day, int64_t last_day) {
  NOCT_TRY(sqlite::Statement select, state_->prepare("SELECT day, reason, count FROM drop_count WHERE site=?1 AND day BETWEEN ?2 AND ?3 ORDER BY day, reason",
                                                     site, first_day, last_day));
  std::vector<DropCount> counts;
  for (;;) {
    NOCT_TRY(const bool row, select.step());
    if (!row) return counts;
    counts.push_back({site, select.integer(0), std::string(select.text(1)), static_cast<uint64_t>(select.integer(2))});
  }
}

Result<void> Settings::backup_to(const std::string& path) { return state_->database.backup_to(path); }
Result<std::vector<std::string>> Settings::check() { return state_->database.check(); }

}  // namespace noctule
