// SPDX-License-Identifier: Apache-2.0
#include "noctule/import/ledger.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "noctule/sqlite/database.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 1> kSteps = {
    "CREATE TABLE mark(site INTEGER NOT NULL, source INTEGER NOT NULL, settled_ms INTEGER NOT NULL, PRIMARY KEY(site, source)) WITHOUT ROWID;"
    "CREATE TABLE day_key(day INTEGER PRIMARY KEY, key BLOB NOT NULL)"};

std::string imports_of(const std::string& folder) { return (fs::path(folder) / "imports").string(); }

Result<sqlite::Database> open_marks(const std::string& folder) {
  std::error_code failed;
  fs::create_directories(imports_of(folder), failed);
  if (failed) return fail(ErrorCode::Io, fmt::format("{}: cannot be made: {}", imports_of(folder), failed.message()));
  const std::string path = (fs::path(imports_of(folder)) / "marks.db").string();
  NOCT_TRY(sqlite::Database database, sqlite::Database::open(path, {.sync = sqlite::Sync::Full}));
  // A deleted key is overwritten, not only forgotten.
  if (auto set = database.execute("PRAGMA secure_delete=ON"); !set) return std::unexpected(std::move(set).error());
  NOCT_TRY([[maybe_unused]] const int steps, database.migrate(kSteps));
  return database;
}

// Root imports for a server that runs as somebody else: what it makes belongs to the folder's owner.
void hand_over_folder(const std::string& folder) {
  struct stat owner {};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &owner) != 0) return;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(imports_of(folder), failed)) {
    if (::lchown(entry.path().c_str(), owner.st_uid, owner.st_gid) != 0) return;
  }
  if (::chown(imports_of(folder).c_str(), owner.st_uid, owner.st_gid) != 0) return;
}

class LockFile {
 public:
  static Result<LockFile> take(const std::string& path) {
    LockFile lock;
    lock.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock.descriptor_ < 0) return fail(ErrorCode::Io, fmt::format("{}: cannot open: {}", path, std::strerror(errno)));
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
      return fail(ErrorCode::Exhausted, fmt::format("{}: another import is running; try again when it is done", path));
    }
    return lock;
  }
  LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  LockFile& operator=(LockFile&&) = delete;
  ~LockFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

 private:
  LockFile() = default;
  int descriptor_ = -1;
};

}  // namespace

struct Ledger::State {
  State(std::string given, sqlite::Database database, LockFile taken)
      : folder(std::move(given)), marks(std::move(database)), lock(std::move(taken)) {}
  std::string folder;
  sqlite::Database marks;
  LockFile lock;
  std::map<std::pair<SiteId, uint64_t>, int64_t> waiting;  // marks of row files that are not loaded yet
  std::map<int64_t, Key> keys;
};

Ledger::Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() {
  if (!state_) return;
  for (auto& [day, key] : state_->keys) sodium_memzero(key.data(), key.size());
  hand_over_folder(state_->folder);
}

Result<Ledger> Ledger::open(const std::string& folder) {
  if (sodium_init() < 0) return fail(ErrorCode::Io, "there is no source of random numbers");
  NOCT_TRY(sqlite::Database marks, open_marks(folder));
  NOCT_TRY(LockFile lock, LockFile::take((fs::path(imports_of(folder)) / "lock").string()));
  Ledger ledger;
  ledger.state_ = std::make_unique<State>(folder, std::move(marks), std::move(lock));
  for (const std::string& path : waiting_row_files(folder)) {
    NOCT_TRY(const RowFileReader reader, RowFileReader::open(path));
    for (const ImportMark& mark : reader.head().marks) {
      int64_t& settled = ledger.state_->waiting.try_emplace({reader.head().site, mark.source}, INT64_MIN).first->second;
      settled = std::max(settled, mark.settled_ms);
    }
  }
  return ledger;
}

Result<int64_t> Ledger::settled_ms(SiteId site, uint64_t source) {
  NOCT_TRY(sqlite::Statement select, state_->marks.prepare("SELECT settled_ms FROM mark WHERE site=?1 AND source=?2"));
  NOCT_TRY(const bool known, select.bind(1, static_cast<int64_t>(site)).bind(2, static_cast<int64_t>(source)).step());
  const int64_t loaded = known ? select.integer(0) : INT64_MIN;
  const auto waiting = state_->waiting.find({site, source});
  return waiting == state_->waiting.end() ? loaded : std::max(loaded, waiting->second);
}

Result<Key> Ledger::key_of_day(int64_t day_number, int64_t now_ms) {
  if (const auto known = state_->keys.find(day_number); known != state_->keys.end()) return known->second;
  const int64_t kept_from = now_ms / 86'400'000 - 1;
  NOCT_TRY(sqlite::Statement forget, state_->marks.prepare("DELETE FROM day_key WHERE day < ?1"));
  if (auto done = forget.bind(1, kept_from).run(); !done) return std::unexpected(std::move(done).error());
  NOCT_TRY(sqlite::Statement select, state_->marks.prepare("SELECT key FROM day_key WHERE day = ?1"));
  NOCT_TRY(const bool kept, select.bind(1, day_number).step());
  Key key;
  if (kept && select.blob(0).size() == key.size()) {
    std::memcpy(key.data(), select.blob(0).data(), key.size());
  } else {
    randombytes_buf(key.data(), key.size());
  }
  select.reset();
  if (!kept && day_number >= kept_from) {
    NOCT_TRY(sqlite::Statement insert, state_->marks.prepare("INSERT INTO day_key(day, key) VALUES (?1, ?2)"));
    const std::string_view bytes(reinterpret_cast<const char*>(key.data()), key.size());
    if (auto done = insert.bind(1, day_number).bind_blob(2, bytes).run(); !done) return std::unexpected(std::move(done).error());
  }
  state_->keys.emplace(day_number, key);
  return key;
}

std::string Ledger::next_file() const {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const std::string name = fmt::format("{:016}-{:09}.rows", now.tv_sec, now.tv_nsec);
  return (fs::path(imports_of(state_->folder)) / name).string();
}

std::vector<std::string> waiting_row_files(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(imports_of(folder), failed)) {
    if (entry.path().extension() == ".rows") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

Result<void> keep_marks(const std::string& folder, const RowFileHead& head) {
  NOCT_TRY(sqlite::Database database, open_marks(folder));
  return database.transact([&]() -> Result<void> {
    NOCT_TRY(sqlite::Statement upsert, database.prepare("INSERT INTO mark(site, source, settled_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET settled_ms = max(settled_ms, excluded.settled_ms)"));
    for (const ImportMark& mark : head.marks) {
      if (auto done = upsert.bind(1, static_cast<int64_t>(head.site)).bind(2, static_cast<int64_t>(mark.source)).bind(3, mark.settled_ms).run(); !done) return done;
    }
    return {};
  });
}

}  // namespace noctule
