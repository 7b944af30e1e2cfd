// SPDX-License-Identifier: Apache-2.0
#include "noctule/visits/inference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "noctule/base/random.h"

namespace noctule {
namespace {

constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr uint64_t kPage = 42;

Arrival arrival(int64_t instant_ms, uint64_t address, uint32_t agent = 1, uint64_t click_id = 0) {
  Arrival a;
  a.instant_ms = a.visit_end_ms = instant_ms;
  a.address = address;
  a.visitor = address * 31 + agent;
  a.agent = a.agent_family = agent;
  a.page = kPage;
  a.click_id = click_id;
  return a;
}

Unfurl unfurl(int64_t instant_ms, uint64_t page = kPage) {
  Unfurl u;
  u.instant_ms = instant_ms;
  u.page = page;
  u.app = static_cast<AppId>(1);
  u.surface = Private::Yes;
  u.address = 999;
  return u;
}

UnfurlMatches match(const std::vector<Arrival>& arrivals, const std::vector<Unfurl>& unfurls, int64_t span_ms) {
  std::vector<uint32_t> candidates(arrivals.size());
  std::iota(candidates.begin(), candidates.end(), 0U);
  return match_unfurls(arrivals, candidates, unfurls, 0, span_ms, 1);
}

TEST(Echoes, the_same_click_id_from_another_person_is_an_echo) {
  const std::vector arrivals = {arrival(0, 1, 10, 77), arrival(kHour, 2, 20, 77), arrival(2 * kHour, 3, 30, 78)};
  EXPECT_EQ(find_echoes(arrivals), (std::vector{false, true, false}));
}

TEST(Echoes, one_person_who_changes_networks_is_none_and_a_third_address_within_the_day_is) {
  EXPECT_EQ(find_echoes(std::vector{arrival(0, 1, 10, 77), arrival(2 * kHour, 2, 10, 77), arrival(20 * kHour, 3, 10, 77)}),
            (std::vector{false, false, true}));
  EXPECT_EQ(find_echoes(std::vector{arrival(0, 1, 10, 77), arrival(kDay, 2, 10, 77), arrival(2 * kDay, 3, 10, 77)}),
            (std::vector{false, false, false}));
}

TEST(Echoes, one_browser_before_and_after_its_update_is_one_person) {
  std::vector arrivals = {arrival(0, 1, 10, 77), arrival(kDay, 2, 20, 77)};
  EXPECT_TRUE(find_echoes(arrivals)[1]);
  arrivals[1].agent_family = arrivals[0].agent_family;
  EXPECT_FALSE(find_echoes(arrivals)[1]);
}

TEST(Echoes, a_recipient_and_a_machine_that_looked_at_the_link_within_the_same_minute_are_none) {
  EXPECT_EQ(find_echoes(std::vector{arrival(0, 1, 10, 77), arrival(20'000, 2, 20, 77), arrival(kDay, 3, 20, 77), arrival(2 * kDay, 4, 30, 77)}),
            (std::vector{false, false, false, true}));
}

TEST(Echoes, an_id_that_several_user_agents_bring_within_a_minute_is_a_gateways_and_echoes_nowhere) {
  const std::vector arrivals = {arrival(0, 1, 10, 77), arrival(1'000, 2, 20, 77), arrival(2'000, 3, 30, 77), arrival(kHour, 4, 40, 77)};
  EXPECT_EQ(find_echoes(arrivals), (std::vector{false, false, false, false}));
}

TEST(Echoes, a_reload_is_none) {
  EXPECT_EQ(find_echoes(std::vector{arrival(0, 1, 10, 77), arrival(kHour, 1, 20, 77)}), (std::vector{false, false}));
}

TEST(UnfurlMatches, an_arrival_three_minutes_after_a_paste_is_evidence) {
  const auto matches = match({arrival(5 * kHour + 3 * kMinute, 1)}, {unfurl(5 * kHour)}, kDay);
  EXPECT_EQ(matches.of_candidate[0].lag_ms, 3 * kMinute);
  EXPECT_LE(matches.of_candidate[0].chance, kChanceMax);
}

TEST(UnfurlMatches, the_sharer_coming_back_is_not_a_match) {
  Unfurl from_device = unfurl(kHour);
  from_device.from_device = true;
  from_device.address = 1;
  EXPECT_EQ(match({arrival(kHour + kMinute, 1)}, {from_device}, kDay).of_candidate[0].app, AppId::None);
}

TEST(UnfurlMatches, public_apps_say_nothing_about_private_shares) {
  Unfurl public_paste = unfurl(kHour);
  public_paste.surface = Private::No;
  EXPECT_EQ(match({arrival(kHour + kMinute, 1)}, {public_paste}, kDay).of_candidate[0].app, AppId::None);
}

// A popular page that is pasted several times a day: matches abound, all by chance.
TEST(UnfurlMatches, arrivals_that_do_not_depend_on_pastes_are_explained_by_chance) {
  Random random(3);
  std::vector<Arrival> arrivals;
  std::vector<Unfurl> unfurls;
  for (int i = 0; i < 2'000; ++i) arrivals.push_back(arrival(static_cast<int64_t>(random.below(20 * kDay)), 1'000U + i));
  for (int i = 0; i < 60; ++i) unfurls.push_back(unfurl(static_cast<int64_t>(random.below(20 * kDay))));
  std::ranges::sort(arrivals, {}, &Arrival::instant_ms);
  std::ranges::sort(unfurls, {}, &Unfurl::instant_ms);
  const auto matches = match(arrivals, unfurls, 20 * kDay);
  EXPECT_GT(matches.observed, 1'500);
  EXPECT_GT(matches.by_chance, 0.9 * matches.observed);
  int evidence = 0;
  for (const UnfurlMatch& m : matches.of_candidate) evidence += m.app != AppId::None && m.chance <= kChanceMax;
  EXPECT_EQ(evidence, 0);
}

TEST(UnfurlMatches, true_followers_stand_out_of_the_same_noise) {
  Random random(4);
  std::vector<Arrival> arrivals;
  std::vector<Unfurl> unfurls;
  for (int i = 0; i < 40; ++i) arrivals.push_back(arrival(static_cast<int64_t>(random.below(20 * kDay)), 1'000U + i));
  for (int i = 0; i < 30; ++i) {
    const auto at = static_cast<int64_t>(random.below(19 * kDay));
    unfurls.push_back(unfurl(at));
    arrivals.push_back(arrival(at + static_cast<int64_t>(random.below(9 * kMinute)), 5'000U + i));
  }
  std::ranges::sort(arrivals, {}, &Arrival::instant_ms);
  std::ranges::sort(unfurls, {}, &Unfurl::instant_ms);
  int found = 0;
  for (const UnfurlMatch& m : match(arrivals, unfurls, 20 * kDay).of_candidate) found += m.app != AppId::None && m.chance <= kChanceMax;
  EXPECT_GE(found, 27);
  EXPECT_LE(found, 33);
}

// The ledger: an app whose previews come from the device, found by its property in the tables.
class Ledger : public testing::Test {
 protected:
  std::vector<Unfurl> join(const std::vector<PreviewFetch>& fetches, const char* app) {
    verdict_.app = Knowledge::builtin().find_app(app);
    EXPECT_NE(verdict_.app, AppId::None) << app;
    return join_previews(fetches, Knowledge::builtin(), [&](uint16_t) -> const UserAgentVerdict& { return verdict_; },
                         [&](uint64_t page) { return std::string_view(names_[page]); });
  }
  static PreviewFetch fetch(int64_t instant_ms, uint64_t page, uint16_t status = 200, Target target = Target::Deep,
                            uint64_t address = 7) {
    PreviewFetch f;
    f.instant_ms = instant_ms;
    f.page = page;
    f.status = status;
    f.target = target;
    f.address = address;
    return f;
  }
  std::map<uint64_t, std::string> names_ = {{1, "/p/4"}, {2, "/p/42"}, {3, "/other"}};
  UserAgentVerdict verdict_;
};

TEST_F(Ledger, typed_prefixes_collapse_to_the_page_that_was_pasted) {
  const auto unfurls = join({fetch(0, 1, 404), fetch(1'000, 2), fetch(2'000, 9, 200, Target::Asset)}, "whatsapp");
  ASSERT_EQ(unfurls.size(), 1U);
  EXPECT_EQ(unfurls[0].page, 2U);
  EXPECT_EQ(unfurls[0].fetches, 3U);
  EXPECT_TRUE(unfurls[0].from_device);
}

TEST_F(Ledger, two_pages_or_two_devices_are_two_pastes) {
  EXPECT_EQ(join({fetch(0, 2), fetch(1'000, 3)}, "whatsapp").size(), 2U);
  EXPECT_EQ(join({fetch(0, 2), fetch(1'000, 2, 200, Target::Deep, 8)}, "whatsapp").size(), 2U);
  EXPECT_EQ(join({fetch(0, 2), fetch(2 * kPasteWindow_ms, 2)}, "whatsapp").size(), 2U);
}

TEST_F(Ledger, servers_of_one_app_that_fetch_one_page_are_one_paste) {
  EXPECT_EQ(join({fetch(0, 2), fetch(1'000, 2, 200, Target::Deep, 8), fetch(500, 3)}, "telegram").size(), 2U);
}

TEST_F(Ledger, only_a_federated_network_s_instances_share_a_paste_over_minutes) {
  const auto later = [](int minutes) { return fetch(minutes * kMinute, 2, 200, Target::Deep, 8); };
  EXPECT_EQ(join({fetch(0, 2), later(3)}, "telegram").size(), 2U);
  EXPECT_EQ(join({fetch(0, 2), later(3), later(6), later(9)}, "mastodon").size(), 1U);
  EXPECT_EQ(join({fetch(0, 2), later(6), later(12)}, "mastodon").size(), 2U);
}

TEST_F(Ledger, a_public_network_that_refreshes_its_copy_is_one_post) {
  std::vector<PreviewFetch> fetches;
  for (int i = 0; i < 40; ++i) fetches.push_back(fetch(i * 45 * kMinute, 2));
  const auto unfurls = join(fetches, "facebook");
  ASSERT_EQ(unfurls.size(), 1U);
  EXPECT_EQ(unfurls[0].fetches, 40U);
  EXPECT_EQ(join({fetch(0, 2), fetch(2 * kHour, 2)}, "facebook").size(), 2U);
}

TEST_F(Ledger, a_page_that_never_answered_was_not_pasted) { EXPECT_TRUE(join({fetch(0, 1, 404)}, "whatsapp").empty()); }

TEST_F(Ledger, the_sharers_own_visit_is_tied_by_its_device) {
  auto unfurls = join({fetch(10 * kMinute, 2)}, "whatsapp");
  tie_to_sharers(unfurls, std::vector{arrival(5 * kMinute, 7)});
  EXPECT_TRUE(unfurls[0].same_device);
  auto others = join({fetch(10 * kMinute, 2)}, "whatsapp");
  tie_to_sharers(others, std::vector{arrival(5 * kMinute, 8)});
  EXPECT_FALSE(others[0].same_device);
}

// Against the plain reading of the rule: an unfurl within a visit of its device, or half an hour after it.
TEST_F(Ledger, ties_are_those_that_looking_at_each_pair_finds) {
  Random random(9);
  for (int round = 0; round < 50; ++round) {
    std::vector<Unfurl> unfurls(random.below(30));
    for (Unfurl& u : unfurls) {
      u.instant_ms = static_cast<int64_t>(random.below(kDay));
      u.address = 1 + random.below(3);
      u.from_device = random.chance(0.8);
    }
    std::vector<Arrival> visits(random.below(10));
    for (Arrival& a : visits) {
      a = arrival(static_cast<int64_t>(random.below(kDay)), 1 + random.below(3));
      a.visit_end_ms += static_cast<int64_t>(random.below(kHour));
    }
    tie_to_sharers(unfurls, visits);
    for (const Unfurl& u : unfurls) {
      const bool tied = std::ranges::any_of(visits, [&](const Arrival& a) {
        return u.from_device && a.address == u.address && u.instant_ms >= a.instant_ms && u.instant_ms <= a.visit_end_ms + kVisitPause_ms;
      });
      ASSERT_EQ(u.same_device, tied);
    }
  }
}

TEST(Unfurls, a_match_that_searches_of_the_page_show_as_well_is_taken_for_chance) {
  std::vector<Arrival> arrivals;
  std::vector<uint32_t> candidates, controls;
  std::vector<Unfurl> unfurls;
  for (uint64_t i = 0; i < 12; ++i) {
    const int64_t pasted_ms = static_cast<int64_t>(i) * 40 * kHour;
    unfurls.push_back(unfurl(pasted_ms));
    arrivals.push_back(arrival(pasted_ms + 5 * kMinute, 100 + i));
    candidates.push_back(static_cast<uint32_t>(arrivals.size() - 1));
    arrivals.push_back(arrival(pasted_ms + 6 * kMinute, 200 + i));
    controls.push_back(static_cast<uint32_t>(arrivals.size() - 1));
  }
  const UnfurlMatches alone = match_unfurls(arrivals, candidates, unfurls, 0, 20 * kDay, 1);
  const UnfurlMatches controlled = match_unfurls(arrivals, candidates, unfurls, 0, 20 * kDay, 1, controls);
  EXPECT_LT(alone.of_candidate[0].chance, kChanceMax);
  EXPECT_GT(controlled.of_candidate[0].chance, 0.8);
}

}  // namespace
}  // namespace noctule
