// SPDX-License-Identifier: Apache-2.0
// A whole file, plain or packed in any of the ways: blocks of whole lines in order, then the end or an error.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "logs_check.h"
#include "noctule/logs/block_reader.h"

using namespace noctule;

namespace {

void check_block(const LineBlock& block, uint64_t& next_line) {
  fuzzing::expect(!block.bytes.empty() && block.first_line == next_line);
  std::string_view line;
  for (LineWalker walk(block); walk.next(line);) {
    fuzzing::expect(line.size() <= kLineSizeMax && walk.number() == next_line);
    ++next_line;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const int file = memfd_create("fuzzed", MFD_CLOEXEC);
  fuzzing::expect(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  auto reader = open_log("/proc/self/fd/" + std::to_string(file));
  if (!reader) {
    fuzzing::expect(!reader.error().message.empty());
    return 0;
  }
  constexpr size_t kUnpackedMax = size_t{1} << 23;  // a few bytes may unpack to very many
  LineBlock block;
  uint64_t next_line = 1;
  for (size_t unpacked = 0; unpacked < kUnpackedMax; unpacked += block.bytes.size()) {
    const auto more = (*reader)->read(block);
    if (!more) fuzzing::expect(!more.error().message.empty());
    if (!more || !*more) break;
    check_block(block, next_line);
  }
  return 0;
}
