#pragma once
// SPDX-License-Identifier: Apache-2.0
// LineSplitter: turns a stream of bytes into blocks of whole lines. It holds at most one block and one cut line, whatever
// the length of the lines.
#include <string>

#include "byte_source.h"
#include "noctule/logs/block_reader.h"

namespace noctule {

class LineSplitter {
 public:
  // The next whole lines; false when the source has no more for now, what is left of a line stays for later.
  Result<bool> read(ByteSource& source, LineBlock& block);
  // The last line when it lacks its end; false where there is none.
  bool take_rest(LineBlock& block);
  // Forgets what is left and begins with line 1 again.
  void restart();
  [[nodiscard]] uint64_t lines_read() const { return next_line_ - 1; }

 private:
  bool accept(LineBlock& block, size_t have);
  void carry_from(LineBlock& block, size_t begin);
  void cut_unfinished_line(LineBlock& block);
  void count_lines(LineBlock& block);

  std::string carry_;       // the beginning of the line that the next block continues
  bool skipping_ = false;   // inside a line that was cut: its rest is dropped up to its end
  bool at_start_ = true;    // nothing read yet: a byte-order mark may come
  uint64_t next_line_ = 1;
};

}  // namespace noctule
