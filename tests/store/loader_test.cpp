// SPDX-License-Identifier: Apache-2.0
#include "noctule/store/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "logs/temporary_folder.h"
#include "noctule/sqlite/database.h"
#include "store/chain.h"
#include "store/rows.h"
#include "store/visits.h"

namespace noctule {
namespace {

using testing::Chain;
using testing::encoded;
using testing::integer;
using testing::kPatience_ms;
using testing::kMinute;
using testing::kNoon;
using testing::page;
using testing::TemporaryFolder;

TEST(Loader, what_was_settled_is_stored_and_leaves_the_journal) {
  const TemporaryFolder folder;
  Chain chain(folder);
  chain.settle(std::vector<Event>{page(kNoon, 7, "/"), page(kNoon + kMinute, 7, "/about")});
  chain.load_all();
  chain.settle(std::vector<Event>{page(kNoon + 2 * kMinute, 7, "/shop/")});
  chain.load_all();
  EXPECT_EQ(integer(chain.store->read({"SELECT count(*) FROM events", {}})), 3);
  EXPECT_EQ(integer(chain.store->read({"SELECT sum(visits) FROM events", {}})), 1);
  EXPECT_EQ(integer(chain.store->read({"SELECT sum(bounces) FROM events", {}})), 0);
  EXPECT_EQ(integer(chain.store->read({"SELECT sum(duration_ms) FROM events", {}})), 2 * kMinute);
  EXPECT_EQ(chain.journal->status().batches_waiting, 0u);
  EXPECT_EQ(chain.loader->status().events, 3u);
  EXPECT_EQ(chain.loader->status().open_visits, 1u);
}

TEST(Loader, batches_that_were_loaded_and_not_removed_are_not_loaded_twice) {
  const TemporaryFolder folder;
  Chain chain(folder);
  chain.settle(std::vector<Event>{page(kNoon, 7, "/")});
  const BatchId batch = chain.journal->read_after(BatchId::None)->id;
  const EventRow row = testing::page_view(kNoon, 7, "/");
  ASSERT_TRUE(chain.store->append(batch, {&row, 1}));
  chain.load_all();
  chain.settle(std::vector<Event>{page(kNoon + kMinute, 8, "/")});
  chain.load_all();
  EXPECT_EQ(integer(chain.store->read({"SELECT count(*) FROM events", {}})), 2);
  EXPECT_EQ(chain.journal->status().batches_waiting, 0u);
}

TEST(Loader, an_id_that_came_before_a_restart_is_known_after_it) {
  const TemporaryFolder folder;
  Event event = page(kNoon, 7, "/");
  event.id = 42;
  for (int i = 0; i < 3; ++i) {
    Chain chain(folder);
    chain.settle({&event, 1});
    chain.load_all();
    EXPECT_EQ(chain.loader->status().duplicates, i == 0 ? 0u : 1u);
    EXPECT_EQ(integer(chain.store->read({"SELECT count(*) FROM events", {}})), 1);
  }
}

TEST(Loader, events_that_cannot_be_read_are_counted_and_set_aside_and_the_rest_is_loaded) {
  const TemporaryFolder folder;
  Chain chain(folder);
  const std::vector<Event> events = {page(kNoon, 7, "/"), page(kNoon + kMinute, 7, "/about")};
  std::string broken = encoded(events);
  broken.resize(broken.size() - 3);
  ASSERT_TRUE(chain.settling.wait(*chain.journal->append(broken, 2)));
  chain.settle(std::vector<Event>{page(kNoon + 2 * kMinute, 7, "/shop/")});
  chain.load_all();
  EXPECT_EQ(integer(chain.store->read({"SELECT count(*) FROM events", {}})), 2);
  EXPECT_EQ(chain.loader->status().unreadable, 1u);
  auto database = sqlite::Database::open(folder.path("journal.db")).value();
  auto kept = database.prepare("SELECT count(*), max(length(bytes)) FROM set_aside").value();
  ASSERT_EQ(kept.step(), true);
  EXPECT_EQ(kept.integer(0), 1);
  EXPECT_EQ(kept.integer(1), static_cast<int64_t>(broken.size()));
}

// A store that fails as long as it is told to.
class Failing final : public Store {
 public:
  explicit Failing(Store& store) : store_(store) {}
  std::atomic<int> failures{0}, attempts{0};
  std::atomic<ErrorCode> code{ErrorCode::Io};

  Result<void> append(BatchId batch, std::span<const EventRow> rows, std::span<const uint64_t> ids) override {
    ++attempts;
    if (failures-- > 0) return fail(code, "the disk is tired");
    return store_.append(batch, rows, ids);
  }
  Result<BatchId> loaded_through() override { return store_.loaded_through(); }
  Result<void> add(const NextRows& rows, std::span<const Statement> also) override { return store_.add(rows, also); }
  Result<Table> read(const Statement& statement) override { return store_.read(statement); }
  Result<void> write(std::span<const Statement> statements) override { return store_.write(statements); }
  [[nodiscard]] const Dialect& dialect() const override { return store_.dialect(); }
  Result<StoreStatus> status() override { return store_.status(); }
  Result<std::vector<std::string>> check() override { return store_.check(); }
  Result<void> backup_to(const std::string& path) override { return store_.backup_to(path); }
  Result<void> export_to(const Statement& statement, const std::string& path, std::string_view format) override { return store_.export_to(statement, path, format); }

 private:
  Store& store_;
};

TEST(Loader, a_store_that_fails_is_asked_again_and_nothing_is_lost_or_doubled) {
  const TemporaryFolder folder;
  Chain chain(folder);
  Failing failing(*chain.store);
  failing.failures = 3;
  chain.settle(std::vector<Event>{page(kNoon, 7, "/"), page(kNoon + kMinute, 7, "/about")});
  const auto loader = Loader::start(*chain.journal, failing).value();
  ASSERT_TRUE(loader->catch_up(kPatience_ms));
  EXPECT_EQ(failing.attempts, 4);
  EXPECT_EQ(integer(chain.store->read({"SELECT count(*) FROM events", {}})), 2);
  EXPECT_EQ(integer(chain.store->read({"SELECT sum(bounces) FROM events", {}})), 0);
  EXPECT_EQ(loader->status().error, "");
}

TEST(Loader, a_broken_store_does_not_keep_it_from_stopping_and_the_journal_keeps_everything) {
  const TemporaryFolder folder;
  Chain chain(folder);
  {
    Failing failing(*chain.store);
    failing.failures = 1'000'000;
    chain.settle(std::vector<Event>{page(kNoon, 7, "/")});
    const auto loader = Loader::start(*chain.journal, failing).value();
    while (loader->status().error.empty()) std::this_thread::yield();
    EXPECT_THAT(loader->status().error, ::testing::HasSubstr("tired"));
    chain.settle(std::vector<Event>{page(kNoon + kMinute, 7, "/about")});
    EXPECT_FALSE(loader->catch_up(0));
  }
  EXPECT_EQ(chain.journal->status().batches_waiting, 2u);
  chain.load_all();
  EXPECT_EQ(integer(chain.store->read({"SELECT count(*) FROM events", {}})), 2);
}

TEST(Loader, a_batch_that_the_store_will_never_take_is_set_aside_and_the_others_are_loaded) {
  const TemporaryFolder folder;
  Chain chain(folder);
  Failing failing(*chain.store);
  failing.code = ErrorCode::InvalidInput;
  failing.failures = 2;  // all together, then the first one alone
  chain.settle(std::vector<Event>{page(kNoon, 7, "/")});
  chain.settle(std::vector<Event>{page(kNoon, 8, "/")});
  const auto loader = Loader::start(*chain.journal, failing).value();
  ASSERT_TRUE(loader->catch_up(kPatience_ms));
  EXPECT_EQ(integer(chain.store->read({"SELECT sum(visitor) FROM events", {}})), 8);
  EXPECT_EQ(loader->status().unreadable, 1u);
  EXPECT_EQ(chain.journal->status().batches_corrupt, 1u);
}

TEST(Loader, a_listener_sees_each_row_once_after_it_is_stored) {
  const TemporaryFolder folder;
  Chain chain(folder);
  chain.load();
  std::atomic<int> seen = 0;
  chain.loader->set_listener([&](std::span<const EventRow> rows) {
    for (const EventRow& row : rows) EXPECT_EQ(row.host, "example.org");
    seen += static_cast<int>(rows.size());
    EXPECT_EQ(integer(chain.store->read({"SELECT count(*) FROM events", {}})), seen.load());
  });
  for (int i = 0; i < 5; ++i) {
    chain.settle(std::vector<Event>{page(kNoon + i, 7, "/"), page(kNoon + i, 8, "/")});
    chain.load_all();
  }
  EXPECT_EQ(seen, 10);
}

TEST(Loader, a_journal_that_stops_is_emptied_first) {
  const TemporaryFolder folder;
  Chain chain(folder);
  chain.load();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(chain.journal->append(encoded(std::vector<Event>{page(kNoon + i, 7, "/")}), 1));
  chain.journal->stop();
  while (!chain.journal->is_stopped()) std::this_thread::yield();
  chain.load_all();
  EXPECT_EQ(integer(chain.store->read({"SELECT count(*) FROM events", {}})), 50);
}

}  // namespace
}  // namespace noctule
