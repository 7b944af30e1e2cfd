// SPDX-License-Identifier: Apache-2.0
// Random questions about random sites: roll-ups, events and a plain retelling must agree to the last number.
#include <gtest/gtest.h>

#include "plan.h"
#include "question_parser.h"
#include "reference.h"

namespace noctule::testing {
namespace {

// Around the change of clocks in Europe, 29 March 2026.
const int64_t kStart = instant(2026, 3, 25, 0), kEnd = instant(2026, 4, 2, 14);

template <typename T>
T pick(Random& random, std::initializer_list<T> from) { return *(from.begin() + random.below(from.size())); }

class RandomWorld {
 public:
  RandomWorld(uint64_t seed, const std::string& zone) : world(zone), random_(seed) {}

  void add_visits(int count) {
    for (int i = 0; i < count; ++i) add_visit();
    for (int i = 0; i < count / 6; ++i) world.unfurl(any_instant(), page(), pick(random_, {"whatsapp", "telegram"}));
    world.load();
  }

  World world;

 private:
  int64_t any_instant() { return kStart + static_cast<int64_t>(random_.below(static_cast<uint64_t>(kEnd - kStart))); }
  std::string_view page() { return pick(random_, {"/", "/blog/a", "/blog/b", "/pricing", "/docs/x"}); }

  void add_visit() {
    EventRow& arrival = world.visit(any_instant(), 1 + random_.below(9), page());
    arrival.host = pick(random_, {"dummy.site", "www.dummy.site"});
    arrival.source = pick(random_, {"", "Google", "WhatsApp", "Facebook"});
    arrival.channel = static_cast<uint8_t>(random_.below(5));
    arrival.ga4_channel = static_cast<uint8_t>(random_.below(4));
    arrival.grade = static_cast<uint8_t>(1 + random_.below(5));
    arrival.is_private = static_cast<uint8_t>(random_.below(3));
    arrival.dark = random_.chance(0.2);
    arrival.app = pick(random_, {"", "whatsapp", "signal"});
    arrival.browser = pick(random_, {"Firefox", "Chrome", ""});
    arrival.utm_medium = pick(random_, {"", "social", "email"});
    arrival.utm_term = pick(random_, {"", "shoes"});
    const EventRow first = arrival;
    int64_t time = first.time;
    for (uint64_t i = random_.below(5); i > 0; --i) {
      time += 1'000 + static_cast<int64_t>(random_.below(30 * 60'000));
      EventRow& row = world.view(first, time, page());
      row.kind = pick<uint8_t>(random_, {0, 0, 1, 2});
      row.duration_ms = 1'000 + static_cast<int64_t>(random_.below(60'000));
      row.name = row.kind == 2 ? "Signup" : "";
      row.bounces = i == 1 ? -1 : 0;
    }
  }

  Random random_;
};

std::vector<std::string> some(Random& random, std::vector<std::string> from, size_t count) {
  for (size_t i = 0; i < count && i < from.size(); ++i) std::swap(from[i], from[i + random.below(from.size() - i)]);
  from.resize(std::min(count, from.size()));
  return from;
}

const std::vector<std::string> kFiltered = {"event:page", "event:hostname", "visit:entry_page", "visit:source", "visit:channel",
                                            "visit:evidence", "visit:private", "visit:app", "visit:private_app", "visit:browser",
                                            "visit:utm_medium", "visit:utm_term", "visit:ga4_channel"};

std::vector<std::string> values_for(const std::string& dimension, Random& random) {
  if (dimension == "event:page" || dimension == "visit:entry_page") return some(random, {"/", "/blog/a", "/blog", "/pricing"}, 1 + random.below(2));
  if (dimension == "event:hostname") return {pick<std::string>(random, {"dummy.site", "www.dummy.site"})};
  return some(random, {"Google", "Direct / None", "whatsapp", "(none)", "(not set)", "private_message", "yes", "Firefox", "social", "proven",
                       "Direct", "sms", "email", "strong", "shoes"}, 1 + random.below(3));
}

PlainQuestion random_question(Random& random, const Zone& zone) {
  PlainQuestion question;
  std::vector<std::string> by = some(random, kFiltered, random.below(3));
  if (random.chance(0.4)) by.push_back(pick<std::string>(random, {"time:day", "time:week", "time:month"}));
  question.dimensions = some(random, by, by.size());
  const bool event_dimension = std::ranges::any_of(by, is_event_dimension);
  for (std::string& metric : some(random, {"visitors", "visits", "pageviews", "events", "bounce_rate", "visit_duration", "views_per_visit",
                                           "private_low", "private_high", "dark_visits", "unfurls"}, 1 + random.below(4))) {
    if (!event_dimension || !is_session_metric(metric)) question.metrics.push_back(metric);
  }
  if (question.metrics.empty()) question.metrics.push_back("visitors");
  for (uint64_t i = random.below(3); i > 0; --i) {
    const std::string dimension = !by.empty() && random.chance(0.3) && !by[0].starts_with("time") ? by[0] : kFiltered[random.below(kFiltered.size())];
    question.filters.push_back({pick<std::string>(random, {"is", "is", "is_not", "contains", "contains_not"}), dimension, values_for(dimension, random)});
  }
  const int64_t first = zone.day_of(kStart) + static_cast<int64_t>(random.below(6));
  const int64_t last = first + static_cast<int64_t>(random.below(7));
  question.from_ms = zone.start_of_day(first);
  question.to_ms = zone.start_of_day(last + 1);
  if (random.chance(0.3)) question.from_ms += static_cast<int64_t>(random.below(40)) * 3'600'000;
  if (random.chance(0.3)) question.to_ms += static_cast<int64_t>(random.below(40)) * 1'800'000;
  question.to_ms = std::max(question.to_ms, question.from_ms + 7'200'000);
  return question;
}

class Agreement : public ::testing::TestWithParam<int> {};

bool suits_rollups(const PlainQuestion& question, const Zone& zone) {
  auto parsed = parse_question(question.json().dump());
  if (!parsed) return false;
  parsed->question.range = resolve_range(parsed->range, zone, kEnd, kEnd, false);
  return noctule::suits_rollups(parsed->question, parsed->question.sums());
}

void expect_agreement(RandomWorld& made, uint64_t seed, int questions) {
  int from_rollups = 0;
  Random random(seed);
  const Zone zone = *Zone::find(made.world.site.time_zone);
  for (int i = 0; i < questions; ++i) {
    const PlainQuestion question = random_question(random, zone);
    SCOPED_TRACE(question.json().dump());
    from_rollups += suits_rollups(question, zone) ? 1 : 0;
    const PlainAnswer plain = answer_plainly(made.world.rows, question, zone);
    ASSERT_EQ(plain_answer_of(made.world.answer(question.json(), kEnd)), plain) << "with roll-ups";
    ASSERT_EQ(plain_answer_of(made.world.answer_from_events(question.json(), kEnd)), plain) << "from events";
  }
  EXPECT_GT(from_rollups, questions / 5);
}

TEST_P(Agreement, roll_ups_events_and_a_plain_retelling_give_the_same_numbers) {
  const auto seed = static_cast<uint64_t>(GetParam());
  Random random(seed);
  RandomWorld made(seed, pick<std::string>(random, {"UTC", "Europe/Paris", "Asia/Kolkata", "America/New_York"}));
  made.add_visits(120);
  made.world.roll_up(kEnd, 3 + static_cast<int>(random.below(8)));
  expect_agreement(made, seed * 1'000, 25);
  // Rows that come late, as an import's do: their days are answered from events until they are rolled up again.
  made.add_visits(25);
  expect_agreement(made, seed * 1'000 + 1, 10);
  EXPECT_GT(made.world.roll_up(kEnd), 0);
  EXPECT_EQ(made.world.roll_up(kEnd), 0);
  expect_agreement(made, seed * 1'000 + 2, 15);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Agreement, ::testing::Range(1, 9));

}  // namespace
}  // namespace noctule::testing
