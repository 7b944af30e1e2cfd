// SPDX-License-Identifier: Apache-2.0
#include "noctule/privacy/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "noctule/base/random.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kNoonMs = 20'600 * kDayMs + kDayMs / 2;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool holds(const std::string& bytes, const Key& key) {
  return bytes.find(std::string_view(reinterpret_cast<const char*>(key.data()), key.size())) != std::string::npos;
}

class KeysTest : public testing::Test {
 protected:
  KeysTest() {
    std::string pattern = (fs::temp_directory_path() / "noctule-keys-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~KeysTest() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string file(const char* name) const { return folder_ + "/" + name; }
  KeyRing open(int64_t now_ms) const {
    auto ring = KeyRing::open(folder_, now_ms);
    EXPECT_TRUE(ring) << ring.error().message;
    return *std::move(ring);
  }

  std::string folder_;
};

TEST_F(KeysTest, keys_stay_within_a_day_and_over_a_restart) {
  const PseudonymKeys morning = *open(kNoonMs - kDayMs / 4).at(kNoonMs);
  const PseudonymKeys evening = *open(kNoonMs + kDayMs / 4).at(kNoonMs + kDayMs / 4);
  EXPECT_EQ(morning.visitor, evening.visitor);
  EXPECT_EQ(morning.echo, evening.echo);
  EXPECT_EQ(morning.event_id, evening.event_id);
  EXPECT_EQ(evening.day_number, 20'600);
}

TEST_F(KeysTest, the_file_is_its_owners_alone) {
  open(kNoonMs);
  struct stat status{};
  ASSERT_EQ(::stat(file("keys").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_FALSE(fs::exists(file("keys.new")));
}

TEST_F(KeysTest, a_new_day_has_a_new_visitor_key_and_the_echo_key_of_before) {
  KeyRing ring = open(kNoonMs);
  const PseudonymKeys first = *ring.at(kNoonMs), second = *ring.at(kNoonMs + kDayMs);
  EXPECT_NE(first.visitor, second.visitor);
  EXPECT_EQ(first.echo, second.echo);
  EXPECT_EQ(first.event_id, second.event_id);
  EXPECT_EQ(second.day_number, first.day_number + 1);
}

TEST_F(KeysTest, a_day_begins_at_midnight_utc) {
  KeyRing ring = open(kNoonMs);
  const Key before = ring.at(kNoonMs + kDayMs / 2 - 1)->visitor;
  EXPECT_EQ(before, ring.at(kNoonMs)->visitor);
  EXPECT_NE(before, ring.at(kNoonMs + kDayMs / 2)->visitor);
}

TEST_F(KeysTest, the_echo_key_lives_its_days_and_no_longer) {
  KeyRing ring = open(kNoonMs);
  const PseudonymKeys first = *ring.at(kNoonMs);
  EXPECT_EQ(ring.at(kNoonMs + (kEchoKeyDays - 1) * kDayMs)->echo, first.echo);
  const PseudonymKeys after = *ring.at(kNoonMs + kEchoKeyDays * kDayMs);
  EXPECT_NE(after.echo, first.echo);
  EXPECT_NE(after.event_id, first.event_id);
}

TEST_F(KeysTest, the_bytes_of_an_old_key_are_gone_from_the_file_that_held_them) {
  KeyRing ring = open(kNoonMs);
  const PseudonymKeys old = *ring.at(kNoonMs);
  fs::create_hard_link(file("keys"), file("held"));  // the same bytes on disk, under a name that stays
  ASSERT_TRUE(holds(bytes_of(file("held")), old.visitor));
  const PseudonymKeys fresh = *ring.at(kNoonMs + kDayMs);
  EXPECT_EQ(bytes_of(file("held")).find_first_not_of('\0'), std::string::npos);
  EXPECT_TRUE(holds(bytes_of(file("keys")), fresh.visitor));
  EXPECT_FALSE(holds(bytes_of(file("keys")), old.visitor));
}

TEST_F(KeysTest, an_old_key_is_destroyed_at_the_first_start_of_a_later_day) {
  const PseudonymKeys old = *open(kNoonMs).at(kNoonMs);
  fs::create_hard_link(file("keys"), file("held"));
  const PseudonymKeys fresh = *open(kNoonMs + 3 * kDayMs).at(kNoonMs + 3 * kDayMs);
  EXPECT_NE(old.visitor, fresh.visitor);
  EXPECT_FALSE(holds(bytes_of(file("held")), old.visitor));
}

TEST_F(KeysTest, a_clock_that_goes_back_over_midnight_keeps_the_newer_keys) {
  KeyRing ring = open(kNoonMs);
  const Key newer = ring.at(kNoonMs + kDayMs)->visitor;
  EXPECT_EQ(ring.at(kNoonMs)->visitor, newer);
  EXPECT_EQ(open(kNoonMs).at(kNoonMs)->visitor, newer);
}

TEST_F(KeysTest, a_clock_that_was_years_ahead_does_not_keep_one_key_for_years) {
  const PseudonymKeys wrong = *open(kNoonMs + 4'000 * kDayMs).at(kNoonMs + 4'000 * kDayMs);
  KeyRing ring = open(kNoonMs);
  const PseudonymKeys right = *ring.at(kNoonMs);
  EXPECT_NE(right.visitor, wrong.visitor);
  EXPECT_NE(right.echo, wrong.echo);
  EXPECT_NE(ring.at(kNoonMs + kDayMs)->visitor, right.visitor);
}

TEST_F(KeysTest, a_folder_that_cannot_be_written_leaves_the_new_key_in_memory_and_says_so) {
  KeyRing ring = open(kNoonMs);
  const PseudonymKeys old = *ring.at(kNoonMs);
  fs::create_directory(file("keys.new"));
  fs::create_hard_link(file("keys"), file("held"));
  const int64_t tomorrow = kNoonMs + kDayMs;
  const auto failed = ring.at(tomorrow);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::Io);
  EXPECT_THAT(failed.error().message, HasSubstr("keys.new: cannot create"));
  const auto in_memory = ring.at(tomorrow + 1);
  ASSERT_TRUE(in_memory);
  EXPECT_NE(in_memory->visitor, old.visitor);
  EXPECT_EQ(in_memory->echo, old.echo);
  EXPECT_FALSE(holds(bytes_of(file("held")), old.visitor)) << "the old key outlived its day";
  EXPECT_FALSE(fs::exists(file("keys")));

  EXPECT_FALSE(ring.at(tomorrow + kKeyRetryMs)) << "tried again, and still impossible";
  fs::remove(file("keys.new"));
  ASSERT_TRUE(ring.at(tomorrow + 2 * kKeyRetryMs));
  EXPECT_EQ(open(tomorrow).at(tomorrow)->visitor, in_memory->visitor);
}

TEST_F(KeysTest, a_full_disk_leaves_no_old_key_behind) {
  KeyRing ring = open(kNoonMs);
  const PseudonymKeys old = *ring.at(kNoonMs);
  fs::create_hard_link(file("keys"), file("held"));
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit small{.rlim_cur = 16, .rlim_max = limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto failed = ring.at(kNoonMs + kDayMs);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("cannot write"));
  EXPECT_FALSE(fs::exists(file("keys")));
  EXPECT_FALSE(fs::exists(file("keys.new")));
  EXPECT_NE(ring.at(kNoonMs + kDayMs)->visitor, old.visitor);
}

TEST_F(KeysTest, a_missing_folder_is_an_error_at_the_start) {
  const auto ring = KeyRing::open(file("nowhere"), kNoonMs);
  ASSERT_FALSE(ring);
  EXPECT_EQ(ring.error().code, ErrorCode::Io);
}

TEST_F(KeysTest, a_damaged_file_is_an_error_that_says_what_to_do) {
  open(kNoonMs);
  std::string bytes = bytes_of(file("keys"));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  for (const std::string& damaged : {bytes, bytes.substr(0, 40), bytes + "x", std::string()}) {
    std::ofstream(file("keys"), std::ios::binary | std::ios::trunc) << damaged;
    const auto ring = KeyRing::open(folder_, kNoonMs);
    ASSERT_FALSE(ring);
    EXPECT_EQ(ring.error().code, ErrorCode::Corrupt);
    EXPECT_THAT(ring.error().message, HasSubstr("remove it"));
  }
}

// The states in which a replacement can be cut off: nothing done, the new file half written, the new file whole, the old one
// overwritten as well.
TEST_F(KeysTest, a_replacement_that_was_cut_off_ends_with_the_old_keys_or_the_new_ones) {
  const PseudonymKeys old = *open(kNoonMs).at(kNoonMs);
  const std::string old_bytes = bytes_of(file("keys"));
  const PseudonymKeys fresh = *open(kNoonMs + kDayMs).at(kNoonMs + kDayMs);
  const std::string new_bytes = bytes_of(file("keys"));
  const auto put = [&](const char* name, const std::string& bytes) { std::ofstream(file(name), std::ios::binary | std::ios::trunc) << bytes; };

  put("keys", old_bytes);
  put("keys.new", new_bytes.substr(0, 50));
  EXPECT_EQ(open(kNoonMs).at(kNoonMs)->visitor, old.visitor);

  for (const std::string& first : {old_bytes, std::string(old_bytes.size(), '\0'), old_bytes.substr(0, 7)}) {
    put("keys", first);
    put("keys.new", new_bytes);
    fs::remove(file("held"));
    fs::create_hard_link(file("keys"), file("held"));
    EXPECT_EQ(open(kNoonMs + kDayMs).at(kNoonMs + kDayMs)->visitor, fresh.visitor);
    EXPECT_FALSE(fs::exists(file("keys.new")));
    EXPECT_FALSE(holds(bytes_of(file("held")), old.visitor));
  }
}

TEST_F(KeysTest, a_link_in_place_of_the_file_is_not_followed) {
  std::ofstream(file("other")) << "kept";
  fs::create_symlink(file("other"), file("keys"));
  EXPECT_FALSE(KeyRing::open(folder_, kNoonMs));
  EXPECT_EQ(bytes_of(file("other")), "kept");
}

TEST_F(KeysTest, threads_that_ask_over_midnight_agree_on_one_key_a_day) {
  KeyRing ring = open(kNoonMs);
  std::vector<std::set<Key>> seen(4);
  std::vector<std::thread> threads;
  for (auto& mine : seen) {
    threads.emplace_back([&ring, &mine] {
      for (int64_t step = 0; step < 400; ++step) mine.insert(ring.at(kNoonMs + step / 200 * kDayMs)->visitor);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<Key> all;
  for (const auto& mine : seen) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 2U);
}

// Each new key is synced to disk three times: few and short runs.
TEST_F(KeysTest, whatever_the_clock_does_a_key_serves_two_of_its_days_at_most) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    fs::remove(file("keys"));
    Random random(seed);
    KeyRing ring = open(kNoonMs);
    std::map<Key, std::set<int64_t>> served;
    for (int step = 0; step < 12; ++step) {
      const int64_t day = static_cast<int64_t>(random.below(seed % 2 == 0 ? 4 : 70));
      served[ring.at(kNoonMs + day * kDayMs)->visitor].insert(day);
    }
    // A key made on one day also serves the day before, where the clock goes back over midnight.
    for (const auto& [key, on] : served) EXPECT_LE(*on.rbegin() - *on.begin(), 1);
  }
}

}  // namespace
}  // namespace noctule
