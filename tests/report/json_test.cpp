// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/json.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "json_writer.h"
#include "sample_analysis.h"

namespace noctule {
namespace {

using nlohmann::json;

TEST(Json, carries_what_its_readers_were_promised) {
  const Analysis analysis = test::sample_analysis();
  const json out = json::parse(render_json(analysis));
  EXPECT_EQ(out["input"].size(), 3U);
  EXPECT_EQ(out["input"][0]["format"], "combined");
  EXPECT_EQ(out["input"][0]["lines"], 30'112);
  EXPECT_EQ(out["input"][0]["first"], "2026-01-05T00:01:02Z");
  EXPECT_EQ(out["input"][1]["first"], "2026-01-17T01:01:02+01:00");
  EXPECT_EQ(out["input"][2]["last"], "2026-02-01T21:29:55-02:30");
  EXPECT_EQ(out["last"], "2026-02-01T23:59:55Z");
  EXPECT_EQ(out["input"][2]["with_referrer"], 0);
  EXPECT_EQ(out["exclusions"]["declared_bot"]["hits"], 3'907);
  EXPECT_EQ(out["arrivals"]["total"], analysis.arrivals);
  EXPECT_EQ(out["private"]["central"]["low"], analysis.private_arrivals.central.low);
  EXPECT_EQ(out["warnings"][0]["code"], "no_referrer_field");
  EXPECT_TRUE(out["warnings"][0]["message"].get<std::string>().starts_with("u_ex260201.log has no referrer column"));
  EXPECT_EQ(out["explained"][0]["rules"][0]["id"], "unfurl.same_page");
}

TEST(Json, apps_and_pages_stand_beside_all_that_ga4_would_call_them) {
  const Analysis analysis = test::sample_analysis();
  const json out = json::parse(render_json(analysis));
  for (const std::string_view table : {"apps", "pages"}) {
    for (const json& row : out[table]) {
      uint64_t sum = 0;
      for (const auto& [channel, arrivals] : row["ga4"].items()) sum += arrivals.get<uint64_t>();
      EXPECT_EQ(sum, row["arrivals"]) << table << row;
      EXPECT_EQ(row["ga4"].value("Direct", 0), row["ga4_direct"]) << table;
    }
  }
}

TEST(Json, channels_are_split_by_private_and_add_up_to_the_range) {
  const Analysis analysis = test::sample_analysis();
  const json out = json::parse(render_json(analysis));
  double low = 0, high = 0;
  for (const json& row : out["channels"]) {
    uint64_t sum = 0;
    for (const auto& [value, arrivals] : row["by_private"].items()) sum += arrivals.get<uint64_t>();
    EXPECT_EQ(sum, row["arrivals"]) << row;
    low += row["private"]["low"].get<double>();
    high += row["private"]["high"].get<double>();
  }
  EXPECT_EQ(low, out["private"]["low"]);
  EXPECT_EQ(high, out["private"]["high"]);
  EXPECT_EQ(out["private_of_ga4_direct"]["low"], analysis.private_of_direct.low);
  EXPECT_EQ(out["private_of_ga4_direct"]["central"]["high"], analysis.private_of_direct.central.high);
}

TEST(Json, what_ga4_would_say_is_null_where_it_is_not_known) {
  Analysis analysis = test::few_analysis();
  for (CubeRow& row : analysis.cube) row.ga4.reset();
  for (ChannelRow& row : analysis.channels) row.ga4.reset();
  analysis.ga4_unknown = std::exchange(analysis.ga4_direct, 0);
  const json out = json::parse(render_json(analysis));
  for (const json& row : out["channels"]) EXPECT_TRUE(row["ga4"].is_null());
  EXPECT_TRUE(out["pages"][0]["ga4"].empty());
  EXPECT_EQ(out["arrivals"]["ga4_unknown"], 6U);
}

TEST(Json, an_empty_analysis_says_null_where_nothing_is_known) {
  const json out = json::parse(render_json(Analysis{}));
  EXPECT_TRUE(out["first"].is_null());
  EXPECT_TRUE(out["input"].empty());
  EXPECT_EQ(out["private"]["enough"], false);
}

template <typename Enum>
json names_of(int count) {
  json out = json::array();
  for (int i = 0; i < count; ++i) out.push_back(name_of(static_cast<Enum>(i)));
  return out;
}

TEST(Json, the_published_schema_names_every_word_of_a_verdict) {
  std::ifstream file(NOCTULE_SOURCE_DIR "/docs/schema/analysis-1.json");
  const json words = json::parse(file)["$defs"];
  EXPECT_EQ(words["channel"]["enum"], names_of<Channel>(kChannels));
  EXPECT_EQ(words["ga4Channel"]["enum"], names_of<Ga4Channel>(kGa4Channels));
  EXPECT_EQ(words["grade"]["enum"], names_of<Grade>(kGrades));
  EXPECT_EQ(words["private"]["enum"], names_of<Private>(3));
  EXPECT_EQ(words["corroboration"]["enum"], names_of<Corroboration>(kCorroborations));
}

TEST(Json, hostile_text_stays_text) {
  const std::string text = render_json(test::hostile_analysis());
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_TRUE(json::accept(text));
}

TEST(JsonWriter, any_bytes_become_one_json_string) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    JsonWriter writer;
    writer.begin_array();
    writer.value(bytes);
    writer.value(1);
    writer.end_array();
    const json parsed = json::parse(writer.take());
    RC_ASSERT(parsed.size() == 2U);
    RC_ASSERT(parsed[0].is_string());
  }));
}

TEST(JsonWriter, numbers_that_json_has_no_word_for_are_null) {
  JsonWriter writer;
  writer.begin_array();
  writer.value(1.0 / 0.0);
  writer.value(0.5);
  writer.value(true);
  writer.end_array();
  EXPECT_EQ(writer.take(), "[null,0.5,true]");
}

}  // namespace
}  // namespace noctule
