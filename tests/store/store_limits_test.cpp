// SPDX-License-Identifier: Apache-2.0
// What the store does when time, memory or the disk is used up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "logs/temporary_folder.h"
#include "noctule/store/store.h"
#include "store/file_size_limit.h"
#include "store/rows.h"

namespace noctule {
namespace {

using testing::FileSizeLimit;
using testing::integer;
using testing::page_view;
using testing::TemporaryFolder;

std::vector<EventRow> many_rows(uint64_t first, size_t count, const std::vector<std::string>& paths) {
  std::vector<EventRow> rows;
  for (uint64_t i = first; i < first + count; ++i) rows.push_back(page_view(static_cast<int64_t>(i), i * 0x9E3779B97F4A7C15ULL, paths[i % paths.size()]));
  return rows;
}

TEST(StoreLimits, a_full_disk_is_exhausted_changes_nothing_and_passes) {
  const TemporaryFolder folder;
  std::vector<std::string> paths;
  for (int i = 0; i < 5'000; ++i) paths.push_back("/a/path/of/some/length/" + std::to_string(i * 7'919));
  int64_t loaded = 0;
  const auto batch = [&] { return many_rows(static_cast<uint64_t>(loaded) * 5'000, 5'000, paths); };
  const auto store = open_duckdb({.path = folder.path("events.duckdb")}).value();
  {
    const FileSizeLimit limit(3 << 20);
    for (;;) {
      const Result<void> done = store->append(static_cast<BatchId>(loaded + 1), batch());
      if (!done) {
        EXPECT_EQ(done.error().code, ErrorCode::Exhausted) << done.error().message;
        break;
      }
      ++loaded;
      ASSERT_LT(loaded, 100) << "the limit did not hold";
    }
    ASSERT_GT(loaded, 0);
    EXPECT_FALSE(store->append(static_cast<BatchId>(loaded + 1), batch()));
  }
  ASSERT_EQ(store->loaded_through(), static_cast<BatchId>(loaded));
  EXPECT_EQ(integer(store->read({"SELECT count(*) FROM events", {}})), loaded * 5'000);
  ASSERT_TRUE(store->append(static_cast<BatchId>(loaded + 1), batch()));
  EXPECT_EQ(integer(store->read({"SELECT count(DISTINCT visitor) FROM events", {}})), (loaded + 1) * 5'000);
}

TEST(StoreLimits, a_question_that_takes_too_long_is_ended_and_the_next_is_answered) {
  const TemporaryFolder folder;
  const auto store = open_duckdb({.path = folder.path("events.duckdb"), .read_timeout_ms = 50}).value();
  const auto table = store->read({"SELECT count(*) FROM range(1000000000) AS a, range(1000000) AS b WHERE hash(a.range + b.range) = 1", {}});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::Exhausted) << table.error().message;
  EXPECT_EQ(integer(store->read({"SELECT 1", {}})), 1);
}

TEST(StoreLimits, a_question_that_takes_too_much_memory_is_refused) {
  const auto store = open_duckdb({.path = ":memory:", .memory_bytes_max = 32 << 20}).value();
  const auto table = store->read({"SELECT count(*) FROM (SELECT DISTINCT range || 'some text that takes room' FROM range(20000000))", {}});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::Exhausted) << table.error().message;
}

TEST(StoreLimits, a_folder_that_is_not_there_is_an_io_error) {
  const TemporaryFolder folder;
  const auto store = open_duckdb({.path = folder.path("missing/events.duckdb")});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::Io);
}

}  // namespace
}  // namespace noctule
