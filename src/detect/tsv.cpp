// SPDX-License-Identifier: Apache-2.0
#include "tsv.h"

#include <fmt/format.h>

namespace noctule {

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

Result<TsvTable> TsvTable::parse(std::string_view table_name, std::string_view text,
                                 std::vector<std::string_view> columns) {
  TsvTable table;
  size_t line_number = 0;
  bool has_header = false;
  for (std::string_view line : split(text, "\n")) {
    ++line_number;
    if (line.empty() || line.front() == '#') continue;
    Row cells = split(line, "\t");
    if (cells.size() != columns.size()) {
      return fail(ErrorCode::InvalidInput, fmt::format("{}.tsv line {}: {} cells, expected {}", table_name, line_number,
                                                       cells.size(), columns.size()));
    }
    if (has_header) {
      table.rows_.push_back(std::move(cells));
    } else if (cells != columns) {
      return fail(ErrorCode::InvalidInput, fmt::format("{}.tsv line {}: unexpected columns", table_name, line_number));
    }
    has_header = true;
  }
  return table;
}

}  // namespace noctule
