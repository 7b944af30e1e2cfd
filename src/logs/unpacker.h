#pragma once
// SPDX-License-Identifier: Apache-2.0
// Unpacker: the one face of the four compression libraries, each behind its own file. A packed file is one frame or more
// (gzip members, bzip2 and xz streams, zstd frames); PackedSource walks over them.
#include <memory>
#include <span>

#include "byte_source.h"
#include "noctule/logs/block_reader.h"

namespace noctule {

enum class UnpackStatus { More, FrameEnded };

class Unpacker {
 public:
  virtual ~Unpacker() = default;
  // Reads from the front of input and writes to the front of output; both shrink by what was used.
  virtual Result<UnpackStatus> unpack(std::span<const char>& input, std::span<char>& output) = 0;
  // Makes ready for another frame.
  virtual Result<bool> begin_frame() = 0;
  // Whether a frame may begin with this byte.
  [[nodiscard]] virtual bool may_begin_with(unsigned char byte) const = 0;
};

// An archive may ask for a dictionary of any size. 128 MiB hold those of `xz -9` (64 MiB) and `zstd --long` (2^27).
inline constexpr size_t kUnpackMemoryMax = size_t{1} << 27;
inline constexpr int kZstdWindowLogMax = 27;

[[nodiscard]] std::unique_ptr<Unpacker> make_gzip_unpacker();
[[nodiscard]] std::unique_ptr<Unpacker> make_bzip2_unpacker();
[[nodiscard]] std::unique_ptr<Unpacker> make_xz_unpacker();
[[nodiscard]] std::unique_ptr<Unpacker> make_zstd_unpacker();

// The file's bytes, unpacked. Errors are Corrupt (or Exhausted, when the memory above does not do), name the file and
// come after every byte that could be unpacked.
[[nodiscard]] std::unique_ptr<ByteSource> make_packed_source(std::shared_ptr<FileSource> file,
                                                             std::unique_ptr<Unpacker> unpacker,
                                                             Compression compression);

}  // namespace noctule
