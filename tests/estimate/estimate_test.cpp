// SPDX-License-Identifier: Apache-2.0
#include "noctule/estimate/estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "noctule/base/random.h"

namespace noctule {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

constexpr int64_t kHour = 3'600'000;

JudgedArrival arrival_of(Channel channel, Grade grade, Private is_private, uint64_t page) {
  JudgedArrival a;
  a.channel = channel;
  a.grade = grade;
  a.is_private = is_private;
  a.page = page;
  a.no_referrer = grade <= Grade::Estimated;
  return a;
}
JudgedArrival searched(uint64_t page) { return arrival_of(Channel::Search, Grade::Strong, Private::No, page); }
JudgedArrival dark(uint64_t page) { return arrival_of(Channel::Unattributed, Grade::Estimated, Private::Unknown, page); }
JudgedArrival shared(uint64_t page) { return arrival_of(Channel::PrivateMessage, Grade::Strong, Private::Yes, page); }
JudgedArrival surface_unknown(uint64_t page) { return arrival_of(Channel::AppUnknown, Grade::Strong, Private::Unknown, page); }
JudgedArrival at_home() {
  JudgedArrival a = arrival_of(Channel::Direct, Grade::Direct, Private::No, 0);
  a.deep = false;
  return a;
}

EstimateContext two_weeks() {
  EstimateContext context;
  context.span_days = 14;
  return context;
}

// A site of 40 pages in its usual proportions, scale times as busy: 100 searches, 30 at home, 20 dark and 12 known shares.
std::vector<JudgedArrival> usual_site(int scale) {
  std::vector<JudgedArrival> all;
  Random random(7);
  const auto add = [&](int count, const auto& make) {
    for (int i = 0; i < count * scale; ++i) all.push_back(make(1 + std::min(random.below(40), random.below(40))));
  };
  add(100, searched);
  add(30, [](uint64_t) { return at_home(); });
  add(20, dark);
  add(12, shared);
  add(5, surface_unknown);
  for (size_t i = 0; i < all.size(); ++i) {
    all[i].instant_ms = static_cast<int64_t>(random.below(14 * 24)) * kHour;
    all[i].visitor = i;
  }
  return all;
}

double relative_width(const PrivateEstimate& estimate) {
  return (estimate.central.high - estimate.central.low) / (estimate.high - estimate.low);
}

// Any arrival at all, in combinations that no log would hold too.
rc::Gen<JudgedArrival> any_arrival() {
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, kGrades), rc::gen::inRange(0, 3), rc::gen::inRange(0, kChannels),
                                     rc::gen::inRange<uint64_t>(0, 12), rc::gen::inRange(0, 8), rc::gen::inRange(0, 11),
                                     rc::gen::inRange(1, 4)),
                      [](const auto& drawn) {
                        JudgedArrival a;
                        const int bits = std::get<4>(drawn);
                        a.grade = static_cast<Grade>(std::get<0>(drawn));
                        a.is_private = static_cast<Private>(std::get<1>(drawn));
                        a.channel = static_cast<Channel>(std::get<2>(drawn));
                        a.page = std::get<3>(drawn);
                        a.deep = (bits & 1) != 0;
                        a.no_referrer = (bits & 2) != 0;
                        a.mobile = (bits & 4) != 0;
                        a.unfurl_chance = std::get<5>(drawn) / 10.0;
                        a.visit_number = static_cast<uint16_t>(std::get<6>(drawn));
                        return a;
                      });
}

std::vector<JudgedArrival> any_arrivals() {
  auto few = *rc::gen::container<std::vector<JudgedArrival>>(any_arrival());
  std::vector<JudgedArrival> many;
  const int times = *rc::gen::inRange(1, 12);
  for (int i = 0; i < times; ++i) many.insert(many.end(), few.begin(), few.end());
  return many;
}

EstimateContext any_context() {
  EstimateContext context = two_weeks();
  context.addresses_are_edges = *rc::gen::arbitrary<bool>();
  context.seed = *rc::gen::arbitrary<uint64_t>();
  return context;
}

RC_GTEST_PROP(Estimate, the_ends_and_the_interval_are_always_in_order_and_within_the_arrivals, ()) {
  const std::vector<JudgedArrival> arrivals = any_arrivals();
  const PrivateEstimate estimate = estimate_private(arrivals, any_context());
  RC_ASSERT(0 <= estimate.low);
  RC_ASSERT(estimate.low <= estimate.central.low);
  RC_ASSERT(estimate.central.low <= estimate.central.high);
  RC_ASSERT(estimate.central.high <= estimate.high);
  RC_ASSERT(estimate.high <= static_cast<double>(arrivals.size()));
}

RC_GTEST_PROP(Estimate, one_more_known_share_raises_the_lower_end_by_one, ()) {
  std::vector<JudgedArrival> arrivals = any_arrivals();
  const EstimateContext context = any_context();
  const double before = estimate_private(arrivals, context).low;
  arrivals.push_back(shared(*rc::gen::inRange<uint64_t>(0, 12)));
  RC_ASSERT(estimate_private(arrivals, context).low == before + 1);
}

RC_GTEST_PROP(Estimate, the_order_of_the_arrivals_does_not_matter, ()) {
  std::vector<JudgedArrival> arrivals = any_arrivals();
  const EstimateContext context = any_context();
  const PrivateEstimate forward = estimate_private(arrivals, context);
  std::ranges::reverse(arrivals);
  const PrivateEstimate backward = estimate_private(arrivals, context);
  RC_ASSERT(std::abs(forward.central.low - backward.central.low) < 1e-6 * (1 + forward.high));
  RC_ASSERT(std::abs(forward.central.high - backward.central.high) < 1e-6 * (1 + forward.high));
}

TEST(Estimate, the_same_seed_gives_the_same_interval) {
  const std::vector<JudgedArrival> site = usual_site(2);
  const PrivateEstimate one = estimate_private(site, two_weeks()), other = estimate_private(site, two_weeks());
  EXPECT_EQ(one.central.low, other.central.low);
  EXPECT_EQ(one.central.high, other.central.high);
}

TEST(Estimate, another_seed_gives_nearly_the_same_interval) {
  const std::vector<JudgedArrival> site = usual_site(4);
  EstimateContext context = two_weeks();
  const PrivateEstimate one = estimate_private(site, context);
  for (context.seed = 2; context.seed < 8; ++context.seed) {
    const PrivateEstimate other = estimate_private(site, context);
    EXPECT_NEAR(other.central.low, one.central.low, 0.1 * (one.high - one.low));
    EXPECT_NEAR(other.central.high, one.central.high, 0.1 * (one.high - one.low));
  }
}

TEST(Estimate, more_data_narrows_the_interval) {
  const PrivateEstimate little = estimate_private(usual_site(1), two_weeks()), much = estimate_private(usual_site(30), two_weeks());
  ASSERT_TRUE(little.enough);
  ASSERT_TRUE(much.enough);
  EXPECT_LT(relative_width(much), relative_width(little));
}

TEST(Estimate, a_usual_site_is_told_apart_from_both_ends) {
  const PrivateEstimate estimate = estimate_private(usual_site(10), two_weeks());
  EXPECT_TRUE(estimate.enough);
  EXPECT_GT(estimate.central.low, estimate.low);
  EXPECT_LT(estimate.central.high, estimate.high);
}

TEST(Estimate, dark_arrivals_where_nothing_is_shared_and_searches_lose_their_referrer_are_mostly_no_shares) {
  std::vector<JudgedArrival> site;
  for (uint64_t page = 1; page <= 40; ++page) {
    for (int i = 0; i < 10; ++i) site.push_back(searched(page));
    for (int i = 0; i < 5; ++i) site.push_back(dark(page));
  }
  const PrivateEstimate estimate = estimate_private(site, two_weeks());
  EXPECT_LT(estimate.central.high, 0.35 * estimate.high);
  EXPECT_THAT(estimate.reasons, Contains("referrers_lost"));
  EXPECT_THAT(estimate.reasons, Contains("little_evidence"));
}

TEST(Estimate, dark_arrivals_on_the_pages_that_are_shared_count_for_more_than_on_others) {
  std::vector<JudgedArrival> together, apart;
  for (uint64_t page = 1; page <= 40; ++page) {
    for (int i = 0; i < 10; ++i) {
      together.push_back(searched(page));
      apart.push_back(searched(page));
    }
    const bool first_half = page <= 20;
    for (int i = 0; first_half && i < 4; ++i) {
      together.push_back(shared(page));
      apart.push_back(shared(page));
    }
    for (int i = 0; i < (first_half ? 6 : 1); ++i) together.push_back(dark(page));
    for (int i = 0; i < (first_half ? 1 : 6); ++i) apart.push_back(dark(page));
  }
  const PrivateEstimate shares = estimate_private(together, two_weeks()), others = estimate_private(apart, two_weeks());
  EXPECT_GT(shares.central.low, others.central.low);
  EXPECT_GT(shares.central.high, others.central.high);
}

TEST(Estimate, a_page_that_alone_holds_most_dark_arrivals_is_named_as_a_reason) {
  std::vector<JudgedArrival> site = usual_site(3);
  for (int i = 0; i < 200; ++i) site.push_back(dark(99));
  EXPECT_THAT(estimate_private(site, two_weeks()).reasons, Contains("concentrated_pages"));
  EXPECT_THAT(estimate_private(usual_site(3), two_weeks()).reasons, Not(Contains("concentrated_pages")));
}

TEST(Estimate, no_arrivals_are_not_enough) {
  const PrivateEstimate estimate = estimate_private({}, two_weeks());
  EXPECT_FALSE(estimate.enough);
  EXPECT_THAT(estimate.reasons, Contains("few_arrivals"));
  EXPECT_EQ(estimate.high, 0);
}

struct Obstacle {
  const char* code;
  void (*set)(EstimateContext&);
};

class Obstacles : public testing::TestWithParam<Obstacle> {};

TEST_P(Obstacles, leave_only_the_two_ends_and_are_named) {
  EstimateContext context = two_weeks();
  GetParam().set(context);
  const PrivateEstimate estimate = estimate_private(usual_site(10), context);
  EXPECT_FALSE(estimate.enough);
  EXPECT_THAT(estimate.reasons, Contains(GetParam().code));
  EXPECT_EQ(estimate.central.low, estimate.low);
  EXPECT_EQ(estimate.central.high, estimate.high);
}

INSTANTIATE_TEST_SUITE_P(Estimate, Obstacles,
                         testing::Values(Obstacle{"no_referrer_field", [](EstimateContext& c) { c.has_referrer_field = false; }},
                                         Obstacle{"json_api", [](EstimateContext& c) { c.is_api = true; }},
                                         Obstacle{"assetless_site", [](EstimateContext& c) { c.is_assetless = true; }},
                                         Obstacle{"short_log", [](EstimateContext& c) { c.span_days = 0.05; }}),
                         [](const auto& param) { return std::string(param.param.code); });

TEST(Estimate, edge_addresses_and_proxies_are_named_and_still_estimated) {
  EstimateContext context = two_weeks();
  context.addresses_are_edges = context.is_behind_proxy = true;
  const PrivateEstimate estimate = estimate_private(usual_site(10), context), usual = estimate_private(usual_site(10), two_weeks());
  EXPECT_TRUE(estimate.enough);
  EXPECT_THAT(estimate.reasons, Contains("cdn_edge_addresses"));
  EXPECT_THAT(estimate.reasons, Contains("behind_proxy"));
  EXPECT_THAT(usual.reasons, IsEmpty());
}

}  // namespace
}  // namespace noctule
