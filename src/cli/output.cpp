// SPDX-License-Identifier: Apache-2.0
// Writing a report to its place. A regular file appears whole or not at all; pipes and devices are written into, and symbolic
// links stay what they are.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "command.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot_write(const std::string& path, int error) {
  return fail(ErrorCode::Io, fmt::format("{}: cannot be written: {}", path == "-" ? "standard output" : printable(path, 4'096), std::strerror(error)));
}

// The file that symbolic links lead to; it need not exist yet.
Result<std::string> follow_links(const std::string& path) {
  constexpr int kLinksMax = 40;  // as the kernel
  fs::path at = path;
  for (int links = 0; links < kLinksMax; ++links) {
    std::error_code none;  // what cannot be looked at is no link; writing says what is wrong
    if (!fs::is_symlink(fs::symlink_status(at, none))) return at.string();
    at = at.parent_path() / fs::read_symlink(at, none);  // an absolute target replaces the folder
  }
  return cannot_write(path, ELOOP);
}

// 0 or what errno said; closes the file unless it is standard output.
int write_and_close(std::FILE* file, std::string_view content) {
  errno = 0;
  bool good = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  good = (file == stdout ? std::fflush(file) : std::fclose(file)) == 0 && good;
  return good ? 0 : errno != 0 ? errno : EIO;
}

Result<void> write_into(std::FILE* file, const std::string& path, std::string_view content) {
  if (file == nullptr) return cannot_write(path, errno);
  if (const int error = write_and_close(file, content); error != 0) return cannot_write(path, error);
  return {};
}

// /dev/stdout and its like, whose earlier content (>>) stays.
bool is_standard_output(const struct stat& status) {
  struct stat out {};
  return ::fstat(STDOUT_FILENO, &out) == 0 && status.st_dev == out.st_dev && status.st_ino == out.st_ino;
}

// mode: of the file that is replaced, 0 where there is none.
Result<void> replace(const std::string& target, const std::string& path, std::string_view content, mode_t mode) {
  const std::string beside = fmt::format("{}.{}.part", target, ::getpid());
  std::FILE* file = std::fopen(beside.c_str(), "wb");
  if (file != nullptr && mode != 0) ::fchmod(::fileno(file), mode & 07777);
  if (auto written = write_into(file, path, content); !written) {
    std::remove(beside.c_str());
    return written;
  }
  if (std::rename(beside.c_str(), target.c_str()) == 0) return {};
  const int error = errno;
  std::remove(beside.c_str());
  return cannot_write(path, error);
}

}  // namespace

Result<void> write_output(const std::string& path, std::string_view content) {
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (path == "-" || (exists && is_standard_output(status))) return write_into(stdout, path, content);
  // By the given name: what a link of /proc leads to (a shell's >(command)) has no other.
  if (exists && !S_ISREG(status.st_mode)) return write_into(std::fopen(path.c_str(), "wb"), path, content);
  NOCT_TRY(const std::string target, follow_links(path));
  return replace(target, path, content, exists ? status.st_mode : 0);
}

}  // namespace noctule
