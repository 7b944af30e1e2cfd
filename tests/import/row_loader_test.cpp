// SPDX-License-Identifier: Apache-2.0
#include "noctule/import/row_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "logs/temporary_folder.h"
#include "noctule/import/ledger.h"

namespace noctule {
namespace {

using testing::TemporaryFolder;

constexpr int64_t kNoon_ms = 1'775'044'800'000;

EventRow view(std::string_view path, int64_t after_ms, uint64_t visitor, uint16_t visit, EventOrigin origin) {
  EventRow row;
  row.site = 4;
  row.time = kNoon_ms + after_ms;
  row.origin = static_cast<uint8_t>(origin);
  row.visitor = visitor;
  row.visit = visit;
  row.path = path;
  row.browser = "Firefox";
  row.os = "Linux";
  row.visits = 1;
  return row;
}

class RowLoader : public ::testing::Test {
 protected:
  RowLoader() : store_(*open_duckdb({.path = folder_.path("events.duckdb")})) {}

  std::string write(const std::vector<EventRow>& rows, int64_t settled_ms = 0) {
    const std::string path = Ledger::open(folder_.path())->next_file();
    RowFileWriter writer = *RowFileWriter::create(path);
    for (const EventRow& row : rows) EXPECT_TRUE(writer.write(row));
    EXPECT_TRUE(writer.finish({.site = static_cast<SiteId>(4), .origin = EventOrigin::Log, .label = "access.log", .first_ms = 0, .last_ms = 0, .marks = {{7, settled_ms}}}));
    return path;
  }

  int64_t count(const std::string& where) {
    const Result<Table> table = store_->read({"SELECT count(*) FROM events WHERE " + where, {}});
    EXPECT_TRUE(table);
    return std::get<int64_t>(table->rows.at(0).at(0));
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(RowLoader, rows_come_under_the_attribution_that_the_sites_reports_use) {
  const Statement again{"INSERT INTO attribution_versions VALUES (3, 4, 0, 'noctule', 'rules')", {}};
  ASSERT_TRUE(store_->write(std::span(&again, 1)));
  ASSERT_TRUE(load_row_file(*store_, folder_.path(), write({view("/a", 0, 1, 1, EventOrigin::Log)})));
  EXPECT_EQ(count("attribution = 3"), 1);
}

TEST_F(RowLoader, rows_are_loaded_once_and_their_marks_are_kept) {
  const std::string path = write({view("/a", 0, 1, 1, EventOrigin::Log), view("/b", 1'000, 1, 1, EventOrigin::Log)}, 99);
  const std::string copy = folder_.path("copy");
  std::filesystem::copy(path, copy);
  const Result<LoadedRows> loaded = load_row_file(*store_, folder_.path(), path);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->rows, 2u);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(count("true"), 2);
  EXPECT_EQ(*Ledger::open(folder_.path())->settled_ms(static_cast<SiteId>(4), 7), 99);
  // As if it had been stopped between the transaction and the removal.
  std::filesystem::copy(copy, path);
  const Result<LoadedRows> again = load_row_file(*store_, folder_.path(), path);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->was_loaded);
  EXPECT_EQ(count("true"), 2);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(RowLoader, a_visit_that_the_script_saw_as_well_is_one_visit) {
  const std::vector<EventRow> script = {view("/a", 2'000, 50, 1, EventOrigin::Script), view("/other", 0, 51, 1, EventOrigin::Script)};
  ASSERT_TRUE(store_->append(static_cast<BatchId>(1), script));
  const Result<LoadedRows> loaded = load_row_file(*store_, folder_.path(), write({
      view("/a", 0, 1, 9, EventOrigin::Log), view("/b", 60'000, 1, 9, EventOrigin::Log),  // one visit, its first view known
      view("/a", 500, 2, 9, EventOrigin::Log),                                            // another one: each message is one view
      view("/a", 3'600'000, 3, 9, EventOrigin::Log)}));                                   // much later
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->visits_seen_by_script, 1u);
  EXPECT_EQ(count("visitor = 1"), 0);
  EXPECT_EQ(count("visitor = 2"), 1);
  EXPECT_EQ(count("visitor = 3"), 1);
  EXPECT_EQ(count("visitor IN (50, 51)"), 2);
}

TEST_F(RowLoader, pastes_have_no_visitor_and_are_never_taken_for_views) {
  ASSERT_TRUE(store_->append(static_cast<BatchId>(1), std::vector<EventRow>{view("/a", 0, 50, 1, EventOrigin::Script)}));
  EventRow paste = view("/a", 0, 0, 0, EventOrigin::Log);
  paste.kind = static_cast<uint8_t>(EventKind::Unfurl);
  ASSERT_TRUE(load_row_file(*store_, folder_.path(), write({paste})));
  EXPECT_EQ(count("kind = 3"), 1);
}

TEST_F(RowLoader, a_damaged_file_is_set_aside_and_changes_nothing) {
  const std::string path = write({view("/a", 0, 1, 1, EventOrigin::Log)});
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(40);
  file.put('\x55');
  file.close();
  const Result<LoadedRows> loaded = load_row_file(*store_, folder_.path(), path);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, ::testing::HasSubstr("set aside"));
  EXPECT_EQ(count("true"), 0);
  EXPECT_TRUE(std::filesystem::exists(path + ".bad"));
  EXPECT_TRUE(waiting_row_files(folder_.path()).empty());
}

}  // namespace
}  // namespace noctule
