// SPDX-License-Identifier: Apache-2.0
#include "noctule/logs/block_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

namespace noctule {
namespace {

namespace fs = std::filesystem;

class BlockReaderTest : public ::testing::Test {
 protected:
  BlockReaderTest() {
    std::string pattern = (fs::temp_directory_path() / "noctule-logs-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~BlockReaderTest() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, std::string_view bytes) {
    const fs::path path = folder_ / name;
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path.string();
  }

  struct Content {
    std::vector<std::string> lines;
    std::vector<uint64_t> cut;
    std::string error;
  };

  static Content read_all(const std::string& path) {
    Content content;
    auto reader = open_log(path);
    if (!reader) return {{}, {}, reader.error().message};
    LineBlock block;
    while (true) {
      const auto more = (*reader)->read(block);
      if (!more) {
        content.error = more.error().message;
        return content;
      }
      if (!*more) return content;
      EXPECT_EQ(block.first_line, content.lines.size() + 1);
      std::string_view line;
      for (LineWalker walk(block); walk.next(line);) {
        content.lines.emplace_back(line);
        EXPECT_EQ(walk.number(), content.lines.size());
        if (walk.is_cut()) content.cut.push_back(walk.number());
      }
    }
  }

  fs::path folder_;
};

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  std::string out(bytes.size() + 1'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string many_lines(size_t count) {
  std::string text;
  for (size_t i = 1; i <= count; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

TEST_F(BlockReaderTest, a_plain_file_is_read_line_by_line_and_its_last_line_needs_no_end) {
  const Content content = read_all(write("a.log", "one\ntwo\n\nfour"));
  EXPECT_EQ(content.lines, (std::vector<std::string>{"one", "two", "", "four"}));
  EXPECT_EQ(content.error, "");
}

TEST_F(BlockReaderTest, lines_keep_their_numbers_across_blocks) {
  const Content content = read_all(write("a.log", many_lines(100'000)));
  ASSERT_EQ(content.lines.size(), 100'000U);
  EXPECT_EQ(content.lines.back(), "line 100000");
}

TEST_F(BlockReaderTest, gzip_with_several_members_is_one_log) {
  const Content content = read_all(write("a.log", gzip(many_lines(50'000)) + gzip("tail\n")));
  ASSERT_EQ(content.lines.size(), 50'001U);
  EXPECT_EQ(content.lines.back(), "tail");
  EXPECT_EQ(content.error, "");
}

TEST_F(BlockReaderTest, a_truncated_gzip_gives_its_readable_lines_and_then_the_error) {
  const std::string whole = gzip(many_lines(50'000));
  const Content content = read_all(write("a.log.gz", whole.substr(0, whole.size() / 2)));
  EXPECT_GT(content.lines.size(), 10'000U);
  EXPECT_LT(content.lines.size(), 50'000U);
  EXPECT_NE(content.error.find("a.log.gz: the gzip data ends early"), std::string::npos) << content.error;
}

TEST_F(BlockReaderTest, rubbish_after_gzip_is_told_after_all_lines_and_padding_is_not) {
  const Content rubbish = read_all(write("a.gz", gzip("one\ntwo\n") + "rubbish"));
  EXPECT_EQ(rubbish.lines.size(), 2U);
  EXPECT_NE(rubbish.error.find("is not gzip"), std::string::npos) << rubbish.error;
  const Content padded = read_all(write("b.gz", gzip("one\ntwo\n") + std::string(5'000, '\0')));
  EXPECT_EQ(padded.lines.size(), 2U);
  EXPECT_EQ(padded.error, "");
}

TEST_F(BlockReaderTest, overlong_lines_are_cut_and_their_neighbours_are_not_touched) {
  const std::string text = "one\n" + std::string(kLineSizeMax + 1, 'x') + "\nthree\n" + std::string(1'000'000, 'y') + "\nfive\n";
  const Content content = read_all(write("a.log", text));
  ASSERT_EQ(content.lines.size(), 5U);
  EXPECT_EQ(content.lines[1].size(), kLineSizeMax);
  EXPECT_EQ(content.lines[2], "three");
  EXPECT_EQ(content.lines[3], std::string(kLineSizeMax, 'y'));
  EXPECT_EQ(content.lines[4], "five");
  EXPECT_EQ(content.cut, (std::vector<uint64_t>{2, 4}));
}

TEST_F(BlockReaderTest, a_byte_order_mark_is_no_part_of_the_first_line) {
  EXPECT_EQ(read_all(write("a.log", "\xEF\xBB\xBFone\n")).lines, (std::vector<std::string>{"one"}));
}

TEST_F(BlockReaderTest, what_cannot_be_opened_is_named_with_the_reason) {
  const auto missing = open_log((folder_ / "none.log").string());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_NE(missing.error().message.find("none.log"), std::string::npos);
  const auto folder = open_log(folder_.string());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::Unreadable);
  EXPECT_NE(folder.error().message.find("is a folder"), std::string::npos);
}

}  // namespace
}  // namespace noctule
