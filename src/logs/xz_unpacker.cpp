// SPDX-License-Identifier: Apache-2.0
// The adapter for liblzma.
#include <lzma.h>

#include "unpacker.h"

namespace noctule {
namespace {

std::string_view reason_of(lzma_ret code) {
  switch (code) {
    case LZMA_MEMLIMIT_ERROR: return "it needs more than 128 MiB to unpack";
    case LZMA_MEM_ERROR: return "no memory to unpack it";
    case LZMA_FORMAT_ERROR: return "not an xz header";
    case LZMA_OPTIONS_ERROR: return "it was packed with a filter that this liblzma does not know";
    default: return "damaged";
  }
}

class XzUnpacker final : public Unpacker {
 public:
  XzUnpacker() { ready_ = start(); }
  ~XzUnpacker() override { lzma_end(&stream_); }
  XzUnpacker(const XzUnpacker&) = delete;
  XzUnpacker& operator=(const XzUnpacker&) = delete;

  Result<UnpackStatus> unpack(std::span<const char>& input, std::span<char>& output) override {
    if (!ready_) return fail(ErrorCode::Exhausted, "no memory to unpack it");
    stream_.next_in = reinterpret_cast<const uint8_t*>(input.data());
    stream_.avail_in = input.size();
    stream_.next_out = reinterpret_cast<uint8_t*>(output.data());
    stream_.avail_out = output.size();
    const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
    input = input.last(stream_.avail_in);
    output = output.last(stream_.avail_out);
    if (code == LZMA_STREAM_END) return UnpackStatus::FrameEnded;
    if (code == LZMA_OK || code == LZMA_BUF_ERROR) return UnpackStatus::More;
    const bool memory = code == LZMA_MEMLIMIT_ERROR || code == LZMA_MEM_ERROR;
    return fail(memory ? ErrorCode::Exhausted : ErrorCode::Corrupt, std::string(reason_of(code)));
  }

  Result<bool> begin_frame() override {
    ready_ = start();
    return ready_;
  }
  [[nodiscard]] bool may_begin_with(unsigned char byte) const override { return byte == 0xFD; }

 private:
  bool start() { return lzma_stream_decoder(&stream_, kUnpackMemoryMax, 0) == LZMA_OK; }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<Unpacker> make_xz_unpacker() { return std::make_unique<XzUnpacker>(); }

}  // namespace noctule
