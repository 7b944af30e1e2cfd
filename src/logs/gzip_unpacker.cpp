// SPDX-License-Identifier: Apache-2.0
// The adapter for zlib.
#include <zlib.h>

#include "unpacker.h"

namespace noctule {
namespace {

class GzipUnpacker final : public Unpacker {
 public:
  GzipUnpacker() : ready_(inflateInit2(&stream_, kGzipWindow) == Z_OK) {}
  ~GzipUnpacker() override { inflateEnd(&stream_); }
  GzipUnpacker(const GzipUnpacker&) = delete;
  GzipUnpacker& operator=(const GzipUnpacker&) = delete;

  Result<UnpackStatus> unpack(std::span<const char>& input, std::span<char>& output) override {
    if (!ready_) return fail(ErrorCode::Exhausted, "no memory to unpack it");
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib does not write to it
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(output.data());
    stream_.avail_out = static_cast<uInt>(output.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    input = input.last(stream_.avail_in);
    output = output.last(stream_.avail_out);
    if (code == Z_STREAM_END) return UnpackStatus::FrameEnded;
    if (code == Z_OK || code == Z_BUF_ERROR) return UnpackStatus::More;
    return fail(code == Z_MEM_ERROR ? ErrorCode::Exhausted : ErrorCode::Corrupt,
                stream_.msg != nullptr ? stream_.msg : "damaged");
  }

  Result<bool> begin_frame() override {
    inflateReset(&stream_);
    return true;
  }
  [[nodiscard]] bool may_begin_with(unsigned char byte) const override { return byte == 0x1F; }

 private:
  static constexpr int kGzipWindow = 15 + 16;  // the widest window; +16: a gzip header (zlib.h)
  z_stream stream_{};
  bool ready_;
};

}  // namespace

std::unique_ptr<Unpacker> make_gzip_unpacker() { return std::make_unique<GzipUnpacker>(); }

}  // namespace noctule
