#pragma once
// SPDX-License-Identifier: Apache-2.0
// Files in a zip. The adapter for minizip, which is zlib's own reader of zips: its licence is zlib's, and it needs nothing but zlib,
// where libzip and libarchive bring OpenSSL or libxml2, nettle and four compressors along.
#include <memory>
#include <string>
#include <vector>

#include "archive_source.h"

namespace noctule {

// Whether the file begins as a zip does.
[[nodiscard]] bool is_zip(const std::string& path);
// Its files, folders left out, at most count_max. Error: Corrupt, Exhausted, Unsupported (encrypted).
[[nodiscard]] Result<std::vector<ArchiveFile>> list_zip(const std::string& path, size_t count_max);
// Reading gives Corrupt where the file is not as long as the directory says or its checksum differs.
[[nodiscard]] Result<std::unique_ptr<ByteInput>> open_in_zip(const ArchiveFile& file);

}  // namespace noctule
