#pragma once
// SPDX-License-Identifier: Apache-2.0
// DataFolder: the one folder that holds everything a server keeps, the names within it, and the lock that says which process
// owns its store. Settings may be changed beside a running server; the store and the journal belong to the owner of the lock.
#include <string>

#include "noctule/base/result.h"

namespace noctule {

class DataFolder {
 public:
  explicit DataFolder(std::string path) : path_(std::move(path)) {}

  // Makes the folder, mode 0700, where there is none. Error: Io.
  [[nodiscard]] Result<void> create() const;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string journal() const { return in("journal.db"); }
  [[nodiscard]] std::string events() const { return in("events.duckdb"); }
  [[nodiscard]] std::string backups() const { return in("backups"); }           // automatic ones, before migrations
  [[nodiscard]] std::string control_socket() const { return in("control.sock"); }
  [[nodiscard]] std::string lock() const { return in("lock"); }
  // settings.db, keys and imports are named by the modules that own them: settings, privacy, import.

 private:
  [[nodiscard]] std::string in(const char* name) const { return path_ + "/" + name; }
  std::string path_;
};

// Held for as long as a process owns the store; the kernel gives it back when that process ends, however it ends.
class DataFolderLock {
 public:
  // Error: Exhausted where another process holds it; Io.
  static Result<DataFolderLock> take(const DataFolder& folder);
  // Whether some process, this one included, holds it now.
  [[nodiscard]] static bool is_held(const DataFolder& folder);
  DataFolderLock(DataFolderLock&& other) noexcept;
  DataFolderLock& operator=(DataFolderLock&& other) noexcept;
  ~DataFolderLock();

 private:
  explicit DataFolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace noctule
