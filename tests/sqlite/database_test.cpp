// SPDX-License-Identifier: Apache-2.0
#include "noctule/sqlite/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace noctule::sqlite {
namespace {

using testing::HasSubstr;

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "noctule-sqlite-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~DatabaseTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string file(const char* name) const { return (std::filesystem::path(folder_) / name).string(); }

  std::string folder_;
};

constexpr std::array<std::string_view, 2> kSteps = {"CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT UNIQUE, bytes BLOB)",
                                                    "ALTER TABLE word ADD COLUMN count INTEGER NOT NULL DEFAULT 7"};

TEST_F(DatabaseTest, what_was_bound_comes_back) {
  Database database = *Database::open(file("a.db"));
  ASSERT_EQ(database.migrate(kSteps), 2);
  Statement insert = *database.prepare("INSERT INTO word(text, bytes) VALUES (?1, ?2)");
  ASSERT_TRUE(insert.bind(1, "chauve-souris").bind_blob(2, std::string_view("\0\xFF", 2)).run());
  ASSERT_TRUE(insert.bind(1, std::string_view()).bind_null(2).run());
  Statement select = *database.prepare("SELECT id, text, bytes, count FROM word ORDER BY id");
  ASSERT_EQ(select.step(), true);
  EXPECT_EQ(select.text(1), "chauve-souris");
  EXPECT_EQ(select.blob(2), std::string_view("\0\xFF", 2));
  EXPECT_EQ(select.integer(3), 7);
  ASSERT_EQ(select.step(), true);
  EXPECT_EQ(select.text(1), "");
  EXPECT_FALSE(select.is_null(1));
  EXPECT_TRUE(select.is_null(2));
  EXPECT_EQ(select.step(), false);
}

TEST_F(DatabaseTest, a_transaction_that_fails_leaves_nothing) {
  Database database = *Database::open(file("a.db"));
  ASSERT_TRUE(database.migrate(kSteps));
  const Result<void> done = database.transact([&]() -> Result<void> {
    if (auto first = database.execute("INSERT INTO word(text) VALUES ('a')"); !first) return first;
    return database.execute("INSERT INTO word(text) VALUES ('a')");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::InvalidInput);
  EXPECT_THAT(done.error().message, HasSubstr("a.db"));
  Statement count = *database.prepare("SELECT count(*) FROM word");
  ASSERT_EQ(count.step(), true);
  EXPECT_EQ(count.integer(0), 0);
}

TEST_F(DatabaseTest, a_full_database_says_exhausted_and_can_go_on) {
  Database database = *Database::open(file("a.db"));
  ASSERT_TRUE(database.migrate(kSteps));
  ASSERT_TRUE(database.execute("PRAGMA max_page_count=8"));
  Statement insert = *database.prepare("INSERT INTO word(bytes) VALUES (?1)");
  Result<void> done = insert.bind_blob(1, std::string(100'000, 'x')).run();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::Exhausted);
  insert.reset();
  EXPECT_TRUE(insert.bind_blob(1, "small").run());
}

TEST_F(DatabaseTest, where_the_system_failed_its_reason_is_told) {
  const Result<Database> database = Database::open(file("missing.db"), {.access = Access::ReadOnly});
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::Io);
  EXPECT_THAT(database.error().message, HasSubstr("missing.db: cannot open: unable to open database file (No such file or directory)"));
}

TEST_F(DatabaseTest, a_newer_file_is_refused_and_left_alone) {
  Database database = *Database::open(file("a.db"));
  ASSERT_TRUE(database.execute("PRAGMA user_version=3"));
  const Result<int> migrated = database.migrate(kSteps);
  ASSERT_FALSE(migrated);
  EXPECT_THAT(migrated.error().message, HasSubstr("a newer noctule wrote it"));
  EXPECT_EQ(database.schema_version(), 3);
}

TEST_F(DatabaseTest, a_backup_holds_what_was_committed_and_checks_well) {
  Database database = *Database::open(file("a.db"));
  ASSERT_TRUE(database.migrate(kSteps));
  ASSERT_TRUE(database.execute("INSERT INTO word(text) VALUES ('a'), ('b')"));
  ASSERT_TRUE(database.backup_to(file("b.db")));
  Database copy = *Database::open(file("b.db"));
  Statement count = *copy.prepare("SELECT count(*) FROM word");
  ASSERT_EQ(count.step(), true);
  EXPECT_EQ(count.integer(0), 2);
  count.reset();
  EXPECT_EQ(copy.check()->size(), 0u);
}

TEST_F(DatabaseTest, another_connections_commit_changes_the_data_version) {
  Database one = *Database::open(file("a.db"));
  ASSERT_TRUE(one.migrate(kSteps));
  Database other = *Database::open(file("a.db"));
  const int64_t before = *one.data_version();
  EXPECT_EQ(*one.data_version(), before);
  ASSERT_TRUE(other.execute("INSERT INTO word(text) VALUES ('a')"));
  EXPECT_NE(*one.data_version(), before);
}

TEST_F(DatabaseTest, files_are_private_and_other_files_are_no_databases) {
  ASSERT_TRUE(Database::open(file("a.db")));
  struct stat status{};
  ASSERT_EQ(::stat(file("a.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  std::ofstream(file("text")) << std::string(5'000, 'x');
  const auto opened = Database::open(file("text"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
  EXPECT_FALSE(Database::open(file("missing/a.db")));
}

// Runs as a process of its own, for the test below: within one process SQLite would know of the other connections.
TEST(DatabaseElsewhere, DISABLED_writes_a_word) {
  Database database = *Database::open(std::getenv("NOCTULE_TEST_DATABASE"));
  ASSERT_TRUE(database.execute("INSERT INTO word(text) VALUES ('from elsewhere')"));
}

TEST_F(DatabaseTest, connections_of_one_process_see_what_another_process_writes_and_lose_nothing) {
  Database first = *Database::open(file("a.db"));
  ASSERT_EQ(first.migrate(kSteps), 2);
  ASSERT_TRUE(first.execute("INSERT INTO word(text) VALUES ('before')"));
  Database second = *Database::open(file("a.db"));
  ::setenv("NOCTULE_TEST_DATABASE", file("a.db").c_str(), 1);
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  ASSERT_EQ(std::system((self + " --gtest_also_run_disabled_tests --gtest_filter=DatabaseElsewhere.* >/dev/null").c_str()), 0);
  ASSERT_TRUE(second.execute("INSERT INTO word(text) VALUES ('after')"));
  Database third = *Database::open(file("a.db"));
  for (Database* database : {&first, &second, &third}) {
    Statement count = *database->prepare("SELECT COUNT(*) FROM word");
    ASSERT_EQ(count.step(), true);
    EXPECT_EQ(count.integer(0), 3);
  }
}

}  // namespace
}  // namespace noctule::sqlite
