// SPDX-License-Identifier: Apache-2.0
// Whether the promises on privacy hold on the data that is there. The conditions are those of CNIL's guidelines on audience
// measurement without consent (deliberation 2020-091, article 5, and its sheet of 2021): one site each, anonymous statistics
// only, no cross-matching, no identifier of a person, data kept for 25 months at most.
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include "checks.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"
#include "noctule/privacy/key_days.h"
#include "noctule/privacy/keys.h"
#include "noctule/sqlite/database.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;

constexpr int kExemptRetentionDaysMax = 761;    // 25 months are 760 or 761 days
constexpr size_t kDistinctTextsMax = 500'000;   // of one column; beyond them it is a sample
constexpr size_t kLogBytesMax = 4 * 1024 * 1024;  // of the log's end
constexpr int64_t kRetentionGraceMs = 2 * kMsPerDay;  // rows go once a day
constexpr uint32_t kThresholdMin = 5;

using Checks = std::vector<Check>;

int64_t number(const Value& value) {
  const int64_t* found = std::get_if<int64_t>(&value);
  return found == nullptr ? 0 : *found;
}

std::string text(const Value& value) {
  const std::string* found = std::get_if<std::string>(&value);
  return found == nullptr ? std::string() : *found;
}

Result<int64_t> count(const Installation& installation, std::string sql, std::vector<Value> parameters = {}) {
  NOCT_TRY(const Table table, installation.store.read({std::move(sql), std::move(parameters)}));
  return table.rows.empty() ? 0 : number(table.rows[0][0]);
}

// --- Keys ---

Check check_key_of_today(const Installation& installation, const Circumstances& circumstances) {
  const std::string path = installation.folder.path() + "/keys";
  constexpr const char* kName = "key_of_today";
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return noted(kName, path, "there is no key yet: the first event makes one");
  const std::string looked_at = fmt::format("{}: its day, its mode, its owner", path);
  if (!S_ISREG(status.st_mode) || (status.st_mode & 07777) != 0600) {
    return failed(kName, looked_at, fmt::format("its mode is {:o}, expected a plain file with 600: chmod 600 it, and look who else is on the machine", status.st_mode & 07777));
  }
  const auto days = read_key_days(path);
  if (!days) return unknown(kName, days.error().message);
  if (!*days) return failed(kName, looked_at, "it is no file of keys");
  const int64_t today = day_number(circumstances.now_ms, 0);
  const int64_t age = today - (*days)->day_number, echo_age = today - (*days)->echo_day_number;
  if (age > 0 && circumstances.running) return failed(kName, looked_at, fmt::format("it is {} days old while a server runs: a key must go when its day is over", age));
  if (age > 0) return failed(kName, looked_at, fmt::format("it is {} days old: start the server, which replaces it, or remove the file", age));
  if (age < -1) return failed(kName, looked_at, "its day is in the future: the clock was or is wrong");
  if (echo_age >= kEchoKeyDays) return failed(kName, looked_at, fmt::format("the key of echoes is {} days old, at most {} are allowed", echo_age, kEchoKeyDays));
  return passed(kName, looked_at);
}

// Databases that this process may have open: to open and close such a file by other means takes its locks away (POSIX), and
// databases begin with marks of their own.
bool is_database(const fs::path& path) {
  const std::string name = path.filename().string();
  return std::ranges::any_of(std::array{"settings.db", "journal.db", "events.duckdb", "marks.db"}, [&](const char* begin) { return name.starts_with(begin); });
}

// Every file below the data folder, but the databases, that begins as a file of keys does.
Check check_no_older_key(const Installation& installation, const Circumstances& circumstances) {
  constexpr const char* kName = "no_older_key";
  std::vector<std::string> found;
  size_t files = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(installation.folder.path(), fs::directory_options::skip_permission_denied, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;  // what went away meanwhile holds no key
    if (!at->is_regular_file(ignored) || is_database(at->path()) || at->path() == fs::path(installation.folder.path()) / "keys") continue;
    ++files;
    const auto days = read_key_days(at->path().string());
    if (days && *days) found.push_back(at->path().string());
  }
  if (error) return unknown(kName, fmt::format("{}: {}", installation.folder.path(), error.message()));
  const std::string marks = installation.folder.path() + "/imports/marks.db";
  if (fs::exists(marks, error)) {
    auto database = sqlite::Database::open(marks, {.access = sqlite::Access::ReadWrite});
    if (!database) return unknown(kName, database.error().message);
    auto statement = database->prepare("SELECT COUNT(*) FROM day_key WHERE day < ?1");
    if (statement) {  // without the table no key was ever made
      statement->bind(1, day_number(circumstances.now_ms, 0) - 1);
      if (const auto row = statement->step(); row && *row && statement->integer(0) > 0) found.push_back(fmt::format("{} ({} keys of imported days)", marks, statement->integer(0)));
    }
  }
  return judged(kName, fmt::format("{} files below {} and the marks of imports", files, installation.folder.path()),
                found.empty() ? std::string() : fmt::format("keys that should be gone: {}", fmt::join(found, ", ")));
}

// --- What is stored ---

std::vector<std::string_view> text_columns() {
  std::vector<std::string_view> columns;
  EventRow row;
  for_each_column(row, [&](std::string_view name, const auto& field) {
    if constexpr (std::is_same_v<std::decay_t<decltype(field)>, std::string_view>) columns.push_back(name);
  });
  return columns;
}

struct ColumnScan {
  size_t texts = 0;
  bool sample = false;
  std::vector<std::string> findings;
};

Result<ColumnScan> scan_column(const Installation& installation, std::string_view column) {
  NOCT_TRY(const Table table, installation.store.read({fmt::format("SELECT DISTINCT {0} FROM events WHERE {0} <> '' LIMIT {1}", column, kDistinctTextsMax), {}}));
  ColumnScan scan{.texts = table.rows.size(), .sample = table.rows.size() == kDistinctTextsMax, .findings = {}};
  std::map<std::string_view, size_t> kinds;
  for (const auto& row : table.rows) {
    const std::string_view kind = find_personal(text(row[0]));
    if (!kind.empty()) ++kinds[kind];
  }
  for (const auto& [kind, texts] : kinds) scan.findings.push_back(fmt::format("{}: {} texts hold {}", column, texts, kind));
  return scan;
}

Check check_texts(const Installation& installation) {
  constexpr const char* kName = "no_personal_text";
  size_t texts = 0, samples = 0;
  std::vector<std::string> findings;
  const auto columns = text_columns();
  for (const std::string_view column : columns) {
    const auto scan = scan_column(installation, column);
    if (!scan) return unknown(kName, scan.error().message);
    texts += scan->texts;
    samples += scan->sample ? 1 : 0;
    findings.insert(findings.end(), scan->findings.begin(), scan->findings.end());
  }
  const std::string looked_at = samples == 0 ? fmt::format("all {} different texts of all {} text columns of the events", texts, columns.size())
                                             : fmt::format("{} different texts of {} text columns of the events; of {} columns a sample of {}", texts, columns.size(), samples, kDistinctTextsMax);
  return judged(kName, looked_at, fmt::format("{}", fmt::join(findings, "; ")));
}

// A column that nobody declared could hold anything.
Check check_columns(const Installation& installation) {
  constexpr const char* kName = "no_unknown_column";
  const auto table = installation.store.read({"SELECT column_name FROM information_schema.columns WHERE table_name = 'events' AND table_schema = 'main'", {}});
  if (!table) return unknown(kName, table.error().message);
  std::set<std::string, std::less<>> known;
  EventRow row;
  for_each_column(row, [&](std::string_view name, const auto&) { known.emplace(name); });
  std::vector<std::string> strange;
  for (const auto& found : table->rows) {
    if (!known.contains(text(found[0]))) strange.push_back(text(found[0]));
  }
  return judged(kName, fmt::format("the {} columns of the events; none is for an address, a place below a country or a person", table->rows.size()),
                strange.empty() ? std::string() : fmt::format("columns that this version does not know: {}", fmt::join(strange, ", ")));
}

// --- Pseudonyms ---

// A pseudonym under one day's key is met from the day's beginning to its end, and for a minute by requests that were under way.
// Visits of logs keep the pseudonym of the day on which they began.
Check check_days(const Installation& installation) {
  constexpr const char* kName = "pseudonyms_live_a_day";
  const Dialect& dialect = installation.store.dialect();
  const std::string sql = fmt::format(
      "SELECT COUNT(*) FROM (SELECT visitor FROM events WHERE visitor <> 0 AND (visits > 0 OR origin NOT IN ({}, {})) GROUP BY visitor "
      "HAVING {} > {}) AS repeated",
      static_cast<int>(EventOrigin::Log), static_cast<int>(EventOrigin::Archive), dialect.local_date("(MAX(time) - INTERVAL 1 MINUTE)", "UTC"), dialect.local_date("MIN(time)", "UTC"));
  const auto repeated = count(installation, sql);
  if (!repeated) return unknown(kName, repeated.error().message);
  return judged(kName, "all pseudonyms of all events", *repeated == 0 ? std::string() : fmt::format("{} pseudonyms occur on more than one UTC day", *repeated));
}

Check check_sites_apart(const Installation& installation) {
  constexpr const char* kName = "pseudonyms_of_one_site";
  const auto shared = count(installation, "SELECT COUNT(*) FROM (SELECT visitor FROM events WHERE visitor <> 0 GROUP BY visitor HAVING MIN(site) < MAX(site)) AS shared");
  if (!shared) return unknown(kName, shared.error().message);
  return judged(kName, "all pseudonyms of all sites", *shared == 0 ? std::string() : fmt::format("{} pseudonyms occur on several sites: they could be matched", *shared));
}

// --- Sites under the exemption ---

std::string site_list(const std::vector<Site>& sites) {
  std::vector<std::string> ids;
  for (const Site& site : sites) ids.push_back(fmt::format("{}", static_cast<uint32_t>(site.id)));
  return fmt::format("({})", fmt::join(ids, ", "));
}

Check check_exempt_ids(const Installation& installation, const std::vector<Site>& exempt) {
  constexpr const char* kName = "exempt_sites_keep_no_id";
  if (exempt.empty()) return passed(kName, "there is no site in exempt mode");
  const auto rows = count(installation, fmt::format("SELECT COUNT(*) FROM events WHERE site IN {} AND (click_hash <> 0 OR recipient_hash <> 0)", site_list(exempt)));
  if (!rows) return unknown(kName, rows.error().message);
  return judged(kName, fmt::format("all events of {} exempt sites", exempt.size()),
                *rows == 0 ? std::string() : fmt::format("{} events hold the hash of a click or recipient id, which only consent allows", *rows));
}

Check check_exempt_retention(const std::vector<Site>& exempt) {
  std::vector<std::string> longer;
  for (const Site& site : exempt) {
    if (site.retention_days > kExemptRetentionDaysMax || site.retention_days <= 0) longer.push_back(fmt::format("{} ({} days)", site.domain, site.retention_days));
  }
  return judged("exempt_retention", fmt::format("the settings of {} exempt sites", exempt.size()),
                longer.empty() ? std::string() : fmt::format("kept for longer than 25 months: {}", fmt::join(longer, ", ")));
}

Check check_old_rows(const Installation& installation, const std::vector<Site>& sites, int64_t now_ms) {
  constexpr const char* kName = "no_row_beyond_retention";
  std::vector<std::string> findings;
  for (const Site& site : sites) {
    if (site.retention_days <= 0) continue;  // kept for ever
    const int64_t limit = now_ms - site.retention_days * kMsPerDay - kRetentionGraceMs;
    const auto rows = count(installation, fmt::format("SELECT COUNT(*) FROM events WHERE site = ? AND origin <> {} AND time < TIMESTAMP '{}'",
                                                       static_cast<int>(EventOrigin::Archive), format_iso_day(day_number(limit, 0))),
                            {static_cast<int64_t>(site.id)});
    if (!rows) return unknown(kName, rows.error().message);
    if (*rows > 0) findings.push_back(fmt::format("{}: {} events are older than its {} days", site.domain, *rows, site.retention_days));
  }
  return judged(kName, fmt::format("the oldest events of {} sites", sites.size()), fmt::format("{}", fmt::join(findings, "; ")));
}

Check check_thresholds(const std::vector<Site>& sites) {
  std::vector<std::string> low;
  for (const Site& site : sites) {
    if (site.k_threshold < kThresholdMin) low.push_back(fmt::format("{} ({})", site.domain, site.k_threshold));
  }
  const std::string looked_at = fmt::format("the settings of {} sites", sites.size());
  if (low.empty()) return passed("published_numbers", looked_at);
  return noted("published_numbers", looked_at, fmt::format("published numbers of fewer than {} people are shown by {}", kThresholdMin, fmt::join(low, ", ")));
}

// --- Log ---

Check check_log(const Circumstances& circumstances) {
  constexpr const char* kName = "log_without_personal_data";
  const std::string& path = circumstances.log_file;
  if (!circumstances.running) return unknown(kName, "no server runs that would say where its log is");
  if (path.empty() || path == "-") return unknown(kName, "the log goes to standard error; look into the system's journal");
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return unknown(kName, fmt::format("{}: cannot be opened", path));
  const auto size = static_cast<size_t>(std::max<std::streamoff>(file.tellg(), 0));
  const size_t from = size > kLogBytesMax ? size - kLogBytesMax : 0;
  file.seekg(static_cast<std::streamoff>(from));
  size_t lines = 0, personal = 0;
  for (std::string line; std::getline(file, line);) {
    ++lines;
    // This line names the addresses that the server itself listens on.
    if (line.find(R"("event":"started")") == std::string::npos && !find_personal(line).empty()) ++personal;
  }
  return judged(kName, fmt::format("the last {} lines of {}", lines, path), personal == 0 ? std::string() : fmt::format("{} lines hold an address or a personal parameter", personal));
}

}  // namespace

std::vector<Check> examine_privacy(const Installation& installation, const Circumstances& circumstances) {
  Checks checks = {check_key_of_today(installation, circumstances), check_no_older_key(installation, circumstances), check_columns(installation),
                   check_texts(installation), check_days(installation), check_sites_apart(installation)};
  const auto sites = installation.settings.sites();
  if (!sites) {
    checks.push_back(unknown("sites", sites.error().message));
    return checks;
  }
  std::vector<Site> exempt;
  std::ranges::copy_if(*sites, std::back_inserter(exempt), [](const Site& site) { return site.mode == ConsentMode::Exempt; });
  checks.push_back(check_exempt_ids(installation, exempt));
  checks.push_back(check_exempt_retention(exempt));
  checks.push_back(check_old_rows(installation, *sites, circumstances.now_ms));
  checks.push_back(check_thresholds(*sites));
  checks.push_back(check_log(circumstances));
  return checks;
}

}  // namespace noctule
