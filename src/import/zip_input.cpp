// SPDX-License-Identifier: Apache-2.0
#include "zip_input.h"

#include <fmt/format.h>
#include <unzip.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kNameBytesMax = 1'024;
constexpr unsigned kEncrypted = 1;  // bit of the general purpose flag, APPNOTE.TXT 4.4.4

struct CloseZip {
  void operator()(void* zip) const { unzClose(zip); }
};
using Zip = std::unique_ptr<void, CloseZip>;

std::unexpected<Error> broken(const std::string& shown, std::string_view what) {
  return fail(ErrorCode::Corrupt, fmt::format("{}: {}", shown, what));
}

Result<Zip> open_zip(const std::string& path) {
  Zip zip(unzOpen64(path.c_str()));
  if (!zip) return broken(path, "begins like a zip and is none; it may have broken off");
  return zip;
}

class ZipInput final : public ByteInput {
 public:
  ZipInput(Zip zip, std::string shown, uint64_t bytes) : zip_(std::move(zip)), shown_(std::move(shown)), bytes_left_(bytes) {}
  ~ZipInput() override { unzCloseCurrentFile(zip_.get()); }

  Result<size_t> read(std::span<char> into) override {
    const auto wanted = static_cast<unsigned>(std::min<size_t>(into.size(), 1U << 20));
    const int got = unzReadCurrentFile(zip_.get(), into.data(), wanted);
    if (got < 0) return broken(shown_, "cannot be unpacked; the zip is damaged");
    bytes_left_ -= std::min(bytes_left_, static_cast<uint64_t>(got));
    if (got > 0) return static_cast<size_t>(got);
    if (bytes_left_ > 0) return broken(shown_, "ends before the length that the zip gives it");
    if (unzCloseCurrentFile(zip_.get()) == UNZ_CRCERROR) return broken(shown_, "was changed: its checksum differs");
    return size_t{0};
  }

 private:
  Zip zip_;
  std::string shown_;
  uint64_t bytes_left_;
};

// nullopt: a folder.
Result<std::optional<ArchiveFile>> describe_file(void* zip, const std::string& path) {
  unz_file_info64 info{};
  std::array<char, kNameBytesMax> text{};
  if (unzGetCurrentFileInfo64(zip, &info, text.data(), text.size() - 1, nullptr, 0, nullptr, 0) != UNZ_OK) {
    return broken(path, "its directory cannot be read");
  }
  const std::string_view name(text.data());
  if (name.empty() || name.ends_with('/')) return std::optional<ArchiveFile>();
  const std::string shown = fmt::format("{}: {}", path, printable(name, kNameBytesMax));
  if ((info.flag & kEncrypted) != 0) return fail(ErrorCode::Unsupported, fmt::format("{} is encrypted; unpack the zip first", shown));
  unz64_file_pos place{};
  if (unzGetFilePos64(zip, &place) != UNZ_OK) return broken(path, "its directory cannot be read");
  ArchiveFile file;
  file.name = name.substr(name.find_last_of("/\\") + 1);
  file.shown = shown;
  file.bytes = info.uncompressed_size;
  file.path = path;
  file.in_zip = true;
  file.place = {place.pos_in_zip_directory, place.num_of_file};
  return std::optional(std::move(file));
}

}  // namespace

bool is_zip(const std::string& path) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  std::array<char, 4> begin{};
  if (!file || std::fread(begin.data(), 1, begin.size(), file.get()) != begin.size()) return false;
  const std::string_view bytes(begin.data(), begin.size());
  return bytes == std::string_view("PK\x03\x04", 4) || bytes == std::string_view("PK\x05\x06", 4);
}

Result<std::vector<ArchiveFile>> list_zip(const std::string& path, size_t count_max) {
  NOCT_TRY(const Zip zip, open_zip(path));
  std::vector<ArchiveFile> files;
  size_t seen = 0;
  for (int at = unzGoToFirstFile(zip.get()); at != UNZ_END_OF_LIST_OF_FILE; at = unzGoToNextFile(zip.get())) {
    if (at != UNZ_OK) {
      unz_global_info64 info{};
      if (seen == 0 && unzGetGlobalInfo64(zip.get(), &info) == UNZ_OK && info.number_entry == 0) return files;
      return broken(path, "its directory cannot be read");
    }
    if (++seen > count_max) return fail(ErrorCode::Exhausted, fmt::format("{}: holds more than {} files", path, count_max));
    NOCT_TRY(auto file, describe_file(zip.get(), path));
    if (file) files.push_back(std::move(*file));
  }
  return files;
}

Result<std::unique_ptr<ByteInput>> open_in_zip(const ArchiveFile& file) {
  NOCT_TRY(Zip zip, open_zip(file.path));
  const unz64_file_pos place{.pos_in_zip_directory = file.place.offset, .num_of_file = file.place.number};
  if (unzGoToFilePos64(zip.get(), &place) != UNZ_OK) return broken(file.shown, "is not where the zip's directory says");
  if (const int opened = unzOpenCurrentFile(zip.get()); opened != UNZ_OK) {
    return broken(file.shown, "cannot be unpacked; it is damaged or packed in a way other than deflate");
  }
  return std::make_unique<ZipInput>(std::move(zip), file.shown, file.bytes);
}

}  // namespace noctule
