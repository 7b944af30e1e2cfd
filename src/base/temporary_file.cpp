// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/temporary_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "noctule/base/text.h"

namespace noctule {

Result<TemporaryFile> open_temporary_file() {
  const char* given = std::getenv("TMPDIR");
  const std::string folder = given != nullptr && *given != '\0' ? given : "/tmp";
  std::string name = fmt::format("{}/noctule-XXXXXX", folder);
  const int descriptor = ::mkstemp(name.data());
  std::FILE* file = nullptr;
  if (descriptor >= 0) {
    ::unlink(name.c_str());
    file = ::fdopen(descriptor, "w+b");
    if (file != nullptr) return TemporaryFile(file);
    ::close(descriptor);
  }
  return fail(ErrorCode::Io, fmt::format("no temporary file can be made in {}: {}; set TMPDIR to a folder with room in it",
                                         printable(folder, 4'096), std::strerror(errno)));
}

}  // namespace noctule
