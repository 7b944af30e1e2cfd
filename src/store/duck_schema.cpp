// SPDX-License-Identifier: Apache-2.0
#include "duck_schema.h"

#include <fmt/format.h>

#include <array>

namespace noctule {
namespace {

// No PRIMARY KEY: it made this table three times slower and five times larger; batches say what is there already.
constexpr const char* kEvents = R"(CREATE TABLE events(
  site UINTEGER, time TIMESTAMP_MS, kind UTINYINT, origin UTINYINT, visitor UBIGINT, visit USMALLINT,
  name VARCHAR, host VARCHAR, path VARCHAR,
  entry_path VARCHAR, referrer VARCHAR, source VARCHAR, channel UTINYINT, ga4_channel UTINYINT, grade UTINYINT, is_private UTINYINT,
  deep BOOLEAN, dark BOOLEAN, app VARCHAR, surface VARCHAR, rules VARCHAR,
  utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR, utm_content VARCHAR, utm_term VARCHAR,
  browser VARCHAR, browser_version VARCHAR, os VARCHAR, os_version VARCHAR, device UTINYINT,
  click_hash UBIGINT, recipient_hash UBIGINT,
  visits INTEGER, bounces INTEGER, duration_ms BIGINT, engaged_ms INTEGER, scroll UTINYINT, count UINTEGER, visitors UINTEGER,
  properties VARCHAR, revenue_micros BIGINT, currency VARCHAR, attribution USMALLINT))";

// What was loaded from the journal: events counts rows.
constexpr const char* kBatches = "CREATE TABLE batches(id BIGINT, loaded_ms BIGINT, events UINTEGER, event_ids BLOB)";

// Which version of the attribution a site's reports use: the highest of its rows. Sites without a row use version 1.
constexpr const char* kVersions =
    "CREATE TABLE attribution_versions(version USMALLINT, site UINTEGER, made_ms BIGINT, program VARCHAR, reason VARCHAR)";

// Which row files were loaded, by their names: how many rows they held, and the instant of the last.
constexpr const char* kImports = "CREATE TABLE imports(id VARCHAR, label VARCHAR, rows BIGINT, last_ms BIGINT)";

// How many rows of events there are by quarter of an hour (since 1970 UTC): one row per batch, added up when days are rolled up.
// Whoever adds or deletes events in another way than append() keeps this in step, or deletes the site's rows here.
constexpr const char* kRowCounts = "CREATE TABLE row_counts(site UINTEGER, attribution USMALLINT, quarter BIGINT, row_count BIGINT)";
constexpr const char* kCountRows =
    "INSERT INTO row_counts SELECT site, attribution, CAST(epoch_ms(time) // 900000 AS BIGINT), count(*) FROM events GROUP BY 1, 2, 3";

// Sums of local days that are over (module query, rollup.h): which days, by one dimension, and by pairs of dimensions.
constexpr const char* kRollupDays =
    "CREATE TABLE rollup_days(site UINTEGER, attribution USMALLINT, day DATE, zone VARCHAR, first_quarter BIGINT, end_quarter BIGINT, "
    "row_count BIGINT)";
constexpr const char* kRollup1 =
    "CREATE TABLE rollup_1(site UINTEGER, attribution USMALLINT, day DATE, dimension UTINYINT, value VARCHAR, pageviews BIGINT, "
    "events BIGINT, visits BIGINT, bounces BIGINT, duration_ms BIGINT, unfurls BIGINT, private_low BIGINT, private_high BIGINT, "
    "dark_visits BIGINT, visitors BIGINT)";
constexpr const char* kRollup2 =
    "CREATE TABLE rollup_2(site UINTEGER, attribution USMALLINT, day DATE, pair USMALLINT, value_a VARCHAR, value_b VARCHAR, "
    "pageviews BIGINT, events BIGINT, visits BIGINT, bounces BIGINT, duration_ms BIGINT, unfurls BIGINT, private_low BIGINT, "
    "private_high BIGINT, dark_visits BIGINT, visitors BIGINT)";

// Clients' event ids, for a day. In rows of their own, because the one row group of batches is written anew at each checkpoint.
constexpr const char* kEventIds = "CREATE TABLE event_ids(id UBIGINT, loaded_ms BIGINT)";
constexpr const char* kDropOldIds = "ALTER TABLE batches DROP COLUMN event_ids";

// Whether the day's pairs lie with those of the days around it (module query, cluster_pairs).
constexpr const char* kClustered = "ALTER TABLE rollup_days ADD COLUMN clustered BOOLEAN";

constexpr std::array kFirst = {kEvents, kBatches, kVersions};
constexpr std::array kSecond = {kImports};
constexpr std::array kThird = {kRowCounts, kCountRows, kRollupDays, kRollup1, kRollup2};
constexpr std::array kFourth = {kEventIds, kDropOldIds};
constexpr std::array kFifth = {kClustered};
constexpr std::array<std::span<const char* const>, 5> kSteps = {kFirst, kSecond, kThird, kFourth, kFifth};

Result<void> apply(duck::Connection& connection, int step, int64_t now_ms) {
  if (auto begun = connection.begin(); !begun) return begun;
  for (const char* sql : kSteps[static_cast<size_t>(step - 1)]) {
    if (auto done = connection.execute(sql); !done) return done;
  }
  auto noted = connection.query({"INSERT INTO schema_steps VALUES (?, ?)", {int64_t{step}, now_ms}});
  if (!noted) return std::unexpected(std::move(noted).error());
  return connection.commit();
}

}  // namespace

int latest_schema() { return static_cast<int>(kSteps.size()); }

Result<int> read_schema(duck::Connection& connection) {
  NOCT_TRY(const auto tables, connection.query_integer({"SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_steps'", {}}));
  if (tables.value_or(0) == 0) return 0;
  NOCT_TRY(const auto step, connection.query_integer({"SELECT max(version) FROM schema_steps", {}}));
  return static_cast<int>(step.value_or(0));
}

Result<void> migrate_schema(duck::Connection& connection, int from, int64_t now_ms) {
  if (from > latest_schema()) {
    return fail(ErrorCode::InvalidInput, fmt::format("has schema {}, and this program knows {}: a newer noctule wrote it", from, latest_schema()));
  }
  if (auto made = connection.execute("CREATE TABLE IF NOT EXISTS schema_steps(version INTEGER, applied_ms BIGINT)"); !made) return made;
  for (int step = from + 1; step <= latest_schema(); ++step) {
    Result<void> done = apply(connection, step, now_ms);
    if (!done) {
      connection.roll_back();
      return fail(done.error().code, fmt::format("cannot bring the schema to step {}: {}", step, done.error().message));
    }
  }
  return {};
}

}  // namespace noctule
