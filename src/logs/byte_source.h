#pragma once
// SPDX-License-Identifier: Apache-2.0
// ByteSource: a stream of bytes that is pulled. Files and the decompressors stacked on them are byte sources; each belongs
// to one reader and one thread.
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "noctule/base/result.h"

namespace noctule {

// The error for a file that open(2) refused with this errno; where too many files are open it names the limit.
[[nodiscard]] std::unexpected<Error> cannot_open(const std::string& name, int error);

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills at most out.size() bytes and says how many; 0 at the end. After an error nothing more may be read.
  virtual Result<size_t> read(std::span<char> out) = 0;
};

// A file descriptor's bytes, counted; owns the descriptor unless it is standard input. A regular file can be rested: its
// descriptor is given back and opened again, at the same place of the same file, by the next read.
class FileSource final : public ByteSource {
 public:
  // "-" is standard input.
  static Result<std::unique_ptr<FileSource>> open(const std::string& path);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  Result<size_t> read(std::span<char> out) override;
  // The next bytes, at most size of them, without consuming them.
  Result<std::string_view> peek(size_t size);
  [[nodiscard]] uint64_t consumed_bytes() const { return consumed_; }
  [[nodiscard]] uint64_t size_bytes() const { return size_; }
  [[nodiscard]] int64_t modified_ms() const { return modified_ms_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  // A regular file: what was read can be read again. Pipes, FIFOs, sockets and devices give their bytes once.
  [[nodiscard]] bool is_repeatable() const { return is_regular_; }
  // Gives the descriptor back until the next read; does nothing where is_repeatable() is false.
  void rest();

 private:
  static constexpr int kClosed = -1;

  FileSource(std::string path, std::string name, int descriptor)
      : path_(std::move(path)), name_(std::move(name)), descriptor_(descriptor) {}
  Result<void> examine();
  Result<void> wake();
  Result<size_t> read_descriptor(std::span<char> out);

  std::string path_, name_;
  int descriptor_;
  bool is_regular_ = false;
  uint64_t device_ = 0, inode_ = 0;
  uint64_t fetched_ = 0;  // from the descriptor: where it goes on
  uint64_t consumed_ = 0, size_ = 0;
  int64_t modified_ms_ = 0;
  std::string peeked_;  // read ahead, not yet handed out
};

}  // namespace noctule
