// SPDX-License-Identifier: Apache-2.0
#include "noctule/journal/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "journal/settling.h"
#include "logs/temporary_folder.h"
#include "noctule/sqlite/database.h"

namespace noctule {
namespace {

using testing::Settling;
using testing::TemporaryFolder;
using ::testing::HasSubstr;

JournalOptions options_in(const TemporaryFolder& folder) { return {.path = folder.path("journal.db")}; }

// All that waits, in order.
std::string read_all(Journal& journal, BatchId after = BatchId::None) {
  std::string all;
  for (;;) {
    const Batch batch = journal.read_after(after).value();
    if (batch.id == BatchId::None) return all;
    EXPECT_GT(batch.id, after);
    after = batch.id;
    all.append(batch.events);
  }
}

BatchId last_id(Journal& journal) {
  BatchId last = BatchId::None;
  for (Batch batch = journal.read_after(last).value(); batch.id != BatchId::None; batch = journal.read_after(last).value()) last = batch.id;
  return last;
}

TEST(Journal, what_was_settled_is_there_after_a_restart) {
  const TemporaryFolder folder;
  {
    const auto journal = Journal::open(options_in(folder)).value();
    Settling settling(*journal);
    ASSERT_TRUE(settling.wait(*journal->append("one ", 1)));
    ASSERT_TRUE(settling.wait(*journal->append("two ", 1)));
    EXPECT_EQ(journal->status().events, 2u);
    EXPECT_EQ(journal->status().batches_waiting, 2u);
  }
  const auto journal = Journal::open(options_in(folder)).value();
  EXPECT_EQ(read_all(*journal), "one two ");
  EXPECT_EQ(journal->status().batches_waiting, 2u);
  EXPECT_EQ(journal->status().bytes_waiting, 8u);
}

TEST(Journal, stopping_commits_what_was_accepted) {
  const TemporaryFolder folder;
  {
    const auto journal = Journal::open(options_in(folder)).value();
    for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(journal->append("x", 1));
    journal->stop();
    const auto late = journal->append("x", 1);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::Exhausted);
  }
  EXPECT_EQ(read_all(*Journal::open(options_in(folder)).value()), std::string(1'000, 'x'));
}

TEST(Journal, many_threads_share_commits_and_nothing_is_mixed_or_lost) {
  const TemporaryFolder folder;
  const auto journal = Journal::open(options_in(folder)).value();
  Settling settling(*journal);
  std::vector<std::thread> threads;
  for (char letter = 'a'; letter < 'e'; ++letter) {
    threads.emplace_back([&, letter] {
      for (int i = 0; i < 500; ++i) ASSERT_TRUE(settling.wait(*journal->append(std::string(7, letter), 1)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string all = read_all(*journal);
  ASSERT_EQ(all.size(), 4u * 500 * 7);
  for (size_t i = 0; i < all.size(); i += 7) EXPECT_EQ(all.substr(i, 7), std::string(7, all[i]));
  EXPECT_EQ(journal->status().events, 2'000u);
  EXPECT_LE(journal->status().commits, 2'000u);
}

TEST(Journal, ids_ascend_and_are_not_used_twice_when_all_was_removed) {
  const TemporaryFolder folder;
  BatchId last = BatchId::None;
  {
    const auto journal = Journal::open(options_in(folder)).value();
    Settling settling(*journal);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(settling.wait(*journal->append("x", 1)));
    last = last_id(*journal);
    ASSERT_TRUE(journal->remove_through(last));
    EXPECT_EQ(journal->read_after(BatchId::None)->id, BatchId::None);
    EXPECT_EQ(journal->status().batches_waiting, 0u);
    EXPECT_EQ(journal->status().bytes_waiting, 0u);
  }
  const auto journal = Journal::open(options_in(folder)).value();
  Settling settling(*journal);
  ASSERT_TRUE(settling.wait(*journal->append("y", 1)));
  EXPECT_GT(last_id(*journal), last);
}

TEST(Journal, a_file_that_was_removed_is_begun_with_higher_ids) {
  const TemporaryFolder folder;
  const auto fill = [&] {
    const auto journal = Journal::open(options_in(folder)).value();
    Settling settling(*journal);
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(settling.wait(*journal->append("x", 1)));
    return last_id(*journal);
  };
  const BatchId before = fill();
  for (const char* name : {"journal.db", "journal.db-wal", "journal.db-shm"}) std::filesystem::remove(folder.path(name));
  EXPECT_GT(fill(), before);
}

TEST(Journal, a_clock_that_goes_back_does_not_bring_ids_back) {
  static std::atomic<int64_t> clock_ms;
  clock_ms = 1'800'000'000'000;
  const TemporaryFolder folder;
  JournalOptions options = options_in(folder);
  options.now_ms = [] { return clock_ms.load(); };
  BatchId last = BatchId::None;
  for (const int64_t jump : {int64_t{-86'400'000'000}, int64_t{0}, int64_t{86'400'000'000}, int64_t{-1}}) {
    const auto journal = Journal::open(options).value();
    Settling settling(*journal);
    ASSERT_TRUE(settling.wait(*journal->append("x", 1)));
    clock_ms += jump;
    ASSERT_TRUE(settling.wait(*journal->append("y", 1)));
    const BatchId newest = last_id(*journal);
    EXPECT_EQ(static_cast<int64_t>(newest), last == BatchId::None ? static_cast<int64_t>(newest) : static_cast<int64_t>(last) + 2);
    last = newest;
    ASSERT_TRUE(journal->remove_through(newest));
  }
}

TEST(Journal, too_much_pending_is_refused_and_counted) {
  const TemporaryFolder folder;
  JournalOptions options = options_in(folder);
  options.pending_bytes_max = 100;
  const auto journal = Journal::open(options).value();
  Settling settling(*journal);
  const auto refused = journal->append(std::string(101, 'x'), 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Exhausted);
  EXPECT_EQ(journal->status().refused, 1u);
  EXPECT_TRUE(settling.wait(*journal->append(std::string(100, 'x'), 1)));
}

TEST(Journal, a_full_journal_takes_again_what_was_made_room_for) {
  const TemporaryFolder folder;
  JournalOptions options = options_in(folder);
  options.file_bytes_max = 1'000;
  const auto journal = Journal::open(options).value();
  Settling settling(*journal);
  ASSERT_TRUE(settling.wait(*journal->append(std::string(900, 'x'), 1)));
  const auto refused = journal->append(std::string(101, 'x'), 1);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("wait to be loaded"));
  ASSERT_TRUE(journal->remove_through(last_id(*journal)));
  EXPECT_TRUE(settling.wait(*journal->append(std::string(101, 'x'), 1)));
}

TEST(Journal, a_large_group_is_split_into_batches_between_appends) {
  const TemporaryFolder folder;
  JournalOptions options = options_in(folder);
  options.batch_bytes_max = 100;
  std::string all;
  {
    const auto journal = Journal::open(options).value();
    for (int i = 0; i < 50; ++i) {
      const std::string part(30, static_cast<char>('a' + i % 26));
      ASSERT_TRUE(journal->append(part, 1));
      all.append(part);
    }
  }
  const auto journal = Journal::open(options).value();
  EXPECT_EQ(read_all(*journal), all);
  BatchId id = BatchId::None;
  for (Batch batch = journal->read_after(id).value(); batch.id != BatchId::None; batch = journal->read_after(id).value()) {
    EXPECT_LE(batch.events.size(), 90u);
    EXPECT_EQ(batch.events.size(), batch.event_count * 30u);
    id = batch.id;
  }
}

TEST(Journal, waiting_ends_with_the_next_commit_with_the_time_and_with_stop) {
  const TemporaryFolder folder;
  const auto journal = Journal::open(options_in(folder)).value();
  EXPECT_FALSE(journal->wait_for_more(BatchId::None, 0) && journal->read_after(BatchId::None)->id != BatchId::None);
  const BatchId none = BatchId{INT64_MAX};
  EXPECT_FALSE(journal->wait_for_more(none, 1));
  std::thread waiter([&] { EXPECT_FALSE(journal->wait_for_more(none, 600'000)); });
  journal->stop();
  waiter.join();
}

TEST(Journal, what_waits_for_more_is_woken_by_a_commit) {
  const TemporaryFolder folder;
  const auto journal = Journal::open(options_in(folder)).value();
  Settling settling(*journal);
  ASSERT_TRUE(settling.wait(*journal->append("x", 1)));
  const BatchId first = last_id(*journal);
  std::thread waiter([&] { EXPECT_TRUE(journal->wait_for_more(first, 600'000)); });
  ASSERT_TRUE(settling.wait(*journal->append("y", 1)));
  waiter.join();
}

TEST(Journal, a_wake_that_comes_before_the_waiting_ends_it_and_only_it) {
  const TemporaryFolder folder;
  const auto journal = Journal::open(options_in(folder)).value();
  const BatchId none = BatchId{INT64_MAX};
  journal->wake();
  EXPECT_FALSE(journal->wait_for_more(none, 600'000));
  EXPECT_FALSE(journal->wait_for_more(none, 1));
}

TEST(Journal, what_was_set_aside_is_forgotten_after_its_time) {
  const TemporaryFolder folder;
  static int64_t now_ms = 0;
  JournalOptions options = options_in(folder);
  options.now_ms = [] { return now_ms; };
  const auto journal = Journal::open(options).value();
  Settling settling(*journal);
  for (now_ms = 1'000; now_ms <= 3'000; now_ms += 1'000) {
    ASSERT_TRUE(settling.wait(*journal->append("unreadable ", 1)));
    ASSERT_TRUE(journal->set_aside(journal->read_after(BatchId::None).value()));
  }
  EXPECT_EQ(journal->forget_set_aside(1'000), 0);
  EXPECT_EQ(journal->forget_set_aside(2'500), 2);
  EXPECT_EQ(journal->forget_set_aside(2'500), 0);
  EXPECT_EQ(journal->forget_set_aside(4'000), 1);
}

TEST(Journal, a_backup_holds_what_waits) {
  const TemporaryFolder folder;
  const auto journal = Journal::open(options_in(folder)).value();
  Settling settling(*journal);
  ASSERT_TRUE(settling.wait(*journal->append("one ", 1)));
  ASSERT_TRUE(journal->backup_to(folder.path("copy.db")));
  const auto copy = Journal::open({.path = folder.path("copy.db")}).value();
  EXPECT_EQ(read_all(*copy), "one ");
}

}  // namespace
}  // namespace noctule
