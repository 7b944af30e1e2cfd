// SPDX-License-Identifier: Apache-2.0
// Pastes that an import adds to the store beside a running loader.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "noctule/model/evidence.h"
#include "store/chain.h"
#include "store/rows.h"
#include "store/visits.h"

namespace noctule {
namespace {

using testing::Chain;
using testing::integer;
using testing::kMinute;
using testing::page;
using testing::TemporaryFolder;
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

TEST_F(LatePaste, is_learned_by_a_loader_whose_journal_stopped) {
  chain_.journal->stop();
  import({paste(now_ - 5 * kMinute)});
}

}  // namespace
}  // namespace noctule
