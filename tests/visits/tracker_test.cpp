// SPDX-License-Identifier: Apache-2.0
#include "noctule/visits/tracker.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sstream>

#include "noctule/detect/knowledge.h"

namespace noctule {
namespace {

constexpr int64_t kSecond = 1'000, kMinute = 60'000;
constexpr uint64_t kArticle = 501, kOther = 502, kStyle = 601;

Hit page(uint64_t visitor, int64_t instant_ms, uint64_t path, uint64_t referrer_path = 0) {
  Hit hit;
  hit.visitor = visitor;
  hit.address = visitor;
  hit.instant_ms = instant_ms;
  hit.page = hit.path = path;
  hit.target = Target::Deep;
  hit.status = 200;
  hit.referrer_path = referrer_path;
  hit.referrer_class = static_cast<uint8_t>(referrer_path == 0 ? ReferrerClass::None : ReferrerClass::Internal);
  return hit;
}

Hit asset(uint64_t visitor, int64_t instant_ms, uint64_t of_page, Target target = Target::Asset) {
  Hit hit = page(visitor, instant_ms, kStyle, of_page);
  hit.target = target;
  return hit;
}

TrackerResult track(const std::vector<Hit>& hits) {
  Tracker tracker;
  tracker.process(hits);
  return tracker.finish();
}

uint64_t hits_of(const TrackerResult& result, Exclusion reason) { return result.totals.hits[static_cast<size_t>(reason)]; }

TEST(Tracker, a_landing_whose_asset_follows_is_a_person) {
  const auto result = track({page(1, 0, kArticle), asset(1, 2 * kSecond, kArticle)});
  ASSERT_EQ(result.arrivals.size(), 1U);
  EXPECT_EQ(result.arrivals[0].corroboration, Corroboration::Asset);
  EXPECT_EQ(result.totals.people, 1U);
}

TEST(Tracker, deep_link_without_referrer_and_without_assets_is_not_counted_as_a_person) {
  const auto result = track({page(1, 0, kArticle)});
  EXPECT_TRUE(result.arrivals.empty());
  EXPECT_EQ(result.totals.landings[static_cast<size_t>(Exclusion::Uncorroborated)], 1U);
}

TEST(Tracker, what_a_page_s_script_asks_for_corroborates_it_and_a_poller_s_request_does_not) {
  EXPECT_EQ(track({page(1, 0, kArticle), asset(1, 2 * kSecond, kArticle, Target::Data)}).arrivals.size(), 1U);
  EXPECT_TRUE(track({page(1, 0, kArticle), asset(1, 2 * kSecond, 0, Target::Data)}).arrivals.empty());
}

TEST(Tracker, an_asset_that_comes_too_late_or_belongs_to_another_page_proves_nothing) {
  EXPECT_TRUE(track({page(1, 0, kArticle), asset(1, 61 * kSecond, kArticle)}).arrivals.empty());
  EXPECT_TRUE(track({page(1, 0, kArticle), asset(1, kSecond, kOther)}).arrivals.empty());
}

TEST(Tracker, a_favicon_alone_proves_nothing_unless_it_names_the_page) {
  EXPECT_TRUE(track({page(1, 0, kArticle), asset(1, kSecond, 0, Target::Favicon)}).arrivals.empty());
  EXPECT_EQ(track({page(1, 0, kArticle), asset(1, kSecond, kArticle, Target::Favicon)}).arrivals.size(), 1U);
}

TEST(Tracker, a_second_page_with_the_first_as_referrer_is_navigation) {
  const auto result = track({page(1, 0, kArticle), page(1, kMinute, kOther, kArticle)});
  ASSERT_EQ(result.arrivals.size(), 1U);
  EXPECT_EQ(result.arrivals[0].corroboration, Corroboration::Navigation);
  EXPECT_EQ(result.arrivals[0].pages_in_visit, 2U);
}

TEST(Tracker, a_page_that_names_itself_as_referrer_is_no_navigation) {
  EXPECT_TRUE(track({page(1, 0, kArticle), page(1, kSecond, kArticle, kArticle)}).arrivals.empty());
}

TEST(Tracker, thirty_minutes_without_a_hit_end_a_visit_and_a_person_may_return) {
  const auto result = track({page(1, 0, kArticle), asset(1, kSecond, kArticle), page(1, 32 * kMinute, kOther)});
  ASSERT_EQ(result.arrivals.size(), 2U);
  EXPECT_EQ(result.arrivals[1].corroboration, Corroboration::Returned);
  EXPECT_EQ(result.arrivals[1].visit_number, 2U);
  EXPECT_EQ(track({page(1, 0, kArticle), asset(1, kSecond, kArticle), page(1, 29 * kMinute, kOther)}).arrivals.size(), 1U);
}

TEST(Tracker, a_hit_from_long_before_begins_a_visit_of_its_own) {
  const auto result = track({page(1, 600 * kMinute, kArticle), asset(1, 600 * kMinute + kSecond, kArticle), page(1, 0, kOther), asset(1, kSecond, kOther)});
  ASSERT_EQ(result.arrivals.size(), 2U);
  EXPECT_EQ(result.arrivals[1].corroboration, Corroboration::Asset);
}

TEST(Tracker, a_visitor_that_probes_for_weaknesses_is_a_scanner) {
  Hit probe = page(1, kSecond, 700);
  probe.target = Target::Probe;
  probe.status = 404;
  const auto result = track({page(1, 0, kArticle), probe, page(1, 2 * kSecond, kOther, kArticle)});
  EXPECT_TRUE(result.arrivals.empty());
  EXPECT_EQ(hits_of(result, Exclusion::ScannerProbe), 3U);
}

TEST(Tracker, more_pages_than_people_read_are_a_burst) {
  std::vector<Hit> hits;
  for (int i = 0; i < 30; ++i) hits.push_back(page(1, i * 100, 1'000U + i, i == 0 ? 0 : 999U + i));
  EXPECT_EQ(hits_of(track(hits), Exclusion::ScannerBurst), 30U);
}

TEST(Tracker, an_external_referrer_within_a_visit_is_an_arrival_of_its_own) {
  Hit second = page(1, kMinute, kOther, 77);
  second.referrer_class = static_cast<uint8_t>(ReferrerClass::Search);
  const auto result = track({page(1, 0, kArticle), asset(1, kSecond, kArticle), second});
  ASSERT_EQ(result.arrivals.size(), 2U);
  EXPECT_EQ(result.arrivals[1].visit_number, 1U);
}

TEST(Tracker, a_visit_that_begins_on_a_page_of_the_site_is_a_continuation) {
  const auto result = track({page(1, 0, kArticle, kOther), asset(1, kSecond, kArticle)});
  EXPECT_TRUE(result.arrivals.empty());
  EXPECT_EQ(result.totals.continuations, 1U);
}

TEST(Tracker, previews_are_kept_and_bots_are_counted_by_name) {
  Hit preview = page(1, 0, kArticle);
  preview.kind = Kind::PreviewBot;
  Hit monitor = page(2, 0, kArticle);
  monitor.kind = Kind::Bot;
  monitor.machine = static_cast<uint8_t>(MachinePurpose::Monitoring);
  const auto result = track({preview, monitor});
  EXPECT_EQ(result.previews.size(), 1U);
  EXPECT_EQ(hits_of(result, Exclusion::Preview), 1U);
  EXPECT_EQ(hits_of(result, Exclusion::Monitoring), 1U);
}

// Any log: every hit ends in one bucket, and parking half-way changes nothing.
TEST(Tracker, every_hit_is_counted_once_and_parking_changes_nothing) {
  EXPECT_TRUE(rc::check([](uint64_t seed, uint16_t count) {
    std::vector<Hit> hits;
    uint64_t state = seed | 1;
    int64_t now = 0;
    for (int i = 0; i < count % 400; ++i) {
      state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
      now += static_cast<int64_t>(state >> 33) % 600'000;
      Hit hit = page(1 + (state >> 20) % 9, now, 1 + (state >> 24) % 6, (state >> 28) % 3 == 0 ? 1 + (state >> 40) % 6 : 0);
      hit.target = static_cast<Target>((state >> 50) % kTargets);
      hit.kind = static_cast<Kind>((state >> 54) % kKinds);
      hit.status = (state >> 57) % 4 == 0 ? 404 : 200;
      hits.push_back(hit);
    }
    const size_t half = hits.size() / 2;
    Tracker tracker;
    tracker.process(std::span(hits).first(half));
    std::stringstream parked;
    tracker.write_to(parked);
    Tracker resumed = *Tracker::read_from(parked);
    resumed.process(std::span(hits).subspan(half));
    const auto whole = track(hits), halves = resumed.finish();
    uint64_t total = 0;
    for (const uint64_t n : whole.totals.hits) total += n;
    RC_ASSERT(total == hits.size());
    RC_ASSERT(whole.totals.hits == halves.totals.hits);
    RC_ASSERT(whole.totals.landings == halves.totals.landings);
    RC_ASSERT(whole.arrivals.size() == halves.arrivals.size());
  }));
}

TEST(Tracker, a_parked_part_that_was_cut_off_is_an_error) {
  Tracker tracker;
  tracker.process(std::vector{page(1, 0, kArticle)});
  std::stringstream parked;
  tracker.write_to(parked);
  std::istringstream cut(parked.str().substr(0, parked.str().size() / 2));
  EXPECT_FALSE(Tracker::read_from(cut));
}

}  // namespace
}  // namespace noctule
