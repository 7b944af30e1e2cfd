#pragma once
// SPDX-License-Identifier: Apache-2.0
// Labelled user agents and referrers that nobody of this project wrote; they stay outside of the project. A test that finds
// none says so and skips.
#include <zstd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corpus {

inline std::filesystem::path folder() {
  const char* given = std::getenv("NOCTULE_CORPUS");
  return given != nullptr ? std::filesystem::path(given) : std::filesystem::path(NOCTULE_SOURCE_DIR) / "../shared/data";
}

// The whole file, decompressed where its name ends in .zst; nullopt when it is absent or damaged.
inline std::optional<std::string> read_file(const std::string& name) {
  std::ifstream in(folder() / name, std::ios::binary);
  if (!in) return std::nullopt;
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!name.ends_with(".zst")) return bytes;
  ZSTD_DStream* stream = ZSTD_createDStream();
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  std::string text, piece(1 << 17, '\0');
  bool whole = true;
  while (whole && input.pos < input.size) {
    ZSTD_outBuffer output{piece.data(), piece.size(), 0};
    whole = ZSTD_isError(ZSTD_decompressStream(stream, &output, &input)) == 0;
    text.append(piece, 0, output.pos);
  }
  ZSTD_freeDStream(stream);
  return whole ? std::optional(text) : std::nullopt;
}

using Row = std::vector<std::string_view>;

// The rows of a tab-separated text below its line of names; views into the text.
inline std::vector<Row> rows_of(std::string_view text) {
  std::vector<Row> rows;
  bool header = true;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    Row cells;
    for (size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
      cells.push_back(line.substr(0, tab));
      line.remove_prefix(tab + 1);
    }
    cells.push_back(line);
    if (!header) rows.push_back(std::move(cells));
    header = false;
  }
  return rows;
}

}  // namespace corpus
