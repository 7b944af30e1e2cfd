#pragma once
// SPDX-License-Identifier: Apache-2.0
// CsvWriter: tables as RFC 4180 has them, that a spreadsheet can open without running what a stranger wrote into them.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace noctule {

class CsvWriter {
 public:
  // Text from outside: printable, at most 4096 bytes, and with an apostrophe before what a spreadsheet takes for a formula
  // (OWASP, "CSV Injection").
  void text(std::string_view bytes);
  void number(uint64_t count) { cell(std::to_string(count)); }
  void number(int64_t count) { cell(std::to_string(count)); }
  void number(double value);  // empty where it is no finite number
  // A word of the program's own.
  void cell(std::string_view content);
  void end_row();
  void header(std::initializer_list<std::string_view> names);
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
  bool first_ = true;
};

}  // namespace noctule
