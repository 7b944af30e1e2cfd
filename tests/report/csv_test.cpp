// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_analysis.h"

namespace noctule {
namespace {

using Table = std::vector<std::vector<std::string>>;

// An independent reader of RFC 4180, strict: quotes only where a cell begins, rows end in CRLF.
Table read_csv(std::string_view text) {
  Table rows(1);
  std::string cell;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') cell += c;
      else if (i + 1 < text.size() && text[i + 1] == '"') cell += text[++i];
      else quoted = false;
    } else if (c == '"') {
      EXPECT_TRUE(cell.empty());
      quoted = true;
    } else if (c == ',') {
      rows.back().push_back(std::exchange(cell, {}));
    } else if (c == '\r') {
      EXPECT_EQ(text[++i], '\n');
      rows.back().push_back(std::exchange(cell, {}));
      rows.emplace_back();
    } else {
      cell += c;
    }
  }
  EXPECT_TRUE(rows.back().empty()) << "the last row ends with CRLF";
  rows.pop_back();
  return rows;
}

TEST(Csv, every_table_has_a_header_and_rows_of_one_width) {
  for (const Analysis& analysis : {test::sample_analysis(), test::hostile_analysis()}) {
    for (const std::string_view name : csv_tables()) {
      const auto text = render_csv(analysis, name);
      ASSERT_TRUE(text) << name;
      const Table rows = read_csv(*text);
      ASSERT_GT(rows.size(), 1U) << name;
      for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size()) << name;
    }
  }
}

TEST(Csv, pages_carry_their_range) {
  const Analysis analysis = test::sample_analysis();
  const Table rows = read_csv(*render_csv(analysis, "pages"));
  EXPECT_THAT(rows[0], testing::ElementsAre("page", "arrivals", "private_low", "private_high", "ga4_direct", "pastes", "top_app", "ga4_unknown"));
  EXPECT_EQ(rows[2][0], "example.org/recettes/tarte-aux-pommes");
  EXPECT_EQ(rows[2][1], std::to_string(analysis.pages[1].arrivals));
  EXPECT_EQ(std::stod(rows[2][2]), analysis.pages[1].private_low);
}

TEST(Csv, quotes_and_commas_are_quoted) {
  Analysis analysis;
  analysis.pages.resize(1);
  analysis.pages[0].page = "/a,\"b\"";
  EXPECT_THAT(*render_csv(analysis, "pages"), testing::HasSubstr("\"/a,\"\"b\"\"\",0,"));
}

TEST(Csv, a_page_name_cannot_become_a_formula) {
  Analysis analysis;
  for (const std::string_view name : {"=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "  =1", "\t=1"}) {
    PageRow page;
    page.page = name;
    analysis.pages.push_back(page);
  }
  const Table rows = read_csv(*render_csv(analysis, "pages"));
  for (size_t i = 1; i < rows.size(); ++i) {
    EXPECT_THAT(rows[i][0], testing::AnyOf(testing::StartsWith("'"), testing::StartsWith("\\x09")));
  }
}

TEST(Csv, an_unknown_table_is_an_error_that_names_the_known_ones) {
  const auto text = render_csv(test::sample_analysis(), "visitors\x1b");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message,
            "no CSV table is called \"visitors\\x1B\": expected one of pages, apps, channels, unfurls, days, exclusions, arrivals");
}

}  // namespace
}  // namespace noctule
