// SPDX-License-Identifier: Apache-2.0
#include "noctule/detect/classify.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace {

using namespace noctule;
using Json = nlohmann::json;

// What the classifier answers to a text on its standard input.
std::vector<Json> answers_to(const std::string& text, ClassifyCounts* counts = nullptr) {
  int to[2], from[2];
  EXPECT_EQ(pipe(to), 0);
  EXPECT_EQ(pipe(from), 0);
  std::string answered;
  std::thread writer([&] {
    for (std::string_view rest = text; !rest.empty();) rest.remove_prefix(static_cast<size_t>(write(to[1], rest.data(), rest.size())));
    close(to[1]);
  });
  std::thread reader([&] {
    char block[4096];
    for (ssize_t count = read(from[0], block, sizeof block); count > 0; count = read(from[0], block, sizeof block)) {
      answered.append(block, static_cast<size_t>(count));
    }
  });
  const auto result = classify_json_lines(Knowledge::builtin(), to[0], from[1]);
  close(from[1]);
  writer.join();
  reader.join();
  close(to[0]);
  close(from[0]);
  EXPECT_TRUE(result.has_value());
  if (counts != nullptr && result) *counts = *result;
  std::vector<Json> lines;
  for (size_t at = 0; at < answered.size();) {
    const size_t end = answered.find('\n', at);
    lines.push_back(Json::parse(answered.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

TEST(Classify, every_member_of_a_verdict_is_there) {
  const auto lines = answers_to(R"json({"user_agent":"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 WA4A/2.26.1.1","url":"https://example.org/p/42"})json");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], Json::parse(R"json({"kind":"inapp_browser","app":"whatsapp","channel":"private_message","private":"yes","grade":"strong",
    "rules":["ua.whatsapp_wa4a"],"ga4_channel":"Direct","source":"WhatsApp","referrer_class":null})json"));
}

TEST(Classify, a_header_may_be_written_in_any_case_and_as_a_list) {
  const auto lines = answers_to(R"json({"headers":{"USER-agent":["Mozilla/5.0 (Linux; Android 12; wv)"],"referer":null,"X-Requested-With":"com.facebook.orca"}})json");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["app"], "messenger");
  EXPECT_EQ(lines[0]["private"], "yes");
}

TEST(Classify, a_member_of_the_request_goes_before_a_header) {
  const auto lines = answers_to(R"json({"headers":{"Referer":"https://t.co/a"},"referrer":"https://web.whatsapp.com/"})json");
  EXPECT_EQ(lines.at(0)["app"], "whatsapp");
}

TEST(Classify, unknown_members_and_nulls_are_passed_over) {
  const auto lines = answers_to(R"json({"extra":{"a":[1,2]},"url":null,"user_agent":null,"referrer":"https://blog.example.net/a"})json");
  EXPECT_EQ(lines.at(0)["channel"], "referral");
  EXPECT_EQ(lines.at(0)["source"], "blog.example.net");
}

TEST(Classify, a_prefetch_and_a_post_are_no_arrivals) {
  const auto lines = answers_to(
      "{\"headers\":{\"Sec-Purpose\":\"prefetch;prerender\"}}\n{\"method\":\"POST\"}\n{\"method\":\"get\",\"url\":\"/\"}\n");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0]["grade"], "none");
  EXPECT_EQ(lines[0]["rules"][0], "request.prefetch");
  EXPECT_EQ(lines[1]["rules"][0], "request.method");
  EXPECT_EQ(lines[2]["grade"], "direct");
}

TEST(Classify, the_sites_own_host_comes_from_the_url_or_the_host_header) {
  const auto lines = answers_to(
      "{\"url\":\"https://www.example.org/p/1\",\"referrer\":\"https://example.org/\"}\n"
      "{\"url\":\"/p/1\",\"headers\":{\"Host\":\"example.org:8080\"},\"referrer\":\"https://example.org/\"}\n");
  EXPECT_EQ(lines.at(0)["referrer_class"], "internal");
  EXPECT_EQ(lines.at(1)["referrer_class"], "internal");
}

TEST(Classify, a_bad_line_is_answered_in_its_place_and_stops_nothing) {
  ClassifyCounts counts;
  const auto lines = answers_to("{\"user_agent\":5}\n\n{\n[]\n\"x\"\n{} {}\n\xff\n{}\n", &counts);
  ASSERT_EQ(lines.size(), 7U);
  for (size_t i = 0; i < 6; ++i) EXPECT_TRUE(lines[i].contains("error")) << i;
  EXPECT_EQ(lines[0]["line"], 1);
  EXPECT_EQ(lines[1]["line"], 3);
  EXPECT_EQ(lines[6]["kind"], "browser");
  EXPECT_EQ(counts.lines, 8U);
  EXPECT_EQ(counts.errors, 6U);
}

constexpr std::string_view kExpectation =
    "expected an object with the strings user_agent, referrer, url and method and the object headers, all optional";

TEST(Classify, an_error_says_what_is_wrong_in_words_that_stay_the_same) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"json({"user_agent":5})json", "user_agent: expected a string"},
      {R"json({"referrer":{}})json", "referrer: expected a string"},
      {R"json({"referer":false})json", "referer: expected a string"},
      {R"json({"url":["/a",1]})json", "url: expected a string"},
      {R"json({"method":true})json", "method: expected a string"},
      {R"json({"headers":"Referer"})json", "headers: expected an object or a list of pairs"},
      {R"json({"headers":["Referer"]})json", "headers: expected an object or a list of pairs"},
      {R"json({"headers":[["Referer"]]})json", "headers: expected an object or a list of pairs"},
      {R"json({"headers":[["Referer","a","b"]]})json", "headers: expected an object or a list of pairs"},
      {R"json({"headers":[[1,"a"]]})json", "headers: expected an object or a list of pairs"},
      {R"json({"headers":[{"name":"Referer"}]})json", "headers: expected an object or a list of pairs"},
      {R"json({"headers":{"USER-Agent":1}})json", "headers.user-agent: expected a string"},
      {R"json({"headers":[["Referer",{}]]})json", "headers.referer: expected a string"},
      {"[]", std::string(kExpectation)},
      {"oops", std::string(kExpectation)},
      {"{", std::string("not valid JSON; ").append(kExpectation)},
      {R"json({"url":"\x"})json", std::string("not valid JSON; ").append(kExpectation)},
      {"{} {}", std::string("more than one value on the line; ").append(kExpectation)},
      {"{\"url\":\"\xff\"}", std::string("not UTF-8; ").append(kExpectation)}};
  for (const auto& [line, error] : cases) {
    const auto answers = answers_to(line + "\n{}\n");
    ASSERT_EQ(answers.size(), 2U) << line;
    EXPECT_EQ(answers[0], (Json{{"line", 1}, {"error", error}})) << line;
    EXPECT_EQ(answers[1]["kind"], "browser") << line;
  }
}

TEST(Classify, a_byte_order_mark_before_the_first_line_is_passed_over) {
  const auto lines = answers_to("\xEF\xBB\xBF{\"referrer\":\"https://t.co/a\"}\n\xEF\xBB\xBF{}\n");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["app"], "twitter");
  EXPECT_TRUE(lines[1].contains("error"));
  EXPECT_TRUE(answers_to("\xEF\xBB\xBF").empty());
}

TEST(Classify, the_referrer_may_be_spelt_as_http_spells_it) {
  EXPECT_EQ(answers_to(R"json({"referer":"https://web.whatsapp.com/"})json").at(0)["app"], "whatsapp");
  EXPECT_EQ(answers_to(R"json({"referer":"https://web.whatsapp.com/","referrer":null})json").at(0)["app"], "whatsapp");
}

TEST(Classify, headers_may_be_a_list_of_pairs) {
  const std::string object = R"json({"headers":{"Referer":"https://t.co/a","X-Requested-With":"com.facebook.orca","Accept":"*/*"}})json";
  const std::string pairs = R"json({"headers":[["referer","https://t.co/a"],["X-Requested-With",["com.facebook.orca"]],["Accept","*/*"]]})json";
  const std::string named =
      R"json({"headers":[{"value":"https://t.co/a","name":"referer"},{"name":"x-requested-with","value":"com.facebook.orca"}]})json";
  const Json expected = answers_to(object).at(0);
  EXPECT_EQ(expected["app"], "messenger");
  EXPECT_EQ(answers_to(pairs).at(0), expected);
  EXPECT_EQ(answers_to(named).at(0), expected);
}

TEST(Classify, half_of_a_surrogate_pair_spoils_neither_its_line_nor_a_whole_pair) {
  const auto lines = answers_to(
      "{\"user_agent\":\"cut \\ud83d\",\"referrer\":\"https://t.co/a\"}\n"
      "{\"user_agent\":\"\\ude00\\ud83d\\ude00 \\\\ud83d\",\"referrer\":\"https://t.co/a\"}\n"
      "{\"referrer\":\"https://\\ud83d\\u00e9.example.net/\"}\n");
  ASSERT_EQ(lines.size(), 3U);
  for (const Json& line : lines) EXPECT_FALSE(line.contains("error")) << line.dump();
  EXPECT_EQ(lines[0]["app"], lines[1]["app"]);
  EXPECT_EQ(lines[2]["source"], "\xEF\xBF\xBD\xC3\xA9.example.net");
}

TEST(Classify, what_is_no_arrival_is_not_private) {
  for (const std::string method : {"HEAD", "POST", "OPTIONS"}) {
    const auto lines = answers_to(std::string("{\"method\":\"").append(method) + R"json(","referrer":"https://web.whatsapp.com/","url":"/p/42?utm_source=whatsapp"})json");
    EXPECT_EQ(lines.at(0)["grade"], "none");
    EXPECT_EQ(lines.at(0)["private"], "no");
    EXPECT_EQ(lines.at(0)["channel"], "other");
    EXPECT_EQ(lines.at(0)["ga4_channel"], "Unassigned");
  }
  const auto lines = answers_to(R"json({"headers":{"Purpose":"prefetch"},"referrer":"https://web.whatsapp.com/"})json");
  EXPECT_EQ(lines.at(0)["private"], "no");
}

TEST(Classify, a_dash_is_what_was_not_sent) {
  const auto without = answers_to("{}").at(0);
  EXPECT_EQ(answers_to(R"json({"user_agent":"-","referrer":"-","url":"-","method":"-"})json").at(0), without);
  EXPECT_EQ(answers_to(R"json({"user_agent":"","referrer":"","url":"","method":""})json").at(0), without);
}

TEST(Classify, a_line_longer_than_the_limit_is_an_error_and_the_next_is_read) {
  ClassifyCounts counts;
  for (const size_t size : {kClassifyLineSizeMax + 1, size_t{3} << 20}) {
    std::string text = "{\"user_agent\":\"";
    text.append(size, 'a').append("\"}\n{}\n");
    const auto lines = answers_to(text, &counts);
    ASSERT_EQ(lines.size(), 2U) << size;
    EXPECT_TRUE(lines[0].contains("error"));
    EXPECT_EQ(lines[1]["kind"], "browser");
    EXPECT_EQ(counts.lines, 2U);
  }
}

TEST(Classify, what_a_request_says_cannot_break_the_answers_json) {
  const auto lines = answers_to("{\"referrer\":\"https://a\\\"b\\\\c.example.net\\u0001/\\n\"}\n{\"referrer\":\"https://\xC3\xA9.example.net/\"}\n");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1]["source"], "\xC3\xA9.example.net");
}

TEST(Classify, many_lines_keep_their_order) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text.append(i % 3 == 0 ? "{\"referrer\":\"https://t.co/\"}\n" : i % 3 == 1 ? "oops\n" : "{}\n");
  const auto lines = answers_to(text);
  ASSERT_EQ(lines.size(), 20'000U);
  for (size_t i = 0; i < lines.size(); ++i) {
    const bool right = i % 3 == 0 ? lines[i]["app"] == "twitter" : i % 3 == 1 ? lines[i]["line"] == i + 1 : lines[i]["grade"] == "estimated";
    ASSERT_TRUE(right) << i << ": " << lines[i].dump();
  }
}

// A request with a piece cut out and another put in, as broken pipelines write them.
RC_GTEST_PROP(Classify, every_line_that_is_not_blank_gets_one_answer_whatever_is_in_it, ()) {
  static constexpr std::string_view kLine =
      R"json({"user_agent":"a \ud83d\ude00","referer":["https://t.co/a"],"url":"/p?x=%20","headers":[["Host","a"],{"name":"Referer","value":null}]})json";
  static const std::vector<std::string> kPieces = {"",  "\"", "\\", "\\ud83d", "{", "}", "[", "]", ",", ":", "null", "5", "\xff", "\xEF\xBB\xBF", "\r"};
  std::string text;
  const auto count = *rc::gen::inRange<size_t>(1, 5);
  for (size_t i = 0; i < count; ++i) {
    const auto from = *rc::gen::inRange<size_t>(1, kLine.size());
    const auto size = *rc::gen::inRange<size_t>(0, 8);
    text.append(kLine.substr(0, from)).append(*rc::gen::elementOf(kPieces)).append(kLine.substr(std::min(from + size, kLine.size()))).append("\n");
  }
  ClassifyCounts counts;
  const auto answers = answers_to(text, &counts);
  RC_ASSERT(answers.size() == count);
  RC_ASSERT(counts.lines == count);
  const auto errors = std::ranges::count_if(answers, [](const Json& answer) { return answer.contains("error"); });
  RC_ASSERT(counts.errors == static_cast<uint64_t>(errors));
}

}  // namespace
