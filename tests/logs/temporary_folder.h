#pragma once
// SPDX-License-Identifier: Apache-2.0
// A folder of its own for one test, gone when the test ends.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace noctule::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "noctule-logs-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string path() const { return path_.string(); }

  std::string write(const std::string& name, std::string_view bytes) const { return put(name, bytes, std::ios::trunc); }
  std::string append(const std::string& name, std::string_view bytes) const { return put(name, bytes, std::ios::app); }

 private:
  std::string put(const std::string& name, std::string_view bytes, std::ios::openmode mode) const {
    std::ofstream(path_ / name, std::ios::binary | mode).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path(name);
  }
  std::filesystem::path path_;
};

}  // namespace noctule::testing
