// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/csv_writer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace noctule {
namespace {

std::string written(std::string_view text) {
  CsvWriter csv;
  csv.text(text);
  return csv.take();
}

TEST(CsvWriter, separators_and_quotes_are_quoted) {
  EXPECT_EQ(written("a,b"), "\"a,b\"");
  EXPECT_EQ(written("say \"hi\""), "\"say \"\"hi\"\"\"");
  CsvWriter csv;
  csv.header({"page", "visits"});
  csv.text("/p");
  csv.number(int64_t{-3});
  csv.end_row();
  csv.text("");
  csv.number(std::numeric_limits<double>::quiet_NaN());
  csv.end_row();
  EXPECT_EQ(csv.take(), "page,visits\r\n/p,-3\r\n,\r\n");
}

TEST(CsvWriter, no_text_is_a_formula_or_another_row) {
  EXPECT_EQ(written("=1+1"), "'=1+1");
  EXPECT_EQ(written("  @SUM(A1)"), "'  @SUM(A1)");
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string cell = written(bytes);
    const std::string_view inner = cell.starts_with('"') ? std::string_view(cell).substr(1) : std::string_view(cell);
    const size_t first = inner.find_first_not_of(' ');
    RC_ASSERT(first == std::string_view::npos || !std::string_view("=+-@\t\r").contains(inner[first]));
    RC_ASSERT(!cell.contains('\n') && !cell.contains('\r'));
  }));
}

}  // namespace
}  // namespace noctule
