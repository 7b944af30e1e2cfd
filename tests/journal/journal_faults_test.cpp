// SPDX-License-Identifier: Apache-2.0
// Disks that are full or read-only, and files that went bad.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "journal/settling.h"
#include "logs/temporary_folder.h"
#include "noctule/journal/journal.h"
#include "noctule/sqlite/database.h"
#include "store/file_size_limit.h"

namespace noctule {
namespace {

using testing::FileSizeLimit;
using testing::Settling;
using testing::TemporaryFolder;
using ::testing::HasSubstr;

constexpr size_t kBatchSize = 20'000;  // several pages

JournalOptions options_in(const TemporaryFolder& folder) { return {.path = folder.path("journal.db")}; }

// Settles so many batches, each of one letter, and closes the journal so that all is in the main file.
void fill(const TemporaryFolder& folder, int count) {
  const auto journal = Journal::open(options_in(folder)).value();
  Settling settling(*journal);
  for (int i = 0; i < count; ++i) ASSERT_TRUE(settling.wait(*journal->append(std::string(kBatchSize, static_cast<char>('a' + i)), 1)));
}

// The letters of the batches that are readable.
std::string letters(Journal& journal) {
  std::string found;
  BatchId after = BatchId::None;
  for (;;) {
    const Result<Batch> batch = journal.read_after(after);
    EXPECT_TRUE(batch) << batch.error().message;
    if (!batch || batch->id == BatchId::None) return found;
    EXPECT_EQ(batch->events, std::string(kBatchSize, batch->events[0]));
    found.push_back(batch->events[0]);
    after = batch->id;
  }
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, std::string_view bytes) { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; }

int count_set_aside(const TemporaryFolder& folder) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    const std::string name = entry.path().filename().string();
    count += name.find(".set-aside-") != std::string::npos && !name.ends_with("-wal") && !name.ends_with("-shm") ? 1 : 0;
  }
  return count;
}

TEST(JournalFaults, a_full_disk_is_said_refuses_for_a_while_and_passes) {
  const TemporaryFolder folder;
  const auto journal = Journal::open(options_in(folder)).value();
  Settling settling(*journal);
  std::string kept;
  bool full = false;
  {
    const FileSizeLimit limit(400'000);
    for (int i = 0; i < 60 && !full; ++i) {
      const char letter = static_cast<char>('a' + i % 26);
      const Result<void> outcome = settling.wait(*journal->append(std::string(kBatchSize, letter), 1));
      if (outcome) kept.push_back(letter);
      full = !outcome;
    }
    ASSERT_TRUE(full);
    const auto refused = journal->append("x", 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Exhausted);
    EXPECT_THAT(journal->status().error, HasSubstr("journal.db"));
    EXPECT_THAT(journal->status().error, HasSubstr("(File too large)"));
  }
  for (;;) {
    const Result<Journal::Place> place = journal->append(std::string(kBatchSize, '!'), 1);
    if (!place) continue;  // still refusing
    ASSERT_TRUE(settling.wait(*place));
    break;
  }
  EXPECT_EQ(letters(*journal), kept + "!");
  EXPECT_EQ(journal->status().error, "");
}

TEST(JournalFaults, a_page_that_went_bad_costs_its_batch_alone) {
  for (const size_t bad : {2, 5, 9}) {
    const TemporaryFolder folder;
    fill(folder, 12);
    std::string bytes = read_file(folder.path("journal.db"));
    const char letter = static_cast<char>('a' + bad);
    const size_t place = bytes.find(std::string(4'000, letter));
    ASSERT_NE(place, std::string::npos);
    bytes[place + 2'000] ^= 1;
    write_file(folder.path("journal.db"), bytes);
    const auto journal = Journal::open(options_in(folder)).value();
    std::string wanted = "abcdefghijkl";
    wanted.erase(bad, 1);
    EXPECT_EQ(letters(*journal), wanted);
    EXPECT_EQ(journal->status().batches_corrupt, 1u);
    EXPECT_EQ(journal->status().batches_waiting, 11u);
    EXPECT_EQ(count_set_aside(folder), 0);
  }
}

// Every page in turn is overwritten: what is lost is counted, nothing is invented, and the journal goes on.
TEST(JournalFaults, whichever_page_is_overwritten_the_rest_is_read_and_new_batches_are_taken) {
  const TemporaryFolder sound;
  fill(sound, 12);
  const std::string bytes = read_file(sound.path("journal.db"));
  ASSERT_EQ(bytes.size() % 4'096, 0u);
  size_t readable = 0;
  for (size_t page = 0; page < bytes.size() / 4'096; ++page) {
    const TemporaryFolder folder;
    std::string damaged = bytes;
    damaged.replace(page * 4'096, 4'096, std::string(4'096, '\x5A'));
    write_file(folder.path("journal.db"), damaged);
    const auto journal = Journal::open(options_in(folder)).value();
    Settling settling(*journal);
    ASSERT_TRUE(settling.wait(*journal->append(std::string(kBatchSize, '!'), 1))) << page;
    const std::string found = letters(*journal);
    ASSERT_FALSE(found.empty()) << page;
    EXPECT_EQ(found.back(), '!') << page;
    EXPECT_TRUE(std::ranges::is_sorted(found.begin(), found.end() - 1)) << found;
    EXPECT_EQ(std::ranges::adjacent_find(found), found.end()) << found;
    EXPECT_TRUE(found.size() == 13 || journal->status().batches_corrupt > 0) << page;
    readable += found.size() >= 12 ? 1 : 0;
  }
  EXPECT_GT(readable, bytes.size() / 4'096 * 9 / 10);  // all but the few pages that hold the tree
}

TEST(JournalFaults, a_file_that_is_no_database_is_set_aside_and_a_new_one_begun) {
  const TemporaryFolder folder;
  write_file(folder.path("journal.db"), std::string(50'000, 'x'));
  const auto journal = Journal::open(options_in(folder)).value();
  EXPECT_EQ(count_set_aside(folder), 1);
  EXPECT_EQ(journal->status().batches_corrupt, 1u);
  Settling settling(*journal);
  ASSERT_TRUE(settling.wait(*journal->append(std::string(kBatchSize, 'a'), 1)));
  EXPECT_EQ(letters(*journal), "a");
}

TEST(JournalFaults, a_truncated_file_keeps_its_first_batches) {
  const TemporaryFolder folder;
  fill(folder, 12);
  const std::string bytes = read_file(folder.path("journal.db"));
  write_file(folder.path("journal.db"), std::string_view(bytes).substr(0, bytes.size() / 2));
  const auto journal = Journal::open(options_in(folder)).value();
  const std::string found = letters(*journal);
  EXPECT_TRUE(std::string_view("abcdefghijkl").starts_with(found)) << found;
  Settling settling(*journal);
  EXPECT_TRUE(settling.wait(*journal->append(std::string(kBatchSize, '!'), 1)));
}

TEST(JournalFaults, a_folder_that_cannot_be_written_is_an_error_at_start) {
  for (const char* path : {"/proc/noctule-journal.db", "/nowhere/journal.db"}) {
    const auto journal = Journal::open({.path = path});
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, ErrorCode::Io);
    EXPECT_THAT(journal.error().message, HasSubstr(path));
  }
}

}  // namespace
}  // namespace noctule
