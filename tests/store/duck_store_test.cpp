// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include "logs/temporary_folder.h"
#include "noctule/store/store.h"
#include "store/rows.h"

namespace noctule {
namespace {

using testing::integer;
using testing::page_view;
using testing::TemporaryFolder;
using testing::text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::unique_ptr<Store> open_in(const TemporaryFolder& folder) {
  return open_duckdb({.path = folder.path("events.duckdb"), .backup_folder = folder.path()}).value();
}

// All columns of a row differ from their defaults; texts are of every length around the 12 bytes that DuckDB keeps inline.
struct FullRow {
  std::vector<std::string> texts;
  EventRow row;
};

FullRow make_full_row(uint64_t seed) {
  FullRow full;
  full.texts.reserve(kEventColumns);
  uint64_t number = seed;
  for_each_column(full.row, [&](std::string_view name, auto& field) {
    using Cell = std::remove_cvref_t<decltype(field)>;
    number = number * 6364136223846793005ULL + 1442695040888963407ULL;
    if constexpr (std::is_same_v<Cell, std::string_view>) {
      std::string made(number >> 59, 'x');
      if (!made.empty()) made.append("é").append(std::to_string(number));
      field = full.texts.emplace_back(name == "properties" ? "{\"k\":\"" + made + "\"}" : made);
    } else {
      field = static_cast<Cell>(name == "time" ? number >> 23 : number >> 3);
    }
  });
  return full;
}

std::vector<std::string> printed(const EventRow& row) {
  std::vector<std::string> cells;
  for_each_column(row, [&](std::string_view, const auto& field) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, std::string_view>) cells.emplace_back(field);
    else cells.push_back(std::to_string(field));
  });
  return cells;
}

std::string printed_column(const std::string& name) {
  if (name == "time") return "CAST(epoch_ms(time) AS VARCHAR)";
  if (name == "deep" || name == "dark") return "CAST(CAST(" + name + " AS INTEGER) AS VARCHAR)";
  return "CAST(" + name + " AS VARCHAR)";
}

std::string printed_columns() {
  std::string list;
  const EventRow row;
  for_each_column(row, [&](const char* name, const auto&) { list.append(list.empty() ? "" : ", ").append(printed_column(name)); });
  return list;
}

RC_GTEST_PROP(Store, rows_come_back_as_they_went_in, (const std::vector<uint64_t>& seeds)) {
  const auto store = open_duckdb({.path = ":memory:"}).value();
  std::vector<FullRow> full;
  for (const uint64_t seed : seeds) full.push_back(make_full_row(seed));
  std::vector<EventRow> rows;
  std::vector<std::vector<std::string>> wanted, found;
  for (const FullRow& row : full) {
    rows.push_back(row.row);
    wanted.push_back(printed(row.row));
  }
  RC_ASSERT(store->append(BatchId{1}, rows).has_value());
  const Result<Table> table = store->read({"SELECT " + printed_columns() + " FROM events ORDER BY rowid", {}});
  RC_ASSERT(table.has_value());
  for (const auto& row : table->rows) {
    auto& cells = found.emplace_back();
    for (const Value& cell : row) cells.push_back(std::get<std::string>(cell));
  }
  RC_ASSERT(found == wanted);
}

TEST(Store, the_table_has_the_columns_of_a_row) {
  const TemporaryFolder folder;
  const Result<Table> table = open_in(folder)->read({"SELECT column_name FROM duckdb_columns() WHERE table_name = 'events' ORDER BY column_index", {}});
  std::vector<std::string> found, wanted;
  for (const auto& row : table->rows) found.push_back(std::get<std::string>(row[0]));
  const EventRow row;
  for_each_column(row, [&](const char* name, const auto&) { wanted.emplace_back(name); });
  EXPECT_EQ(found, wanted);
}

TEST(Store, more_rows_than_fit_a_vector_are_appended) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  std::vector<EventRow> rows;
  for (uint64_t i = 0; i < 10'001; ++i) rows.push_back(page_view(static_cast<int64_t>(i), i, i % 2 == 0 ? "/even" : "/a/rather/long/path/that/is/not/inline"));
  ASSERT_TRUE(store->append(BatchId{1}, rows));
  EXPECT_EQ(integer(store->read({"SELECT count(*) FROM events WHERE path = ?", {std::string("/even")}})), 5'001);
  EXPECT_EQ(integer(store->read({"SELECT sum(visitor) FROM events", {}})), 10'000 * 10'001 / 2);
}

TEST(Store, a_batch_that_is_replayed_changes_nothing) {
  const TemporaryFolder folder;
  {
    const auto store = open_in(folder);
    const EventRow row = page_view(1'000, 7, "/a");
    ASSERT_TRUE(store->append(BatchId{5}, {&row, 1}));
    ASSERT_TRUE(store->append(BatchId{5}, {&row, 1}));
    ASSERT_TRUE(store->append(BatchId{4}, {&row, 1}));
    EXPECT_EQ(integer(store->read({"SELECT count(*) FROM events", {}})), 1);
  }
  const auto store = open_in(folder);
  EXPECT_EQ(store->loaded_through(), BatchId{5});
  const EventRow row = page_view(2'000, 7, "/b");
  ASSERT_TRUE(store->append(BatchId{5}, {&row, 1}));
  ASSERT_TRUE(store->append(BatchId{6}, {&row, 1}));
  EXPECT_EQ(integer(store->read({"SELECT count(*) FROM events", {}})), 1 + 1);
  EXPECT_EQ(store->status()->loaded_through, BatchId{6});
  EXPECT_EQ(store->status()->rows, 2u);
}

TEST(Store, a_batch_without_rows_is_recorded) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  ASSERT_TRUE(store->append(BatchId{3}, {}));
  EXPECT_EQ(store->loaded_through(), BatchId{3});
}

TEST(Store, an_import_is_added_whole_or_not_at_all_and_is_no_batch) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  const std::vector<EventRow> rows = {page_view(1'000, 7, "/a"), page_view(2'000, 8, "/b")};
  const auto give = [&](int spans) {
    return [&rows, spans, given = 0]() mutable -> Result<std::span<const EventRow>> { return given++ < spans ? std::span(rows) : std::span<const EventRow>(); };
  };
  const std::vector<Statement> mark = {{"INSERT INTO attribution_versions VALUES (1, 1, 0, 'import', ?)", {std::string("a")}}};
  const std::vector<Statement> wrong = {mark[0], {"INSERT INTO missing VALUES (1)", {}}};
  EXPECT_FALSE(store->add(give(3), wrong));
  EXPECT_FALSE(store->add([]() -> Result<std::span<const EventRow>> { return fail(ErrorCode::Corrupt, "cut off"); }));
  EXPECT_EQ(store->status()->rows, 0u);
  ASSERT_TRUE(store->add(give(3), mark));
  EXPECT_EQ(store->status()->rows, 6u);
  EXPECT_EQ(integer(store->read({"SELECT count(*) FROM attribution_versions", {}})), 1);
  EXPECT_EQ(store->loaded_through(), BatchId::None);
}

TEST(Store, values_of_every_kind_come_back) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  const Result<Table> table = store->read({"SELECT ?, ?, ?, NULL AS none, true, sum(x), avg(x), DATE '2026-02-03', TIMESTAMP '2026-02-03 04:05:06', 1.25::DECIMAL(9, 2) "
                                           "FROM (VALUES (1), (2)) AS t(x)",
                                           {int64_t{-3}, 2.5, std::string("é")}});
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_THAT(table->rows.at(0), ElementsAre(Value(int64_t{-3}), Value(2.5), Value("é"), Value(), Value(int64_t{1}), Value(int64_t{3}), Value(1.5),
                                             Value("2026-02-03"), Value("2026-02-03 04:05:06"), Value(1.25)));
  EXPECT_EQ(table->columns.at(3), "none");
}

TEST(Store, mistakes_in_a_statement_are_invalid_input) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  for (const char* sql : {"SELECT nothing FROM events", "SELEKT", "SELECT ?", "SELECT regexp_matches('a', '(')"}) {
    const auto table = store->read({sql, {}});
    ASSERT_FALSE(table) << sql;
    EXPECT_EQ(table.error().code, ErrorCode::InvalidInput) << table.error().message;
  }
  EXPECT_EQ(integer(store->read({"SELECT 1", {}})), 1);
}

TEST(Store, statements_reach_no_other_file_and_no_setting) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  folder.write("secret.csv", "a\n1\n");
  for (const std::string& sql : {"SELECT * FROM read_csv('" + folder.path("secret.csv") + "')", "ATTACH '" + folder.path("other.duckdb") + "'",
                                 std::string("SET enable_external_access = true"), std::string("SET threads = 8"), std::string("INSTALL httpfs")}) {
    EXPECT_FALSE(store->read({sql, {}})) << sql;
  }
}

TEST(Store, a_write_is_all_or_nothing) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  const std::vector<Statement> half = {{"CREATE TABLE r(a INTEGER)", {}}, {"INSERT INTO r VALUES (?)", {int64_t{1}}}, {"INSERT INTO missing VALUES (1)", {}}};
  EXPECT_FALSE(store->write(half));
  EXPECT_FALSE(store->read({"SELECT * FROM r", {}}));
  ASSERT_TRUE(store->write(std::span(half).first(2)));
  EXPECT_EQ(integer(store->read({"SELECT a FROM r", {}})), 1);
}

TEST(Store, days_and_hours_are_those_of_a_zone) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  const EventRow row = page_view(1'767'223'800'000, 7, "/a");  // 2025-12-31T23:30:00Z
  ASSERT_TRUE(store->append(BatchId{1}, {&row, 1}));
  const Dialect& say = store->dialect();
  EXPECT_EQ(text(store->read({"SELECT " + say.local_date("time", "UTC") + " FROM events", {}})), "2025-12-31");
  EXPECT_EQ(text(store->read({"SELECT " + say.local_date("time", "Europe/Paris") + " FROM events", {}})), "2026-01-01");
  EXPECT_EQ(text(store->read({"SELECT " + say.truncate_time("hour", "time", "Asia/Kolkata") + " FROM events", {}})), "2026-01-01 05:00:00");
  EXPECT_EQ(text(store->read({"SELECT " + say.truncate_time("month", "time", "UTC") + " FROM events", {}})), "2025-12-01 00:00:00");
}

TEST(Store, any_key_of_a_json_object_can_be_asked_for) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  for (const std::string key : {"plan", "a/b", "~", "$.x", "*", "0", "é b"}) {
    const std::string properties = "{\"other\":\"no\",\"" + key + "\":\"yes\"}";
    const Result<Table> table = store->read({"SELECT " + store->dialect().json_text("?", "?"), {properties, key}});
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_EQ(text(table), "yes") << key;
  }
  const Result<Table> missing = store->read({"SELECT " + store->dialect().json_text("?", "?"), {std::string("{}"), std::string("plan")}});
  EXPECT_EQ(missing->rows[0][0], Value());
}

TEST(Store, the_file_is_private) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  struct stat status{};
  ASSERT_EQ(::stat(folder.path("events.duckdb").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(Store, a_file_that_is_none_of_ours_is_corrupt) {
  const TemporaryFolder folder;
  folder.write("events.duckdb", std::string(100'000, 'x'));
  const auto store = open_duckdb({.path = folder.path("events.duckdb")});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::Corrupt) << store.error().message;
  EXPECT_THAT(store.error().message, HasSubstr("events.duckdb"));
}

TEST(Store, a_newer_schema_is_refused) {
  const TemporaryFolder folder;
  const std::vector<Statement> newer = {{"INSERT INTO schema_steps VALUES (99, 0)", {}}};
  ASSERT_TRUE(open_in(folder)->write(newer));
  const auto store = open_duckdb({.path = folder.path("events.duckdb")});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::InvalidInput);
  EXPECT_THAT(store.error().message, HasSubstr("a newer noctule wrote it"));
}

TEST(Store, a_backup_holds_everything_and_opens) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  std::vector<FullRow> full;
  std::vector<EventRow> rows;
  for (uint64_t i = 0; i < 5'000; ++i) full.push_back(make_full_row(i));
  for (const FullRow& row : full) rows.push_back(row.row);
  const std::vector<uint64_t> ids = {1, 2, 3};
  ASSERT_TRUE(store->append(BatchId{8}, rows, ids));
  ASSERT_TRUE(store->backup_to(folder.path("copy.duckdb")));
  ASSERT_TRUE(store->backup_to(folder.path("copy.duckdb"))) << "an older copy is replaced";
  const auto copy = open_duckdb({.path = folder.path("copy.duckdb")}).value();
  EXPECT_EQ(copy->loaded_through(), BatchId{8});
  const Statement sums{"SELECT bit_xor(hash(COLUMNS(*))) FROM events", {}};
  EXPECT_EQ(copy->read(sums)->rows, store->read(sums)->rows);
  EXPECT_EQ(integer(copy->read({"SELECT sum(id) FROM event_ids", {}})), 1 + 2 + 3);
  EXPECT_THAT(*copy->check(), IsEmpty());
}

TEST(Store, an_answer_is_exported_as_csv_and_parquet) {
  const TemporaryFolder folder;
  const auto store = open_in(folder);
  std::vector<EventRow> rows;
  for (uint64_t i = 0; i < 5'000; ++i) rows.push_back(page_view(static_cast<int64_t>(i), i, "/a,b"));
  ASSERT_TRUE(store->append(BatchId{1}, rows));
  ASSERT_TRUE(store->export_to({"SELECT path, visitor FROM events WHERE visitor < ? ORDER BY visitor", {int64_t{2}}}, folder.path("a.csv"), "csv"));
  std::ifstream csv(folder.path("a.csv"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(csv), {}), "path,visitor\n\"/a,b\",0\n\"/a,b\",1\n");
  ASSERT_TRUE(store->export_to({"SELECT * FROM events", {}}, folder.path("it's.parquet"), "parquet"));
  std::ifstream parquet(folder.path("it's.parquet"));
  const std::string bytes(std::istreambuf_iterator<char>(parquet), {});
  EXPECT_EQ(bytes.substr(0, 4), "PAR1");
  EXPECT_EQ(bytes.substr(bytes.size() - 4), "PAR1");
  const auto wrong = store->export_to({"SELECT 1", {}}, folder.path("a.xls"), "xls");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::InvalidInput);
  EXPECT_FALSE(store->export_to({"SELECT 1", {}}, folder.path("missing/a.csv"), "csv"));
  EXPECT_FALSE(std::filesystem::exists(folder.path("a.csv.part")));
}

}  // namespace
}  // namespace noctule
