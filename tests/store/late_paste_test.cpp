// SPDX-License-Identifier: Apache-2.0
// Pastes that an import adds to the store beside a running loader.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "late_pastes.h"
#include "noctule/model/evidence.h"
#include "store/chain.h"
#include "store/rows.h"
#include "store/visits.h"
#include "visit_book.h"

namespace noctule {
namespace {

using testing::Chain;
using testing::integer;
using testing::kMinute;
using testing::page;
using testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kPage = "/blog/a-story-of-bats";
constexpr int64_t kHour = 60 * kMinute;

// The loader looks for pastes by the wall clock.
int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

EventRow paste(int64_t time, std::string_view app = "whatsapp", std::string_view path = kPage) {
  EventRow row;
  row.site = 1;
  row.time = time;
  row.kind = static_cast<uint8_t>(EventKind::Unfurl);
  row.origin = static_cast<uint8_t>(EventOrigin::Log);
  row.host = "example.org";
  row.path = row.entry_path = path;
  row.app = app;
  row.is_private = static_cast<uint8_t>(Private::Yes);
  row.surface = "private";
  return row;
}

struct Verdict {
  std::string app, rules;
  int64_t grade = 0, is_private = 0;
};

class LatePaste : public ::testing::Test {
 protected:
  LatePaste() : chain_(folder_) { chain_.load_all(); }

  // As housekeeping does with a row file.
  void import(const std::vector<EventRow>& rows) {
    bool given = false;
    ASSERT_TRUE(chain_.store->add([&]() -> Result<std::span<const EventRow>> {
      if (std::exchange(given, true)) return std::span<const EventRow>();
      return std::span(rows);
    }));
    chain_.loader->note_import(SiteId{1});
    chain_.load_all();
  }

  Verdict visit(const Event& event) {
    chain_.settle(std::span(&event, 1));
    chain_.load_all();
    const auto row = chain_.store->read({"SELECT app, rules, grade, is_private FROM events WHERE visits > 0 AND visitor = ?", {static_cast<int64_t>(event.visitor.value())}});
    return {testing::text(row), testing::text(row, 0, 1), integer(row, 0, 2), integer(row, 0, 3)};
  }

  TemporaryFolder folder_;
  Chain chain_;
  int64_t now_ = now();
};

TEST_F(LatePaste, explains_script_visits_from_then_on_without_a_restart) {
  const Verdict before = visit(page(now_ - 3 * kMinute, 7, kPage));
  EXPECT_EQ(before.app, "");
  EXPECT_THAT(before.rules, Not(HasSubstr("decide.unfurl")));
  import({paste(now_ - 5 * kMinute)});
  const Verdict after = visit(page(now_, 8, kPage));
  EXPECT_EQ(after.app, "whatsapp");
  EXPECT_EQ(after.grade, static_cast<int64_t>(Grade::Inferred));
  EXPECT_EQ(after.is_private, static_cast<int64_t>(Private::Yes));
  EXPECT_THAT(after.rules, HasSubstr("decide.unfurl"));
  EXPECT_EQ(visit(page(now_, 9, "/blog/another-story")).app, "") << "another page";
  EXPECT_EQ(integer(chain_.store->read({"SELECT grade FROM events WHERE visitor = 7", {}})), before.grade) << "what was judged stays";
}

TEST_F(LatePaste, of_a_page_on_the_hosts_www_twin_is_one_of_the_page) {
  import({paste(now_ - 5 * kMinute)});
  Event event = page(now_, 8, kPage);
  event.host = "www.example.org";
  EXPECT_EQ(visit(event).app, "whatsapp");
}

TEST_F(LatePaste, beyond_the_window_or_in_public_explains_nothing) {
  import({paste(now_ - 25 * kHour)});
  EXPECT_EQ(visit(page(now_, 8, kPage)).app, "");
  EventRow in_public = paste(now_ - 5 * kMinute, "mastodon");
  in_public.is_private = static_cast<uint8_t>(Private::No);
  in_public.surface = "public";
  import({in_public});
  EXPECT_EQ(visit(page(now_, 9, kPage)).app, "");
}

TEST_F(LatePaste, that_is_older_than_a_known_one_does_not_take_its_place) {
  import({paste(now_ - 5 * kMinute)});
  import({paste(now_ - 2 * kHour, "telegram")});
  EXPECT_EQ(visit(page(now_, 8, kPage)).app, "whatsapp");
  import({paste(now_ - kMinute, "signal"), paste(now_ - 3 * kMinute, "telegram")});
  EXPECT_EQ(visit(page(now_, 9, kPage)).app, "signal");
}

// Arrivals between a paste and its import may be the paste's own: they say nothing of what the page has without it.
TEST_F(LatePaste, is_held_against_arrivals_before_it_and_not_against_those_that_came_until_it_was_told) {
  for (uint64_t i = 0; i < 20; ++i) EXPECT_EQ(visit(page(now_ - kHour + static_cast<int64_t>(i) * kMinute, 10 + i, kPage)).app, "");
  import({paste(now_ - 2 * kHour)});
  EXPECT_EQ(visit(page(now_, 8, kPage)).app, "whatsapp");
  for (uint64_t i = 0; i < 20; ++i) EXPECT_EQ(visit(page(now_ - 6 * kHour + static_cast<int64_t>(i) * kMinute, 40 + i, "/blog/often-read")).app, "");
  import({paste(now_ - 2 * kHour, "whatsapp", "/blog/often-read")});
  EXPECT_EQ(visit(page(now_, 9, "/blog/often-read")).app, "") << "twenty a day meet two hours by chance";
}

TEST_F(LatePaste, is_known_after_a_restart_as_before_it) {
  for (uint64_t i = 0; i < 20; ++i) EXPECT_EQ(visit(page(now_ - 30 * kHour + static_cast<int64_t>(i) * kMinute, 10 + i, "/blog/often-read")).app, "");
  import({paste(now_ - 23 * kHour, "whatsapp", "/blog/often-read"), paste(now_ - 5 * kMinute)});
  chain_.loader.reset();
  EXPECT_EQ(visit(page(now_, 8, kPage)).app, "whatsapp");
  EXPECT_EQ(visit(page(now_ - 21 * kHour, 9, "/blog/often-read")).app, "") << "its arrivals were before the paste's own day";
}

TEST_F(LatePaste, of_a_site_that_was_classified_anew_is_known) {
  ASSERT_EQ(chain_.loader->reclassify(SiteId{1}, "a test"), 2);
  EventRow row = paste(now_ - 5 * kMinute);
  row.attribution = 2;
  import({row});
  EXPECT_EQ(visit(page(now_, 8, kPage)).app, "whatsapp");
}

// A site's events in order of time: arrivals on a few pages, second pages, arrivals that something explains, and pastes.
std::vector<Event> events_around_pastes(uint64_t seed, int64_t first_ms) {
  static constexpr std::string_view kPaths[] = {"/", "/blog/a-story-of-bats", "/blog/another-story", "/blog/often-read"};
  static constexpr std::string_view kAgents[] = {"WhatsApp/2.23.20.0", "TelegramBot (like TwitterBot)", "Twitterbot/1.0"};
  Random random(seed);
  std::vector<Event> events;
  for (uint64_t visitor = 1; visitor <= 300; ++visitor) {
    first_ms += static_cast<int64_t>(random.exponential(10.0 * kMinute));
    std::string_view path = kPaths[random.below(std::size(kPaths))];
    if (random.chance(0.3)) path = kPaths[3];
    if (random.chance(0.1)) {
      Event unfurl = page(first_ms, 0, path);
      unfurl.kind = EventKind::Unfurl;
      unfurl.origin = EventOrigin::Log;
      unfurl.user_agent = kAgents[random.below(std::size(kAgents))];
      events.push_back(unfurl);
      first_ms += kMinute;
    }
    Event event = page(first_ms, random.chance(0.1) ? 1 : visitor, path);
    if (random.chance(0.1)) event.referrer = "https://www.google.com/";
    if (random.chance(0.1)) event.referrer = "https://example.org/";
    if (random.chance(0.1)) event.tags = "utm_source=news&utm_campaign=x";
    events.push_back(event);
    if (random.chance(0.3)) events.push_back(page(first_ms + 1, event.visitor.value(), "/about"));
  }
  return events;
}

std::vector<std::string> rows_in_force(Store& store) {
  std::string columns = "epoch_ms(time)";
  const EventRow row;
  for_each_column(row, [&](const std::string& name, const auto&) { columns += name == "time" || name == "attribution" ? "" : " || '|' || " + name; });
  std::vector<std::string> rows;
  const Table table = store.read({"SELECT " + columns + " AS line FROM events WHERE kind <> 3 AND attribution = (SELECT max(attribution) FROM events) ORDER BY line", {}}).value();
  for (const auto& cells : table.rows) rows.push_back(std::get<std::string>(cells[0]));
  return rows;
}

// Whether pastes are there when visits come, or are imported later and applied, the rows in force are the same.
TEST(LatePastes, that_are_applied_give_the_verdicts_that_visits_would_have_had) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const std::vector<Event> events = events_around_pastes(seed, now() - 60 * kHour);
    const ChannelRules rules({{.id = 1, .site = SiteId{1}, .position = 1, .field = "app", .op = "is", .value = "telegram", .channel = "newsletter"}});
    const TemporaryFolder in_time, late;
    Chain one(in_time), two(late);
    for (Chain* chain : {&one, &two}) {
      chain->load_all();
      chain->loader->set_channel_rules(rules);
    }
    one.settle(events);
    one.load_all();
    std::vector<Event> visits;
    std::ranges::copy_if(events, std::back_inserter(visits), [](const Event& event) { return event.kind != EventKind::Unfurl; });
    two.settle(visits);
    two.load_all();
    std::vector<EventRow> pastes;
    VisitBook book(Knowledge::builtin());
    for (const Event& event : events) {
      if (event.kind != EventKind::Unfurl) continue;
      ASSERT_TRUE(book.take(event, pastes.emplace_back()));
    }
    bool given = false;
    ASSERT_TRUE(two.store->add([&]() -> Result<std::span<const EventRow>> { return std::exchange(given, true) ? std::span<const EventRow>() : std::span<const EventRow>(pastes); }));
    const auto whole = find_late_matches(*two.store, SiteId{1}, 1).value(), paged = find_late_matches(*two.store, SiteId{1}, 1, 7).value();
    EXPECT_GT(whole.size(), 5u) << seed;
    ASSERT_EQ(paged.size(), whole.size()) << seed;
    for (size_t i = 0; i < whole.size(); ++i) ASSERT_EQ(paged[i].visitor, whole[i].visitor) << seed;
    const auto made = two.loader->apply_pastes(SiteId{1}, "a test");
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->version, 2);
    EXPECT_EQ(made->visits, whole.size());
    const std::vector<std::string> found = rows_in_force(*two.store), wanted = rows_in_force(*one.store);
    ASSERT_EQ(found.size(), wanted.size()) << seed;
    for (size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], wanted[i]) << seed;
  }
}

TEST_F(LatePaste, is_applied_to_what_came_before_it_as_a_version_that_says_so) {
  EXPECT_EQ(visit(page(now_ - 3 * kMinute, 7, kPage)).app, "");
  import({paste(now_ - 5 * kMinute)});
  const auto made = chain_.loader->apply_pastes(SiteId{1}, "pastes of a test");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->version, 2);
  EXPECT_EQ(made->visits, 1u);
  const auto row = [&](int64_t version) { return chain_.store->read({"SELECT app, rules, grade, is_private, dark FROM events WHERE visitor = 7 AND attribution = ?", {version}}); };
  EXPECT_EQ(testing::text(row(1)), "") << "nothing is rewritten";
  EXPECT_EQ(testing::text(row(2)), "whatsapp");
  EXPECT_THAT(testing::text(row(2), 0, 1), AllOf(HasSubstr("decide.unfurl"), Not(HasSubstr("decide.deep"))));
  EXPECT_EQ(integer(row(2), 0, 2), static_cast<int64_t>(Grade::Inferred));
  EXPECT_EQ(integer(row(2), 0, 4), 0);
  EXPECT_EQ(testing::text(chain_.store->read({"SELECT reason FROM attribution_versions WHERE site = 1 AND version = 2", {}})), "pastes of a test");
  const Event next = page(now_, 7, "/about");
  chain_.settle(std::span(&next, 1));
  chain_.load_all();
  EXPECT_EQ(testing::text(chain_.store->read({"SELECT app FROM events WHERE path = '/about' AND attribution = 2", {}})), "whatsapp") << "the visit goes on with it";
  const auto again = chain_.loader->apply_pastes(SiteId{1}, "again");
  EXPECT_EQ(again->version, 2) << "where nothing is judged otherwise no version is made";
  EXPECT_EQ(again->visits, 0u);
}

TEST_F(LatePaste, is_not_applied_to_a_logs_visits_which_were_judged_with_it) {
  EventRow logged = testing::page_view(now_ - 3 * kMinute, 7, kPage);
  logged.origin = static_cast<uint8_t>(EventOrigin::Log);
  logged.rules = "decide.deep";
  logged.grade = static_cast<uint8_t>(Grade::Estimated);
  import({paste(now_ - 5 * kMinute), logged});
  EXPECT_EQ(chain_.loader->apply_pastes(SiteId{1}, "a test")->visits, 0u);
}

TEST_F(LatePaste, is_learned_by_a_loader_whose_journal_stopped) {
  chain_.journal->stop();
  import({paste(now_ - 5 * kMinute)});
}

}  // namespace
}  // namespace noctule
