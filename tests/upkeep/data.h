#pragma once
// SPDX-License-Identifier: Apache-2.0
// A data folder with something in it: two sites, rows in the store, batches that wait in the journal, a key of the day.
#include <condition_variable>
#include <mutex>

#include "folder.h"
#include "noctule/privacy/keys.h"
#include "noctule/upkeep/backup.h"

namespace noctule {

inline constexpr int64_t kDayMs = 86'400'000;
inline constexpr int64_t kNowMs = 1'790'000'000'000;  // 2026-09-21T14:13:20Z

inline EventRow page_view(uint32_t site, int64_t time, uint64_t visitor, std::string_view path) {
  EventRow row;
  row.site = site;
  row.time = time;
  row.visitor = visitor;
  row.visit = 1;
  row.host = "example.org";
  row.path = row.entry_path = path;
  row.visits = row.bounces = 1;
  return row;
}

// Appends one batch and waits until it is on the disk.
inline void append_durably(Journal& journal, std::string_view bytes) {
  std::mutex mutex;
  std::condition_variable settled;
  bool done = false;
  journal.add_listener([&](Journal::Place, const Result<void>& outcome) {
    EXPECT_TRUE(outcome.has_value());
    const std::lock_guard lock(mutex);
    done = true;
    settled.notify_all();
  });
  ASSERT_TRUE(journal.append(bytes, 1).has_value());
  std::unique_lock lock(mutex);
  settled.wait(lock, [&] { return done; });
}

struct OpenData {
  Settings settings;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Store> store;
};

inline OpenData open_data(const std::string& folder) {
  const DataFolder data(folder);
  return {Settings::open(folder).value(), Journal::open({.path = data.journal()}).value(), open_duckdb({.path = data.events()}).value()};
}

inline Installation view_of(const std::string& folder, OpenData& data) { return {DataFolder(folder), data.settings, *data.journal, *data.store}; }

inline int64_t count_rows(Store& store) { return std::get<int64_t>(store.read({"SELECT COUNT(*) FROM events", {}}).value().rows[0][0]); }

// Sites 1 and 2, three rows of site 1, one batch in the journal, a key.
inline void fill(const std::string& folder) {
  OpenData data = open_data(folder);
  ASSERT_TRUE(data.settings.add_site("example.org", {}).has_value());
  ASSERT_TRUE(data.settings.add_site("example.com", {}).has_value());
  const std::array rows = {page_view(1, kNowMs, 11, "/a"), page_view(1, kNowMs, 12, "/b"), page_view(1, kNowMs, 13, "/c")};
  ASSERT_TRUE(data.store->append(BatchId(1), rows).has_value());
  append_durably(*data.journal, "waits");
  ASSERT_TRUE(KeyRing::open(folder, kNowMs).has_value());
}

}  // namespace noctule
