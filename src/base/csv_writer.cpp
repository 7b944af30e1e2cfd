// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/csv_writer.h"

#include <fmt/format.h>

#include <cmath>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kCellBytesMax = 4'096;
constexpr std::string_view kFormulaBegins = "=+-@";  // tab and CR, with which one may begin too, are not printable

}  // namespace

void CsvWriter::text(std::string_view bytes) {
  std::string clean = printable(bytes, kCellBytesMax);
  const size_t first = clean.find_first_not_of(' ');
  if (first != std::string::npos && kFormulaBegins.contains(clean[first])) clean.insert(clean.begin(), '\'');
  cell(clean);
}

void CsvWriter::number(double value) { cell(std::isfinite(value) ? fmt::format("{}", value) : ""); }

void CsvWriter::cell(std::string_view content) {
  if (!first_) out_ += ',';
  first_ = false;
  if (content.find_first_of(",\"\r\n") == std::string_view::npos) {
    out_ += content;
    return;
  }
  out_ += '"';
  for (const char c : content) out_.append(c == '"' ? 2 : 1, c);
  out_ += '"';
}

void CsvWriter::end_row() {
  out_ += "\r\n";
  first_ = true;
}

void CsvWriter::header(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) cell(name);
  end_row();
}

}  // namespace noctule
