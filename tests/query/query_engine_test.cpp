// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "noctule/detect/knowledge.h"
#include "world.h"

namespace noctule::testing {
namespace {

using ::testing::HasSubstr;

const int64_t kNow = instant(2026, 3, 10, 15);
const int64_t kDay = instant(2026, 3, 4, 10);  // within "7d"

Json ask_json(const char* text) {
  Json out = Json::parse(text);
  out["site_id"] = "dummy.site";
  if (!out.contains("date_range")) out["date_range"] = "7d";
  return out;
}

Json results(std::initializer_list<std::pair<Json, Json>> rows) {
  Json out = Json::array();
  for (const auto& [metrics, dimensions] : rows) out.push_back({{"metrics", metrics}, {"dimensions", dimensions}});
  return out;
}

TEST(QueryEngine, private_bounds_are_visits_with_evidence_and_those_that_may_be) {
  World world;
  world.visit(kDay, 1, "/a").is_private = static_cast<uint8_t>(Private::Yes);
  world.visit(kDay, 2, "/a").is_private = static_cast<uint8_t>(Private::Unknown);
  world.visit(kDay, 3, "/a").dark = true;
  world.visit(kDay, 4, "/a");
  world.unfurl(kDay, "/a", "whatsapp");
  world.load();
  const Json answer = world.answer(ask_json(R"({"metrics":["private_low","private_high","dark_visits","unfurls"]})"), kNow);
  EXPECT_EQ(answer["results"], results({{{1, 3, 1, 1}, Json::array()}}));
  const Json by_app = world.answer(ask_json(R"({"metrics":["unfurls"],"dimensions":["visit:app"]})"), kNow);
  EXPECT_EQ(by_app["results"], results({{{1}, {"whatsapp"}}}));
}

TEST(QueryEngine, a_visitor_is_counted_once_a_local_day) {
  World world("Europe/Paris");
  world.visit(instant(2026, 3, 4, 22, 50), 1, "/");  // 23:50 in Paris
  world.visit(instant(2026, 3, 4, 23, 10), 1, "/");  // the next day there, and the same pseudonym
  world.load();
  const Json question = ask_json(R"({"metrics":["visitors"],"dimensions":["time:day"]})");
  EXPECT_EQ(world.answer(question, kNow)["results"], results({{{1}, {"2026-03-04"}}, {{1}, {"2026-03-05"}}}));
  EXPECT_EQ(world.answer(ask_json(R"({"metrics":["visitors"]})"), kNow)["results"], results({{{2}, Json::array()}}));
}

TEST(QueryEngine, rates_have_the_divisor_that_is_documented) {
  World world;
  for (uint64_t visitor = 1; visitor <= 4; ++visitor) {
    EventRow& visit = world.visit(kDay, visitor, "/");
    visit.source = visitor <= 3 ? "Google" : "";
    if (visitor != 2) world.custom(EventRow(visit), kDay + 1'000, "Signup");
  }
  world.load();
  const Json rates = world.answer(ask_json(R"({"metrics":["visitors","conversion_rate","group_conversion_rate"],"dimensions":["visit:source"],
    "filters":[["is","event:goal",["Signup"]]],"order_by":[["group_conversion_rate","desc"]]})"), kNow);
  EXPECT_EQ(rates["results"], results({{{1, 25.0, 100.0}, {"Direct / None"}}, {{2, 50.0, 66.67}, {"Google"}}}));
  const Json share = world.answer(ask_json(R"({"metrics":["visitors","percentage"],"dimensions":["visit:source"]})"), kNow);
  EXPECT_EQ(share["results"], results({{{3, 75.0}, {"Google"}}, {{1, 25.0}, {"Direct / None"}}}));
  const Json by_goal = world.answer(ask_json(R"({"metrics":["events","conversion_rate"],"dimensions":["event:goal"]})"), kNow);
  EXPECT_EQ(by_goal["results"], results({{{3, 75.0}, {"Signup"}}}));
}

TEST(QueryEngine, time_and_scroll_are_averages_over_the_pages_of_visits) {
  World world;
  const EventRow first = world.visit(kDay, 1, "/a");
  world.engagement(first, kDay + 10'000, 10'000, 40);
  world.engagement(first, kDay + 20'000, 10'000, 60);
  const EventRow second = world.visit(kDay, 2, "/a");
  world.engagement(second, kDay + 10'000, 40'000, 100);
  world.visit(kDay, 3, "/b");
  world.load();
  const Json answer = world.answer(ask_json(R"({"metrics":["visitors","time_on_page","scroll_depth"],"dimensions":["event:page"]})"), kNow);
  EXPECT_EQ(answer["results"], results({{{2, 30, 80}, {"/a"}}, {{1, nullptr, nullptr}, {"/b"}}}));
}

TEST(QueryEngine, an_exit_page_is_the_last_one_viewed) {
  World world;
  const EventRow visit = world.visit(kDay, 1, "/a");
  world.view(visit, kDay + 1'000, "/b");
  world.custom(visit, kDay + 2'000, "Signup");
  world.visit(kDay, 2, "/a");
  world.load();
  const Json answer = world.answer(ask_json(R"({"metrics":["visits"],"dimensions":["visit:exit_page"]})"), kNow);
  EXPECT_EQ(answer["results"], results({{{1}, {"/a"}}, {{1}, {"/b"}}}));
  const Json filtered = world.answer(ask_json(R"({"metrics":["visits"],"filters":[["is","visit:exit_page",["/b"]]]})"), kNow);
  EXPECT_EQ(filtered["results"], results({{{1}, Json::array()}}));
}

TEST(QueryEngine, filters_combine_and_patterns_match) {
  World world;
  world.visit(kDay, 1, "/blog/1").source = "Google";
  world.visit(kDay, 2, "/blog/2").source = "Bing";
  world.visit(kDay, 3, "/shop");
  world.load();
  const auto visitors = [&](const std::string& filters) {
    Json question = ask_json(R"({"metrics":["visitors"]})");
    question["filters"] = Json::parse(filters);
    return world.answer(question, kNow)["results"][0]["metrics"][0].get<int>();
  };
  EXPECT_EQ(visitors(R"([["or",[["is","visit:source",["Bing"]],["is","event:page",["/shop"]]]]])"), 2);
  EXPECT_EQ(visitors(R"([["not",["is","visit:source",["Direct / None"]]]])"), 2);
  EXPECT_EQ(visitors(R"([["and",[["contains","event:page",["blog"]],["is_not","visit:source",["Bing"]]]]])"), 1);
  EXPECT_EQ(visitors(R"([["matches","event:page",["^/blog/\\d$"]]])"), 2);
  EXPECT_EQ(visitors(R"([["matches_not","event:page",["^/blog/\\d$"]]])"), 1);
  EXPECT_EQ(visitors(R"([["is","visit:source",["google"],{"case_sensitive":false}]])"), 1);
  EXPECT_EQ(visitors(R"([["contains","visit:source",["Direct"]]])"), 1);
  EXPECT_EQ(visitors(R"([["is","event:page",["' OR 1=1 --"]]])"), 0);
}

TEST(QueryEngine, a_pattern_that_is_none_is_the_askers_error) {
  World world;
  world.visit(kDay, 1, "/");
  world.load();
  const auto answer = world.ask(ask_json(R"({"metrics":["visitors"],"filters":[["matches","event:page",["(["]]]})"), kNow);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::InvalidInput) << answer.error().message;
}

TEST(QueryEngine, properties_may_have_any_name) {
  World world;
  world.visit(kDay, 1, "/").properties = R"({"a/b~c'\"d":"x","plan":"pro"})";
  world.load();
  Json question = ask_json(R"({"metrics":["visitors"]})");
  question["dimensions"] = {"event:props:a/b~c'\"d", "event:props:plan"};
  EXPECT_EQ(world.answer(question, kNow)["results"], results({{{1}, {"x", "pro"}}}));
}

TEST(QueryEngine, published_rows_of_few_people_are_withheld_and_this_is_said) {
  World world;
  world.site.k_threshold = 3;
  for (uint64_t visitor = 1; visitor <= 3; ++visitor) world.visit(kDay, visitor, "/many");
  world.visit(kDay, 9, "/few");
  world.load();
  const Json question = ask_json(R"({"metrics":["pageviews"],"dimensions":["event:page"],"include":{"total_rows":true}})");
  const Json published = world.answer(question, kNow, true);
  EXPECT_EQ(published["results"], results({{{3}, {"/many"}}}));
  EXPECT_EQ(published["meta"]["total_rows"], 1);
  EXPECT_EQ(published["meta"]["withheld"]["rows"], 1);
  EXPECT_EQ(published["meta"]["withheld"]["below"], 3);
  EXPECT_EQ(world.answer(question, kNow)["results"].size(), 2U);
}

TEST(QueryEngine, csv_says_the_same_and_starts_no_formula) {
  World world;
  world.visit(kDay, 1, "/a").source = "=cmd|' /C calc'!A0";
  world.visit(kDay, 2, "/a").source = "Say \"hi\", please";
  world.visit(kDay, 3, "/a").source = "Say \"hi\", please";
  world.load();
  const auto csv = world.ask(ask_json(R"({"metrics":["visitors","bounce_rate"],"dimensions":["visit:source"]})"), kNow, false, AnswerFormat::Csv);
  ASSERT_TRUE(csv.has_value()) << csv.error().message;
  EXPECT_EQ(*csv, "visit:source,visitors,bounce_rate\r\n\"Say \"\"hi\"\", please\",2,100\r\n'=cmd|' /C calc'!A0,1,100\r\n");
}

TEST(QueryEngine, an_explanation_names_rules_their_sources_and_what_metrics_mean) {
  const Knowledge& knowledge = Knowledge::builtin();
  const std::string first = knowledge.rule(RuleId{1}).id, second = knowledge.rule(RuleId{2}).id;
  World world;
  EventRow& one = world.visit(kDay, 1, "/a");
  one.rules = world.keep(first + " " + second);
  one.source = "WhatsApp";
  EventRow& two = world.visit(kDay, 2, "/a");
  two.rules = world.keep(first);
  two.source = "WhatsApp";
  world.visit(kDay, 3, "/a");
  world.load();
  const Json answer = world.answer(ask_json(R"({"metrics":["private_low"],"dimensions":["visit:source"],"include":{"explain":true}})"), kNow);
  EXPECT_EQ(answer["results"], Json::array()) << "nothing was private";
  const Json visits = world.answer(ask_json(R"({"metrics":["visits"],"dimensions":["visit:source"],"include":{"explain":true}})"), kNow);
  EXPECT_EQ(visits["results"][0]["rules"], Json::array({{{"id", first}, {"visits", 2}}, {{"id", second}, {"visits", 1}}}));
  EXPECT_EQ(visits["results"][1]["rules"], Json::array());
  EXPECT_EQ(visits["meta"]["explain"]["rules"][first]["text"], knowledge.rule(RuleId{1}).text);
  EXPECT_TRUE(visits["meta"]["explain"]["metrics"]["visits"].is_string());
  EXPECT_EQ(visits["meta"]["explain"]["answered_from"]["events"], true);
}

TEST(QueryEngine, a_channel_of_the_operators_own_shows_by_its_name_from_events_and_from_roll_ups) {
  World world;
  world.visit(kDay, 1, "/a").rules = "ua.browser site.channel was.8 as.Our as. partners";
  EventRow& moved = world.visit(kDay, 2, "/a");
  moved.channel = static_cast<uint8_t>(Channel::Paid);
  moved.rules = "ua.browser site.channel was.8";
  world.load();
  const Json all = ask_json(R"({"metrics":["visits"],"dimensions":["visit:channel"],"include":{"explain":true}})");
  const Json one = ask_json(R"({"metrics":["visits"],"filters":[["is","visit:channel",["Our as. partners"]]]})");
  for (const bool rolled_up : {false, true}) {
    if (rolled_up) {
      EXPECT_EQ(world.roll_up(kNow), 1);
    }
    const Json answer = world.answer(all, kNow);
    std::set<std::string> channels;
    for (const Json& row : answer["results"]) {
      channels.insert(row["dimensions"][0].get<std::string>());
      EXPECT_EQ(row["rules"].size(), 2U) << "what the rule put aside is none";
    }
    EXPECT_EQ(channels, (std::set<std::string>{"Our as. partners", "paid"}));
    EXPECT_EQ(answer["meta"]["explain"]["rules"]["site.channel"]["source"], "channel rules of the site");
    EXPECT_EQ(world.answer(one, kNow)["results"][0]["metrics"][0], 1);
  }
}

TEST(QueryEngine, only_the_sites_own_rows_under_its_current_attribution_count) {
  World world;
  world.visit(kDay, 1, "/");
  EventRow& other = world.visit(kDay, 2, "/");
  other.attribution = 2;
  world.load();
  const Json question = ask_json(R"({"metrics":["visitors"]})");
  EXPECT_EQ(world.answer(question, kNow)["results"][0]["metrics"][0], 1);
  const std::vector<Statement> version = {{"INSERT INTO attribution_versions VALUES (2, 1, 0, 'test', 'newer rules')", {}}};
  ASSERT_TRUE(world.store->write(version).has_value());
  EXPECT_EQ(world.answer(question, kNow)["results"][0]["metrics"][0], 1);
  world.site.id = SiteId{7};
  EXPECT_EQ(world.answer(question, kNow)["results"][0]["metrics"][0], 0);
}

TEST(RollUp, days_are_taken_oldest_first_and_late_rows_make_a_day_anew) {
  World world;
  for (int day = 4; day <= 10; ++day) world.visit(instant(2026, 3, day), 1, "/");
  world.load();
  EXPECT_EQ(world.roll_up(kNow, 2), 2);
  EXPECT_EQ(world.roll_up(kNow), 4) << "today is not over";
  EXPECT_EQ(world.roll_up(kNow), 0);
  const Json question = ask_json(R"({"metrics":["visitors"],"include":{"explain":true}})");
  EXPECT_EQ(world.answer(question, kNow)["meta"]["explain"]["answered_from"], Json::parse(R"({"days_of_rollups":6,"events":true})"));
  world.visit(instant(2026, 3, 6), 2, "/");
  world.load();
  const Json late = world.answer(question, kNow);
  EXPECT_EQ(late["meta"]["explain"]["answered_from"]["days_of_rollups"], 5);
  EXPECT_EQ(late["results"][0]["metrics"][0], 7);
  EXPECT_EQ(world.roll_up(kNow), 1);
}

TEST(RollUp, a_day_whose_events_are_gone_loses_its_sums) {
  World world;
  world.visit(instant(2026, 3, 4), 1, "/");
  world.visit(instant(2026, 3, 5), 1, "/");
  world.load();
  world.roll_up(kNow);
  const std::vector<Statement> forget = {{"DELETE FROM events WHERE time < CAST('2026-03-05' AS TIMESTAMP_MS)", {}},
                                         {"DELETE FROM row_counts WHERE quarter < epoch(CAST('2026-03-05' AS TIMESTAMP)) // 900", {}}};
  ASSERT_TRUE(world.store->write(forget).has_value());
  const Json question = ask_json(R"({"metrics":["visitors"],"dimensions":["time:day"]})");
  EXPECT_EQ(world.answer(question, kNow)["results"].size(), 1U);
  EXPECT_EQ(world.roll_up(kNow), 1);
  EXPECT_EQ(std::get<int64_t>(world.store->read({"SELECT count(*) FROM rollup_1 WHERE day = CAST('2026-03-04' AS DATE) AND visits > 0", {}})->rows[0][0]), 0);
  EXPECT_EQ(world.roll_up(kNow), 0);
}

TEST(RollUp, pairs_of_days_that_lie_together_are_put_in_order_once_there_are_several) {
  World world;
  // From a stretch's first day on.
  const int64_t first = instant(2026, 3, 10) / 86'400'000 / 32 * 32;
  const auto noon = [&](int64_t day) { return (first + day) * 86'400'000 + 43'200'000; };
  const auto ask = [&](std::string_view sql) { return std::get<int64_t>(world.store->read({std::string(sql), {}})->rows[0][0]); };
  // How often the next row is of another pair; as often as there are pairs where they are in order.
  constexpr std::string_view kChanges = "SELECT count(*) FROM (SELECT pair, lag(pair) OVER (ORDER BY rowid) AS before FROM rollup_2) AS neighbours WHERE pair IS DISTINCT FROM before";
  constexpr std::string_view kPairs = "SELECT count(DISTINCT pair) FROM rollup_2";
  for (int day = 0; day < 7; ++day) {
    world.visit(noon(day), 1, "/a").source = "Google";
    world.visit(noon(day) + 3'600'000 * 2, 2, "/b").source = "WhatsApp";
  }
  world.load();
  EXPECT_EQ(world.roll_up(noon(7)), 7);
  EXPECT_GT(ask(kChanges), ask(kPairs)) << "seven days are not worth it";
  world.visit(noon(7), 1, "/a").source = "Google";
  world.load();
  const Json question = ask_json(R"({"metrics":["visitors"],"dimensions":["event:page","visit:source"],"date_range":"91d"})");
  EXPECT_EQ(world.roll_up(noon(8)), 1);
  EXPECT_EQ(ask(kChanges), ask(kPairs));
  EXPECT_EQ(ask("SELECT count(*) FROM rollup_days WHERE NOT clustered"), 0);
  EXPECT_EQ(world.answer(question, noon(8))["results"], world.answer_from_events(question, noon(8))["results"]);
  // A day after them waits for others, until the stretch is over.
  world.visit(noon(8), 3, "/c");
  world.load();
  EXPECT_EQ(world.roll_up(noon(9)), 1);
  EXPECT_GT(ask(kChanges), ask(kPairs));
  EXPECT_EQ(world.roll_up(noon(32)), 0);
  EXPECT_EQ(ask(kChanges), ask(kPairs));
  EXPECT_EQ(world.answer(question, noon(32))["results"], world.answer_from_events(question, noon(32))["results"]);
}

}  // namespace
}  // namespace noctule::testing
