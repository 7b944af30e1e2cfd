#pragma once
// SPDX-License-Identifier: Apache-2.0
// CsvReader: rows of comma-separated values as RFC 4180 has them, one at a time and in bounded memory. A byte order mark and blank
// lines are skipped, lines may end with LF alone. Strict elsewhere: a file that is read wrongly would be counted wrongly.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "byte_input.h"
#include "noctule/base/result.h"

namespace noctule {

inline constexpr size_t kCsvFieldsMax = 256;               // of a row
inline constexpr size_t kCsvFieldBytesMax = 256 * 1'024;
inline constexpr size_t kCsvRowBytesMax = 1'024 * 1'024;   // of its values

class CsvReader {
 public:
  // input outlives it. name: of the file, for messages.
  CsvReader(ByteInput& input, std::string name);

  // Goes to the next row; false: there is none. Error: InvalidInput where the text is no CSV or beyond a limit, naming file and
  // line; those of the input. After an error there are no more rows.
  [[nodiscard]] Result<bool> next();
  // Of the row; valid until next(). Bytes as they stand in the file.
  [[nodiscard]] std::span<const std::string_view> fields() const { return fields_; }
  // Where the row begins, counted from 1.
  [[nodiscard]] uint64_t line() const { return row_line_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  enum class State : uint8_t { FieldStart, Plain, Quoted, QuoteInQuoted, AfterReturn };
  enum class Step : uint8_t { GoOn, RowEnds };

  [[nodiscard]] Result<size_t> read_more(size_t have);
  [[nodiscard]] Result<bool> fill();
  [[nodiscard]] Result<Step> take_char();
  [[nodiscard]] Result<void> take_run();
  [[nodiscard]] Result<Step> take_separator(char c);
  [[nodiscard]] Result<void> append(std::string_view bytes);
  [[nodiscard]] Result<void> end_field();
  [[nodiscard]] Result<bool> end_of_input();
  [[nodiscard]] bool is_blank_row() const;
  void begin_row();
  void publish();
  std::unexpected<Error> problem(std::string_view what);

  ByteInput& input_;
  std::string name_;
  std::array<char, 64 * 1'024> buffer_;
  std::string_view rest_;              // of the buffer
  bool begun_ = false, failed_ = false;
  State state_ = State::FieldStart;
  bool quoted_ = false;                // a field of the row stood in quotes
  uint64_t line_ = 1, row_line_ = 1;
  std::string values_;                 // of the row, one after another
  std::vector<size_t> ends_;           // of each in values_
  std::vector<std::string_view> fields_;
};

}  // namespace noctule
