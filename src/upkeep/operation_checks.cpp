// SPDX-License-Identifier: Apache-2.0
// Whether an installation runs well.
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "checks.h"
#include "noctule/base/civil_time.h"
#include "noctule/upkeep/backup.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMega = 1 << 20;
constexpr uint64_t kFreeBytesMin = 256 * kMega;      // below it a full disk is near: the journal alone may want as much
constexpr int64_t kJournalLagMsMax = 5 * 60'000;     // as /health/ready
constexpr int64_t kClockAheadMsMax = 10 * 60'000;
constexpr int64_t kBuiltMs = 1'767'225'600'000;      // 2026-01-01: a clock before it is wrong
constexpr uint64_t kDescriptorsMin = 4'096;
constexpr int64_t kStagingMsMax = kMsPerDay;

Check check_disk(const Installation& installation) {
  constexpr const char* kName = "disk_space";
  struct statvfs disk {};
  if (::statvfs(installation.folder.path().c_str(), &disk) != 0) return unknown(kName, fmt::format("{}: {}", installation.folder.path(), std::strerror(errno)));
  const uint64_t free = uint64_t{disk.f_bavail} * disk.f_frsize, total = uint64_t{disk.f_blocks} * disk.f_frsize;
  const std::string looked_at = fmt::format("the disk of {}: {} MiB of {} free", installation.folder.path(), free / kMega, total / kMega);
  if (free < kFreeBytesMin) return failed(kName, looked_at, fmt::format("less than {} MiB are free: when none is left, events are refused with 503", kFreeBytesMin / kMega));
  std::error_code missing;
  const auto events = fs::file_size(installation.folder.events(), missing);
  if (!missing && free < events) return noted(kName, looked_at, "a backup beside the data, or a migration, needs as much as events.duckdb has");
  return passed(kName, looked_at);
}

// Files and folders below the data folder: their owner's alone, and of one owner.
Check check_permissions(const Installation& installation) {
  constexpr const char* kName = "permissions";
  const std::string& folder = installation.folder.path();
  struct stat top {};
  if (::stat(folder.c_str(), &top) != 0) return unknown(kName, fmt::format("{}: {}", folder, std::strerror(errno)));
  std::vector<std::string> findings;
  if ((top.st_mode & 077) != 0) findings.push_back(fmt::format("{} has mode {:o}, expected 700", folder, top.st_mode & 07777));
  size_t count = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end; !error && at != end; at.increment(error)) {
    struct stat status {};
    if (::lstat(at->path().c_str(), &status) != 0) continue;  // went away meanwhile
    ++count;
    const std::string path = at->path().string();
    // What others may do to a file within a private folder is nothing; a folder that was opened up is said above.
    if (status.st_uid != top.st_uid) findings.push_back(fmt::format("{} belongs to user {}, the folder to {}: chown it", path, status.st_uid, top.st_uid));
    if ((status.st_mode & 022) != 0 && !S_ISLNK(status.st_mode) && !S_ISSOCK(status.st_mode)) findings.push_back(fmt::format("{} can be written by others ({:o})", path, status.st_mode & 07777));
  }
  return judged(kName, fmt::format("{} and {} entries in it", folder, count), fmt::format("{}", fmt::join(findings, "; ")));
}

Check check_versions(const Installation& installation, const Circumstances& circumstances) {
  constexpr const char* kName = "versions";
  const auto store = installation.store.status();
  if (!store) return failed(kName, "events.duckdb", store.error().message);
  return passed(kName, fmt::format("noctule {}, {}, schema {} with {} events in {} MiB", circumstances.program, store->engine, store->schema_version, store->rows, store->bytes / kMega));
}

Check check_journal(const Installation& installation, const Circumstances& circumstances) {
  constexpr const char* kName = "journal";
  const JournalStatus status = installation.journal.status();
  std::string looked_at = fmt::format("{} batches of {} bytes wait to be loaded", status.batches_waiting, status.bytes_waiting);
  if (status.batches_corrupt > 0) return failed(kName, looked_at, fmt::format("{} damaged batches were set aside: is the disk sound?", status.batches_corrupt));
  if (!status.error.empty()) return failed(kName, looked_at, status.error);
  const auto loaded = installation.store.loaded_through();
  if (!loaded) return failed(kName, looked_at, loaded.error().message);
  const auto oldest = installation.journal.read_after(*loaded);
  if (!oldest) return failed(kName, looked_at, oldest.error().message);
  if (oldest->id == BatchId::None) return passed(kName, "no batch waits to be loaded");
  const int64_t lag_ms = circumstances.now_ms - oldest->instant_ms;
  looked_at.append(fmt::format(", the oldest for {} s", std::max<int64_t>(lag_ms, 0) / 1'000));
  if (!circumstances.running) return passed(kName, looked_at + "; the next start loads them");
  return judged(kName, looked_at, lag_ms > kJournalLagMsMax ? "loading is behind: /metrics says more, the log says why" : "");
}

Check check_settings(const Installation& installation) {
  constexpr const char* kName = "settings";
  const auto sites = installation.settings.sites();
  if (!sites) return failed(kName, "settings.db", sites.error().message);
  const auto users = installation.settings.users();
  if (!users) return failed(kName, "settings.db", users.error().message);
  const std::string looked_at = fmt::format("{} sites and {} accounts", sites->size(), users->size());
  if (sites->empty()) return noted(kName, looked_at, "there is no site yet: noctule site add DOMAIN");
  const bool has_administrator = std::ranges::any_of(*users, &User::administrator);
  if (!has_administrator) return noted(kName, looked_at, "there is no administrator yet: noctule user add, or the link of the first start");
  return passed(kName, looked_at);
}

Check check_clock(const Installation& installation, const Circumstances& circumstances) {
  constexpr const char* kName = "clock";
  const std::string looked_at = fmt::format("it is {}", format_iso_instant(circumstances.now_ms));
  if (circumstances.now_ms < kBuiltMs) return failed(kName, looked_at, "the clock is before this program was made");
  const std::string limit = format_iso_instant(circumstances.now_ms + kClockAheadMsMax);
  const auto ahead = installation.store.read({fmt::format("SELECT COUNT(*) FROM events WHERE time > TIMESTAMP '{}'", limit.substr(0, limit.size() - 1)), {}});
  if (!ahead) return unknown(kName, ahead.error().message);
  const int64_t rows = std::get<int64_t>(ahead->rows[0][0]);
  if (rows > 0) return failed(kName, looked_at, fmt::format("{} events are of later than that: the clock is or was wrong", rows));
  struct timex kernel {};
  if (::adjtimex(&kernel) == TIME_ERROR && (kernel.status & STA_UNSYNC) != 0) return noted(kName, looked_at, "the kernel says that nothing keeps the clock right (NTP)");
  return passed(kName, looked_at);
}

Check check_descriptors(const Circumstances& circumstances) {
  constexpr const char* kName = "file_descriptors";
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return unknown(kName, std::strerror(errno));
  std::error_code error;
  const auto open = std::distance(fs::directory_iterator("/proc/self/fd", error), fs::directory_iterator());
  const std::string looked_at = fmt::format("{} of {} open in {}", open, limit.rlim_cur, circumstances.running ? "the server" : "this command, whose limit the server's may differ from");
  if (static_cast<uint64_t>(open) * 10 > uint64_t{limit.rlim_cur} * 9) return failed(kName, looked_at, "nearly none is left for connections");
  if (limit.rlim_cur < kDescriptorsMin) return noted(kName, looked_at, fmt::format("each connection takes one; raise the limit (LimitNOFILE=) to {} or more", kDescriptorsMin));
  return passed(kName, looked_at);
}

// What a command that was killed left behind.
Check check_leftovers(const Installation& installation, const Circumstances& circumstances) {
  constexpr const char* kName = "leftovers";
  std::vector<std::string> found;
  std::error_code error;
  const fs::path folder(installation.folder.path());
  if (fs::exists(folder / kRestoringFolder, error)) found.push_back((folder / kRestoringFolder).string());
  for (const auto& entry : fs::directory_iterator(folder / kStagingFolder, error)) {
    struct stat status {};
    if (::stat(entry.path().c_str(), &status) == 0 && circumstances.now_ms - int64_t{status.st_mtime} * 1'000 > kStagingMsMax) found.push_back(entry.path().string());
  }
  if (found.empty()) return passed(kName, fmt::format("{}/{{{},{}}}", folder.string(), kStagingFolder, kRestoringFolder));
  return noted(kName, folder.string(), fmt::format("left by a command that was broken off; remove: {}", fmt::join(found, ", ")));
}

}  // namespace

std::vector<Check> examine_operation(const Installation& installation, const Circumstances& circumstances) {
  return {check_disk(installation),           check_permissions(installation), check_versions(installation, circumstances),
          check_journal(installation, circumstances), check_settings(installation),    check_clock(installation, circumstances),
          check_descriptors(circumstances),   check_leftovers(installation, circumstances)};
}

}  // namespace noctule
