// SPDX-License-Identifier: Apache-2.0
#include "piece_input.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace noctule {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Result<Rows> read(std::string_view text, size_t piece = 1'000'000) {
  testing::PieceInput input(text, piece);
  CsvReader reader(input, "a.csv");
  Rows rows;
  while (true) {
    NOCT_TRY(const bool more, reader.next());
    if (!more) return rows;
    rows.emplace_back(reader.fields().begin(), reader.fields().end());
  }
}

std::string print(const Rows& rows, std::string_view line_end) {
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      out += i == 0 ? "\"" : ",\"";
      for (const char c : row[i]) out.append(c == '"' ? 2 : 1, c);
      out += '"';
    }
    out += line_end;
  }
  return out;
}

TEST(Csv, quotes_commas_and_line_ends_inside_quotes_belong_to_the_field) {
  EXPECT_EQ(*read("a,b\r\n\"x, y\",\"say \"\"hi\"\"\r\nthere\"\r\n"), (Rows{{"a", "b"}, {"x, y", "say \"hi\"\r\nthere"}}));
}

TEST(Csv, a_byte_order_mark_and_blank_lines_are_skipped_and_the_last_line_needs_no_end) {
  for (size_t piece = 1; piece < 5; ++piece) EXPECT_EQ(*read("\xEF\xBB\xBF\n\na,\n\r\n,b", piece), (Rows{{"a", ""}, {"", "b"}}));
}

TEST(Csv, an_empty_field_in_quotes_is_a_row_and_an_empty_file_is_none) {
  EXPECT_EQ(*read("\"\"\n"), (Rows{{""}}));
  EXPECT_EQ(*read(""), Rows{});
}

TEST(Csv, what_is_no_csv_is_an_error_that_names_file_and_line) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"a,b\nc\"d,e\n", "a.csv line 2: a quote stands inside a field without quotes"},
      {"\"a\"b\n", "a.csv line 1: something follows the quote that ends a field; expected a comma or the end of the line"},
      {"a\n\"b\nc", "a.csv line 3: the file breaks off inside a quoted field that began on line 2"},
      {"a\rb\n", "a.csv line 1: a carriage return stands alone; expected a line feed after it"},
  };
  for (const auto& [text, message] : cases) {
    const auto rows = read(text);
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().message, message);
    EXPECT_EQ(rows.error().code, ErrorCode::InvalidInput);
  }
}

TEST(Csv, a_file_that_never_ends_a_field_or_a_row_is_refused_at_the_limits) {
  EXPECT_EQ(read("\"" + std::string(kCsvFieldBytesMax + 1, 'x')).error().message, "a.csv line 1: a field is longer than 262144 bytes");
  EXPECT_EQ(read(std::string(kCsvFieldsMax, ',')).error().message, "a.csv line 1: a row has more than 256 fields");
  std::string row;
  for (int i = 0; i < 5; ++i) row += std::string(kCsvFieldBytesMax - 1, 'x') + ",";
  EXPECT_EQ(read(row).error().message, "a.csv line 1: a row is longer than 1048576 bytes");
  EXPECT_TRUE(read("\"" + std::string(kCsvFieldBytesMax, 'x') + "\"\n"));
}

TEST(Csv, after_an_error_there_are_no_more_rows) {
  testing::PieceInput input("a\"\nb\n", 100);
  CsvReader reader(input, "a.csv");
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(*reader.next());
}

TEST(Csv, a_row_knows_the_line_it_begins_on) {
  testing::PieceInput input("a\n\n\"b\nc\"\nd\n", 2);
  CsvReader reader(input, "a.csv");
  std::vector<uint64_t> lines;
  while (*reader.next()) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<uint64_t>{1, 3, 5}));
}

RC_GTEST_PROP(Csv, what_was_printed_is_read_in_pieces_of_any_size, (bool returns)) {
  const auto rows = *rc::gen::container<Rows>(rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
      rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', '\r', ' ', '\xC3')))));
  const size_t piece = *rc::gen::inRange<size_t>(1, 40);
  const auto read_again = read(print(rows, returns ? "\r\n" : "\n"), piece);
  RC_ASSERT(read_again.has_value());
  RC_ASSERT(*read_again == rows);
}

}  // namespace
}  // namespace noctule
