// SPDX-License-Identifier: Apache-2.0
// Files of every schema that was ever written, and several who open a file at once. versions/N.sql is the content of a file
// of schema N as the program of then wrote it.
#include <fstream>
#include <thread>

#include "noctule/sqlite/database.h"
#include "settings_fixture.h"

namespace noctule {
namespace {

using testing::HasSubstr;

class MigrationTest : public SettingsTest {
 protected:
  [[nodiscard]] std::string file() const { return folder_ + "/settings.db"; }
  static int newest_schema(const std::string& path) { return sqlite::Database::open(path).value().schema_version().value(); }
  static std::string dump_of(int version) {
    std::ifstream in(std::string(NOCTULE_SOURCE_DIR "/tests/settings/versions/") + std::to_string(version) + ".sql");
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(MigrationTest, a_file_of_every_version_keeps_all_that_it_held) {
  (void)open();
  const int newest = newest_schema(file());
  ASSERT_GE(newest, 1);
  for (int version = 1; version <= newest; ++version) {
    const std::string dump = dump_of(version);
    ASSERT_FALSE(dump.empty()) << "tests/settings/versions has no file of schema " << version;
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file() + suffix);
    ASSERT_EQ(message_of(sqlite::Database::open(file()).value().execute(dump.c_str())), "no error");
    Settings settings = open();
    EXPECT_EQ(newest_schema(file()), newest);
    const auto sites = settings.sites().value();
    ASSERT_EQ(sites.size(), 2u) << version;
    EXPECT_EQ(sites[0].domain, "example.org");
    EXPECT_THAT(sites[0].hosts, testing::ElementsAre("blog.example.org"));
    EXPECT_TRUE(settings.log_in("ada@example.org", kPassword, "", kNow)) << version;
    EXPECT_EQ(settings.roles().value().size(), 1u);
    EXPECT_EQ(settings.keys().value().size(), 1u);
    EXPECT_EQ(settings.shared_links(SiteId{1}).value().size(), 1u);
    EXPECT_EQ(settings.channel_rules(SiteId{1}).value().size(), 2u);
    EXPECT_EQ(settings.audit_log(10).value().size(), 1u);
    EXPECT_EQ(settings.drops(SiteId{1}, 0, 99'999).value().size(), 1u);
    EXPECT_EQ(std::filesystem::exists(file() + ".schema-" + std::to_string(version)), version < newest);
  }
}

TEST_F(MigrationTest, a_file_of_a_newer_program_is_left_alone) {
  (void)open();
  ASSERT_TRUE(sqlite::Database::open(file()).value().execute("PRAGMA user_version=999"));
  const auto refused = Settings::open(folder_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr("a newer noctule wrote it"));
  EXPECT_EQ(newest_schema(file()), 999);
}

TEST_F(MigrationTest, what_is_no_database_is_said_to_be_none) {
  std::ofstream(file()) << std::string(8192, 'x');
  const auto refused = Settings::open(folder_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(refused.error().message, HasSubstr("settings.db"));
}

TEST_F(MigrationTest, a_folder_that_is_not_there_is_an_error_that_names_it) {
  const auto refused = Settings::open(folder_ + "/none");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("/none/settings.db"));
}

TEST_F(MigrationTest, several_who_open_a_new_file_at_once_all_succeed_and_lose_nothing) {
  constexpr int kOpeners = 4, kSitesEach = 5;
  std::vector<std::thread> threads;
  for (int opener = 0; opener < kOpeners; ++opener) {
    threads.emplace_back([&, opener] {
      Settings settings = open();
      for (int i = 0; i < kSitesEach; ++i) {
        const std::string domain = "s" + std::to_string(opener) + "-" + std::to_string(i) + ".example";
        EXPECT_EQ(message_of(settings.add_site(domain, {})), "no error");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(open().sites().value().size(), static_cast<size_t>(kOpeners * kSitesEach));
}

}  // namespace
}  // namespace noctule
