// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "data.h"
#include "noctule/sqlite/database.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using nlohmann::json;

class ControlTest : public testing::Test {
 protected:
  void SetUp() override { fill(data_.path()); }
  Result<std::string> request(std::string_view action, const std::string& body) {
    return request_upkeep(DataFolder(data_.path()), action, body, {.now_ms = kNowMs, .running = true, .program = "1", .log_file = {}});
  }
  TestFolder data_;
};

TEST_F(ControlTest, a_folder_at_rest_is_checked) {
  const auto answer = request("check", "{}");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(json::parse(*answer), json::parse(R"({"findings": []})"));
}

TEST_F(ControlTest, a_backup_is_left_in_the_staging_folder) {
  const auto answer = request("backup", "");
  ASSERT_TRUE(answer) << answer.error().message;
  const std::string path = json::parse(*answer)["path"];
  EXPECT_THAT(path, HasSubstr("/staging/backup-"));
  EXPECT_TRUE(verify_backup(path).has_value());
}

TEST_F(ControlTest, an_export_is_of_the_site_that_was_asked_for) {
  const auto answer = request("export", R"({"site": "example.org", "format": "csv"})");
  ASSERT_TRUE(answer) << answer.error().message;
  const std::string path = json::parse(*answer)["path"];
  std::ifstream file(path);
  const std::string csv{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(std::ranges::count(csv, '\n'), 4);
  const auto other = request("export", R"({"site": "example.com", "format": "parquet"})");
  ASSERT_TRUE(other) << other.error().message;
  std::ifstream parquet(json::parse(*other)["path"].get<std::string>(), std::ios::binary);
  std::string magic(4, '\0');
  parquet.read(magic.data(), 4);
  EXPECT_EQ(magic, "PAR1");
}

TEST_F(ControlTest, requests_that_are_wrong_are_refused_and_say_why) {
  for (const auto& [action, body] : std::vector<std::pair<std::string, std::string>>{{"export", R"({"format": "xml"})"},
                                                                                     {"export", R"({"site": 3, "format": "csv"})"},
                                                                                     {"doctor", R"({"privacy": "yes"})"},
                                                                                     {"check", "[]"},
                                                                                     {"check", "{"}}) {
    const auto answer = request(action, body);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code, ErrorCode::InvalidInput) << body;
  }
  EXPECT_FALSE(request("export", R"({"site": "unknown.example", "format": "csv"})").has_value());
  EXPECT_EQ(request("format-disk", "{}").error().code, ErrorCode::NotFound);
}

TEST_F(ControlTest, a_folder_that_somebody_owns_without_answering_is_said) {
  const auto lock = DataFolderLock::take(DataFolder(data_.path()));
  const auto answer = request("check", "{}");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("control.sock"));
}

TEST_F(ControlTest, keys_of_imported_days_are_not_in_a_backup) {
  fs::create_directory(data_ / "imports");
  const std::string key = "0123456789abcdef0123456789ABCDEF";
  {
    auto marks = sqlite::Database::open(data_ / "imports/marks.db").value();
    ASSERT_TRUE(marks.execute("CREATE TABLE day_key(day INTEGER PRIMARY KEY, key BLOB NOT NULL); CREATE TABLE mark(name TEXT); INSERT INTO mark VALUES ('kept')").has_value());
    auto insert = marks.prepare("INSERT INTO day_key VALUES (20717, ?1)").value();
    insert.bind_blob(1, key);
    ASSERT_TRUE(insert.run().has_value());
  }
  const auto answer = request("backup", "{}");
  ASSERT_TRUE(answer) << answer.error().message;
  const std::string path = json::parse(*answer)["path"];
  ASSERT_TRUE(verify_backup(path).has_value());
  for (const auto& entry : fs::directory_iterator(path)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find(key), std::string::npos) << entry.path();
  }
  auto copy = sqlite::Database::open(path + "/imports.db").value();
  auto select = copy.prepare("SELECT name FROM mark").value();
  ASSERT_TRUE(select.step().value());
  EXPECT_EQ(select.text(0), "kept");
}

}  // namespace
}  // namespace noctule
