// SPDX-License-Identifier: Apache-2.0
#include "noctule/logs/block_reader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "pack.h"
#include "temporary_folder.h"

namespace noctule {
namespace {

using testing::pack_bzip2;
using testing::pack_gzip;
using testing::pack_xz;
using testing::pack_zstd;

struct Content {
  std::vector<std::string> lines;
  std::vector<uint64_t> cut;
  std::string error;
  ErrorCode code{};
};

Content read_all(BlockReader& reader) {
  Content content;
  LineBlock block;
  while (true) {
    const auto more = reader.read(block);
    if (!more) {
      content.error = more.error().message;
      content.code = more.error().code;
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

Content read_file(const std::string& path) {
  auto reader = open_log(path);
  if (!reader) return {{}, {}, reader.error().message, reader.error().code};
  return read_all(**reader);
}

std::string many_lines(size_t count) {
  std::string text;
  for (size_t i = 1; i <= count; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

class BlockReaderTest : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder_;
};

TEST_F(BlockReaderTest, a_plain_file_is_read_line_by_line_and_its_last_line_needs_no_end) {
  const Content content = read_file(folder_.write("a.log", "one\ntwo\n\nfour"));
  EXPECT_EQ(content.lines, (std::vector<std::string>{"one", "two", "", "four"}));
  EXPECT_EQ(content.error, "");
}

TEST_F(BlockReaderTest, lines_keep_their_numbers_across_blocks) {
  const Content content = read_file(folder_.write("a.log", many_lines(100'000)));
  ASSERT_EQ(content.lines.size(), 100'000U);
  EXPECT_EQ(content.lines.back(), "line 100000");
}

TEST_F(BlockReaderTest, an_empty_file_has_no_lines_and_no_error) {
  const Content content = read_file(folder_.write("a.log", ""));
  EXPECT_TRUE(content.lines.empty());
  EXPECT_EQ(content.error, "");
}

TEST_F(BlockReaderTest, progress_is_told_in_bytes_of_the_file) {
  auto reader = open_log(folder_.write("a.log", many_lines(100)));
  LineBlock block;
  EXPECT_EQ((*reader)->consumed_bytes(), 0U);
  ASSERT_TRUE(*(*reader)->read(block));
  EXPECT_EQ((*reader)->consumed_bytes(), (*reader)->size_bytes());
  EXPECT_GT((*reader)->modified_ms(), 1'600'000'000'000);
}

TEST_F(BlockReaderTest, bytes_that_are_zero_or_no_text_stay_in_their_line) {
  const std::string text("a\0b\n\xFF\xFE\x80\n", 8);
  const Content content = read_file(folder_.write("a.log", text));
  EXPECT_EQ(content.lines, (std::vector<std::string>{std::string("a\0b", 3), "\xFF\xFE\x80"}));
}

struct Packing {
  const char* name;
  Compression compression;
  std::string (*pack)(std::string_view);
};

std::string pack_xz_default(std::string_view bytes) { return pack_xz(bytes); }

class PackedTest : public ::testing::TestWithParam<Packing> {
 protected:
  testing::TemporaryFolder folder_;
};

TEST_P(PackedTest, compression_is_told_from_the_bytes_and_not_from_the_name) {
  const std::string path = folder_.write("log.txt", GetParam().pack(many_lines(100'000)));
  EXPECT_EQ((*open_log(path))->compression(), GetParam().compression);
  const Content content = read_file(path);
  ASSERT_EQ(content.lines.size(), 100'000U);
  EXPECT_EQ(content.lines[54'320], "line 54321");
  EXPECT_EQ(content.error, "");
}

TEST_P(PackedTest, several_frames_are_one_log_even_when_a_line_runs_over_their_border) {
  const auto pack = GetParam().pack;
  const Content content = read_file(folder_.write("log", pack("one\ntw") + pack("o\n") + pack("") + pack("three")));
  EXPECT_EQ(content.lines, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(content.error, "");
}

TEST_P(PackedTest, cut_at_any_byte_it_gives_whole_lines_of_the_beginning_and_then_the_error) {
  const std::string whole = GetParam().pack(many_lines(40));
  for (size_t size = 8; size < whole.size(); ++size) {
    const Content content = read_file(folder_.write("log", whole.substr(0, size)));
    ASSERT_LE(content.lines.size(), 40U);
    for (size_t i = 0; i < content.lines.size(); ++i) EXPECT_EQ(content.lines[i], "line " + std::to_string(i + 1));
    EXPECT_EQ(content.code, ErrorCode::Corrupt);
    EXPECT_NE(content.error.find("data ends early"), std::string::npos) << size << ": " << content.error;
    EXPECT_NE(content.error.find("whole lines were read"), std::string::npos);
  }
}

TEST_P(PackedTest, a_log_cut_in_the_middle_still_gives_most_of_what_came_before) {
  std::string text;
  for (uint64_t i = 0, x = 1; i < 300'000; ++i) {
    x = x * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    text += std::to_string(x) + "\n";
  }
  const std::string whole = GetParam().pack(text);
  const Content content = read_file(folder_.write("log", whole.substr(0, whole.size() / 2)));
  EXPECT_GT(content.lines.size(), 80'000U);
  EXPECT_LT(content.lines.size(), 200'000U);
  EXPECT_NE(content.error.find("log: the "), std::string::npos) << content.error;
}

TEST_P(PackedTest, a_damaged_byte_never_passes_for_a_whole_log) {
  const std::string whole = GetParam().pack(many_lines(3'000));
  for (size_t at = 8; at < whole.size(); at += 1 + whole.size() / 97) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    const Content content = read_file(folder_.write("log", damaged));
    EXPECT_TRUE(!content.error.empty() || content.lines.size() == 3'000U) << at;
  }
}

TEST_P(PackedTest, rubbish_after_the_data_is_told_after_all_lines_and_padding_is_not) {
  const std::string packed = GetParam().pack("one\ntwo\n");
  const Content rubbish = read_file(folder_.write("log", packed + "~rubbish"));
  EXPECT_EQ(rubbish.lines.size(), 2U);
  EXPECT_NE(rubbish.error.find("what follows the"), std::string::npos) << rubbish.error;
  const Content padded = read_file(folder_.write("log", packed + std::string(100'000, '\0')));
  EXPECT_EQ(padded.lines.size(), 2U);
  EXPECT_EQ(padded.error, "");
}

INSTANTIATE_TEST_SUITE_P(Each, PackedTest,
                         ::testing::Values(Packing{"gzip", Compression::Gzip, pack_gzip},
                                           Packing{"bzip2", Compression::Bzip2, pack_bzip2},
                                           Packing{"xz", Compression::Xz, pack_xz_default},
                                           Packing{"zstd", Compression::Zstd, pack_zstd}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST_F(BlockReaderTest, skippable_frames_of_zstd_are_passed_over) {
  const std::string skippable("\x5A\x2A\x4D\x18\x04\x00\x00\x00note", 12);
  const std::string path = folder_.write("log", skippable + pack_zstd("one\n") + skippable + pack_zstd("two\n"));
  EXPECT_EQ((*open_log(path))->compression(), Compression::Zstd);
  EXPECT_EQ(read_file(path).lines, (std::vector<std::string>{"one", "two"}));
}

TEST_F(BlockReaderTest, an_xz_that_asks_for_too_much_memory_is_refused_and_not_served) {
  const Content content = read_file(folder_.write("log", pack_xz("one\n", 1U << 30)));
  EXPECT_EQ(content.code, ErrorCode::Exhausted);
  EXPECT_NE(content.error.find("128 MiB"), std::string::npos) << content.error;
}

TEST_F(BlockReaderTest, overlong_lines_are_cut_and_their_neighbours_are_not_touched) {
  const std::string text = "one\n" + std::string(kLineSizeMax + 1, 'x') + "\nthree\n" + std::string(1'000'000, 'y') + "\nfive\n" +
                           std::string(kLineSizeMax, 'z') + "\n" + std::string(kLineSizeMax + 9, 'w');
  const Content content = read_file(folder_.write("a.log", text));
  ASSERT_EQ(content.lines.size(), 7U);
  EXPECT_EQ(content.lines[1].size(), kLineSizeMax);
  EXPECT_EQ(content.lines[2], "three");
  EXPECT_EQ(content.lines[3], std::string(kLineSizeMax, 'y'));
  EXPECT_EQ(content.lines[4], "five");
  EXPECT_EQ(content.lines[5], std::string(kLineSizeMax, 'z'));
  EXPECT_EQ(content.cut, (std::vector<uint64_t>{2, 4, 7}));
}

TEST_F(BlockReaderTest, a_line_of_100_megabytes_that_unpacks_from_little_needs_only_a_few_blocks_of_memory) {
  const std::string path = folder_.write("bomb.gz", pack_gzip(std::string(100'000'000, 'x')) + pack_gzip("\nafter\n"));
  auto reader = open_log(path);
  LineBlock block;
  size_t lines = 0, capacity_max = 0;
  while (true) {
    const auto more = (*reader)->read(block);
    ASSERT_TRUE(more) << more.error().message;
    if (!*more) break;
    capacity_max = std::max(capacity_max, block.bytes.capacity());
    std::string_view line;
    for (LineWalker walk(block); walk.next(line);) {
      ++lines;
      EXPECT_EQ(line, lines == 2 ? "after" : std::string(kLineSizeMax, 'x'));
    }
  }
  EXPECT_EQ(lines, 2U);
  EXPECT_LE(capacity_max, 4 * kBlockSize);
}

TEST_F(BlockReaderTest, a_byte_order_mark_is_no_part_of_the_first_line) {
  EXPECT_EQ(read_file(folder_.write("a.log", "\xEF\xBB\xBFone\n\xEF\xBB\xBFtwo\n")).lines,
            (std::vector<std::string>{"one", "\xEF\xBB\xBFtwo"}));
}

TEST_F(BlockReaderTest, what_cannot_be_opened_is_named_with_the_reason) {
  const Content missing = read_file(folder_.path("none.log"));
  EXPECT_EQ(missing.code, ErrorCode::NotFound);
  EXPECT_NE(missing.error.find("none.log: cannot be opened"), std::string::npos);
  const Content folder = read_file(folder_.path());
  EXPECT_EQ(folder.code, ErrorCode::Unreadable);
  EXPECT_NE(folder.error.find("is a folder"), std::string::npos);
  const Content below = read_file(folder_.write("file", "x") + "/below.log");
  EXPECT_EQ(below.code, ErrorCode::NotFound);
}

TEST_F(BlockReaderTest, a_file_without_read_permission_is_unreadable) {
  const std::string path = folder_.write("secret.log", "x\n");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  const Content content = read_file(path);
  if (::geteuid() == 0) {
    EXPECT_EQ(content.lines.size(), 1U);  // root may read everything
  } else {
    EXPECT_EQ(content.code, ErrorCode::Unreadable);
    EXPECT_NE(content.error.find("secret.log"), std::string::npos);
  }
}

TEST_F(BlockReaderTest, archives_and_other_encodings_are_refused_by_their_name) {
  const struct {
    std::string bytes, word;
  } cases[] = {{std::string("PK\x03\x04rest"), "zip archive"}, {"\xFF\xFEo\0n\0", "UTF-16"}, {"7z\xBC\xAF\x27\x1C..", "7z"}};
  for (const auto& [bytes, word] : cases) {
    const Content content = read_file(folder_.write("a", bytes));
    EXPECT_EQ(content.code, ErrorCode::Unsupported);
    EXPECT_NE(content.error.find(word), std::string::npos) << content.error;
  }
}

TEST_F(BlockReaderTest, a_reader_that_rests_between_reads_holds_no_descriptor_and_loses_nothing) {
  const std::string text = many_lines(30'000);
  for (const std::string& bytes : {text, pack_gzip(text), pack_zstd(text), pack_xz(text), pack_bzip2(text)}) {
    const std::string path = folder_.write("a.log", bytes);
    auto reader = *open_log(path);
    EXPECT_TRUE(reader->is_repeatable());
    std::string got;
    LineBlock block;
    while (true) {
      reader->rest();
      const int free_descriptor = ::dup(STDIN_FILENO);
      ::close(free_descriptor);
      reader->rest();
      const auto more = reader->read(block);
      ASSERT_TRUE(more) << more.error().message;
      if (!*more) break;
      got.append(block.bytes.data(), block.bytes.size());
      reader->rest();
      const int next_free = ::dup(STDIN_FILENO);
      ::close(next_free);
      EXPECT_EQ(next_free, free_descriptor);
    }
    EXPECT_EQ(got, text);
  }
}

TEST_F(BlockReaderTest, a_file_that_was_replaced_while_its_reader_rested_is_not_mistaken_for_it) {
  const std::string path = folder_.write("a.log", many_lines(100'000));
  auto reader = *open_log(path);
  LineBlock block;
  ASSERT_TRUE(*reader->read(block));
  reader->rest();
  std::filesystem::rename(folder_.write("b.log", many_lines(100'000)), path);
  const auto more = reader->read(block);
  ASSERT_FALSE(more);
  EXPECT_NE(more.error().message.find("a.log: another file took its place while it was read"), std::string::npos) << more.error().message;
}

TEST_F(BlockReaderTest, a_fifo_by_name_is_read_once_and_cannot_be_followed) {
  const std::string path = folder_.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(follow_log(path).error().code, ErrorCode::Unsupported);
  std::thread writer([&] { std::ofstream(path) << "one\ntwo\n"; });
  auto reader = *open_log(path);
  EXPECT_FALSE(reader->is_repeatable());
  reader->rest();  // does nothing: what was not read yet would be lost
  LineBlock block;
  ASSERT_TRUE(*reader->read(block));
  EXPECT_EQ(std::string(block.bytes.data(), block.bytes.size()), "one\ntwo\n");
  EXPECT_FALSE(*reader->read(block));
  writer.join();
}

// Standard input is the pipe's reading end while the test reads it.
class StdinTest : public BlockReaderTest {
 protected:
  Content read_through_pipe(const std::string& bytes) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const int saved = ::dup(STDIN_FILENO);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    std::thread writer([&] {
      for (size_t at = 0; at < bytes.size();) {
        const ssize_t put = ::write(ends[1], bytes.data() + at, std::min<size_t>(bytes.size() - at, at < 16 ? 1 : 4'096));
        if (put <= 0) break;
        at += static_cast<size_t>(put);
      }
      ::close(ends[1]);
    });
    const Content content = read_file("-");
    writer.join();
    ::dup2(saved, STDIN_FILENO);
    ::close(saved);
    return content;
  }
};

TEST_F(StdinTest, a_pipe_is_read_plain_and_packed_even_when_its_first_bytes_come_one_by_one) {
  EXPECT_EQ(read_through_pipe(many_lines(20'000)).lines.size(), 20'000U);
  EXPECT_EQ(read_through_pipe("\xEF\xBB\xBFone\n").lines, (std::vector<std::string>{"one"}));
  EXPECT_EQ(read_through_pipe(pack_zstd(many_lines(20'000))).lines.size(), 20'000U);
  const Content cut = read_through_pipe(pack_gzip(many_lines(20'000)).substr(0, 9'000));
  EXPECT_NE(cut.error.find("standard input: the gzip data ends early"), std::string::npos) << cut.error;
}

}  // namespace
}  // namespace noctule
