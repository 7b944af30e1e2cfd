// SPDX-License-Identifier: Apache-2.0
// Following a growing log by name. Rotation comes in two kinds, both of logrotate: the file is renamed and another made
// (a new inode under the name), or it is copied and truncated (a file shorter than what was read). A file that was
// truncated and has grown past the old place between two looks cannot be told from one that only grew; tail -F shares
// this limit.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "line_splitter.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

class Descriptor final : public ByteSource {
 public:
  Descriptor(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {}
  ~Descriptor() override { ::close(descriptor_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  Result<size_t> read(std::span<char> out) override {
    const ssize_t got = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset_));
    if (got < 0) return fail(ErrorCode::Io, fmt::format("{}: reading failed: {}", name_, std::strerror(errno)));
    offset_ += static_cast<uint64_t>(got);
    return static_cast<size_t>(got);
  }
  [[nodiscard]] bool status(struct stat& out) const { return ::fstat(descriptor_, &out) == 0; }
  [[nodiscard]] uint64_t offset() const { return offset_; }
  void rewind() { offset_ = 0; }

 private:
  std::string name_;
  int descriptor_;
  uint64_t offset_ = 0;
};

class FollowReader final : public BlockReader {
 public:
  FollowReader(std::string path, std::string name, std::unique_ptr<Descriptor> file)
      : path_(std::move(path)), name_(std::move(name)), file_(std::move(file)) {}

  Result<bool> read(LineBlock& block) override {
    NOCT_TRY(const bool more, splitter_.read(*file_, block));
    if (more) return true;
    if (was_truncated()) {
      file_->rewind();
      splitter_.restart();
      return splitter_.read(*file_, block);
    }
    NOCT_TRY(auto next, open_successor());
    if (!next) return false;
    // What the writer added between the last read and the look at the name still belongs to the old file.
    NOCT_TRY(const bool late, splitter_.read(*file_, block));
    if (late) return true;
    const bool has_rest = splitter_.take_rest(block);
    file_ = std::move(next);
    splitter_.restart();
    return has_rest ? Result<bool>(true) : splitter_.read(*file_, block);
  }
  [[nodiscard]] Compression compression() const override { return Compression::None; }
  [[nodiscard]] uint64_t consumed_bytes() const override { return file_->offset(); }
  [[nodiscard]] uint64_t size_bytes() const override {
    struct stat status {};
    return file_->status(status) ? static_cast<uint64_t>(status.st_size) : 0;
  }
  [[nodiscard]] bool is_repeatable() const override { return false; }  // other lines may stand there then
  [[nodiscard]] int64_t modified_ms() const override {
    struct stat status {};
    return file_->status(status) ? int64_t{status.st_mtim.tv_sec} * 1'000 : 0;
  }

 private:
  bool was_truncated() {
    struct stat status {};
    return file_->status(status) && static_cast<uint64_t>(status.st_size) < file_->offset();
  }

  // The file that has the name now, when it is another one and has something in it: as long as it is empty the server
  // still writes to the old one. Null when there is none.
  Result<std::unique_ptr<Descriptor>> open_successor() {
    struct stat mine {}, named {};
    if (!file_->status(mine) || ::stat(path_.c_str(), &named) != 0) return nullptr;
    if ((mine.st_ino == named.st_ino && mine.st_dev == named.st_dev) || named.st_size == 0) return nullptr;
    const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      if (errno == ENOENT) return nullptr;
      return cannot_open(name_, errno);
    }
    return std::make_unique<Descriptor>(name_, descriptor);
  }

  std::string path_, name_;
  std::unique_ptr<Descriptor> file_;
  LineSplitter splitter_;
};

}  // namespace

Result<std::unique_ptr<BlockReader>> follow_log(const std::string& path) {
  if (path == "-") return fail(ErrorCode::Unsupported, "standard input cannot be followed by name; it is read to its end anyway");
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::Unsupported, fmt::format("{}: is a pipe or a device; only a file can be followed", printable(path, 4'096)));
  }
  NOCT_TRY(const auto whole, open_log(path));  // says what is wrong with folders, missing files and archives
  if (whole->compression() != Compression::None) {
    return fail(ErrorCode::Unsupported, fmt::format("{}: is packed with {}; only a plain file grows line by line",
                                                    printable(path, 4'096), name_of(whole->compression())));
  }
  const std::string name = printable(path, 4'096);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_open(name, errno);
  return std::make_unique<FollowReader>(path, name, std::make_unique<Descriptor>(name, descriptor));
}

}  // namespace noctule
