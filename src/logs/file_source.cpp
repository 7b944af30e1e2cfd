// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "byte_source.h"
#include "noctule/base/text.h"

namespace noctule {

std::unexpected<Error> cannot_open(const std::string& name, int error) {
  if (error == EMFILE) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return fail(ErrorCode::Exhausted, fmt::format("{}: cannot be opened: this process may hold {} files open at a time; raise "
                                                  "the limit (ulimit -n) or name fewer files", name, limit.rlim_cur));
  }
  const ErrorCode code = error == ENOENT || error == ENOTDIR ? ErrorCode::NotFound : ErrorCode::Unreadable;
  return fail(code, fmt::format("{}: cannot be opened: {}", name, std::strerror(error)));
}

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path) {
  const bool is_stdin = path == "-";
  const std::string name = is_stdin ? "standard input" : printable(path, 4'096);
  const int descriptor = is_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_open(name, errno);
  std::unique_ptr<FileSource> source(new FileSource(path, name, descriptor));
  if (auto examined = source->examine(); !examined) return std::unexpected(std::move(examined).error());
  return source;
}

Result<void> FileSource::examine() {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) {
    return fail(ErrorCode::Io, fmt::format("{}: cannot be examined: {}", name_, std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::Unreadable, fmt::format("{}: is a folder; name the log files in it", name_));
  }
  if (!S_ISREG(status.st_mode)) return {};
  // Standard input that comes from a file has been read from somewhere already: by its name it could be opened, not by "-".
  is_regular_ = descriptor_ != STDIN_FILENO;
  device_ = status.st_dev;
  inode_ = status.st_ino;
  size_ = static_cast<uint64_t>(status.st_size);
  modified_ms_ = int64_t{status.st_mtim.tv_sec} * 1'000 + status.st_mtim.tv_nsec / 1'000'000;
  return {};
}

FileSource::~FileSource() {
  if (descriptor_ != STDIN_FILENO && descriptor_ != kClosed) ::close(descriptor_);
}

void FileSource::rest() {
  if (!is_regular_ || descriptor_ == kClosed) return;
  ::close(descriptor_);
  descriptor_ = kClosed;
}

Result<void> FileSource::wake() {
  if (descriptor_ != kClosed) return {};
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) return cannot_open(name_, errno);
  struct stat status {};
  const bool is_same = ::fstat(descriptor_, &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
  if (is_same && ::lseek(descriptor_, static_cast<off_t>(fetched_), SEEK_SET) >= 0) return {};
  return fail(ErrorCode::Io, fmt::format("{}: another file took its place while it was read", name_));
}

Result<size_t> FileSource::read_descriptor(std::span<char> out) {
  if (auto awake = wake(); !awake) return std::unexpected(std::move(awake).error());
  while (true) {
    const ssize_t got = ::read(descriptor_, out.data(), out.size());
    if (got >= 0) {
      fetched_ += static_cast<uint64_t>(got);
      return static_cast<size_t>(got);
    }
    if (errno == EINTR) continue;
    return fail(ErrorCode::Io,
                fmt::format("{}: reading failed after {} bytes: {}", name_, consumed_, std::strerror(errno)));
  }
}

Result<size_t> FileSource::read(std::span<char> out) {
  size_t count = std::min(out.size(), peeked_.size());
  if (count > 0) {
    std::copy_n(peeked_.begin(), count, out.begin());
    peeked_.erase(0, count);
  }
  if (count < out.size()) {  // the few bytes that were peeked would make a block of their own
    NOCT_TRY(const size_t got, read_descriptor(out.subspan(count)));
    count += got;
  }
  consumed_ += count;
  return count;
}

Result<std::string_view> FileSource::peek(size_t size) {
  while (peeked_.size() < size) {
    const size_t have = peeked_.size();
    peeked_.resize(size);
    auto got = read_descriptor(std::span(peeked_).subspan(have));
    peeked_.resize(have + (got ? *got : 0));
    if (!got) return std::unexpected(std::move(got).error());
    if (*got == 0) break;
  }
  return std::string_view(peeked_).substr(0, size);
}

}  // namespace noctule
