// SPDX-License-Identifier: Apache-2.0
#include "archive_source.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "noctule/base/text.h"
#include "zip_input.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCsv = ".csv", kPacked = ".gz";
constexpr unsigned kPieceBytes = 128 * 1'024;

struct CloseGzip {
  void operator()(gzFile file) const { gzclose_r(file); }
};

// zlib passes files through that are not packed.
class DiskInput final : public ByteInput {
 public:
  DiskInput(gzFile file, std::string shown) : file_(file), shown_(std::move(shown)) { gzbuffer(file, kPieceBytes); }

  Result<size_t> read(std::span<char> into) override {
    const auto wanted = static_cast<unsigned>(std::min<size_t>(into.size(), 1U << 20));
    const int got = gzread(file_.get(), into.data(), wanted);
    int code = Z_OK;
    const char* text = gzerror(file_.get(), &code);
    if (code == Z_ERRNO) return fail(ErrorCode::Io, fmt::format("{}: cannot be read: {}", shown_, std::strerror(errno)));
    if (got < 0) return fail(ErrorCode::Corrupt, fmt::format("{}: cannot be unpacked: {}", shown_, text));
    // At the end zlib says so when the packed file broke off.
    if (got == 0 && code == Z_BUF_ERROR) return fail(ErrorCode::Corrupt, fmt::format("{}: breaks off", shown_));
    unpacked_ += static_cast<uint64_t>(got);
    if (unpacked_ > kArchiveBytesMax) return fail(ErrorCode::Exhausted, fmt::format("{}: is more than {} bytes", shown_, kArchiveBytesMax));
    return static_cast<size_t>(got);
  }

 private:
  std::unique_ptr<gzFile_s, CloseGzip> file_;
  std::string shown_;
  uint64_t unpacked_ = 0;
};

ArchiveFile disk_file(const fs::path& path) {
  ArchiveFile file;
  file.path = file.shown = path.string();
  file.name = path.filename().string();
  if (file.name.ends_with(kPacked)) file.name.resize(file.name.size() - kPacked.size());
  std::error_code failed;
  file.bytes = fs::file_size(path, failed);
  if (failed) file.bytes = 0;
  return file;
}

bool is_csv(std::string_view name) {
  if (name.ends_with(kPacked)) name.remove_suffix(kPacked.size());
  return lower(name).ends_with(kCsv);
}

Result<std::vector<ArchiveFile>> list_folder(const std::string& path) {
  std::vector<ArchiveFile> files;
  std::error_code failed;
  for (fs::directory_iterator at(path, failed), end; !failed && at != end; at.increment(failed)) {
    if (!is_csv(at->path().filename().string()) || !at->is_regular_file(failed)) continue;
    if (files.size() == kArchiveFilesMax) return fail(ErrorCode::Exhausted, fmt::format("{}: holds more than {} files", path, kArchiveFilesMax));
    files.push_back(disk_file(at->path()));
  }
  if (failed) return fail(ErrorCode::Unreadable, fmt::format("{}: cannot be read: {}", path, failed.message()));
  return files;
}

Result<std::vector<ArchiveFile>> list_path(const std::string& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (failed || !fs::exists(status)) {
    return fail(ErrorCode::Unreadable, fmt::format("{}: {}", path, failed ? failed.message() : "there is no such file"));
  }
  if (fs::is_directory(status)) return list_folder(path);
  if (!fs::is_regular_file(status)) return std::vector<ArchiveFile>();  // reading a pipe would use it up
  if (!is_zip(path)) return std::vector<ArchiveFile>{disk_file(path)};
  NOCT_TRY(auto files, list_zip(path, kArchiveFilesMax));
  std::erase_if(files, [](const ArchiveFile& file) { return !is_csv(file.name); });
  return files;
}

}  // namespace

Result<ArchiveSource> ArchiveSource::open(std::span<const std::string> paths) {
  ArchiveSource source;
  uint64_t bytes = 0;
  for (const std::string& path : paths) {
    NOCT_TRY(auto files, list_path(path));
    for (ArchiveFile& file : files) {
      bytes += std::min(file.bytes, kArchiveBytesMax);
      if (bytes > kArchiveBytesMax || source.files_.size() == kArchiveFilesMax) {
        return fail(ErrorCode::Exhausted, fmt::format("{}: with this more than {} files or {} bytes", file.shown, kArchiveFilesMax, kArchiveBytesMax));
      }
      source.files_.push_back(std::move(file));
    }
  }
  std::ranges::stable_sort(source.files_, {}, &ArchiveFile::name);
  return source;
}

Result<std::unique_ptr<ByteInput>> ArchiveSource::open_file(const ArchiveFile& file) const {
  if (file.in_zip) return open_in_zip(file);
  gzFile opened = gzopen(file.path.c_str(), "rbe");
  if (opened == nullptr) return fail(ErrorCode::Unreadable, fmt::format("{}: cannot be opened: {}", file.shown, std::strerror(errno)));
  return std::make_unique<DiskInput>(opened, file.shown);
}

}  // namespace noctule
