#pragma once
// SPDX-License-Identifier: Apache-2.0
// Reads a table of data/: tab-separated, the first line names the columns, '#' begins a comment line, no quoting. The views
// point into the text that was given. A row with more or fewer cells than columns is an error that names the line.
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"

namespace noctule {

class TsvTable {
 public:
  // Columns must be exactly these, in this order.
  static Result<TsvTable> parse(std::string_view table_name, std::string_view text, std::vector<std::string_view> columns);

  using Row = std::vector<std::string_view>;
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<Row> rows_;
};

// "a|b|c" in parts; one empty part for an empty text.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, std::string_view separator);

}  // namespace noctule
