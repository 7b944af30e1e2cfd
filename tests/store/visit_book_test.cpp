// SPDX-License-Identifier: Apache-2.0
#include "visit_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "store/visits.h"

namespace noctule {
namespace {

using testing::kFirefox;
using testing::kMinute;
using testing::kNoon;
using testing::kSafari;
using testing::page;

class Book {
 public:
  explicit Book(const VisitLimits& limits = {}) : book(Knowledge::builtin(), limits) {}
  EventRow take(const Event& event) {
    EventRow row;
    EXPECT_TRUE(book.take(event, row));
    return row;
  }
  VisitBook book;
};

Event engagement(int64_t instant_ms, uint64_t visitor, int32_t engaged_ms) {
  Event event = page(instant_ms, visitor, "/a-deep/page-of-the-site");
  event.kind = EventKind::Engagement;
  event.engaged_ms = engaged_ms;
  event.scroll_percent = 80;
  return event;
}

TEST(VisitBook, the_first_page_begins_a_visit_that_is_a_bounce) {
  Book book;
  const EventRow row = book.take(page(kNoon, 7, "/blog/a-story-of-bats"));
  EXPECT_EQ(row.visits, 1);
  EXPECT_EQ(row.bounces, 1);
  EXPECT_EQ(row.duration_ms, 0);
  EXPECT_EQ(row.entry_path, "/blog/a-story-of-bats");
  EXPECT_TRUE(row.deep);
  EXPECT_TRUE(row.dark);
  EXPECT_EQ(row.channel, static_cast<uint8_t>(Channel::Unattributed));
  EXPECT_EQ(row.browser, "Firefox");
  EXPECT_EQ(row.browser_version, "140");
  EXPECT_EQ(row.device, static_cast<uint8_t>(DeviceKind::Desktop));
}

TEST(VisitBook, a_second_page_ends_the_bounce_once_and_adds_to_the_length) {
  Book book;
  const EventRow first = book.take(page(kNoon, 7, "/"));
  const EventRow second = book.take(page(kNoon + 5 * kMinute, 7, "/about"));
  const EventRow third = book.take(page(kNoon + 6 * kMinute, 7, "/shop/"));
  EXPECT_EQ(second.visit, first.visit);
  EXPECT_EQ(second.visits, 0);
  EXPECT_EQ(second.bounces, -1);
  EXPECT_EQ(second.duration_ms, 5 * kMinute);
  EXPECT_EQ(second.entry_path, "/");
  EXPECT_EQ(third.bounces, 0);
  EXPECT_EQ(third.duration_ms, kMinute);
}

TEST(VisitBook, a_pause_of_more_than_half_an_hour_begins_a_visit) {
  Book book;
  const EventRow first = book.take(page(kNoon, 7, "/"));
  EXPECT_EQ(book.take(page(kNoon + 30 * kMinute, 7, "/")).visits, 0);
  const EventRow next = book.take(page(kNoon + 60 * kMinute + 1, 7, "/"));
  EXPECT_EQ(next.visits, 1);
  EXPECT_NE(next.visit, first.visit);
}

TEST(VisitBook, visitors_and_sites_are_told_apart) {
  Book book;
  EXPECT_EQ(book.take(page(kNoon, 7, "/")).visits, 1);
  EXPECT_EQ(book.take(page(kNoon, 8, "/")).visits, 1);
  Event elsewhere = page(kNoon, 7, "/");
  elsewhere.site = SiteId{2};
  EXPECT_EQ(book.take(elsewhere).visits, 1);
}

TEST(VisitBook, another_source_within_a_visit_begins_no_visit_and_changes_nothing_of_it) {
  Book book;
  Event first = page(kNoon, 7, "/blog/a-story-of-bats");
  first.referrer = "https://www.google.com/";
  EXPECT_EQ(book.take(first).source, "Google");
  Event second = page(kNoon + kMinute, 7, "/blog/a-story-of-bats");
  second.referrer = "https://example.net/post";
  second.tags = "utm_source=news";
  const EventRow row = book.take(second);
  EXPECT_EQ(row.visits, 0);
  EXPECT_EQ(row.source, "Google");
  EXPECT_EQ(row.utm_source, "");
  EXPECT_EQ(row.referrer, "https://www.google.com/");
}

TEST(VisitBook, sources_are_named_as_known_else_by_the_campaign_else_by_the_host) {
  struct Case { std::string_view referrer, tags, source; };
  for (const Case& each : {Case{"https://www.google.de/", "", "Google"}, Case{"https://www.example.net/post", "", "example.net"},
                           Case{"https://example.net/", "utm_source=My+letter", "My letter"}, Case{"https://www.example.org/", "", ""}, Case{"", "", ""}}) {
    Book book;
    Event event = page(kNoon, 7, "/blog/a-story-of-bats");
    event.referrer = each.referrer;
    event.tags = each.tags;
    EXPECT_EQ(book.take(event).source, each.source) << each.referrer;
  }
}

TEST(VisitBook, campaign_tags_are_decoded_and_what_is_no_text_stays_as_it_came) {
  Book book;
  Event event = page(kNoon, 7, "/");
  event.tags = "utm_source=news&UTM_Medium=e-mail&utm_campaign=May+%C3%A9t%C3%A9&utm_content=%FF%00&utm_term=a%26b&other=1";
  const EventRow row = book.take(event);
  EXPECT_EQ(row.utm_source, "news");
  EXPECT_EQ(row.utm_medium, "e-mail");
  EXPECT_EQ(row.utm_campaign, "May été");
  EXPECT_EQ(row.utm_content, "%FF%00");
  EXPECT_EQ(row.utm_term, "a&b");
}

TEST(VisitBook, a_messenger_says_itself_and_is_private) {
  Book book;
  Event event = page(kNoon, 7, "/blog/a-story-of-bats");
  event.referrer = "android-app://com.whatsapp/";
  const EventRow row = book.take(event);
  EXPECT_EQ(row.app, "whatsapp");
  EXPECT_EQ(row.surface, "private");
  EXPECT_EQ(row.is_private, static_cast<uint8_t>(Private::Yes));
  EXPECT_FALSE(row.dark);
  EXPECT_NE(row.rules, "");
}

TEST(VisitBook, engagement_adds_time_but_begins_no_visit_and_ends_no_bounce) {
  Book book;
  const EventRow alone = book.take(engagement(kNoon, 7, 5'000));
  EXPECT_EQ(alone.visits, 0);
  EXPECT_EQ(alone.engaged_ms, 5'000);
  EXPECT_EQ(book.take(page(kNoon, 7, "/")).visits, 1);
  const EventRow later = book.take(engagement(kNoon + kMinute, 7, 50'000));
  EXPECT_EQ(later.visits, 0);
  EXPECT_EQ(later.bounces, 0);
  EXPECT_EQ(later.duration_ms, kMinute);
  EXPECT_EQ(later.scroll, 80);
}

TEST(VisitBook, time_that_a_page_was_used_is_no_pause) {
  Book book;
  book.take(page(kNoon, 7, "/"));
  const EventRow used = book.take(engagement(kNoon + 45 * kMinute, 7, 40 * 60'000));
  EXPECT_EQ(used.duration_ms, 45 * kMinute);
  EXPECT_EQ(book.take(page(kNoon + 50 * kMinute, 7, "/about")).visits, 0);
  const EventRow late = book.take(engagement(kNoon + 120 * kMinute, 7, 1'000));
  EXPECT_EQ(late.duration_ms, 0);
  EXPECT_EQ(late.entry_path, "/");
}

TEST(VisitBook, custom_events_end_a_bounce_when_they_are_interactive) {
  for (const bool interactive : {true, false}) {
    Book book;
    book.take(page(kNoon, 7, "/"));
    Event event = page(kNoon + 1'000, 7, "/");
    event.kind = EventKind::Custom;
    event.name = "Signup";
    event.interactive = interactive;
    EXPECT_EQ(book.take(event).bounces, interactive ? -1 : 0);
  }
}

TEST(VisitBook, an_event_of_a_known_id_is_one) {
  Book book;
  Event event = page(kNoon, 7, "/");
  event.id = 99;
  book.take(event);
  EventRow row;
  EXPECT_FALSE(book.book.take(event, row));
}

TEST(VisitBook, late_events_lengthen_the_visit_at_its_beginning_and_never_negatively) {
  Book book;
  const EventRow first = book.take(page(kNoon, 7, "/"));
  book.take(page(kNoon + 10 * kMinute, 7, "/about"));
  const EventRow between = book.take(page(kNoon + 5 * kMinute, 7, "/shop/"));
  EXPECT_EQ(between.duration_ms, 0);
  EXPECT_EQ(between.visit, first.visit);
  const EventRow before = book.take(page(kNoon - 5 * kMinute, 7, "/shop/"));
  EXPECT_EQ(before.duration_ms, 5 * kMinute);
  EXPECT_EQ(before.visit, first.visit);
  EXPECT_EQ(before.visits, 0);
}

TEST(VisitBook, a_clock_that_jumps_back_and_forth_begins_visits_that_go_on) {
  Book book;
  int visits = 0;
  for (const int64_t jump : {int64_t{0}, -3 * 60 * kMinute, int64_t{0}, 1'000 * 60 * kMinute, int64_t{0}}) {
    for (int i = 0; i < 5; ++i) visits += book.take(page(kNoon + jump + i * kMinute, 7, "/")).visits;
  }
  EXPECT_EQ(visits, 5);
}

TEST(VisitBook, who_was_here_today_returns) {
  Book book;
  book.take(page(kNoon, 7, "/blog/a-story-of-bats"));
  const EventRow again = book.take(page(kNoon + 60 * kMinute, 7, "/blog/another-story"));
  EXPECT_THAT(std::string(again.rules), ::testing::HasSubstr("decide.returning"));
  const EventRow other = book.take(page(kNoon + 60 * kMinute, 8, "/blog/another-story"));
  EXPECT_THAT(std::string(other.rules), ::testing::Not(::testing::HasSubstr("decide.returning")));
}

Event click(int64_t instant_ms, uint64_t visitor, std::string_view user_agent) {
  Event event = page(instant_ms, visitor, "/blog/a-story-of-bats");
  event.tags = "fbclid=xxxxxxxxxxxxxxxxxxxxxxxx";
  event.click_hash = 5;
  event.user_agent = user_agent;
  return event;
}

TEST(VisitBook, a_click_id_that_somebody_else_brings_was_passed_on) {
  Book book;
  EXPECT_NE(book.take(click(kNoon, 7, kFirefox)).channel, static_cast<uint8_t>(Channel::PassedOn));
  const EventRow echo = book.take(click(kNoon + 10 * kMinute, 8, kSafari));
  EXPECT_EQ(echo.channel, static_cast<uint8_t>(Channel::PassedOn));
  EXPECT_EQ(echo.is_private, static_cast<uint8_t>(Private::Yes));
  EXPECT_EQ(echo.click_hash, 5u);
}

TEST(VisitBook, one_persons_new_address_another_day_or_a_mail_gateway_are_no_echo) {
  Book book;
  book.take(click(kNoon, 7, kFirefox));
  EXPECT_NE(book.take(click(kNoon + 10 * kMinute, 8, kFirefox)).channel, static_cast<uint8_t>(Channel::PassedOn)) << "same browser, second pseudonym";
  EXPECT_EQ(book.take(click(kNoon + 20 * kMinute, 9, kFirefox)).channel, static_cast<uint8_t>(Channel::PassedOn)) << "third pseudonym";
  EXPECT_NE(book.take(click(kNoon + 1'440 * kMinute, 10, kSafari)).channel, static_cast<uint8_t>(Channel::PassedOn)) << "the next day";
  Book other;
  other.take(click(kNoon, 7, kFirefox));
  EXPECT_NE(other.take(click(kNoon + 1'000, 8, kSafari)).channel, static_cast<uint8_t>(Channel::PassedOn)) << "a second later";
}

TEST(VisitBook, an_arrival_after_a_paste_of_its_page_is_explained_by_it_unless_such_arrivals_are_common) {
  Event paste = page(kNoon, 0, "/blog/a-story-of-bats");
  paste.kind = EventKind::Unfurl;
  paste.origin = EventOrigin::Log;
  paste.user_agent = "WhatsApp/2.23.20.0";
  Book book;
  const EventRow unfurl = book.take(paste);
  EXPECT_EQ(unfurl.visits, 0);
  EXPECT_EQ(unfurl.visitor, 0u);
  EXPECT_EQ(unfurl.app, "whatsapp");
  const EventRow explained = book.take(page(kNoon + 5 * kMinute, 7, "/blog/a-story-of-bats"));
  EXPECT_EQ(explained.app, "whatsapp");
  EXPECT_EQ(explained.grade, static_cast<uint8_t>(Grade::Inferred));
  EXPECT_EQ(book.take(page(kNoon + 5 * kMinute, 8, "/blog/another-story")).app, "") << "another page";
  EXPECT_EQ(book.take(page(kNoon + 20 * 60 * kMinute, 9, "/blog/a-story-of-bats")).app, "") << "too long after";
  Book busy;
  for (uint64_t i = 0; i < 200; ++i) busy.take(page(kNoon - static_cast<int64_t>(200 - i) * kMinute, 100 + i, "/blog/a-story-of-bats"));
  busy.take(paste);
  EXPECT_EQ(busy.take(page(kNoon + 60 * kMinute, 7, "/blog/a-story-of-bats")).app, "");
}

TEST(VisitBook, visits_beyond_the_limit_close_the_one_that_was_not_used_for_longest) {
  Book book({.visits_max = 3});
  for (const uint64_t visitor : {1, 2, 3}) book.take(page(kNoon, visitor, "/"));
  EXPECT_EQ(book.take(page(kNoon + 1, 1, "/about")).visits, 0);
  book.take(page(kNoon + 2, 4, "/"));
  EXPECT_EQ(book.book.open_visits(), 3u);
  EXPECT_EQ(book.take(page(kNoon + 3, 1, "/")).visits, 0);
  EXPECT_EQ(book.take(page(kNoon + 3, 2, "/")).visits, 1);
}

TEST(VisitBook, texts_of_hostile_visits_stay_within_their_limit) {
  Book book({.text_bytes_max = 100'000});
  for (uint64_t i = 0; i < 2'000; ++i) {
    book.book.begin_batch();
    const std::string path = "/" + std::to_string(i) + std::string(1'500, 'x');
    const EventRow row = book.take(page(kNoon, i + 1, path));
    EXPECT_EQ(row.entry_path, path);
    ASSERT_LE(book.book.text_bytes(), 110'000u);
  }
  EXPECT_GT(book.book.open_visits(), 10u);
}

// Sums over the rows say of each visit what its events say.
TEST(VisitBook, the_deltas_of_any_events_add_up_to_visits_bounces_and_lengths) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Book book;
    const std::vector<Event> events = testing::lively_events(seed, 600);
    struct Sum { int64_t visits = 0, bounces = 0, duration = 0; };
    std::map<std::tuple<uint32_t, uint64_t, uint16_t>, Sum> sums;
    for (const Event& event : events) {
      EventRow row;
      if (!book.book.take(event, row) || row.visitor == 0 || row.visit == 0) continue;
      EXPECT_GE(row.duration_ms, 0);
      Sum& sum = sums[{row.site, row.visitor, row.visit}];
      sum.visits += row.visits;
      sum.bounces += row.bounces;
      sum.duration += row.duration_ms;
    }
    EXPECT_GT(sums.size(), 20u);
    for (const auto& [visit, sum] : sums) {
      EXPECT_GE(sum.visits, 1) << seed;
      EXPECT_GE(sum.bounces, 0) << seed;
      EXPECT_LE(sum.bounces, sum.visits) << seed;
    }
  }
}

}  // namespace
}  // namespace noctule
