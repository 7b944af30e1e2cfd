// SPDX-License-Identifier: Apache-2.0
#include "noctule/import/log_import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "analyze/log_lines.h"
#include "logs/temporary_folder.h"
#include "noctule/simulate/world.h"

namespace noctule {
namespace {

using testing::kDay, testing::kHour, testing::kMinute, testing::kStart_ms, testing::TemporaryFolder, testing::text, testing::view;

Site example_site() {
  Site site;
  site.id = static_cast<SiteId>(4);
  site.domain = "example.org";
  return site;
}

// What a row says, kept beyond its chunk.
struct Kept {
  EventRow row;
  std::string path, entry, app, source, rules, browser;
};

struct Imported {
  ImportSummary summary;
  std::vector<Kept> rows;
  std::vector<std::string> files;
};

class LogImport : public ::testing::Test {
 protected:
  static constexpr int64_t kNow_ms = kStart_ms + 30 * kDay;

  Imported import(const std::vector<std::string>& paths, bool settled_only = false, int64_t now_ms = kNow_ms, std::string folder = {}) {
    Imported out;
    if (folder.empty()) folder = folder_.path();
    Ledger ledger = *Ledger::open(folder);
    const std::string file = ledger.next_file();
    RowFileWriter writer = *RowFileWriter::create(file);
    LogImportOptions options;
    options.analyze.paths = paths;
    options.site = site_;
    options.settled_only = settled_only;
    options.now_ms = now_ms;
    auto summary = import_logs(options, ledger, writer);
    EXPECT_TRUE(summary) << summary.error().message;
    if (!summary) return out;
    out.summary = *std::move(summary);
    out.files = waiting_row_files(folder);
    if (auto reader = RowFileReader::open(file)) keep(*reader, out.rows);
    return out;
  }

  static void keep(RowFileReader& reader, std::vector<Kept>& rows) {
    for (auto chunk = reader.next(); chunk && !chunk->empty(); chunk = reader.next()) {
      for (const EventRow& row : *chunk) {
        rows.push_back({row, std::string(row.path), std::string(row.entry_path), std::string(row.app), std::string(row.source), std::string(row.rules), std::string(row.browser)});
      }
    }
  }

  // What the owner of the store does when a file was loaded.
  void load_all() {
    for (const std::string& path : waiting_row_files(folder_.path())) {
      const RowFileReader reader = *RowFileReader::open(path);
      ASSERT_TRUE(keep_marks(folder_.path(), reader.head()));
      std::filesystem::remove(path);
    }
  }

  static std::string two_visits() {
    std::string log = view({.target = "/p/7?utm_source=telegram&email=ann%40example.org", .address = "192.0.2.1"});
    log += view({.at_ms = kMinute, .target = "/p/8", .referrer = "https://www.example.org/p/7", .address = "192.0.2.1"});
    log += view({.at_ms = 2 * kMinute, .target = "/p/7", .referrer = "https://news.example.net/x", .address = "192.0.2.2"});
    log += text({.at_ms = 3 * kMinute, .target = "/p/9", .agent = "WhatsApp/2.23.20.0", .address = "192.0.2.7"});
    return log;
  }

  TemporaryFolder folder_;
  Site site_ = example_site();
};

TEST_F(LogImport, the_log_of_another_site_is_refused_by_name) {
  std::string log;
  for (int i = 0; i < 600; ++i) log += view({.at_ms = i * kMinute, .target = "/p/7", .address = "192.0.2.1"}, "www.other.example");
  const std::string path = folder_.write("access.log", log);
  Ledger ledger = *Ledger::open(folder_.path());
  RowFileWriter writer = *RowFileWriter::create(ledger.next_file());
  LogImportOptions options;
  options.analyze.paths = {path};
  options.site = example_site();
  options.now_ms = kNow_ms;
  const auto refused = import_logs(options, ledger, writer);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
  EXPECT_NE(refused.error().message.find("looks like the log of other.example"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(waiting_row_files(folder_.path()).empty());
  options.site.hosts = {"www.other.example"};
  RowFileWriter again = *RowFileWriter::create(ledger.next_file());
  const auto imported = import_logs(options, ledger, again);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->views, 600u);
}

TEST_F(LogImport, a_visit_gives_its_views_with_one_attribution_and_right_sums) {
  const Imported got = import({folder_.write("access.log", two_visits())});
  EXPECT_EQ(got.summary.visits, 2u);
  EXPECT_EQ(got.summary.views, 3u);
  EXPECT_EQ(got.summary.pastes, 1u);
  ASSERT_EQ(got.rows.size(), 4u);
  int visits = 0, bounces = 0;
  int64_t duration_ms = 0;
  for (const Kept& kept : got.rows) {
    visits += kept.row.visits;
    bounces += kept.row.bounces;
    duration_ms += kept.row.duration_ms;
    EXPECT_EQ(kept.row.site, 4u);
    EXPECT_EQ(kept.row.origin, static_cast<uint8_t>(EventOrigin::Log));
  }
  EXPECT_EQ(visits, 2);
  EXPECT_EQ(bounces, 1);
  EXPECT_EQ(duration_ms, kMinute);
  const Kept& paste = got.rows[0];
  EXPECT_EQ(paste.row.kind, static_cast<uint8_t>(EventKind::Unfurl));
  EXPECT_EQ(paste.app, "whatsapp");
  EXPECT_EQ(paste.row.is_private, static_cast<uint8_t>(Private::Yes));
  EXPECT_EQ(paste.row.visitor, 0u);
  EXPECT_EQ(got.rows[1].app, "telegram");
  EXPECT_EQ(got.rows[2].app, "telegram");
  EXPECT_EQ(got.rows[2].entry, "/p/7");
  EXPECT_EQ(got.rows[2].path, "/p/8");
  EXPECT_EQ(got.rows[1].row.visit, got.rows[2].row.visit);
  EXPECT_EQ(got.rows[1].browser, "Firefox");
  EXPECT_EQ(got.rows[3].source, "news.example.net");
}

TEST_F(LogImport, a_page_has_the_name_that_the_script_gives_it) {
  std::string log = view({.target = "/?session=1&lang=fr&utm_source=mastodon", .address = "192.0.2.1"});
  log += view({.at_ms = kMinute, .target = "/u/ann%40example.org/reset/Zk9xYq2Lm4Pw7Rt1", .referrer = "https://www.example.org/", .address = "192.0.2.1"});
  const Imported got = import({folder_.write("access.log", log)});
  ASSERT_EQ(got.rows.size(), 2u);
  EXPECT_EQ(got.rows[0].path, "/");
  EXPECT_EQ(got.rows[1].path, "/u/***/reset/***");
  EXPECT_EQ(got.rows[1].entry, "/");
}

TEST_F(LogImport, a_paste_is_of_the_page_that_the_script_names_also_where_its_query_tells_pages_apart) {
  site_.query_parameters = {"p"};
  std::string log = text({.target = "/?p=42&utm_source=x", .agent = "WhatsApp/2.23.20.0", .address = "192.0.2.7"});
  log += view({.at_ms = kMinute, .target = "/?p=42", .address = "192.0.2.1"});
  const Imported got = import({folder_.write("access.log", log)});
  ASSERT_EQ(got.rows.size(), 2u);
  EXPECT_EQ(got.rows[0].row.kind, static_cast<uint8_t>(EventKind::Unfurl));
  EXPECT_EQ(got.rows[0].path, "/?p=42");
  EXPECT_EQ(got.rows[1].path, "/?p=42");
}

TEST_F(LogImport, nothing_that_names_a_person_is_written) {
  const Imported got = import({folder_.write("access.log", two_visits())});
  ASSERT_EQ(got.files.size(), 1u);
  std::ifstream in(got.files[0], std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  for (const char* secret : {"192.0.2", "ann", "%40", "email"}) EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
}

TEST_F(LogImport, the_same_log_again_gives_nothing_also_before_it_is_loaded_and_under_another_name) {
  const std::string path = folder_.write("access.log", two_visits());
  EXPECT_EQ(import({path}).rows.size(), 4u);
  const Imported again = import({path});
  EXPECT_EQ(again.rows.size(), 0u);
  EXPECT_EQ(again.summary.visits_before, 2u);
  load_all();
  EXPECT_EQ(import({folder_.write("access.log.1", two_visits())}).rows.size(), 0u);
}

TEST_F(LogImport, of_a_log_that_has_grown_only_what_is_new_is_imported) {
  std::string log = two_visits();
  import({folder_.write("access.log", log)});
  load_all();
  log += view({.at_ms = 3 * kHour, .target = "/p/9", .address = "192.0.2.3"});
  const Imported got = import({folder_.write("access.log", log)});
  ASSERT_EQ(got.rows.size(), 1u);
  EXPECT_EQ(got.rows[0].path, "/p/9");
}

TEST_F(LogImport, of_a_live_log_pastes_come_after_two_minutes_and_visits_when_they_are_over) {
  std::string log = view({.target = "/p/7", .address = "192.0.2.1"});
  log += text({.at_ms = kMinute, .target = "/p/9", .agent = "WhatsApp/2.23.20.0", .address = "192.0.2.7"});
  log += view({.at_ms = 2 * kMinute, .target = "/p/8", .address = "192.0.2.2"});
  EXPECT_EQ(import({folder_.write("access.log", log)}, true).rows.size(), 0u) << "further fetches may belong to the paste";
  log += text({.at_ms = 4 * kMinute, .target = "/p/10", .agent = "WhatsApp/2.23.20.0", .address = "192.0.2.8"});
  const Imported first = import({folder_.write("access.log", log)}, true);
  ASSERT_EQ(first.rows.size(), 1u);
  EXPECT_EQ(first.rows[0].path, "/p/9");
  load_all();
  log += view({.at_ms = 40 * kMinute, .target = "/p/11", .address = "192.0.2.3"});
  const Imported second = import({folder_.write("access.log", log)}, true);
  std::vector<std::string> paths;
  for (const Kept& kept : second.rows) paths.push_back(kept.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"/p/10", "/p/7", "/p/8"}));
}

TEST_F(LogImport, of_what_came_within_half_an_hour_after_an_import_visits_that_began_then_come_with_the_next_one) {
  std::string log = two_visits();
  EXPECT_EQ(import({folder_.write("access.log", log)}).summary.visits, 2u);
  load_all();
  log += view({.at_ms = 10 * kMinute, .target = "/p/10", .address = "192.0.2.9"});
  log += view({.at_ms = 12 * kMinute, .target = "/p/11", .referrer = "https://www.example.org/p/7", .address = "192.0.2.2"});
  log += view({.at_ms = 40 * kMinute, .target = "/p/12", .referrer = "https://www.example.org/p/11", .address = "192.0.2.2"});
  const Imported got = import({folder_.write("access.log", log)});
  ASSERT_EQ(got.rows.size(), 1u) << "a visit that was imported while it went on is not imported twice";
  EXPECT_EQ(got.rows[0].path, "/p/10");
  load_all();
  EXPECT_EQ(import({folder_.write("access.log", log)}, true).rows.size(), 0u);
}

TEST_F(LogImport, pastes_right_after_an_import_come_with_the_next_one) {
  std::string log = two_visits();
  EXPECT_EQ(import({folder_.write("access.log", log)}).summary.pastes, 1u);
  load_all();
  log += text({.at_ms = 10 * kMinute, .target = "/p/10", .agent = "WhatsApp/2.23.20.0", .address = "192.0.2.8"});
  const Imported got = import({folder_.write("access.log", log)});
  ASSERT_EQ(got.rows.size(), 1u);
  EXPECT_EQ(got.rows[0].path, "/p/10");
}

// However a live log is cut into imports, no row comes twice, none comes that one import at the end would not give, and none is
// missing but of visitors whom only a later visit showed to be people.
TEST_F(LogImport, a_live_log_imported_piece_by_piece_gives_what_one_import_gives) {
  const std::string path = folder_.path("world.log");
  std::ofstream out(path);
  WorldOptions world;
  world.days = 2;
  world.visits_per_day = 150;
  world.start_ms = kStart_ms;
  world.host = "www.example.org";
  ASSERT_TRUE(simulate_world(world, out));
  out.close();
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");

  const auto key = [](const Kept& kept) {
    return std::tuple(kept.row.time, kept.path, kept.row.kind, kept.row.visits, kept.row.bounces, kept.row.duration_ms);
  };
  std::multiset<decltype(key({}))> pieces, whole;
  std::string growing;
  uint64_t left_open = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    growing += lines[i];
    const bool last = i + 1 == lines.size();
    if (!last && i % (lines.size() / 5) != 0) continue;
    const Imported got = import({folder_.write("live.log", growing)}, !last);
    left_open += got.summary.visits_open;
    for (const Kept& kept : got.rows) pieces.insert(key(kept));
    load_all();
  }
  const TemporaryFolder other;
  for (const Kept& kept : import({path}, false, kNow_ms, other.path()).rows) whole.insert(key(kept));
  EXPECT_GT(left_open, 0u);
  EXPECT_TRUE(std::ranges::includes(whole, pieces));
  EXPECT_GT(pieces.size(), whole.size() * 9 / 10);
}

TEST_F(LogImport, views_of_foreign_hosts_are_left_out_and_named) {
  const std::string line = "{} 192.0.2.{} - - [{}] \"GET {} HTTP/1.1\" 200 512 \"{}\" \"{}\"\n";
  std::string log;
  for (int i = 1; i <= 30; ++i) {
    for (const char* host : {"www.example.org", "example.net"}) {
      log += fmt::format(fmt::runtime(line), host, i, testing::stamp(i * kMinute), "/p/7", "-", testing::kFirefox);
      log += fmt::format(fmt::runtime(line), host, i, testing::stamp(i * kMinute), "/style.css", fmt::format("https://{}/p/7", host), testing::kFirefox);
    }
  }
  const Imported got = import({folder_.write("access.log", log)});
  EXPECT_EQ(got.summary.refused_hosts, std::vector<std::string>{"example.net"});
  EXPECT_EQ(got.summary.views, 30u);
}

TEST_F(LogImport, two_imports_at_a_time_are_refused) {
  const Ledger ledger = *Ledger::open(folder_.path());
  const auto second = Ledger::open(folder_.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Exhausted);
}

TEST_F(LogImport, the_key_of_a_day_is_kept_until_the_day_after_and_older_ones_never) {
  constexpr int64_t kNow = 20'000 * kDay;
  Key today, old;
  {
    Ledger ledger = *Ledger::open(folder_.path());
    today = *ledger.key_of_day(20'000, kNow);
    old = *ledger.key_of_day(19'000, kNow);
    EXPECT_EQ(*ledger.key_of_day(19'000, kNow), old);
  }
  {
    Ledger ledger = *Ledger::open(folder_.path());
    EXPECT_EQ(*ledger.key_of_day(20'000, kNow + kDay), today);
    EXPECT_NE(*ledger.key_of_day(19'000, kNow), old);
    EXPECT_NE(*ledger.key_of_day(20'003, kNow + 3 * kDay), today);
  }
  Ledger ledger = *Ledger::open(folder_.path());
  EXPECT_NE(*ledger.key_of_day(20'000, kNow + 3 * kDay), today);
}

}  // namespace
}  // namespace noctule
