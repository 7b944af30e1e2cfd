// SPDX-License-Identifier: Apache-2.0
#include "noctule/logs/block_reader.h"

#include <fmt/format.h>

#include <optional>

#include "line_splitter.h"
#include "unpacker.h"

namespace noctule {
namespace {

class FileBlockReader final : public BlockReader {
 public:
  FileBlockReader(std::shared_ptr<FileSource> file, std::unique_ptr<ByteSource> packed, Compression compression)
      : file_(std::move(file)), packed_(std::move(packed)), compression_(compression) {}

  Result<bool> read(LineBlock& block) override {
    block = LineBlock{};
    while (!ended_ && block.bytes.size() < kBlockSizeMin) {
      auto got = splitter_.read(packed_ ? *packed_ : *file_, next_);
      if (!got) error_ = std::move(got).error();
      ended_ = !got || !*got;
      // The line that an error cut short is not handed on: half a user agent would be taken for a whole one.
      if (ended_ && (error_ || !splitter_.take_rest(next_))) break;
      append(block, next_);
    }
    if (!block.bytes.empty()) return true;
    if (!error_) return false;
    Error error = *std::move(error_);
    error_.reset();
    return with_progress(std::move(error));
  }
  [[nodiscard]] Compression compression() const override { return compression_; }
  [[nodiscard]] uint64_t consumed_bytes() const override { return file_->consumed_bytes(); }
  [[nodiscard]] uint64_t size_bytes() const override { return file_->size_bytes(); }
  [[nodiscard]] int64_t modified_ms() const override { return file_->modified_ms(); }
  [[nodiscard]] bool is_repeatable() const override { return file_->is_repeatable(); }
  void rest() override { file_->rest(); }

 private:
  // So that the first block holds lines enough to tell the format from, and blocks are worth handing to a thread.
  static constexpr size_t kBlockSizeMin = kBlockSize / 4;

  static void append(LineBlock& block, LineBlock& next) {
    if (block.bytes.empty()) {
      std::swap(block, next);
      return;
    }
    block.bytes.insert(block.bytes.end(), next.bytes.begin(), next.bytes.end());
    block.overlong.insert(block.overlong.end(), next.overlong.begin(), next.overlong.end());
  }

  [[nodiscard]] Result<bool> with_progress(Error error) const {
    error.message += fmt::format(" ({} whole lines were read)", splitter_.lines_read());
    return std::unexpected(std::move(error));
  }

  std::shared_ptr<FileSource> file_;  // shared with the source that unpacks it
  std::unique_ptr<ByteSource> packed_;
  Compression compression_;
  LineSplitter splitter_;
  LineBlock next_;
  bool ended_ = false;
  std::optional<Error> error_;  // found, to be told when the lines before it were handed out
};

struct Signature {
  std::string_view magic;
  Compression compression;
  std::string_view refused_as;  // not empty: recognised, and not read
};

// From the formats' own specifications: RFC 1952, RFC 8878, the xz file format, the bzip2 manual, PKWARE's APPNOTE.
constexpr Signature kSignatures[] = {
    {"\x1F\x8B", Compression::Gzip, {}},
    {"BZh", Compression::Bzip2, {}},
    {std::string_view("\xFD" "7zXZ\0", 6), Compression::Xz, {}},
    {"\x28\xB5\x2F\xFD", Compression::Zstd, {}},
    {std::string_view("PK\x03\x04", 4), Compression::None, "a zip archive"},
    {"7z\xBC\xAF\x27\x1C", Compression::None, "a 7z archive"},
    {"\x1F\x9D", Compression::None, "a file of the old compress program (.Z)"},
    {"\x04\x22\x4D\x18", Compression::None, "an lz4 file"},
    {"\xFF\xFE", Compression::None, "UTF-16 text; convert it to UTF-8"},
    {"\xFE\xFF", Compression::None, "UTF-16 text; convert it to UTF-8"},
};

Result<Compression> recognise(const FileSource& file, std::string_view first_bytes) {
  for (const Signature& signature : kSignatures) {
    if (!first_bytes.starts_with(signature.magic)) continue;
    if (signature.refused_as.empty()) return signature.compression;
    return fail(ErrorCode::Unsupported, fmt::format("{}: is {}; read are plain text, gzip, bzip2, xz and zstd",
                                                    file.name(), signature.refused_as));
  }
  // A frame of zstd's that holds no data: 50 to 5F, 2A 4D 18.
  const bool skippable = first_bytes.size() >= 4 && (first_bytes[0] & 0xF0) == 0x50 &&
                         first_bytes.substr(1).starts_with("\x2A\x4D\x18");
  return skippable ? Compression::Zstd : Compression::None;
}

std::unique_ptr<Unpacker> make_unpacker(Compression compression) {
  switch (compression) {
    case Compression::Gzip: return make_gzip_unpacker();
    case Compression::Bzip2: return make_bzip2_unpacker();
    case Compression::Xz: return make_xz_unpacker();
    case Compression::Zstd: return make_zstd_unpacker();
    case Compression::None: break;
  }
  return nullptr;
}

}  // namespace

std::string_view name_of(Compression compression) {
  switch (compression) {
    case Compression::None: return "plain";
    case Compression::Gzip: return "gzip";
    case Compression::Bzip2: return "bzip2";
    case Compression::Xz: return "xz";
    case Compression::Zstd: return "zstd";
  }
  return "plain";
}

Result<std::unique_ptr<BlockReader>> open_log(const std::string& path) {
  NOCT_TRY(std::shared_ptr<FileSource> file, FileSource::open(path));
  constexpr size_t kMagicSizeMax = 8;
  NOCT_TRY(const std::string_view first_bytes, file->peek(kMagicSizeMax));
  NOCT_TRY(const Compression compression, recognise(*file, first_bytes));
  std::unique_ptr<ByteSource> packed;
  if (auto unpacker = make_unpacker(compression)) packed = make_packed_source(file, std::move(unpacker), compression);
  return std::make_unique<FileBlockReader>(std::move(file), std::move(packed), compression);
}

}  // namespace noctule
