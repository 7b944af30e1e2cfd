// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "noctule/sqlite/database.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;

constexpr size_t kManifestBytesMax = 64 * 1024;

// What a backup may hold, and where it lies in the data folder. In the order in which it is copied: what was loaded from the
// journal after the journal was copied is in the store's copy, and a batch that is in both is loaded once; settings come last,
// so that they know every site of the events; an import's marks come first, so that none is marked whose rows are missing.
struct Part {
  const char* name;
  const char* place;
  bool optional;
  const char* companions[2];  // what the engine keeps beside the file, and what must go with a file that is replaced
};
constexpr std::array<Part, 4> kParts = {{{"imports.db", "imports/marks.db", true, {"-wal", "-shm"}},
                                         {"journal.db", "journal.db", false, {"-wal", "-shm"}},
                                         {"events.duckdb", "events.duckdb", false, {".wal", ".tmp"}},
                                         {"settings.db", "settings.db", false, {"-wal", "-shm"}}}};

std::string in(const std::string& folder, std::string_view name) { return fmt::format("{}/{}", folder, name); }

std::unexpected<Error> io_failure(const std::string& path, std::string_view doing, const std::error_code& why) {
  return fail(ErrorCode::Io, fmt::format("{}: cannot be {}: {}", path, doing, why.message()));
}

Result<void> sync_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) return fail(ErrorCode::Io, fmt::format("{}: cannot be synced: {}", folder, std::strerror(error)));
  return {};
}

// Makes the folder where a backup goes. Gives whether it was made here.
Result<bool> make_empty_folder(const std::string& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) {
    if (!fs::is_empty(folder, error) && !error) return fail(ErrorCode::InvalidInput, fmt::format("{}: is not empty; name a new folder", folder));
    if (error) return io_failure(folder, "read", error);
    return false;
  }
  if (::mkdir(folder.c_str(), 0700) == 0) return true;
  const int reason = errno;
  return fail(reason == EEXIST ? ErrorCode::InvalidInput : ErrorCode::Io, fmt::format("{}: cannot be made: {}", folder, std::strerror(reason)));
}

// Removes what was written into a folder unless it is kept.
class Unfinished {
 public:
  static Result<Unfinished> begin(const std::string& folder) {
    NOCT_TRY(const bool made, make_empty_folder(folder));
    return Unfinished(folder, made);
  }
  Unfinished(Unfinished&& other) noexcept : folder_(std::exchange(other.folder_, {})), made_(other.made_) {}
  Unfinished& operator=(Unfinished&&) = delete;
  ~Unfinished() {
    if (folder_.empty()) return;
    std::error_code ignored;  // the first error is the one that is told
    for (const auto& entry : fs::directory_iterator(folder_, ignored)) fs::remove_all(entry.path(), ignored);
    if (made_) fs::remove(folder_, ignored);
  }
  void keep() { folder_.clear(); }

 private:
  Unfinished(std::string folder, bool made) : folder_(std::move(folder)), made_(made) {}
  std::string folder_;
  bool made_;
};

// The marks hold keys of days that are still being imported: they leave the copy, and the pages that held them.
Result<void> forget_keys(const std::string& path) {
  NOCT_TRY(sqlite::Database marks, sqlite::Database::open(path, {.access = sqlite::Access::ReadWrite}));
  NOCT_TRY(sqlite::Statement table, marks.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'day_key'"));
  NOCT_TRY(const bool has_keys, table.step());
  table.reset();
  if (!has_keys) return {};
  return marks.execute("PRAGMA secure_delete = ON; DELETE FROM day_key; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
}

Result<void> copy_part(const Part& part, const Installation& installation, const std::string& target) {
  const std::string to = in(target, part.name);
  if (std::string_view(part.name) == "journal.db") return installation.journal.backup_to(to);
  if (std::string_view(part.name) == "events.duckdb") return installation.store.backup_to(to);
  if (std::string_view(part.name) == "settings.db") return installation.settings.backup_to(to);
  {
    NOCT_TRY(const sqlite::Database marks, sqlite::Database::open(in(installation.folder.path(), part.place), {.access = sqlite::Access::ReadWrite}));
    if (auto copied = marks.backup_to(to); !copied) return copied;
  }
  return forget_keys(to);
}

Result<void> sync_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) return fail(ErrorCode::Io, fmt::format("{}: cannot be synced: {}", path, std::strerror(error)));
  return {};
}

Result<void> finish_backup(const Manifest& manifest, const std::string& target) {
  if (auto written = write_synced(in(target, kManifestFile), to_json(manifest)); !written) return written;
  return sync_folder(target);
}

Result<Manifest> read_manifest(const std::string& backup) {
  auto text = read_short_file(in(backup, kManifestFile), kManifestBytesMax);
  if (!text && text.error().code == ErrorCode::NotFound) {
    return fail(ErrorCode::NotFound, fmt::format("{}: holds no {}: it is no backup, or one that was broken off", backup, kManifestFile));
  }
  if (!text) return std::unexpected(std::move(text).error());
  auto manifest = parse_manifest(*text);
  if (!manifest) return fail(manifest.error().code, fmt::format("{}/{}", backup, manifest.error().message));
  for (const Part& part : kParts) {
    const bool has = std::ranges::any_of(manifest->files, [&](const ManifestEntry& file) { return file.name == part.name; });
    if (!has && !part.optional) return fail(ErrorCode::Corrupt, fmt::format("{}/{}: names no {}", backup, kManifestFile, part.name));
  }
  return manifest;
}

Result<void> compare(const std::string& backup, const ManifestEntry& expected, const ManifestEntry& found) {
  if (expected.bytes == found.bytes && expected.sha256 == found.sha256) return {};
  return fail(ErrorCode::Corrupt, fmt::format("{}/{}: has {} bytes with SHA-256 {}, its manifest says {} bytes with {}", backup, expected.name, found.bytes,
                                              found.sha256, expected.bytes, expected.sha256));
}

Result<void> copy_files(const std::string& from, const Manifest& manifest, const std::string& target) {
  for (const ManifestEntry& file : manifest.files) {
    NOCT_TRY(const ManifestEntry copied, copy_measured(in(from, file.name), target, file.name));
    if (auto same = compare(from, file, copied); !same) return same;
  }
  return {};
}

// Data of noctule's in a folder; the lock and the keys alone are none.
bool has_data(const std::string& folder) {
  std::error_code missing;
  return std::ranges::any_of(kParts, [&](const Part& part) { return fs::exists(in(folder, part.place), missing); });
}

// Where root restores for a server that runs as somebody else, the files become the folder's owner's.
Result<void> give_to_owner(const std::string& folder, const std::string& arriving) {
  struct stat owner {};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &owner) != 0 || owner.st_uid == 0) return {};
  std::vector<std::string> paths = {arriving};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(arriving, error)) paths.push_back(entry.path().string());
  paths.push_back(DataFolder(folder).lock());
  for (const std::string& path : paths) {
    if (::lchown(path.c_str(), owner.st_uid, owner.st_gid) != 0) return fail(ErrorCode::Io, fmt::format("{}: cannot be given to the folder's owner: {}", path, std::strerror(errno)));
  }
  return {};
}

// From here on the old data goes: what is missing in the middle is said by the folder that is still there.
Result<void> put_in_place(const DataFolder& folder, const std::string& restoring, const Manifest& manifest) {
  std::error_code error;
  for (const Part& part : kParts) {
    const std::string place = in(folder.path(), part.place);
    for (const char* companion : part.companions) fs::remove_all(place + companion, error);
    fs::remove(place, error);
    const bool has = std::ranges::any_of(manifest.files, [&](const ManifestEntry& file) { return file.name == part.name; });
    if (!has) continue;
    fs::create_directory(fs::path(place).parent_path(), error);
    fs::rename(in(restoring, part.name), place, error);
    if (error) return io_failure(place, "put in place", error);
  }
  if (auto synced = sync_folder(folder.path()); !synced) return synced;
  fs::remove_all(restoring, error);
  if (error) return io_failure(restoring, "removed", error);
  return sync_folder(folder.path());
}

}  // namespace

Result<Manifest> make_backup(const Installation& installation, const std::string& target, int64_t now_ms, const std::string& program) {
  NOCT_TRY(Unfinished unfinished, Unfinished::begin(target));
  Manifest manifest{.program = program, .made_ms = now_ms, .files = {}};
  for (const Part& part : kParts) {
    std::error_code missing;
    if (part.optional && !fs::exists(in(installation.folder.path(), part.place), missing)) continue;
    if (auto copied = copy_part(part, installation, target); !copied) return std::unexpected(std::move(copied).error());
    if (auto synced = sync_file(in(target, part.name)); !synced) return std::unexpected(std::move(synced).error());
    NOCT_TRY(ManifestEntry entry, measure_file(target, part.name));
    manifest.files.push_back(std::move(entry));
  }
  if (auto finished = finish_backup(manifest, target); !finished) return std::unexpected(std::move(finished).error());
  unfinished.keep();
  return manifest;
}

Result<Manifest> verify_backup(const std::string& backup) {
  NOCT_TRY(Manifest manifest, read_manifest(backup));
  for (const ManifestEntry& file : manifest.files) {
    NOCT_TRY(const ManifestEntry found, measure_file(backup, file.name));
    if (auto same = compare(backup, file, found); !same) return std::unexpected(std::move(same).error());
  }
  return manifest;
}

Result<Manifest> copy_backup(const std::string& from, const std::string& target) {
  NOCT_TRY(Manifest manifest, read_manifest(from));
  NOCT_TRY(Unfinished unfinished, Unfinished::begin(target));
  if (auto copied = copy_files(from, manifest, target); !copied) return std::unexpected(std::move(copied).error());
  if (auto finished = finish_backup(manifest, target); !finished) return std::unexpected(std::move(finished).error());
  unfinished.keep();
  return manifest;
}

Result<Manifest> restore_backup(const std::string& backup, const DataFolder& folder, Replace replace) {
  NOCT_TRY(Manifest manifest, read_manifest(backup));
  if (auto made = folder.create(); !made) return std::unexpected(std::move(made).error());
  NOCT_TRY([[maybe_unused]] const DataFolderLock lock, DataFolderLock::take(folder));
  const std::string restoring = in(folder.path(), kRestoringFolder);
  std::error_code error;
  const bool was_broken_off = fs::exists(restoring, error);
  if (has_data(folder.path()) && !was_broken_off && replace == Replace::No) {
    return fail(ErrorCode::InvalidInput, fmt::format("{}: holds data; --replace puts the backup in its place", folder.path()));
  }
  const std::string arriving = restoring + ".new";
  fs::remove_all(arriving, error);
  {
    NOCT_TRY(Unfinished unfinished, Unfinished::begin(arriving));
    if (auto copied = copy_files(backup, manifest, arriving); !copied) return std::unexpected(std::move(copied).error());
    unfinished.keep();
  }
  if (auto owned = give_to_owner(folder.path(), arriving); !owned) return std::unexpected(std::move(owned).error());
  fs::remove_all(restoring, error);
  fs::rename(arriving, restoring, error);
  if (error) return io_failure(restoring, "made", error);
  if (auto synced = sync_folder(folder.path()); !synced) return std::unexpected(std::move(synced).error());
  if (auto placed = put_in_place(folder, restoring, manifest); !placed) return std::unexpected(std::move(placed).error());
  return manifest;
}

}  // namespace noctule
