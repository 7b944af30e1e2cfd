// SPDX-License-Identifier: Apache-2.0
// Bodies: what any bytes may do to the readers, and what clients may write in other types than documented.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "form.h"
#include "json.h"
#include "requests.h"

namespace noctule {
namespace {

constexpr std::array kAll = {Protocol::Events, Protocol::Pixel, Protocol::Plausible, Protocol::UmamiSend, Protocol::UmamiBatch,
                             Protocol::GoatCounterPixel, Protocol::GoatCounterCount, Protocol::Matomo};

// Whatever came in, what comes out is whole: events decode, counts agree, the answers are JSON.
void expect_sound(const CollectOutcome& outcome) {
  RC_ASSERT(events_of(outcome).size() == outcome.kept);
  RC_ASSERT(outcome.drops.size() == outcome.dropped);
  RC_ASSERT((outcome.first_drop == Drop::None) == (outcome.dropped == 0 && outcome.readable));
  RC_ASSERT(nlohmann::json::accept(outcome.debug));
  RC_ASSERT(outcome.reply_extra.empty() || nlohmann::json::accept(outcome.reply_extra));
  for (const Event& event : events_of(outcome)) RC_ASSERT(event.properties.empty() || nlohmann::json::accept(event.properties));
}

TEST(Decoding, any_bytes_give_a_whole_answer) {
  EXPECT_TRUE(rc::check([](const std::string& body, const std::string& query) {
    for (const Protocol protocol : kAll) {
      TestRequest request(protocol, body);
      request.query = query;
      expect_sound(collect(request));
    }
  }));
}

// JSON of any shape with the names that the protocols know.
rc::Gen<nlohmann::json> json_gen(int depth) {
  const auto leaf = rc::gen::oneOf(rc::gen::map(rc::gen::arbitrary<std::string>(), [](const std::string& s) {
                                     std::string ascii;
                                     for (const char c : s) ascii += static_cast<char>(c & 0x7F);
                                     return nlohmann::json(ascii);
                                   }),
                                   rc::gen::map(rc::gen::arbitrary<double>(), [](double d) { return nlohmann::json(d); }),
                                   rc::gen::map(rc::gen::arbitrary<int64_t>(), [](int64_t i) { return nlohmann::json(i); }),
                                   rc::gen::element(nlohmann::json(nullptr), nlohmann::json(true), nlohmann::json("example.org"), nlohmann::json("pageview"),
                                                    nlohmann::json("https://example.org/a?fbclid=1"), nlohmann::json("event")));
  if (depth == 0) return leaf;
  const auto names = rc::gen::elementOf(std::vector<std::string>{
      "n", "u", "d", "r", "p", "m", "w", "h", "e", "sd", "i", "$", "name", "url", "domain", "props", "revenue", "amount", "currency", "type", "site", "events",
      "payload", "website", "hostname", "data", "screen", "hits", "path", "event", "ref", "size", "query", "requests", "time", "timestamp", "created_at"});
  const auto object = rc::gen::map(rc::gen::container<std::vector<std::pair<std::string, nlohmann::json>>>(rc::gen::pair(names, rc::gen::lazy([depth] { return json_gen(depth - 1); }))),
                                   [](const auto& pairs) {
                                     nlohmann::json out = nlohmann::json::object();
                                     for (size_t i = 0; i < pairs.size() && i < 12; ++i) out[pairs[i].first] = pairs[i].second;
                                     return out;
                                   });
  const auto list = rc::gen::map(rc::gen::container<std::vector<nlohmann::json>>(rc::gen::lazy([depth] { return json_gen(depth - 1); })), [](const auto& items) {
    nlohmann::json out = nlohmann::json::array();
    for (size_t i = 0; i < items.size() && i < 4; ++i) out.push_back(items[i]);
    return out;
  });
  return rc::gen::oneOf(leaf, object, object, list);
}

TEST(Decoding, any_json_gives_a_whole_answer) {
  EXPECT_TRUE(rc::check([] {
    const std::string body = (*json_gen(2)).dump();
    for (const Protocol protocol : kAll) expect_sound(collect(TestRequest(protocol, body)));
  }));
}

TEST(Decoding, a_batch_may_be_as_long_as_documented_and_no_longer) {
  std::string body = R"({"events":[)";
  for (size_t i = 0; i < kBatchEventsMax + 3; ++i) body += fmt::format(R"({}{{"type":"pageview","url":"https://example.org/{}"}})", i == 0 ? "" : ",", i);
  const CollectOutcome outcome = collect(TestRequest(Protocol::Events, body + "]}"));
  EXPECT_EQ(outcome.kept, kBatchEventsMax);
  EXPECT_EQ(outcome.dropped, 3U);
  EXPECT_EQ(outcome.first_drop, Drop::TooMany);
}

TEST(Decoding, a_body_beyond_its_limit_is_refused_unread) {
  const CollectOutcome outcome = collect(TestRequest(Protocol::Events, std::string(kBodySizeMax + 1, ' ')));
  EXPECT_FALSE(outcome.readable);
  EXPECT_EQ(outcome.first_drop, Drop::TooLarge);
}

TEST(Decoding, deep_nesting_is_refused) {
  const CollectOutcome outcome = collect(TestRequest(Protocol::Events, std::string(100'000, '[')));
  EXPECT_FALSE(outcome.readable);
}

TEST(Decoding, numbers_may_be_texts_and_lie_outside_their_bounds) {
  const CollectOutcome outcome = collect(TestRequest(Protocol::Events, R"({"events":[
      {"type":"engagement","url":"https://example.org/","engaged_ms":1e300,"scroll":250,"width":1e9},
      {"type":"engagement","url":"https://example.org/","engaged_ms":-5,"scroll":-1,"width":-3},
      {"type":"engagement","url":"https://example.org/","engaged_ms":"1500","scroll":"40","width":"390"},
      {"type":"engagement","url":"https://example.org/","engaged_ms":"x","scroll":null,"width":{}}]})"));
  const auto events = events_of(outcome);
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0].engaged_ms, kEngagedMsMax);
  EXPECT_EQ(events[0].scroll_percent, 100);
  EXPECT_EQ(events[0].viewport_width, 65'535);
  EXPECT_EQ(events[1].engaged_ms, 0);
  EXPECT_EQ(events[1].scroll_percent, kScrollUnknown);
  EXPECT_EQ(events[2].engaged_ms, 1'500);
  EXPECT_EQ(events[2].scroll_percent, 40);
  EXPECT_EQ(events[2].viewport_width, 390);
  EXPECT_EQ(events[3].scroll_percent, kScrollUnknown);
}

TEST(Decoding, a_price_needs_a_currency_and_a_bound) {
  const auto micros_of = [](std::string_view revenue) {
    return events_of(collect(TestRequest(Protocol::Events, fmt::format(R"({{"type":"event","name":"x","url":"https://example.org/","revenue":{}}})", revenue)))).at(0);
  };
  // Texts of an event live as long as its outcome: only numbers are looked at here.
  EXPECT_EQ(micros_of(R"({"amount":12.345678,"currency":"EUR"})").revenue_micros, 12'345'678);
  EXPECT_EQ(micros_of(R"({"amount":-3,"currency":"eur"})").revenue_micros, -3'000'000);
  EXPECT_EQ(micros_of(R"({"amount":3})").revenue_micros, 0);
  EXPECT_EQ(micros_of(R"({"amount":3,"currency":"EURO"})").revenue_micros, 0);
  EXPECT_EQ(micros_of(R"({"amount":2000000000,"currency":"EUR"})").revenue_micros, 0);
  EXPECT_EQ(micros_of(R"({"amount":"abc","currency":"EUR"})").revenue_micros, 0);
  EXPECT_EQ(micros_of(R"([])").revenue_micros, 0);
}

TEST(Decoding, properties_beyond_their_number_are_left_out_and_long_ones_cut) {
  std::string props;
  for (size_t i = 0; i < kPropertiesMax + 5; ++i) props += fmt::format(R"({}"k{:02}":"v")", i == 0 ? "" : ",", i);
  const CollectOutcome many = collect(TestRequest(Protocol::Plausible, fmt::format(R"({{"n":"x","u":"https://example.org/","d":"example.org","p":{{{}}}}})", props)));
  EXPECT_EQ(nlohmann::json::parse(events_of(many).at(0).properties).size(), kPropertiesMax);
  const CollectOutcome big = collect(TestRequest(Protocol::Plausible, fmt::format(R"({{"n":"{}","u":"https://example.org/","d":"example.org","p":{{"{}":"{}"}}}})",
                                                                                  std::string(500, 'n'), std::string(400, 'k'), std::string(5'000, 'v'))));
  const Event event = events_of(big).at(0);
  EXPECT_EQ(event.name.size(), kNameSizeMax);
  const auto parsed = nlohmann::json::parse(event.properties);
  EXPECT_EQ(parsed.begin().key().size(), kPropertyKeySizeMax);
  EXPECT_EQ(parsed.begin().value().get<std::string>().size(), kPropertyValueSizeMax);
}

TEST(Json, halves_of_pairs_become_replacement_characters) {
  JsonReader reader;
  const auto read = [&](std::string text) {
    text.reserve(text.size() + kBodyPadding);
    const auto value = reader.read(text);
    return value ? std::string(text_of(*value)) : std::string("none");
  };
  EXPECT_EQ(read(R"("\ud83d")"), "\uFFFD");
  EXPECT_EQ(read(R"("\udd87x")"), "\uFFFDx");
  EXPECT_EQ(read(R"("\ud83d\ud83e\udd87")"), "\uFFFD\U0001F987");
  EXPECT_EQ(read(R"("\\ud83d \ud83d")"), "\\ud83d \uFFFD");
  EXPECT_EQ(read(R"("\ud83d)"), "none");
  EXPECT_EQ(read(R"("\q")"), "none");
}

TEST(Form, fields_are_decoded_and_bounded) {
  Form form;
  form.add("?a=1+2%203&b=%zz&c&=x&a=9&%61b=%26");
  EXPECT_EQ(form.find("a"), "1 2 3");
  EXPECT_EQ(form.find("b"), "%zz");
  EXPECT_TRUE(form.has("c"));
  EXPECT_EQ(form.find("ab"), "&");
  EXPECT_EQ(form.find("d"), "");
  std::string many;
  for (size_t i = 0; i < kFormFieldsMax + 1; ++i) many += fmt::format("k{}=1&", i);
  form.clear();
  form.add(many);
  EXPECT_TRUE(form.has(fmt::format("k{}", kFormFieldsMax - 1)));
  EXPECT_FALSE(form.has(fmt::format("k{}", kFormFieldsMax)));
}

TEST(Form, encoding_is_undone_by_reading) {
  EXPECT_TRUE(rc::check([](const std::string& name, const std::string& value) {
    RC_PRE(!name.empty());
    Form form;
    form.add(percent_encode_field(name) + "=" + percent_encode_field(value));
    RC_ASSERT(form.find(name) == value);
  }));
}

}  // namespace
}  // namespace noctule
