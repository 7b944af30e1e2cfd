// SPDX-License-Identifier: Apache-2.0
// The example requests of Plausible's public documentation of its Stats API version 2, over data of our own, and the shape that
// the documentation gives their answers.
#include <gtest/gtest.h>

#include "world.h"

namespace noctule::testing {
namespace {

// Tuesday, 20 August 2024.
const int64_t kNow = instant(2024, 8, 20, 15);

class Examples : public ::testing::Test {
 protected:
  Examples() {
    EventRow& first = world.visit(instant(2024, 8, 14, 9), 1, "/docs/start");
    first.source = "Google";
    first.os = "GNU/Linux";
    first.utm_medium = "social";
    first.utm_source = "twitter";
    const EventRow first_view = first;
    world.view(first_view, instant(2024, 8, 14, 9, 1), "/pricing");
    world.custom(first_view, instant(2024, 8, 14, 9, 2), "Signup").properties = R"({"is_customer":"true"})";
    EventRow& second = world.visit(instant(2024, 8, 15, 10), 2, "/Blog/one");
    second.os = "Mac";
    second.properties = R"({"is_customer":"false"})";
    world.visit(instant(2024, 8, 15, 11), 3, "/blog/two").os = "Windows";
    world.visit(instant(2024, 8, 20, 1, 30), 4, "/").source = "Google";
    EventRow& buyer = world.visit(instant(2024, 8, 20, 2, 10), 5, "/pricing");
    EventRow& order = world.custom(buyer, instant(2024, 8, 20, 2, 20), "PurchaseUSD");
    order.revenue_micros = 96'336'315'000'000;
    order.currency = "USD";
    EventRow& other = world.custom(buyer, instant(2024, 8, 20, 2, 30), "PurchaseEUR");
    other.revenue_micros = 5'500'000;
    other.currency = "EUR";
    world.load();
  }

  // Both from events alone and with roll-ups: the same.
  Json ask(const Json& question) {
    const Json before = world.answer(question, kNow);
    world.roll_up(kNow);
    const Json after = world.answer(question, kNow);
    EXPECT_EQ(before, after);
    return after;
  }

  World world;
};

Json results(std::initializer_list<std::pair<Json, Json>> rows) {
  Json out = Json::array();
  for (const auto& [metrics, dimensions] : rows) out.push_back({{"metrics", metrics}, {"dimensions", dimensions}});
  return out;
}

TEST_F(Examples, a_simple_aggregate) {
  const Json answer = ask({{"site_id", "dummy.site"}, {"metrics", {"visitors", "events"}}, {"date_range", "7d"}});
  EXPECT_EQ(answer["results"], results({{{3, 5}, Json::array()}}));
  EXPECT_EQ(answer["meta"], Json::object());
  EXPECT_EQ(answer["query"], Json::parse(R"({"site_id":"dummy.site","metrics":["visitors","events"],
    "date_range":["2024-08-13T00:00:00+00:00","2024-08-19T23:59:59+00:00"],"filters":[],"dimensions":[],
    "order_by":[["visitors","desc"]],"include":{},"pagination":{"offset":0,"limit":10000}})"));
}

TEST_F(Examples, a_range_of_dates) {
  const Json answer = ask({{"site_id", "dummy.site"}, {"metrics", {"visitors"}}, {"date_range", {"2024-08-01", "2024-08-15"}}});
  EXPECT_EQ(answer["results"], results({{{3}, Json::array()}}));
  EXPECT_EQ(answer["query"]["date_range"], Json({"2024-08-01T00:00:00+00:00", "2024-08-15T23:59:59+00:00"}));
}

TEST_F(Examples, country_and_city_have_the_shape_and_no_rows_because_they_are_not_collected) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors","pageviews","bounce_rate"],"date_range":"7d",
    "filters":[["is_not","visit:country_name",[""]]],"dimensions":["visit:country_name","visit:city_name"]})"));
  EXPECT_EQ(answer["results"], Json::array());
  EXPECT_EQ(answer["meta"]["dimension_warnings"]["visit:city_name"]["code"], "not_collected");
  EXPECT_EQ(answer["query"]["filters"], Json::parse(R"([["is_not","visit:country_name",[""]]])"));
}

TEST_F(Examples, utm_medium_and_source) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors","events","pageviews"],"date_range":"7d",
    "dimensions":["visit:utm_medium","visit:utm_source"]})"));
  EXPECT_EQ(answer["results"], results({{{2, 2, 2}, {"(not set)", "(not set)"}}, {{1, 3, 2}, {"social", "twitter"}}}));
}

TEST_F(Examples, filters_by_page_and_country) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors"],"date_range":"7d","filters":[
    ["contains","event:page",["/docs","/pricing"]],["is","visit:country_name",["Estonia","United States of America"]]]})"));
  EXPECT_EQ(answer["results"], results({{{0}, Json::array()}}));
}

TEST_F(Examples, filters_that_ignore_case) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors"],"date_range":"7d","filters":[
    ["contains","event:page",["/blog"],{"case_sensitive":false}]]})"));
  EXPECT_EQ(answer["results"], results({{{2}, Json::array()}}));
}

TEST_F(Examples, a_series_of_days) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors","events"],"date_range":"7d",
    "filters":[["is","visit:os",["GNU/Linux","Mac"]]],"dimensions":["time:day"]})"));
  EXPECT_EQ(answer["results"], results({{{1, 3}, {"2024-08-14"}}, {{1, 1}, {"2024-08-15"}}}));
  EXPECT_EQ(answer["query"]["order_by"], Json::parse(R"([["time:day","asc"],["visitors","desc"]])"));
}

TEST_F(Examples, a_series_of_hours_with_labels) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors"],"date_range":"day","dimensions":["time:hour"],
    "include":{"time_labels":true}})"));
  EXPECT_EQ(answer["results"], results({{{1}, {"2024-08-20 01:00:00"}}, {{1}, {"2024-08-20 02:00:00"}}}));
  ASSERT_EQ(answer["meta"]["time_labels"].size(), 24U);
  EXPECT_EQ(answer["meta"]["time_labels"][0], "2024-08-20 00:00:00");
  EXPECT_EQ(answer["meta"]["time_labels"][23], "2024-08-20 23:00:00");
}

TEST_F(Examples, custom_properties) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors"],"date_range":"7d",
    "dimensions":["time:day","event:props:is_customer"],"order_by":[["time:day","asc"],["event:props:is_customer","desc"]]})"));
  EXPECT_EQ(answer["results"], results({{{1}, {"2024-08-14", "true"}}, {{1}, {"2024-08-14", "(none)"}}, {{1}, {"2024-08-15", "false"}},
                                        {{1}, {"2024-08-15", "(none)"}}}));
}

TEST_F(Examples, pages_of_an_answer) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors","events","pageviews"],"date_range":"7d",
    "dimensions":["visit:utm_medium","visit:utm_source"],"include":{"total_rows":true},"pagination":{"limit":1,"offset":1}})"));
  EXPECT_EQ(answer["results"], results({{{1, 3, 2}, {"social", "twitter"}}}));
  EXPECT_EQ(answer["meta"], Json::parse(R"({"total_rows":2})"));
  EXPECT_EQ(answer["query"]["pagination"], Json::parse(R"({"offset":1,"limit":1})"));
}

TEST_F(Examples, imported_totals_are_added) {
  EventRow totals;
  totals.origin = static_cast<uint8_t>(EventOrigin::Archive);
  totals.time = instant(2024, 8, 1);
  totals.rules = "archive.sources";
  totals.source = "Google";
  totals.count = 700;
  totals.visitors = 600;
  totals.visits = 650;
  world.raw(totals);
  totals.rules = "archive.visitors";
  totals.source = "";
  world.raw(totals);
  world.load();
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors"],"date_range":"all","dimensions":["visit:source"],
    "include":{"imports":true}})"));
  EXPECT_EQ(answer["results"], results({{{602}, {"Google"}}, {{3}, {"Direct / None"}}}));
  EXPECT_EQ(answer["meta"], Json::parse(R"({"imports_included":true})"));
  const Json without = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors"],"date_range":"all"})"));
  EXPECT_EQ(without["results"], results({{{5}, Json::array()}}));
}

TEST_F(Examples, imported_sources_have_channels_and_imported_events_have_names) {
  EventRow totals;
  totals.origin = static_cast<uint8_t>(EventOrigin::Archive);
  totals.time = instant(2024, 8, 1);
  totals.rules = "archive.sources";
  totals.channel = static_cast<uint8_t>(Channel::Newsletter);
  totals.visitors = 400;
  world.raw(totals);
  totals.rules = "archive.sources site.channel was.5";  // as one leaves it that an operator's rule moved
  totals.visitors = 200;
  world.raw(totals);
  totals.visitors = 600;
  totals.rules = "archive.custom_events";
  totals.kind = static_cast<uint8_t>(EventKind::Custom);
  totals.name = "Imported Signup";
  totals.count = 70;
  world.raw(totals);
  world.load();
  const Json channels = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors"],"date_range":"all","dimensions":["visit:channel"],
    "filters":[["is","visit:channel",["newsletter"]]],"include":{"imports":true}})"));
  EXPECT_EQ(channels["results"], results({{{600}, {"newsletter"}}}));
  const Json names = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["events","visitors"],"date_range":"all","dimensions":["event:name"],
    "filters":[["is","event:name",["Imported Signup"]]],"include":{"imports":true}})"));
  EXPECT_EQ(names["results"], results({{{70, 600}, {"Imported Signup"}}}));
}

TEST_F(Examples, imported_totals_that_no_table_holds_are_not_added_and_this_is_said) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors"],"date_range":"all","dimensions":["visit:source"],
    "filters":[["is","visit:country_name",["Estonia"]]],"include":{"imports":true}})"));
  EXPECT_EQ(answer["meta"]["imports_included"], false);
  EXPECT_EQ(answer["meta"]["imports_skip_reason"], "unsupported_query");
  EXPECT_TRUE(answer["meta"]["imports_warning"].is_string());
}

TEST_F(Examples, revenue_by_goal) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["total_revenue"],"date_range":"all","dimensions":["event:goal"]})"));
  ASSERT_EQ(answer["results"].size(), 3U);
  EXPECT_EQ(answer["results"][0], Json::parse(R"({"metrics":[{"short":"$96.3M","value":96336315.0,"long":"$96,336,315.00","currency":"USD"}],
    "dimensions":["PurchaseUSD"]})"));
  EXPECT_EQ(answer["results"][2], Json::parse(R"({"metrics":[null],"dimensions":["Signup"]})"));
  EXPECT_EQ(answer["meta"], Json::object());
}

TEST_F(Examples, revenue_of_two_currencies_is_null_and_this_is_said) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["total_revenue"],"date_range":"all",
    "filters":[["is","event:goal",["PurchaseUSD","PurchaseEUR"]]]})"));
  EXPECT_EQ(answer["results"], results({{{nullptr}, Json::array()}}));
  EXPECT_EQ(answer["meta"]["metric_warnings"]["total_revenue"]["code"], "no_single_revenue_currency");
}

TEST_F(Examples, behavioral_filters) {
  const Json answer = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors"],"date_range":"all","filters":[
    ["is","event:goal",["Signup"]],["has_done",["is","event:page",["/pricing"]]]]})"));
  EXPECT_EQ(answer["results"], results({{{1}, Json::array()}}));
  const Json not_done = ask(Json::parse(R"({"site_id":"dummy.site","metrics":["visitors"],"date_range":"all","filters":[
    ["is","event:page",["/pricing"]],["has_not_done",["is","event:goal",["Signup"]]]]})"));
  EXPECT_EQ(not_done["results"], results({{{1}, Json::array()}}));
}

}  // namespace
}  // namespace noctule::testing
