#pragma once
// SPDX-License-Identifier: Apache-2.0
// DaySpool: bytes sorted by day in bounded memory: exports do not keep their events in order. What does not fit waits in a temporary file
// without a name. One thread.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/base/temporary_file.h"

namespace noctule {

inline constexpr size_t kSpoolBytesMax = size_t{64} << 20;    // in memory, of all days
inline constexpr size_t kSpoolDayBytesMax = size_t{4} << 30;  // of one day

class DaySpool {
 public:
  explicit DaySpool(size_t memory_bytes_max = kSpoolBytesMax) : memory_max_(memory_bytes_max) {}

  // Appends to what the day holds. Error: Io, Exhausted.
  [[nodiscard]] Result<void> append(int64_t day, std::string_view bytes);
  [[nodiscard]] std::vector<int64_t> days() const;
  // All of the day in the order it came; the day is then empty. Error: Io.
  [[nodiscard]] Result<std::string> take(int64_t day);

 private:
  struct Piece {
    long offset = 0;
    size_t size = 0;
  };
  struct Day {
    std::string held;
    std::vector<Piece> spilled;
    size_t size = 0;
  };
  [[nodiscard]] Result<void> spill();

  size_t memory_max_;
  size_t held_ = 0;
  long file_end_ = 0;
  TemporaryFile file_;
  std::map<int64_t, Day> days_;
};

}  // namespace noctule
