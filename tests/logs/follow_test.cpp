// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "noctule/logs/block_reader.h"
#include "pack.h"
#include "temporary_folder.h"

namespace noctule {
namespace {

class FollowTest : public ::testing::Test {
 protected:
  // Every line that is there now, joined.
  std::string read_new(BlockReader& reader) {
    std::string lines;
    LineBlock block;
    while (true) {
      const auto more = reader.read(block);
      EXPECT_TRUE(more) << more.error().message;
      if (!more || !*more) return lines;
      std::string_view line;
      for (LineWalker walk(block); walk.next(line); last_number_ = walk.number()) lines.append(line).append(";");
    }
  }
  testing::TemporaryFolder folder_;
  uint64_t last_number_ = 0;
};

TEST_F(FollowTest, lines_come_when_they_are_whole) {
  auto reader = *follow_log(folder_.write("a.log", "one\ntw"));
  EXPECT_EQ(read_new(*reader), "one;");
  EXPECT_EQ(read_new(*reader), "");
  folder_.append("a.log", "o\nthree\n");
  EXPECT_EQ(read_new(*reader), "two;three;");
  EXPECT_EQ(last_number_, 3U);
}

TEST_F(FollowTest, a_renamed_file_is_read_to_its_end_before_the_new_one_begins) {
  auto reader = *follow_log(folder_.write("a.log", "one\n"));
  EXPECT_EQ(read_new(*reader), "one;");
  folder_.append("a.log", "two\nthree without end");
  std::filesystem::rename(folder_.path("a.log"), folder_.path("a.log.1"));
  folder_.write("a.log", "four\n");
  EXPECT_EQ(read_new(*reader), "two;three without end;four;");
  EXPECT_EQ(last_number_, 1U);
  folder_.append("a.log", "five\n");
  EXPECT_EQ(read_new(*reader), "five;");
}

TEST_F(FollowTest, the_old_file_is_kept_while_the_new_one_is_missing_or_empty) {
  auto reader = *follow_log(folder_.write("a.log", "one\n"));
  EXPECT_EQ(read_new(*reader), "one;");
  std::filesystem::rename(folder_.path("a.log"), folder_.path("a.log.1"));
  folder_.append("a.log.1", "two\n");
  EXPECT_EQ(read_new(*reader), "two;");
  folder_.write("a.log", "");
  folder_.append("a.log.1", "three\n");
  EXPECT_EQ(read_new(*reader), "three;");
  folder_.write("a.log", "four\n");
  EXPECT_EQ(read_new(*reader), "four;");
}

TEST_F(FollowTest, a_file_that_was_copied_and_truncated_is_read_from_its_start) {
  auto reader = *follow_log(folder_.write("a.log", "one\ntwo\nthr"));
  EXPECT_EQ(read_new(*reader), "one;two;");
  folder_.write("a.log", "four\n");
  EXPECT_EQ(read_new(*reader), "four;");
  EXPECT_EQ(last_number_, 1U);
}

TEST_F(FollowTest, what_cannot_grow_line_by_line_is_refused) {
  const auto packed = follow_log(folder_.write("a.log", testing::pack_gzip("one\n")));
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error().code, ErrorCode::Unsupported);
  EXPECT_FALSE(follow_log("-"));
  EXPECT_EQ(follow_log(folder_.path("none")).error().code, ErrorCode::NotFound);
  EXPECT_EQ(follow_log(folder_.path()).error().code, ErrorCode::Unreadable);
}

}  // namespace
}  // namespace noctule
