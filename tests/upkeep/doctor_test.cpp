// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/doctor.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "data.h"
#include "noctule/sqlite/database.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Plants something in a folder that was well, and looks for what the doctor says of it.
class DoctorTest : public testing::Test {
 protected:
  void SetUp() override { fill(data_.path()); }
  std::vector<Check> privacy(bool running = false, const std::string& log = {}) {
    OpenData data = open_data(data_.path());
    return examine_privacy(view_of(data_.path(), data), {.now_ms = kNowMs, .running = running, .program = "1", .log_file = log});
  }
  std::vector<Check> operation(int64_t now_ms = kNowMs, bool running = false) {
    OpenData data = open_data(data_.path());
    return examine_operation(view_of(data_.path(), data), {.now_ms = now_ms, .running = running, .program = "1", .log_file = {}});
  }
  static Check find(const std::vector<Check>& checks, std::string_view name) {
    const auto found = std::ranges::find(checks, name, &Check::name);
    if (found != checks.end()) return *found;
    ADD_FAILURE() << "there is no check " << name;
    return {};
  }
  void add(const EventRow& row) {
    OpenData data = open_data(data_.path());
    const auto loaded = static_cast<int64_t>(data.store->loaded_through().value());
    ASSERT_TRUE(data.store->append(BatchId(loaded + 1), std::array{row}).has_value());
  }
  void change_site(const std::function<void(Site&)>& change) {
    OpenData data = open_data(data_.path());
    Site site = data.settings.find_site("example.org").value();
    change(site);
    ASSERT_TRUE(data.settings.change_site(site).has_value());
  }
  void expect_fail(const std::vector<Check>& checks, std::string_view name, const std::string& words) {
    const Check check = find(checks, name);
    EXPECT_EQ(check.verdict, Verdict::Fail) << name << ": " << check.found;
    EXPECT_THAT(check.found, HasSubstr(words)) << name;
    EXPECT_FALSE(check.looked_at.empty()) << name;
  }
  TestFolder data_;
};

TEST_F(DoctorTest, a_folder_that_is_well_passes_everything_that_can_be_looked_at) {
  for (const Check& check : privacy()) {
    EXPECT_EQ(check.verdict, check.name == "log_without_personal_data" ? Verdict::Unknown : Verdict::Pass) << check.name << ": " << check.found;
    EXPECT_FALSE(check.looked_at.empty()) << check.name;
  }
  for (const Check& check : operation()) EXPECT_NE(check.verdict, Verdict::Fail) << check.name << ": " << check.found;
}

TEST_F(DoctorTest, a_key_of_yesterday_fails) {
  fs::remove(data_ / "keys");
  ASSERT_TRUE(KeyRing::open(data_.path(), kNowMs - kDayMs).has_value());
  expect_fail(privacy(), "key_of_today", "1 days old");
  expect_fail(privacy(true), "key_of_today", "while a server runs");
}

TEST_F(DoctorTest, a_key_that_others_can_read_fails) {
  fs::permissions(data_ / "keys", fs::perms::group_read, fs::perm_options::add);
  expect_fail(privacy(), "key_of_today", "640");
}

TEST_F(DoctorTest, a_copy_of_a_key_anywhere_below_the_folder_fails) {
  fs::create_directory(data_ / "backups");
  fs::copy_file(data_ / "keys", data_ / "backups/old");
  expect_fail(privacy(), "no_older_key", "backups/old");
}

TEST_F(DoctorTest, a_key_of_imported_days_that_should_be_gone_fails) {
  fs::create_directory(data_ / "imports");
  {
    auto marks = sqlite::Database::open(data_ / "imports/marks.db").value();
    ASSERT_TRUE(marks.execute("CREATE TABLE day_key(day INTEGER PRIMARY KEY, key BLOB NOT NULL); INSERT INTO day_key VALUES (20000, x'00')").has_value());
  }
  expect_fail(privacy(), "no_older_key", "1 keys of imported days");
}

TEST_F(DoctorTest, personal_texts_in_any_text_column_fail) {
  struct Planted {
    std::string_view EventRow::*column;
    const char* text;
    const char* words;
  };
  const std::array planted = {
      Planted{&EventRow::path, "/of/192.0.2.17/", "path: 1 texts hold an IPv4 address"},
      Planted{&EventRow::entry_path, "/of/2001:db8::17", "entry_path: 1 texts hold an IPv6 address"},
      Planted{&EventRow::referrer, "https://example.com/jane%40example.org", "referrer: 1 texts hold an e-mail address"},
      Planted{&EventRow::properties, R"({"to":"jane@example.org"})", "properties: 1 texts hold an e-mail address"},
      Planted{&EventRow::utm_term, "203.0.113.9", "utm_term: 1 texts hold an IPv4 address"},
      Planted{&EventRow::path, "/page?email=jane", "path: 1 texts hold a personal parameter"},
  };
  const std::string folder = data_.path();
  for (const Planted& plant : planted) {
    const TestFolder fresh;
    fill(fresh.path());
    OpenData data = open_data(fresh.path());
    EventRow row = page_view(1, kNowMs, 99, "/");
    row.*plant.column = plant.text;
    ASSERT_TRUE(data.store->append(BatchId(2), std::array{row}).has_value());
    expect_fail(examine_privacy(view_of(fresh.path(), data), {.now_ms = kNowMs, .running = false, .program = "1", .log_file = {}}), "no_personal_text", plant.words);
  }
}

TEST_F(DoctorTest, every_text_column_is_looked_at) {
  EventRow probe;
  size_t columns = 0;
  for_each_column(probe, [&](std::string_view, auto& field) {
    if constexpr (std::is_same_v<std::decay_t<decltype(field)>, std::string_view>) {
      field = "192.0.2.1";
      ++columns;
    }
  });
  probe.site = 1;
  probe.time = kNowMs;
  add(probe);
  const Check check = find(privacy(), "no_personal_text");
  EXPECT_EQ(std::ranges::count(check.found, ';') + 1, static_cast<std::ptrdiff_t>(columns)) << check.found;
}

TEST_F(DoctorTest, a_column_that_was_added_fails) {
  {
    OpenData data = open_data(data_.path());
    ASSERT_TRUE(data.store->write(std::array{Statement{"ALTER TABLE events ADD COLUMN address VARCHAR", {}}}).has_value());
  }
  expect_fail(privacy(), "no_unknown_column", "address");
}

TEST_F(DoctorTest, a_pseudonym_that_outlives_its_day_fails) {
  add(page_view(1, kNowMs + kDayMs, 11, "/again"));
  expect_fail(privacy(), "pseudonyms_live_a_day", "1 pseudonyms");
}

TEST_F(DoctorTest, a_request_under_way_at_midnight_passes_and_one_five_minutes_later_fails) {
  const int64_t midnight = (kNowMs / kDayMs + 1) * kDayMs;
  add(page_view(1, midnight - 5'000, 50, "/"));
  add(page_view(1, midnight + 20'000, 50, "/"));
  EXPECT_EQ(find(privacy(), "pseudonyms_live_a_day").verdict, Verdict::Pass);
  add(page_view(1, midnight + 300'000, 50, "/"));
  expect_fail(privacy(), "pseudonyms_live_a_day", "1 pseudonyms");
}

TEST_F(DoctorTest, a_pseudonym_on_two_sites_fails) {
  add(page_view(2, kNowMs, 12, "/"));
  expect_fail(privacy(), "pseudonyms_of_one_site", "1 pseudonyms");
}

TEST_F(DoctorTest, a_click_hash_on_an_exempt_site_fails_and_on_a_consented_one_passes) {
  EventRow row = page_view(1, kNowMs, 77, "/");
  row.click_hash = 5;
  add(row);
  expect_fail(privacy(), "exempt_sites_keep_no_id", "1 events");
  change_site([](Site& site) { site.mode = ConsentMode::Consented; });
  EXPECT_EQ(find(privacy(), "exempt_sites_keep_no_id").verdict, Verdict::Pass);
}

TEST_F(DoctorTest, a_recipient_hash_on_an_exempt_site_fails) {
  EventRow row = page_view(1, kNowMs, 77, "/");
  row.recipient_hash = 5;
  add(row);
  expect_fail(privacy(), "exempt_sites_keep_no_id", "1 events");
}

TEST_F(DoctorTest, an_exempt_site_that_keeps_longer_than_25_months_fails) {
  {
    auto settings = sqlite::Database::open(data_ / "settings.db").value();  // past the checks of settings
    ASSERT_TRUE(settings.execute("UPDATE site SET retention_days = 1000 WHERE id = 1").has_value());
  }
  expect_fail(privacy(), "exempt_retention", "example.org (1000 days)");
}

TEST_F(DoctorTest, rows_older_than_their_sites_retention_fail) {
  change_site([](Site& site) { site.retention_days = 30; });
  add(page_view(1, kNowMs - 31 * kDayMs, 60, "/"));  // may go within a day
  EXPECT_EQ(find(privacy(), "no_row_beyond_retention").verdict, Verdict::Pass);
  add(page_view(1, kNowMs - 40 * kDayMs, 61, "/"));
  expect_fail(privacy(), "no_row_beyond_retention", "example.org: 1 events");
}

TEST_F(DoctorTest, a_threshold_below_five_is_noted) {
  change_site([](Site& site) { site.k_threshold = 1; });
  EXPECT_EQ(find(privacy(), "published_numbers").verdict, Verdict::Note);
}

TEST_F(DoctorTest, an_address_in_the_log_fails) {
  data_.write("log", R"({"event":"started","addresses":"http://192.0.2.1:8000"})" "\n" R"({"event":"sites","count":1})" "\n");
  EXPECT_EQ(find(privacy(true, data_ / "log"), "log_without_personal_data").verdict, Verdict::Pass);
  data_.write("log", R"({"event":"refused","peer":"198.51.100.4"})" "\n");
  expect_fail(privacy(true, data_ / "log"), "log_without_personal_data", "1 lines");
}

// Whether another process would find the file locked (fcntl).
bool is_locked(const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int file = ::open(path.c_str(), O_RDWR);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    ::_exit(file >= 0 && ::fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 1 : 0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

TEST_F(DoctorTest, examinations_and_backups_keep_the_locks_of_the_databases) {
  OpenData data = open_data(data_.path());
  const Installation view = view_of(data_.path(), data);
  const TestFolder other;
  ASSERT_TRUE(is_locked(view.folder.events()));
  EXPECT_EQ(find(examine_privacy(view, {.now_ms = kNowMs, .running = true, .program = "1", .log_file = {}}), "no_older_key").verdict, Verdict::Pass);
  [[maybe_unused]] const auto checks = examine_operation(view, {.now_ms = kNowMs, .running = true, .program = "1", .log_file = {}});
  ASSERT_TRUE(check_installation(view).has_value());
  ASSERT_TRUE(make_backup(view, other / "backup", kNowMs, "1").has_value());
  EXPECT_TRUE(is_locked(view.folder.events()));
}

// --- Operation ---

TEST_F(DoctorTest, a_folder_that_others_may_enter_fails) {
  fs::permissions(data_.path(), fs::perms::others_exec, fs::perm_options::add);
  expect_fail(operation(), "permissions", "701");
}

TEST_F(DoctorTest, a_file_that_others_may_write_fails) {
  data_.write("note", "x");
  fs::permissions(data_ / "note", fs::perms::others_write, fs::perm_options::add);
  expect_fail(operation(), "permissions", "can be written by others");
}

TEST_F(DoctorTest, batches_that_wait_for_long_fail_while_a_server_runs) {
  OpenData data = open_data(data_.path());
  ASSERT_TRUE(data.store->write(std::array{Statement{"DELETE FROM batches", {}}}).has_value());
  const int64_t later = data.journal->read_after(BatchId(1)).value().instant_ms + 600'000;
  const auto examine = [&](bool running) {
    return find(examine_operation(view_of(data_.path(), data), {.now_ms = later, .running = running, .program = "1", .log_file = {}}), "journal");
  };
  EXPECT_EQ(examine(false).verdict, Verdict::Pass);
  EXPECT_EQ(examine(true).verdict, Verdict::Fail);
}

TEST_F(DoctorTest, events_of_the_future_and_a_clock_of_the_past_fail) {
  expect_fail(operation(1'000'000'000'000), "clock", "before this program was made");
  add(page_view(1, kNowMs + kDayMs, 70, "/"));
  expect_fail(operation(), "clock", "1 events are of later");
}

TEST_F(DoctorTest, what_a_killed_command_left_is_noted) {
  fs::create_directories(data_ / "staging/backup-x");
  const struct timeval old[2] = {{.tv_sec = (kNowMs - 2 * kDayMs) / 1'000, .tv_usec = 0}, {.tv_sec = (kNowMs - 2 * kDayMs) / 1'000, .tv_usec = 0}};
  ASSERT_EQ(::utimes((data_ / "staging/backup-x").c_str(), old), 0);
  const Check check = find(operation(), "leftovers");
  EXPECT_EQ(check.verdict, Verdict::Note);
  EXPECT_THAT(check.found, HasSubstr("backup-x"));
}

TEST_F(DoctorTest, without_sites_or_administrators_that_is_noted) {
  EXPECT_THAT(find(operation(), "settings").found, HasSubstr("no administrator"));
  const TestFolder empty;
  OpenData data = open_data(empty.path());
  EXPECT_THAT(find(examine_operation(view_of(empty.path(), data), {.now_ms = kNowMs, .running = false, .program = "1", .log_file = {}}), "settings").found, HasSubstr("no site"));
}

TEST(Doctor, checks_survive_json) {
  const std::vector<Check> checks = {{"a", Verdict::Fail, "looked \"here\"", "found\n"}, {"b", Verdict::Pass, "there", ""}};
  const auto read = parse_checks(to_json(checks));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0].verdict, Verdict::Fail);
  EXPECT_EQ((*read)[0].looked_at, "looked \"here\"");
  EXPECT_EQ((*read)[1].name, "b");
  for (const char* broken : {"", "[]", "{}", R"({"checks": 1})", R"({"checks": [{"check": "a"}]})", R"({"checks": [{"check": "a", "looked_at": "", "found": "", "verdict": "maybe"}]})"}) {
    EXPECT_FALSE(parse_checks(broken)) << broken;
  }
}

TEST(PersonalText, what_is_of_a_person_is_found_and_versions_and_times_are_not) {
  for (const char* text : {"192.0.2.1", "/a/192.0.2.1", "from 192.0.2.1:443.", "[2001:db8::1]:443", "2001:db8:0:1::", "x 2001:0db8:0000:0000:0000:0000:0000:0001 y", "jane@example.org",
                           "/jane%40example.org", "/p?a=1&email=jane", "of 192.0.2.1: gone", "of 2001:db8::17: gone"}) {
    EXPECT_FALSE(find_personal(text).empty()) << text;
  }
  for (const char* text : {"/v/1.2.3", "/v/1.2.3.4.5", "/v/10.0.19041.1", "12:34:56", "/std::vector/at", "/a/::1", "@jane", "/@jane/1", "/p?email=", "/p?id=42", "300.1.2.3", "cafe:babe", ""}) {
    EXPECT_TRUE(find_personal(text).empty()) << text << " is " << find_personal(text);
  }
}

}  // namespace
}  // namespace noctule
