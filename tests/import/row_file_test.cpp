// SPDX-License-Identifier: Apache-2.0
#include "noctule/import/row_file.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>

#include "logs/temporary_folder.h"

namespace noctule {
namespace {

using testing::TemporaryFolder;

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string write_sample(const TemporaryFolder& folder, uint32_t rows) {
  const std::string path = folder.path("rows");
  RowFileWriter writer = *RowFileWriter::create(path);
  for (uint32_t i = 0; i < rows; ++i) {
    EventRow row;
    row.count = i;
    row.path = "/p/7";
    EXPECT_TRUE(writer.write(row));
  }
  EXPECT_TRUE(writer.finish({.site = static_cast<SiteId>(3), .origin = EventOrigin::Log, .label = "access.log", .first_ms = 1, .last_ms = 2, .marks = {{7, 8}}}));
  return path;
}

RC_GTEST_PROP(RowFile, what_was_written_comes_back_column_by_column, (std::vector<std::string> texts, std::vector<uint32_t> numbers)) {
  const TemporaryFolder folder;
  const std::string path = folder.path("rows");
  std::vector<EventRow> rows;
  for (size_t i = 0; i < numbers.size(); ++i) {
    EventRow row;
    size_t column = 0;
    for_each_column(row, [&](const char*, auto& field) {
      using Field = std::remove_cvref_t<decltype(field)>;
      ++column;
      if constexpr (std::is_same_v<Field, std::string_view>) field = texts.empty() ? std::string_view() : texts[(i + column) % texts.size()];
      else if constexpr (std::is_same_v<Field, bool>) field = (numbers[i] >> column % 32 & 1) != 0;
      else field = static_cast<Field>(numbers[i] * column);
    });
    rows.push_back(row);
  }
  RowFileWriter writer = *RowFileWriter::create(path);
  for (const EventRow& row : rows) RC_ASSERT(writer.write(row).has_value());
  RC_ASSERT(writer.finish({}).has_value());
  RowFileReader reader = *RowFileReader::open(path);
  RC_ASSERT(reader.rows() == rows.size());
  size_t index = 0;
  while (true) {
    const auto chunk = reader.next();
    RC_ASSERT(chunk.has_value());
    if (chunk->empty()) break;
    for (const EventRow& got : *chunk) {
      std::vector<std::string> a, b;
      const auto print = [](std::vector<std::string>& out) {
        return [&out](const char*, const auto& field) {
          if constexpr (std::is_convertible_v<decltype(field), std::string_view>) out.emplace_back(field);
          else out.push_back(std::to_string(field));
        };
      };
      for_each_column(got, print(a));
      for_each_column(rows.at(index++), print(b));
      RC_ASSERT(a == b);
    }
  }
  RC_ASSERT(index == rows.size());
}

TEST(RowFile, many_rows_come_in_chunks_and_the_head_comes_first) {
  const TemporaryFolder folder;
  RowFileReader reader = *RowFileReader::open(write_sample(folder, 3 * kRowChunkMax));
  EXPECT_EQ(reader.head().site, static_cast<SiteId>(3));
  EXPECT_EQ(reader.head().label, "access.log");
  EXPECT_EQ(reader.head().marks, (std::vector<ImportMark>{{7, 8}}));
  uint32_t next = 0, chunks = 0;
  for (auto chunk = reader.next(); chunk && !chunk->empty(); chunk = reader.next()) {
    ++chunks;
    for (const EventRow& row : *chunk) EXPECT_EQ(row.count, next++);
  }
  EXPECT_EQ(next, 3 * kRowChunkMax);
  EXPECT_GT(chunks, 3u);
}

// Whatever byte is lost or changed, the reader says so, or the row that it gives is the one that was written.
TEST(RowFile, a_file_that_was_cut_or_changed_is_refused) {
  const TemporaryFolder folder;
  const std::string path = write_sample(folder, 3), whole = contents(path);
  const auto reads = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    auto reader = RowFileReader::open(path);
    if (!reader) return false;
    for (auto chunk = reader->next();; chunk = reader->next()) {
      if (!chunk) return false;
      if (chunk->empty()) return true;
    }
  };
  ASSERT_TRUE(reads(whole));
  for (size_t at = 0; at < whole.size(); ++at) {
    EXPECT_FALSE(reads(whole.substr(0, at))) << "cut at " << at;
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    EXPECT_FALSE(reads(changed)) << "changed at " << at;
  }
}

TEST(RowFile, an_unfinished_file_leaves_nothing) {
  const TemporaryFolder folder;
  { RowFileWriter writer = *RowFileWriter::create(folder.path("rows")); }
  EXPECT_FALSE(std::filesystem::exists(folder.path("rows")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("rows.tmp")));
}

}  // namespace
}  // namespace noctule
