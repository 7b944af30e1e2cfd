#pragma once
// SPDX-License-Identifier: Apache-2.0
// A file without a name in the folder for temporary files (TMPDIR, else /tmp): it goes when it is closed, or with the process.
#include <cstdio>
#include <memory>

#include "noctule/base/result.h"

namespace noctule {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;

// Error: Io, naming the folder and TMPDIR; the file is never made anywhere else.
[[nodiscard]] Result<TemporaryFile> open_temporary_file();

}  // namespace noctule
