#pragma once
// SPDX-License-Identifier: Apache-2.0
// ArchiveSource: the CSV files of an export, whether they stand in a zip, a folder, one by one or compressed with gzip. Files are
// read in pieces; nothing is unpacked to a disk. The adapter for zlib; minizip's is zip_input.cpp.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "byte_input.h"
#include "noctule/base/result.h"

namespace noctule {

inline constexpr size_t kArchiveFilesMax = 10'000;
inline constexpr uint64_t kArchiveBytesMax = uint64_t{64} << 30;  // of all files, unpacked

struct ZipPlace {
  uint64_t offset = 0, number = 0;  // in the directory of the zip
};

struct ArchiveFile {
  std::string name;         // without folders, ".gz" taken off
  std::string shown;        // for messages: "export.zip: imported_pages.csv"
  uint64_t bytes = 0;       // to be read, for progress; of a file on a disk what it takes there
  std::string path;         // on a disk: the file, or the zip it is in
  bool in_zip = false;
  ZipPlace place;
};

class ArchiveSource {
 public:
  // paths: zips, folders (their *.csv and *.csv.gz, not those of folders in them), files. Error: Unreadable, Corrupt; Exhausted beyond the
  // limits; Unsupported for an encrypted zip.
  static Result<ArchiveSource> open(std::span<const std::string> paths);
  // By name, whatever order they were found in.
  [[nodiscard]] const std::vector<ArchiveFile>& files() const { return files_; }
  // Several may be open at a time.
  [[nodiscard]] Result<std::unique_ptr<ByteInput>> open_file(const ArchiveFile& file) const;

 private:
  ArchiveSource() = default;
  std::vector<ArchiveFile> files_;
};

}  // namespace noctule
