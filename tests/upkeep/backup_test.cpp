// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <map>
#include <thread>

#include "data.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

Manifest back_up(const std::string& folder, const std::string& target) {
  OpenData data = open_data(folder);
  const auto made = make_backup(view_of(folder, data), target, kNowMs, "9.9.9");
  EXPECT_TRUE(made) << made.error().message;
  return made.value_or(Manifest{});
}

// What is in a folder but its lock, by sums, for comparing before and after.
std::map<std::string, std::string> contents(const TestFolder& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    const std::string name = fs::relative(entry.path(), folder.path()).string();
    if (name != "lock") files[name] = entry.is_regular_file() ? measure_file(folder.path(), name).value().sha256 : "folder";
  }
  return files;
}

class BackupTest : public testing::Test {
 protected:
  void SetUp() override { fill(data_.path()); }
  TestFolder data_, other_;
  std::string backup_ = other_ / "backup";
};

TEST_F(BackupTest, what_was_backed_up_is_there_after_a_restore) {
  const Manifest made = back_up(data_.path(), backup_);
  EXPECT_EQ(made.files.size(), 3U);
  EXPECT_EQ(made.program, "9.9.9");
  const std::string fresh = other_ / "fresh";
  const auto restored = restore_backup(backup_, DataFolder(fresh), Replace::No);
  ASSERT_TRUE(restored) << restored.error().message;
  auto opened = InstallationAtRest::open(DataFolder(fresh));
  ASSERT_TRUE(opened) << opened.error().message;
  const Installation view = opened->view();
  EXPECT_EQ(view.settings.sites().value().size(), 2U);
  EXPECT_EQ(count_rows(view.store), 3);
  EXPECT_EQ(view.store.loaded_through().value(), BatchId(1));
  EXPECT_EQ(view.journal.read_after(BatchId::None).value().events, "waits");
  EXPECT_THAT(check_installation(view).value(), IsEmpty());
}

TEST_F(BackupTest, a_backup_holds_no_key_and_is_its_owners_alone) {
  back_up(data_.path(), backup_);
  for (const auto& entry : fs::directory_iterator(backup_)) {
    struct stat status {};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U) << entry.path();
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find("noctule keys"), std::string::npos) << entry.path();
  }
  EXPECT_FALSE(fs::exists(backup_ + "/keys"));
}

TEST_F(BackupTest, a_byte_that_changed_in_any_file_is_found_and_nothing_is_restored) {
  for (const char* name : {"settings.db", "journal.db", "events.duckdb"}) {
    fs::remove_all(backup_);
    back_up(data_.path(), backup_);
    {
      std::fstream file(backup_ + "/" + name, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(5'000);
      file.put('\x5A');
      file.put('\xA5');
    }
    EXPECT_EQ(verify_backup(backup_).error().code, ErrorCode::Corrupt) << name;
    const auto before = contents(data_);
    const auto restored = restore_backup(backup_, DataFolder(data_.path()), Replace::Yes);
    ASSERT_FALSE(restored) << name;
    EXPECT_THAT(restored.error().message, HasSubstr(name));
    EXPECT_EQ(contents(data_), before) << name;
  }
}

TEST_F(BackupTest, a_backup_that_was_broken_off_or_lacks_a_file_is_refused) {
  back_up(data_.path(), backup_);
  fs::rename(backup_ + "/settings.db", other_ / "settings.db");
  EXPECT_EQ(verify_backup(backup_).error().code, ErrorCode::NotFound);
  fs::remove(backup_ + "/manifest.json");
  const auto verified = verify_backup(backup_);
  ASSERT_FALSE(verified);
  EXPECT_THAT(verified.error().message, HasSubstr("broken off"));
}

TEST_F(BackupTest, a_folder_with_data_is_replaced_only_when_asked_and_keeps_its_key) {
  back_up(data_.path(), backup_);
  {
    OpenData data = open_data(data_.path());
    ASSERT_TRUE(data.settings.add_site("example.net", {}).has_value());
    const std::array rows = {page_view(1, kNowMs, 14, "/later")};
    ASSERT_TRUE(data.store->append(BatchId(2), rows).has_value());
  }
  const std::string keys = data_.read("keys");
  const auto before = contents(data_);
  const auto refused = restore_backup(backup_, DataFolder(data_.path()), Replace::No);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(contents(data_), before);
  ASSERT_TRUE(restore_backup(backup_, DataFolder(data_.path()), Replace::Yes).has_value());
  EXPECT_EQ(data_.read("keys"), keys);
  OpenData data = open_data(data_.path());
  EXPECT_EQ(data.settings.sites().value().size(), 2U);
  EXPECT_EQ(count_rows(*data.store), 3);
}

TEST_F(BackupTest, a_running_server_is_never_restored_over) {
  back_up(data_.path(), backup_);
  const auto server = DataFolderLock::take(DataFolder(data_.path()));
  ASSERT_TRUE(server.has_value());
  const auto restored = restore_backup(backup_, DataFolder(data_.path()), Replace::Yes);
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::Exhausted);
}

TEST_F(BackupTest, a_restore_that_was_broken_off_is_said_and_can_be_finished) {
  back_up(data_.path(), backup_);
  fs::create_directory(data_ / "restoring");  // as a restore that was killed leaves it
  fs::remove(data_ / "events.duckdb");
  const auto opened = InstallationAtRest::open(DataFolder(data_.path()));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("broken off"));
  ASSERT_TRUE(restore_backup(backup_, DataFolder(data_.path()), Replace::No).has_value());
  EXPECT_TRUE(InstallationAtRest::open(DataFolder(data_.path())).has_value());
}

TEST_F(BackupTest, where_something_is_already_no_backup_is_made) {
  fs::create_directory(backup_);
  std::ofstream(backup_ + "/mine") << "kept";
  OpenData data = open_data(data_.path());
  const auto made = make_backup(view_of(data_.path(), data), backup_, kNowMs, "1");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::InvalidInput);
  EXPECT_TRUE(fs::exists(backup_ + "/mine"));
}

TEST_F(BackupTest, a_backup_that_fails_leaves_nothing) {
  OpenData data = open_data(data_.path());
  fs::create_directories(data_ / "imports");
  data_.write("imports/marks.db", std::string(8'192, 'x'));  // is no database
  EXPECT_FALSE(make_backup(view_of(data_.path(), data), backup_, kNowMs, "1").has_value());
  EXPECT_FALSE(fs::exists(backup_));
}

TEST_F(BackupTest, a_copy_of_a_backup_is_the_same_backup) {
  const Manifest made = back_up(data_.path(), backup_);
  const auto copied = copy_backup(backup_, other_ / "copy");
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(verify_backup(other_ / "copy").value().files, made.files);
}

// Events move from the journal to the store while backups are taken: each backup has every event that was on the disk when it
// began, once.
TEST_F(BackupTest, no_event_is_missing_from_a_backup_that_was_taken_while_events_moved) {
  const TestFolder busy;
  OpenData data = open_data(busy.path());
  std::atomic<int64_t> durable = 0;
  std::atomic<bool> over = false;
  data.journal->add_listener([&](Journal::Place place, const Result<void>& outcome) {
    EXPECT_TRUE(outcome.has_value());
    durable = static_cast<int64_t>(place);
  });
  std::thread collector([&] {
    for (int64_t number = 1; !over; ++number) {
      const std::string text = std::to_string(number) + " ";
      if (!data.journal->append(text, 1).has_value()) break;
      while (durable < number && !over) std::this_thread::yield();
    }
  });
  std::thread loader([&] {
    BatchId after = BatchId::None;
    while (!over) {
      if (!data.journal->wait_for_more(after, 20)) continue;
      const Batch batch = data.journal->read_after(after).value();
      if (batch.id == BatchId::None) continue;
      std::vector<EventRow> rows;
      for (size_t at = 0; at < batch.events.size(); at = batch.events.find(' ', at) + 1) rows.push_back(page_view(1, kNowMs, std::stoull(batch.events.substr(at)), "/"));
      EXPECT_TRUE(data.store->append(batch.id, rows).has_value());
      EXPECT_TRUE(data.journal->remove_through(batch.id).has_value());
      after = batch.id;
    }
  });
  for (int round = 0; round < 4; ++round) {
    while (durable < 20 * (round + 1)) std::this_thread::yield();
    const int64_t before = durable;
    const std::string target = other_ / ("busy-" + std::to_string(round));
    const auto made = make_backup(view_of(busy.path(), data), target, kNowMs, "1");
    ASSERT_TRUE(made) << made.error().message;
    const std::string restored = other_ / ("restored-" + std::to_string(round));
    ASSERT_TRUE(restore_backup(target, DataFolder(restored), Replace::No).has_value());
    OpenData copy = open_data(restored);
    std::map<int64_t, int> seen;
    const Table rows = copy.store->read({"SELECT visitor FROM events", {}}).value();
    for (const auto& row : rows.rows) ++seen[std::get<int64_t>(row[0])];
    BatchId after = copy.store->loaded_through().value();
    for (Batch batch = copy.journal->read_after(after).value(); batch.id != BatchId::None; batch = copy.journal->read_after(batch.id).value()) {
      for (size_t at = 0; at < batch.events.size(); at = batch.events.find(' ', at) + 1) ++seen[std::stoll(batch.events.substr(at))];
    }
    for (int64_t number = 1; number <= before; ++number) ASSERT_EQ(seen[number], 1) << "event " << number << " of " << before;
  }
  over = true;
  data.journal->stop();
  collector.join();
  loader.join();
}

}  // namespace
}  // namespace noctule
