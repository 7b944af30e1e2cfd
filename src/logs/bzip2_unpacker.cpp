// SPDX-License-Identifier: Apache-2.0
// The adapter for libbzip2.
#include <bzlib.h>

#include "unpacker.h"

namespace noctule {
namespace {

class Bzip2Unpacker final : public Unpacker {
 public:
  Bzip2Unpacker() : ready_(BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK) {}
  ~Bzip2Unpacker() override { end(); }
  Bzip2Unpacker(const Bzip2Unpacker&) = delete;
  Bzip2Unpacker& operator=(const Bzip2Unpacker&) = delete;

  Result<UnpackStatus> unpack(std::span<const char>& input, std::span<char>& output) override {
    if (!ready_) return fail(ErrorCode::Exhausted, "no memory to unpack it");
    stream_.next_in = const_cast<char*>(input.data());  // libbzip2 does not write to it
    stream_.avail_in = static_cast<unsigned>(input.size());
    stream_.next_out = output.data();
    stream_.avail_out = static_cast<unsigned>(output.size());
    const int code = BZ2_bzDecompress(&stream_);
    input = input.last(stream_.avail_in);
    output = output.last(stream_.avail_out);
    if (code == BZ_STREAM_END) return UnpackStatus::FrameEnded;
    if (code == BZ_OK) return UnpackStatus::More;
    if (code == BZ_MEM_ERROR) return fail(ErrorCode::Exhausted, "no memory to unpack it");
    return fail(ErrorCode::Corrupt, code == BZ_DATA_ERROR_MAGIC ? "not a bzip2 header" : "damaged: a checksum differs");
  }

  Result<bool> begin_frame() override {
    end();
    stream_ = {};
    ready_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
    return ready_;
  }
  [[nodiscard]] bool may_begin_with(unsigned char byte) const override { return byte == 'B'; }

 private:
  void end() {
    if (ready_) BZ2_bzDecompressEnd(&stream_);
    ready_ = false;
  }

  bz_stream stream_{};
  bool ready_;
};

}  // namespace

std::unique_ptr<Unpacker> make_bzip2_unpacker() { return std::make_unique<Bzip2Unpacker>(); }

}  // namespace noctule
