#pragma once
// SPDX-License-Identifier: Apache-2.0
// ByteInput: the bytes of one file, from a disk, a compressed file or an archive. One thread.
#include <cstddef>
#include <cstdint>
#include <span>

#include "noctule/base/result.h"

namespace noctule {

class ByteInput {
 public:
  ByteInput() = default;
  ByteInput(const ByteInput&) = delete;
  ByteInput& operator=(const ByteInput&) = delete;
  virtual ~ByteInput() = default;
  // Fills the span from its beginning, whole or in part; 0: the end. Error: Io, Corrupt, Exhausted, naming the file.
  [[nodiscard]] virtual Result<size_t> read(std::span<char> into) = 0;
};

}  // namespace noctule
