// SPDX-License-Identifier: Apache-2.0
// The adapter for libzstd. The stream decoder passes over skippable frames by itself.
#include <zstd.h>
#include <zstd_errors.h>

#include "unpacker.h"

namespace noctule {
namespace {

struct FreeStream {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

class ZstdUnpacker final : public Unpacker {
 public:
  ZstdUnpacker() : stream_(ZSTD_createDStream()) {
    if (stream_) ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }

  Result<UnpackStatus> unpack(std::span<const char>& input, std::span<char>& output) override {
    if (!stream_) return fail(ErrorCode::Exhausted, "no memory to unpack it");
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    const size_t code = ZSTD_decompressStream(stream_.get(), &out, &in);
    input = input.subspan(in.pos);
    output = output.subspan(out.pos);
    if (!ZSTD_isError(code)) return code == 0 ? UnpackStatus::FrameEnded : UnpackStatus::More;
    const ZSTD_ErrorCode kind = ZSTD_getErrorCode(code);
    if (kind == ZSTD_error_frameParameter_windowTooLarge) {
      return fail(ErrorCode::Exhausted, "it needs more than 128 MiB to unpack");
    }
    return fail(kind == ZSTD_error_memory_allocation ? ErrorCode::Exhausted : ErrorCode::Corrupt, ZSTD_getErrorName(code));
  }

  Result<bool> begin_frame() override { return true; }  // the decoder begins the next frame by itself
  // 28 B5 2F FD, or 50-5F 2A 4D 18 of a skippable frame (RFC 8878, section 3.1.2).
  [[nodiscard]] bool may_begin_with(unsigned char byte) const override { return byte == 0x28 || (byte & 0xF0) == 0x50; }

 private:
  std::unique_ptr<ZSTD_DStream, FreeStream> stream_;
};

}  // namespace

std::unique_ptr<Unpacker> make_zstd_unpacker() { return std::make_unique<ZstdUnpacker>(); }

}  // namespace noctule
