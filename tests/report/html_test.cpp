// SPDX-License-Identifier: Apache-2.0
// What can be said of the HTML report without a browser; tests/e2e looks at it in one.
#include "noctule/report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "noctule/report/json.h"
#include "sample_analysis.h"

namespace noctule {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const size_t start = text.find(from);
  if (start == std::string::npos) return {};
  const size_t first = start + from.size();
  return text.substr(first, text.find(to, first) - first);
}

json data_in(const std::string& html) {
  return json::parse(between(html, "<script type=\"application/json\" id=\"data\">", "</script>"));
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Html, holds_the_published_analysis_and_the_cube_behind_its_filters) {
  const Analysis analysis = test::sample_analysis();
  const json data = data_in(render_html(analysis, {}));
  EXPECT_EQ(data["analysis"], json::parse(render_json(analysis)));
  uint64_t arrivals = 0;
  for (const json& row : data["cube"]["rows"]) arrivals += row[7].get<uint64_t>();
  EXPECT_EQ(arrivals, analysis.arrivals);
  EXPECT_EQ(data["cube"]["apps"].size(), analysis.cube_apps.size());
  EXPECT_EQ(data["names"]["ga4"][0], "Direct");
}

TEST(Html, has_all_words_in_both_languages_and_begins_in_the_one_asked_for) {
  const std::string html = render_html(test::sample_analysis(), {Language::French});
  const json data = data_in(html);
  EXPECT_THAT(html, HasSubstr("<html lang=\"fr\">"));
  EXPECT_EQ(data["language"], "fr");
  EXPECT_EQ(data["messages"]["en"].size(), data["messages"]["fr"].size());
  EXPECT_EQ(data["messages"]["fr"]["column.visits"], "Visites");
}

TEST(Html, allows_nothing_but_its_own_script_and_style) {
  const std::string html = render_html(test::sample_analysis(), {});
  const std::string policy = between(html, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
  EXPECT_THAT(policy, testing::StartsWith("default-src 'none'; script-src 'sha256-"));
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(policy.find("http"), std::string::npos);
}

TEST(Html, text_of_a_log_cannot_leave_its_place) {
  const std::string plain = render_html(test::sample_analysis(), {}), hostile = render_html(test::hostile_analysis(), {});
  for (const std::string part : {"<script", "</script", "<!--", "<noscript", "@@"}) {
    EXPECT_EQ(count_of(hostile, part), count_of(plain, part)) << part;
  }
  EXPECT_EQ(hostile.find("\xE2\x80\xA8"), std::string::npos) << "U+2028 is escaped";
  EXPECT_EQ(data_in(hostile)["cube"]["pages"].size(), 4U);
}

TEST(Html, a_page_named_like_a_marker_of_the_template_stays_a_page) {
  Analysis analysis = test::sample_analysis();
  analysis.cube_pages[1] = "@@DATA@@ @@TITLE@@";
  EXPECT_EQ(data_in(render_html(analysis, {}))["cube"]["pages"][1], "@@DATA@@ @@TITLE@@");
}

TEST(Html, says_the_headline_without_javascript_too) {
  const std::string html = render_html(test::few_analysis(), {});
  EXPECT_THAT(between(html, "<noscript>", "</noscript>"), HasSubstr("Not enough to say how many of 9 visits"));
}

}  // namespace
}  // namespace noctule
