// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <optional>

#include "unpacker.h"

namespace noctule {
namespace {

class PackedSource final : public ByteSource {
 public:
  PackedSource(std::shared_ptr<FileSource> file, std::unique_ptr<Unpacker> unpacker, Compression compression)
      : file_(std::move(file)), unpacker_(std::move(unpacker)), compression_(compression) {}

  Result<size_t> read(std::span<char> out) override {
    std::span<char> rest = out;
    while (rest.size() == out.size() && state_ != State::Ended) {
      if (auto stepped = step(rest); !stepped) {
        state_ = State::Ended;
        error_ = std::move(stepped).error();
      }
    }
    if (rest.size() == out.size() && error_) {
      Error error = *std::move(error_);
      error_.reset();
      return std::unexpected(std::move(error));
    }
    return out.size() - rest.size();
  }

 private:
  enum class State { Unpacking, BetweenFrames, Ended };

  // Either unpacks some, or goes over to another state.
  Result<bool> step(std::span<char>& out) {
    if (input_.empty() && !at_end_) {
      NOCT_TRY(const size_t got, file_->read(buffer_));
      input_ = std::span<const char>(buffer_).first(got);
      at_end_ = got == 0;
    }
    if (state_ == State::BetweenFrames) {
      if (!at_end_) return begin_frame();
      state_ = State::Ended;
      return true;
    }
    const size_t input_before = input_.size(), out_before = out.size();
    NOCT_TRY(const UnpackStatus status, named(unpacker_->unpack(input_, out)));
    if (status == UnpackStatus::FrameEnded) {
      state_ = State::BetweenFrames;
    } else if (input_.size() == input_before && out.size() == out_before) {
      return Result<bool>(at_end_ ? truncated() : fail(ErrorCode::Corrupt, fmt::format("{}: damaged {} data near byte {}",
                                                                          file_->name(), name_of(compression_), position())));
    }
    return true;
  }

  [[nodiscard]] std::unexpected<Error> truncated() const {
    return fail(ErrorCode::Corrupt, fmt::format("{}: the {} data ends early, after {} bytes; the file was cut off",
                                                file_->name(), name_of(compression_), file_->consumed_bytes()));
  }

  // Zeros after a frame are padding (xz allows it, tapes and some appliances add it); else another frame must follow.
  Result<bool> begin_frame() {
    const auto first = static_cast<unsigned char>(input_.front());
    if (first == 0) {
      input_ = input_.subspan(1);
      return true;
    }
    if (!unpacker_->may_begin_with(first)) {
      return fail(ErrorCode::Corrupt,
                  fmt::format("{}: what follows the {} data at byte {} is not {}; what came before it was read",
                              file_->name(), name_of(compression_), position(), name_of(compression_)));
    }
    state_ = State::Unpacking;
    return named(unpacker_->begin_frame());
  }

  template <typename T>
  Result<T> named(Result<T> result) const {
    if (result) return result;
    return fail(result.error().code, fmt::format("{}: {} data near byte {}: {}", file_->name(), name_of(compression_),
                                                 position(), result.error().message));
  }

  [[nodiscard]] uint64_t position() const { return file_->consumed_bytes() - input_.size(); }

  static constexpr size_t kChunk = size_t{1} << 16;
  std::shared_ptr<FileSource> file_;  // shared with the reader, which asks it for progress
  std::unique_ptr<Unpacker> unpacker_;
  Compression compression_;
  State state_ = State::Unpacking;
  bool at_end_ = false;  // of the file; the library may still hold bytes that it unpacked
  std::optional<Error> error_;  // found, to be told when what came before it was handed out
  std::array<char, kChunk> buffer_;
  std::span<const char> input_;
};

}  // namespace

std::unique_ptr<ByteSource> make_packed_source(std::shared_ptr<FileSource> file, std::unique_ptr<Unpacker> unpacker,
                                               Compression compression) {
  return std::make_unique<PackedSource>(std::move(file), std::move(unpacker), compression);
}

}  // namespace noctule
