#pragma once
// SPDX-License-Identifier: Apache-2.0
// A file without a name in the folder for temporary files (TMPDIR, else /tmp): it goes when it is closed, or with the process.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <unistd.h>

namespace noctule {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;

// Null when there is no folder or no room for it.
[[nodiscard]] inline TemporaryFile open_temporary_file() {
  std::error_code ignored;  // without a folder mkstemp fails, and that is told
  std::string name = (std::filesystem::temp_directory_path(ignored) / "noctule-XXXXXX").string();
  const int descriptor = ::mkstemp(name.data());
  if (descriptor < 0) return nullptr;
  ::unlink(name.c_str());
  return TemporaryFile(::fdopen(descriptor, "w+b"));
}

}  // namespace noctule
