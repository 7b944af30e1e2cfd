// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "byte_source.h"
#include "noctule/base/text.h"

namespace noctule {

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path) {
  const bool is_stdin = path == "-";
  const std::string name = is_stdin ? "standard input" : printable(path, 4'096);
  const int descriptor = is_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const ErrorCode code = errno == ENOENT || errno == ENOTDIR ? ErrorCode::NotFound : ErrorCode::Unreadable;
    return fail(code, fmt::format("{}: cannot be opened: {}", name, std::strerror(errno)));
  }
  std::unique_ptr<FileSource> source(new FileSource(name, descriptor));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    return fail(ErrorCode::Io, fmt::format("{}: cannot be examined: {}", name, std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::Unreadable, fmt::format("{}: is a folder; name the log files in it", name));
  }
  if (S_ISREG(status.st_mode)) {
    source->size_ = static_cast<uint64_t>(status.st_size);
    source->modified_ms_ = int64_t{status.st_mtim.tv_sec} * 1'000 + status.st_mtim.tv_nsec / 1'000'000;
  }
  return source;
}

FileSource::~FileSource() {
  if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

Result<size_t> FileSource::read_descriptor(std::span<char> out) {
  while (true) {
    const ssize_t got = ::read(descriptor_, out.data(), out.size());
    if (got >= 0) return static_cast<size_t>(got);
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
