// SPDX-License-Identifier: Apache-2.0
#include "noctule/settings/data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace noctule {

Result<void> DataFolder::create() const {
  if (::mkdir(path_.c_str(), 0700) == 0 || errno == EEXIST) {
    struct stat status {};
    if (::stat(path_.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
    return fail(ErrorCode::Io, fmt::format("{}: is no folder", path_));
  }
  return fail(ErrorCode::Io, fmt::format("{}: cannot be made: {}", path_, std::strerror(errno)));
}

Result<DataFolderLock> DataFolderLock::take(const DataFolder& folder) {
  const int descriptor = ::open(folder.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(ErrorCode::Io, fmt::format("{}: cannot open: {}", folder.lock(), std::strerror(errno)));
  DataFolderLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return fail(ErrorCode::Exhausted, fmt::format("{}: another process owns this data folder, a running server perhaps", folder.path()));
  return fail(ErrorCode::Io, fmt::format("{}: cannot be locked: {}", folder.lock(), std::strerror(errno)));
}

bool DataFolderLock::is_held(const DataFolder& folder) {
  const int descriptor = ::open(folder.lock().c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

DataFolderLock::DataFolderLock(DataFolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

DataFolderLock& DataFolderLock::operator=(DataFolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

DataFolderLock::~DataFolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace noctule
