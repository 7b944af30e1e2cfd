// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/installation.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "noctule/model/evidence.h"
#include "noctule/sqlite/database.h"
#include "noctule/upkeep/backup.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;

// Sites that were removed keep no events; a site that is not known is a row that went astray.
Result<void> compare_sites(const Installation& installation, std::vector<std::string>& findings) {
  NOCT_TRY(const std::vector<Site> sites, installation.settings.sites());
  NOCT_TRY(const Table table, installation.store.read({"SELECT site, COUNT(*) FROM events GROUP BY site ORDER BY site", {}}));
  for (const auto& row : table.rows) {
    const auto id = static_cast<SiteId>(std::get<int64_t>(row[0]));
    if (std::ranges::any_of(sites, [&](const Site& site) { return site.id == id; })) continue;
    findings.push_back(fmt::format("events.duckdb: holds {} events of site {}, which settings.db does not know; where the site was removed, a running server removes them within an hour", std::get<int64_t>(row[1]), std::get<int64_t>(row[0])));
  }
  return {};
}

void add_all(std::vector<std::string>& findings, std::string_view file, const Result<std::vector<std::string>>& found) {
  if (!found) return findings.push_back(fmt::format("{}: {}", file, found.error().message));
  for (const std::string& finding : *found) findings.push_back(fmt::format("{}: {}", file, finding));
}

Result<std::vector<std::string>> check_journal(const DataFolder& folder) {
  NOCT_TRY(sqlite::Database database, sqlite::Database::open(folder.journal(), {.access = sqlite::Access::ReadWrite}));
  return database.check();
}

// CASE column WHEN 0 THEN 'name' ... END AS column
std::string named(std::string_view column, int count, const std::function<std::string_view(uint8_t)>& name) {
  std::string text = fmt::format("CASE {}", column);
  for (int i = 0; i < count; ++i) text.append(fmt::format(" WHEN {} THEN '{}'", i, name(static_cast<uint8_t>(i))));
  return text.append(fmt::format(" END AS {}", column));
}

template <typename Enum>
std::string named_enum(std::string_view column, int count) {
  return named(column, count, [](uint8_t value) { return name_of(static_cast<Enum>(value)); });
}

std::string_view one_of(std::span<const std::string_view> names, uint8_t value) { return names[value]; }

std::string column_of_export(std::string_view column) {
  static constexpr std::array<std::string_view, 4> kKindNames = {"pageview", "engagement", "custom", "unfurl"};
  static constexpr std::array<std::string_view, 8> kOriginNames = {"script", "pixel", "plausible", "umami", "goatcounter", "matomo", "log", "archive"};
  static constexpr std::array<std::string_view, 4> kDeviceNames = {"", "desktop", "mobile", "tablet"};
  if (column == "kind") return named(column, kKindNames.size(), [](uint8_t value) { return one_of(kKindNames, value); });
  if (column == "origin") return named(column, kOriginNames.size(), [](uint8_t value) { return one_of(kOriginNames, value); });
  if (column == "device") return named(column, kDeviceNames.size(), [](uint8_t value) { return one_of(kDeviceNames, value); });
  if (column == "channel") return named_enum<Channel>(column, kChannels);
  if (column == "ga4_channel") return named_enum<Ga4Channel>(column, kGa4Channels);
  if (column == "grade") return named_enum<Grade>(column, kGrades);
  if (column == "is_private") return named_enum<Private>(column, 3);
  return std::string(column);
}

}  // namespace

Result<InstallationAtRest> InstallationAtRest::open(const DataFolder& folder) {
  struct stat status {};
  if (::stat(folder.path().c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::NotFound, fmt::format("{}: is no folder; name the data folder of `noctule serve`", folder.path()));
  }
  std::error_code error;
  const fs::path path(folder.path());
  if (fs::exists(path / kRestoringFolder, error)) {
    return fail(ErrorCode::Corrupt, fmt::format("{}: a restore was broken off; run `noctule db restore` again", folder.path()));
  }
  if (!fs::exists(path / "settings.db", error)) return fail(ErrorCode::NotFound, fmt::format("{}: holds no settings.db, so it is no data folder", folder.path()));
  NOCT_TRY(DataFolderLock lock, DataFolderLock::take(folder));
  NOCT_TRY(Settings settings, Settings::open(folder.path()));
  NOCT_TRY(std::unique_ptr<Journal> journal, Journal::open({.path = folder.journal()}));
  fs::create_directory(folder.backups(), error);  // where that fails, a migration that needs it says so
  NOCT_TRY(std::unique_ptr<Store> store, open_duckdb({.path = folder.events(), .read_timeout_ms = 24 * 3'600'000, .backup_folder = folder.backups()}));
  return InstallationAtRest(folder, std::move(lock), std::move(settings), std::move(journal), std::move(store));
}

Result<std::vector<std::string>> check_installation(const Installation& installation) {
  std::vector<std::string> findings;
  add_all(findings, "settings.db", installation.settings.check());
  add_all(findings, "journal.db", check_journal(installation.folder));
  const JournalStatus journal = installation.journal.status();
  if (journal.batches_corrupt > 0) findings.push_back(fmt::format("journal.db: {} damaged batches were set aside", journal.batches_corrupt));
  const auto store = installation.store.check();
  add_all(findings, "events.duckdb", store);
  if (store && store->empty()) {
    if (auto compared = compare_sites(installation, findings); !compared) return std::unexpected(std::move(compared).error());
  }
  return findings;
}

Statement export_statement(SiteId site) {
  Statement statement{.sql = "SELECT ", .parameters = {}};
  EventRow row;
  bool first = true;
  for_each_column(row, [&](std::string_view name, const auto&) {
    statement.sql.append(first ? "" : ", ").append(column_of_export(name));
    first = false;
  });
  statement.sql.append(" FROM events e WHERE attribution = COALESCE((SELECT MAX(version) FROM attribution_versions v WHERE v.site = e.site), 1)");
  if (site != SiteId::None) {
    statement.sql.append(" AND site = ?");
    statement.parameters.emplace_back(static_cast<int64_t>(site));
  }
  statement.sql.append(" ORDER BY time, site, visitor, visit");
  return statement;
}

}  // namespace noctule
