// SPDX-License-Identifier: Apache-2.0
#include "question_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "noctule/query/query.h"

namespace noctule {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Json question(Json changes) {
  Json out = {{"site_id", "dummy.site"}, {"metrics", {"visitors"}}, {"date_range", "7d"}};
  out.update(changes);
  return out;
}

std::string error_of(const Json& json) {
  const auto parsed = parse_question(json.dump());
  EXPECT_FALSE(parsed.has_value()) << json.dump();
  if (parsed) return {};
  EXPECT_EQ(parsed.error().code, ErrorCode::InvalidInput);
  return parsed.error().message;
}

TEST(QuestionParser, errors_name_the_place_and_what_was_sent) {
  EXPECT_EQ(error_of({{"metrics", {"visitors"}}, {"date_range", "7d"}}), "#: Required property site_id was not present.");
  EXPECT_EQ(error_of({{"site_id", "a"}, {"date_range", "7d"}}), "#: Required property metrics was not present.");
  EXPECT_EQ(error_of({{"site_id", "a"}, {"metrics", {"visitors"}}}), "#: Required property date_range was not present.");
  EXPECT_EQ(error_of(question({{"metrics", {"visitors", "vistors"}}})), "#/metrics/1: Invalid metric \"vistors\"");
  EXPECT_EQ(error_of(question({{"metrics", Json::array()}})), "#/metrics: Expected a minimum of 1 items but got 0.");
  EXPECT_EQ(error_of(question({{"dimensions", {"visit:planet"}}})), "#/dimensions/0: Invalid dimension \"visit:planet\"");
  EXPECT_EQ(error_of(question({{"metric", 1}})), "#/metric: Schema does not allow additional properties.");
  EXPECT_THAT(error_of(question({{"date_range", "fortnight"}})), StartsWith("#/date_range: Invalid date range \"fortnight\""));
  EXPECT_THAT(error_of(question({{"order_by", Json::array({{"events", "desc"}})}})), StartsWith("#/order_by/0: Invalid order_by entry"));
  EXPECT_THAT(error_of(question({{"pagination", {{"limit", 0}}}})), StartsWith("#/pagination/limit"));
  EXPECT_THAT(error_of(question({{"include", {{"imported", true}}}})), StartsWith("#/include/imported"));
}

TEST(QuestionParser, metrics_are_refused_where_they_mean_nothing) {
  EXPECT_EQ(error_of(question({{"metrics", {"bounce_rate"}}, {"dimensions", {"event:page"}}})),
            "Session metric(s) `bounce_rate` cannot be queried along with event dimensions.");
  EXPECT_EQ(error_of(question({{"metrics", {"conversion_rate"}}})),
            "Metric `conversion_rate` can only be queried with event:goal filters or dimensions.");
  EXPECT_EQ(error_of(question({{"metrics", {"percentage"}}})), "Metric `percentage` can only be queried with non-empty dimensions.");
  EXPECT_EQ(error_of(question({{"metrics", {"scroll_depth"}}})),
            "Metric `scroll_depth` can only be queried with event:page filters or dimensions.");
  EXPECT_EQ(error_of(question({{"include", {{"time_labels", true}}}})), "Invalid include.time_labels: requires a time dimension.");
}

TEST(QuestionParser, filters_are_checked_to_the_last_leaf) {
  const auto filter = [](const char* text) { return question({{"filters", Json::array({Json::parse(text)})}}); };
  EXPECT_THAT(error_of(filter(R"(["resembles","event:page",["/"]])")), HasSubstr("unknown operator"));
  EXPECT_THAT(error_of(filter(R"(["or",[["is","event:page",["/"]],["is","visit:moon",["/"]]]])")), StartsWith("#/filters/0/1/1: Invalid filter"));
  EXPECT_THAT(error_of(filter(R"(["is","event:page",[]])")), HasSubstr("at least one value"));
  EXPECT_THAT(error_of(filter(R"(["is","time:day",["2026-01-01"]])")), HasSubstr("set date_range"));
  EXPECT_THAT(error_of(filter(R"(["matches","event:goal",["x"]])")), HasSubstr("event:goal takes"));
  EXPECT_THAT(error_of(filter(R"(["is","segment",[2]])")), HasSubstr("segments"));
  EXPECT_THAT(error_of(filter(R"(["has_done",["has_done",["is","event:page",["/"]]]])")), HasSubstr("nested"));
  EXPECT_THAT(error_of(filter(R"(["is","event:page",["/"],{"case":false}])")), HasSubstr("modifier"));
}

TEST(QuestionParser, limits_hold) {
  Json deep = Json::array({"is", "event:page", Json::array({"/"})});
  for (int i = 0; i < kFilterDepthMax; ++i) deep = Json::array({"not", deep});
  EXPECT_THAT(error_of(question({{"filters", Json::array({deep})}})), HasSubstr("nested deeper than 8"));
  Json many = Json::array();
  for (size_t i = 0; i <= kClausesMax; ++i) many.push_back("x");
  EXPECT_THAT(error_of(question({{"filters", Json::array({Json::array({"is", "event:page", many})})}})), HasSubstr("more than 500 values"));
  const std::string pattern(kPatternBytesMax + 1, 'a');
  EXPECT_THAT(error_of(question({{"filters", Json::array({Json::array({"matches", "event:page", Json::array({pattern})})})}})), HasSubstr("longer than 200 bytes"));
  const auto huge = parse_question(std::string(kQuestionBytesMax + 1, ' '));
  ASSERT_FALSE(huge.has_value());
  EXPECT_THAT(huge.error().message, HasSubstr("at most 65536"));
  EXPECT_FALSE(parse_question(std::string(30'000, '[')).has_value());
}

TEST(QuestionParser, the_site_is_read_without_the_rest) {
  EXPECT_EQ(*site_of_query(R"({"site_id":"example.org","metrics":7})"), "example.org");
  EXPECT_FALSE(site_of_query(R"({"site_id":7})").has_value());
  EXPECT_FALSE(site_of_query("[]").has_value());
}

TEST(QuestionParser, without_an_order_time_comes_first_then_the_first_metric) {
  const auto parsed = parse_question(question({{"metrics", {"pageviews", "visitors"}}, {"dimensions", {"visit:source", "time:week"}}}).dump());
  ASSERT_TRUE(parsed.has_value());
  ASSERT_EQ(parsed->question.order.size(), 2U);
  EXPECT_EQ(parsed->question.order[0].dimension, 1U);
  EXPECT_FALSE(parsed->question.order[0].descending);
  EXPECT_EQ(parsed->question.order[1].metric->name, "pageviews");
}

}  // namespace
}  // namespace noctule
