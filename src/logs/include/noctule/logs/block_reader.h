#pragma once
// SPDX-License-Identifier: Apache-2.0
// BlockReader: the bytes of one log as blocks of whole lines, whatever it was packed with. One thread reads; blocks may be
// handed to others.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/byte_buffer.h"
#include "noctule/base/result.h"

namespace noctule {

// Lines longer than this are cut: the rest is skipped, the line is handed on as Malformed by its block's overlong list.
inline constexpr size_t kLineSizeMax = size_t{1} << 16;
inline constexpr size_t kBlockSize = size_t{1} << 18;

struct LineBlock {
  ByteBuffer bytes;               // whole lines, each ended by '\n' (the last of a file may lack it)
  uint64_t first_line = 1;        // 1-based number of the first line in the file
  std::vector<uint64_t> overlong;  // numbers of lines that were cut at kLineSizeMax
};

enum class Compression : uint8_t { None, Gzip, Bzip2, Xz, Zstd };
[[nodiscard]] std::string_view name_of(Compression compression);

// Walks over the lines of a block: for (LineWalker walk(block); walk.next(line);) ... walk.number()
class LineWalker {
 public:
  explicit LineWalker(const LineBlock& block)
      : rest_(block.bytes.data(), block.bytes.size()), next_number_(block.first_line), overlong_(block.overlong) {}

  // The next line without its end; false when there is none.
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    const size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    is_cut_ = !overlong_.empty() && overlong_.front() == next_number_;
    if (is_cut_) overlong_ = overlong_.subspan(1);
    ++next_number_;
    return true;
  }
  // Of the line that next() gave: its number in the file, and whether it was too long and is only its beginning.
  [[nodiscard]] uint64_t number() const { return next_number_ - 1; }
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  std::string_view rest_;
  uint64_t next_number_;
  std::span<const uint64_t> overlong_;
  bool is_cut_ = false;
};

class BlockReader {
 public:
  virtual ~BlockReader() = default;
  // Fills the block with the next whole lines; false at the end. Error: Corrupt or Io, naming file and what was read so
  // far; what was read before stays valid (a truncated gzip yields its readable lines first, then the error).
  virtual Result<bool> read(LineBlock& block) = 0;
  [[nodiscard]] virtual Compression compression() const = 0;
  // Progress: bytes of the file consumed, and its size (0: unknown, a pipe).
  [[nodiscard]] virtual uint64_t consumed_bytes() const = 0;
  [[nodiscard]] virtual uint64_t size_bytes() const = 0;
  // What was read can be read again by opening the path once more: a regular file, not a pipe, a FIFO or standard input.
  [[nodiscard]] virtual bool is_repeatable() const = 0;
  // Gives the file's descriptor back until the next read, where is_repeatable(): for analyses of more files than a process
  // may hold open.
  virtual void rest() {}
  // When the file was last written, ms since 1970 UTC; 0: unknown. LogFormatOptions::newest_instant_ms takes it.
  [[nodiscard]] virtual int64_t modified_ms() const = 0;
};

// Opens a file, or standard input for "-". Compression is told from the first bytes, not from the name.
// Errors: NotFound, Unreadable (a folder, no permission), Exhausted (too many files are open), Corrupt (a header that is
// not what it says).
[[nodiscard]] Result<std::unique_ptr<BlockReader>> open_log(const std::string& path);

// Follows a growing plain file like tail -F: read() returns false when there is nothing new now; rotation (a new inode or
// a shorter file) is noticed and the new file read from its start, after the rest of the old one.
[[nodiscard]] Result<std::unique_ptr<BlockReader>> follow_log(const std::string& path);

}  // namespace noctule
