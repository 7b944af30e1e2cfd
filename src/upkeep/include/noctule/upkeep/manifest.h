#pragma once
// SPDX-License-Identifier: Apache-2.0
// The manifest of a backup: which files it has, how long they are and their SHA-256 as `sha256sum` prints it. A backup without a
// manifest is one that was broken off.
#include <cstdint>
#include <string>
#include <vector>

#include "noctule/base/result.h"

namespace noctule {

inline constexpr std::string_view kManifestFile = "manifest.json";

struct ManifestEntry {
  std::string name;     // a plain file name
  uint64_t bytes = 0;
  std::string sha256;   // 64 hexadecimal digits
  friend bool operator==(const ManifestEntry&, const ManifestEntry&) = default;
};

struct Manifest {
  std::string program;  // version that wrote it
  int64_t made_ms = 0;
  std::vector<ManifestEntry> files;
};

[[nodiscard]] std::string to_json(const Manifest& manifest);
// Error: Corrupt: it is no manifest, or it names a file outside its folder.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

// The length and sum of a file. Error: Io, NotFound.
[[nodiscard]] Result<ManifestEntry> measure_file(const std::string& folder, const std::string& name);
// Copies a file (mode 0600, synced; the target must not exist) and measures it on the way. Error: Io, NotFound, Exhausted (disk full).
[[nodiscard]] Result<ManifestEntry> copy_measured(const std::string& from, const std::string& to_folder, const std::string& name);
// Writes a short file whole (mode 0600, synced). Error: Io, Exhausted.
[[nodiscard]] Result<void> write_synced(const std::string& path, std::string_view content);
// Reads a file of at most bytes_max. Error: Io, NotFound, Corrupt (longer).
[[nodiscard]] Result<std::string> read_short_file(const std::string& path, size_t bytes_max);

}  // namespace noctule
