// SPDX-License-Identifier: Apache-2.0
// What grows is parked on disk when memory is limited, and nothing changes by it.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "log_lines.h"
#include "logs/temporary_folder.h"
#include "noctule/base/random.h"
#include "noctule/analyze/analyze.h"
#include "noctule/detect/knowledge.h"
#include "page_names.h"
#include "shards.h"

namespace noctule {
namespace {

using testing::kSecond, testing::TemporaryFolder, testing::text, testing::view;

Hit random_hit(Random& random, int64_t instant_ms) {
  Hit hit;
  hit.instant_ms = instant_ms;
  hit.address = hit.visitor = 1 + random.below(500);
  hit.path = hit.page = 1 + random.below(3);
  hit.status = 200;
  hit.target = random.chance(0.5) ? Target::Deep : Target::Asset;
  if (hit.target == Target::Asset) {
    hit.referrer_class = static_cast<uint8_t>(ReferrerClass::Internal);
    hit.referrer_path = 1 + random.below(3);
  }
  return hit;
}

TEST(Shard, a_parked_shard_judges_like_one_that_never_was) {
  Random random(11);
  Shard resident, parked;
  for (int block = 0; block < 40; ++block) {
    std::vector<Hit> hits;
    for (int i = 0; i < 500; ++i) hits.push_back(random_hit(random, block * 600'000 + i * 1'000));
    ASSERT_TRUE(resident.process(hits));
    ASSERT_TRUE(parked.process(hits));
    if (block == 13) {
      ASSERT_TRUE(parked.park());
    }
  }
  EXPECT_TRUE(parked.is_parked());
  EXPECT_LT(parked.memory_bytes(), resident.memory_bytes());
  const auto a = resident.finish(), b = parked.finish();
  ASSERT_TRUE(a);
  ASSERT_TRUE(b) << b.error().message;
  ASSERT_EQ(a->arrivals.size(), b->arrivals.size());
  ASSERT_GT(a->arrivals.size(), 100U);
  for (size_t i = 0; i < a->arrivals.size(); ++i) {
    EXPECT_EQ(a->arrivals[i].instant_ms, b->arrivals[i].instant_ms);
    EXPECT_EQ(a->arrivals[i].visitor, b->arrivals[i].visitor);
    EXPECT_EQ(a->arrivals[i].corroboration, b->arrivals[i].corroboration);
  }
  EXPECT_EQ(a->totals.hits, b->totals.hits);
  // Asked again, it says the same: nothing was lost by reading it back.
  EXPECT_EQ(parked.finish()->arrivals.size(), b->arrivals.size());
}

TEST(PageNames, names_beyond_the_limit_come_back_from_disk) {
  PageNames names(10'000);
  for (uint64_t page = 1; page <= 2'000; ++page) names.add(page, fmt::format("/a/rather/long/page/name/{}", page));
  EXPECT_LT(names.memory_bytes(), 60'000U);  // what is on disk costs its hash
  const uint64_t before = names.memory_bytes();
  for (uint64_t page = 1; page <= 2'000; ++page) names.add(page, "/again");
  EXPECT_EQ(names.memory_bytes(), before);
  ASSERT_TRUE(names.load({5, 1'999}));
  EXPECT_EQ(names.name(5), "/a/rather/long/page/name/5");
  EXPECT_EQ(names.name(1'999), "/a/rather/long/page/name/1999");
  names.add(3'000, "/added/later");
  ASSERT_TRUE(names.load({3'000}));
  EXPECT_EQ(names.name(3'000), "/added/later");
}

TEST(PageNames, loading_within_the_limit_stops_at_twice_of_it) {
  PageNames names(10'000);
  std::unordered_set<uint64_t> all;
  for (uint64_t page = 1; page <= 2'000; ++page) {
    names.add(page, fmt::format("/a/rather/long/page/name/{}", page));
    all.insert(page);
  }
  ASSERT_TRUE(names.load(all, PageNames::Load::WithinLimit));
  const auto known = std::ranges::count_if(all, [&](uint64_t page) { return !names.name(page).empty(); });
  EXPECT_GT(known, 100);
  EXPECT_LT(known, 250);
  ASSERT_TRUE(names.load(all));
  EXPECT_TRUE(std::ranges::all_of(all, [&](uint64_t page) { return !names.name(page).empty(); }));
}

TEST(MemoryLimit, preview_fetches_beyond_what_is_kept_are_counted_and_said) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 30'000; ++i) {
    log += text({.at_ms = i * kSecond, .target = fmt::format("/p/{}", i), .agent = "WhatsApp/2.26.3 A", .address = fmt::format("192.0.2.{}", i % 200 + 1)});
  }
  AnalyzeOptions options;
  options.paths = {folder.write("access.log", log)};
  options.memory_limit_bytes = 4 << 20;
  const auto limited = analyze_logs(options);
  ASSERT_TRUE(limited);
  EXPECT_GT(limited->unfurls_total, 1'000U);
  EXPECT_LT(limited->unfurls_total, 6'000U);
  const auto warning = std::ranges::find(limited->warnings, "many_previews", &Warning::code);
  ASSERT_NE(warning, limited->warnings.end());
  EXPECT_GT(std::stoul(warning->args.at(0)), 24'000U);
  options.memory_limit_bytes = 0;
  EXPECT_EQ(analyze_logs(options)->unfurls_total, 30'000U);
}

TEST(MemoryLimit, a_log_of_many_visitors_gives_the_same_result_within_a_small_limit) {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 60'000; ++i) {
    const std::string address = fmt::format("2001:db8:{:x}:{:x}::1", i / 40'000, i % 40'000);
    log += i % 3 == 0 ? view({.at_ms = i * kSecond, .target = fmt::format("/p/{}", i % 50), .address = address})
                      : text({.at_ms = i * kSecond, .target = fmt::format("/p/{}", i % 50), .address = address});
  }
  AnalyzeOptions options;
  options.paths = {folder.write("access.log", log)};
  const auto free = analyze_logs(options);
  options.memory_limit_bytes = 4 << 20;  // far below what the visitors need: every shard is parked
  const auto limited = analyze_logs(options);
  ASSERT_TRUE(free);
  ASSERT_TRUE(limited) << limited.error().message;
  EXPECT_EQ(free->arrivals, 20'000U);
  EXPECT_EQ(limited->arrivals, free->arrivals);
  EXPECT_EQ(limited->input[0].addresses, 60'000U);
  EXPECT_EQ(limited->private_arrivals.high, free->private_arrivals.high);
  EXPECT_EQ(limited->pages.size(), free->pages.size());
}

}  // namespace
}  // namespace noctule
