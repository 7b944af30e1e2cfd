// SPDX-License-Identifier: Apache-2.0
// Files as earlier programs left them, tests/store/schemas: a hundred page views of fifty visits each, and batch 77.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "logs/temporary_folder.h"
#include "noctule/store/store.h"
#include "store/rows.h"

namespace noctule {
namespace {

using testing::integer;
using testing::page_view;
using testing::TemporaryFolder;

void unpack(const std::string& packed, const std::string& path) {
  gzFile in = ::gzopen(packed.c_str(), "rb");
  ASSERT_NE(in, nullptr) << packed;
  std::ofstream out(path, std::ios::binary);
  std::string bytes(1 << 16, '\0');
  for (int size = ::gzread(in, bytes.data(), static_cast<unsigned>(bytes.size())); size > 0; size = ::gzread(in, bytes.data(), static_cast<unsigned>(bytes.size()))) out.write(bytes.data(), size);
  ::gzclose(in);
}

class Migration : public ::testing::TestWithParam<int> {};

TEST_P(Migration, a_file_of_an_earlier_schema_is_backed_up_brought_up_and_goes_on) {
  const TemporaryFolder folder;
  const std::string number = std::to_string(GetParam());
  unpack(NOCTULE_SOURCE_DIR "/tests/store/schemas/schema-" + number + ".duckdb.gz", folder.path("events.duckdb"));
  auto opened = open_duckdb({.path = folder.path("events.duckdb"), .backup_folder = folder.path()});
  ASSERT_TRUE(opened) << opened.error().message;
  Store& store = **opened;
  EXPECT_GT(store.status()->schema_version, GetParam());
  EXPECT_EQ(store.loaded_through(), BatchId{77});
  const Statement sums{"SELECT count(*), sum(visits), sum(bounces), sum(duration_ms), count(DISTINCT visitor), sum(count) FROM events", {}};
  const auto found = store.read(sums)->rows;
  EXPECT_EQ(found[0], (std::vector<Value>{int64_t{100}, int64_t{50}, int64_t{0}, int64_t{50'000}, int64_t{50}, int64_t{100}}));
  EXPECT_EQ(integer(store.read({"SELECT sum(row_count) FROM row_counts", {}})), 100);
  const EventRow row = page_view(1'790'000'200'000, 7, "/new");
  const uint64_t id = 9;
  ASSERT_TRUE(store.append(BatchId{78}, {&row, 1}, {&id, 1}));
  EXPECT_EQ(store.status()->rows, 101u);
  EXPECT_THAT(*store.check(), ::testing::IsEmpty());
}

TEST_P(Migration, the_backup_before_it_is_the_file_as_it_was) {
  const TemporaryFolder folder;
  const std::string number = std::to_string(GetParam());
  unpack(NOCTULE_SOURCE_DIR "/tests/store/schemas/schema-" + number + ".duckdb.gz", folder.path("events.duckdb"));
  ASSERT_TRUE(open_duckdb({.path = folder.path("events.duckdb"), .backup_folder = folder.path()}));
  const std::string backup = folder.path("events-schema-" + number + ".duckdb");
  ASSERT_TRUE(std::filesystem::exists(backup));
  const auto again = open_duckdb({.path = backup});  // it can be migrated in turn, so it was whole
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(integer((*again)->read({"SELECT count(*) FROM events", {}})), 100);
  EXPECT_EQ(integer((*again)->read({"SELECT min(version) FROM schema_steps WHERE applied_ms > 1790000000000", {}})), GetParam() + 1);
}

INSTANTIATE_TEST_SUITE_P(Schemas, Migration, ::testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace noctule
