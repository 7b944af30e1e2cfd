// SPDX-License-Identifier: Apache-2.0
#include "noctule/store/channel_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/chain.h"
#include "store/rows.h"
#include "store/visits.h"

namespace noctule {
namespace {

using testing::Chain;
using testing::integer;
using testing::kNoon;
using testing::page;
using testing::page_view;
using testing::TemporaryFolder;

ChannelRule rule(std::string field, std::string op, std::string value, std::string channel, uint32_t site = 1, int position = 1) {
  return {.id = 1, .site = SiteId{site}, .position = position, .field = std::move(field), .op = std::move(op), .value = std::move(value), .channel = std::move(channel)};
}

EventRow arrival() {
  EventRow row = page_view(kNoon, 7, "/Shop/100%_sure");
  row.source = "Example Partner";
  row.referrer = "https://partner.example.net/page";
  row.utm_medium = "Banner";
  row.app = "whatsapp";
  row.channel = static_cast<uint8_t>(Channel::Referral);
  row.rules = "ua.browser";
  return row;
}

// Each rule over the row that is judged and over the row that is stored.
TEST(ChannelRules, rules_hold_for_arrivals_as_for_stored_rows) {
  struct Case { ChannelRule rule; bool holds; };
  const std::vector<Case> cases = {
      {rule("source", "is", "example partner", "paid"), true}, {rule("source", "is", "example", "paid"), false}, {rule("source", "is_not", "Google", "paid"), true},
      {rule("referrer", "contains", "PARTNER.", "paid"), true}, {rule("referrer", "starts_with", "https://partner.", "paid"), true},
      {rule("referrer", "starts_with", "partner", "paid"), false}, {rule("utm_medium", "is", "banner", "paid"), true},
      {rule("utm_source", "is", "", "paid"), true}, {rule("app", "is", "whatsapp", "social"), true}, {rule("entry_page", "matches", "/shop/*", "paid"), true},
      {rule("entry_page", "matches", "/shop/100%_sur?", "paid"), true}, {rule("entry_page", "matches", "/shop/100%Xsure", "paid"), false},
      {rule("entry_page", "contains", "0%_s", "paid"), true}, {rule("entry_page", "contains", "%shop", "paid"), false},
      {rule("channel", "is", "referral", "paid"), true}, {rule("channel", "is", "search", "paid"), false},
      {rule("source", "is", "example partner", "paid", 0), true}, {rule("source", "is", "example partner", "paid", 2), false},
      {rule("source", "is", "example partner", "Our partners, 100% as. we like"), true}, {rule("source", "is", "example", "Our partners"), false}};
  for (const Case& each : cases) {
    const ChannelRules rules({each.rule});
    const EventRow row = arrival();
    const auto store = open_duckdb({.path = ":memory:"}).value();
    ASSERT_TRUE(store->append(BatchId{1}, {&row, 1}));
    const std::string what = each.rule.field + " " + each.rule.op + " " + each.rule.value;
    const RuledChannel* ruled = rules.find(row);
    EXPECT_EQ(ruled != nullptr, each.holds) << what;
    const auto version = reclassify_channels(*store, SiteId{1}, rules, "a test", 5);
    ASSERT_TRUE(version) << version.error().message;
    EXPECT_EQ(*version, 2);
    const int64_t channel = ruled != nullptr && ruled->channel ? static_cast<int64_t>(*ruled->channel) : row.channel;
    EXPECT_EQ(integer(store->read({"SELECT channel FROM events WHERE attribution = 2", {}})), channel) << what;
    std::string told = "ua.browser";
    if (ruled != nullptr) told += " site.channel was." + std::to_string(static_cast<int>(Channel::Referral)) + (ruled->channel ? std::string() : " as." + ruled->name);
    EXPECT_EQ(testing::text(store->read({"SELECT rules FROM events WHERE attribution = 2", {}})), told) << what;
    // Judged anew once more, from what was there before: the same.
    ASSERT_EQ(reclassify_channels(*store, SiteId{1}, rules, "again", 6), 3);
    EXPECT_EQ(testing::text(store->read({"SELECT rules FROM events WHERE attribution = 3", {}})), told) << what;
  }
}

TEST(ChannelRules, the_sites_own_come_first_and_the_first_that_holds_decides) {
  const ChannelRules rules({rule("source", "is", "example partner", "video", 0, 1), rule("source", "contains", "partner", "paid", 1, 2), rule("app", "is", "whatsapp", "social", 1, 3)});
  ASSERT_NE(rules.find(arrival()), nullptr);
  EXPECT_EQ(*rules.find(arrival()), (RuledChannel{.channel = Channel::Paid, .name = {}}));
}

TEST(ChannelRules, a_version_leaves_the_one_before_alone_and_is_judged_from_what_was_there_before_any_rule) {
  const TemporaryFolder folder;
  const auto store = open_duckdb({.path = folder.path("events.duckdb")}).value();
  const EventRow rows[] = {arrival(), page_view(kNoon, 8, "/")};
  ASSERT_TRUE(store->append(BatchId{1}, rows));
  ASSERT_EQ(reclassify_channels(*store, SiteId{1}, ChannelRules({rule("app", "is", "whatsapp", "social")}), "first", 5), 2);
  EXPECT_EQ(integer(store->read({"SELECT channel FROM events WHERE visitor = 7 AND attribution = 1", {}})), static_cast<int64_t>(Channel::Referral));
  ASSERT_EQ(reclassify_channels(*store, SiteId{1}, ChannelRules({rule("channel", "is", "referral", "paid")}), "second", 6), 3);
  EXPECT_EQ(integer(store->read({"SELECT channel FROM events WHERE visitor = 7 AND attribution = 3", {}})), static_cast<int64_t>(Channel::Paid));
  ASSERT_EQ(reclassify_channels(*store, SiteId{1}, ChannelRules(), "none", 7), 4);
  EXPECT_EQ(integer(store->read({"SELECT channel FROM events WHERE visitor = 7 AND attribution = 4", {}})), static_cast<int64_t>(Channel::Referral));
  EXPECT_EQ(testing::text(store->read({"SELECT rules FROM events WHERE visitor = 7 AND attribution = 4", {}})), "ua.browser");
  EXPECT_EQ(integer(store->read({"SELECT count(*) FROM events WHERE attribution IN (3, 4)", {}})), 4);
  EXPECT_EQ(integer(store->read({"SELECT count(*) FROM events WHERE attribution < 3", {}})), 0) << "only the version before stays";
  EXPECT_EQ(integer(store->read({"SELECT sum(row_count) FROM row_counts WHERE attribution = 4", {}})), 2);
  EXPECT_EQ(integer(store->read({"SELECT count(*) FROM attribution_versions", {}})), 3);
}

TEST(ChannelRules, the_loader_applies_them_to_new_visits_and_on_request_to_old_ones) {
  const TemporaryFolder folder;
  Chain chain(folder);
  chain.settle(std::vector<Event>{page(kNoon, 7, "/blog/a-story-of-bats")});
  chain.load_all();
  chain.loader->set_channel_rules(ChannelRules({rule("entry_page", "starts_with", "/blog/", "newsletter")}));
  chain.settle(std::vector<Event>{page(kNoon, 8, "/blog/a-story-of-bats"), page(kNoon + 1, 7, "/about")});
  chain.load_all();
  const auto newsletters = [&](int version) {
    return integer(chain.store->read({"SELECT count(*) FROM events WHERE channel = ? AND attribution = ?", {static_cast<int64_t>(Channel::Newsletter), int64_t{version}}}));
  };
  EXPECT_EQ(newsletters(1), 1);
  const auto version = chain.loader->reclassify(SiteId{1}, "the operator asked for it");
  ASSERT_TRUE(version) << version.error().message;
  EXPECT_EQ(*version, 2);
  EXPECT_EQ(newsletters(2), 3);
  chain.settle(std::vector<Event>{page(kNoon + 2, 7, "/shop/")});
  chain.load_all();
  EXPECT_EQ(newsletters(2), 4) << "the visit goes on under the new version";
  EXPECT_EQ(integer(chain.store->read({"SELECT sum(visits) FROM events WHERE attribution = 2", {}})), 2);
}

TEST(ChannelRules, a_loader_whose_journal_stopped_still_classifies) {
  const TemporaryFolder folder;
  Chain chain(folder);
  chain.settle(std::vector<Event>{page(kNoon, 7, "/")});
  chain.load_all();
  chain.journal->stop();
  EXPECT_EQ(chain.loader->reclassify(SiteId{1}, "late"), 2);
}

}  // namespace
}  // namespace noctule
