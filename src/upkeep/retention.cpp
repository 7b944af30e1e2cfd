// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/retention.h"

#include <fmt/format.h>

#include "checks.h"
#include "noctule/base/civil_time.h"

namespace noctule {
namespace {

constexpr int64_t kQuartersPerDay = 96;

// What is over, as conditions on events, on their counts by quarter of an hour, and on the sums of days.
struct Expired {
  std::string rows, counts, days;
};

std::vector<Expired> list_expired(const std::vector<Site>& sites, int64_t now_ms) {
  std::vector<Expired> out;
  std::vector<std::string> known;
  for (const Site& site : sites) {
    const auto id = static_cast<uint32_t>(site.id);
    known.push_back(fmt::format("{}", id));
    if (site.retention_days <= 0) continue;  // kept for ever
    const int64_t first_kept = day_number(now_ms, 0) - site.retention_days;
    const std::string day = format_iso_day(first_kept);
    out.push_back({fmt::format("site = {} AND time < TIMESTAMP '{}' AND origin <> {}", id, day, static_cast<int>(EventOrigin::Archive)),
                   fmt::format("site = {} AND quarter < {}", id, first_kept * kQuartersPerDay), fmt::format("site = {} AND day < DATE '{}'", id, day)});
  }
  const std::string others = known.empty() ? "TRUE" : fmt::format("site NOT IN ({})", fmt::join(known, ", "));
  out.push_back({others, others, others});
  return out;
}

// The counts of what stays (an archive's totals) are made anew, so that they tell what is there.
void add_removals(const Expired& expired, std::vector<Statement>& removals) {
  removals.push_back({fmt::format("DELETE FROM events WHERE {}", expired.rows), {}});
  removals.push_back({fmt::format("DELETE FROM row_counts WHERE {}", expired.counts), {}});
  removals.push_back({fmt::format("INSERT INTO row_counts SELECT site, attribution, quarter, COUNT(*) FROM (SELECT site, attribution, "
                                  "CAST(epoch_ms(time) // 900000 AS BIGINT) AS quarter FROM events) AS kept WHERE {} GROUP BY site, attribution, quarter",
                                  expired.counts), {}});
  for (const std::string_view table : {"rollup_1", "rollup_2", "rollup_days"}) {
    removals.push_back({fmt::format("DELETE FROM {} WHERE {}", table, expired.days), {}});
  }
}

}  // namespace

Result<int64_t> remove_expired(Store& store, const std::vector<Site>& sites, int64_t now_ms) {
  std::vector<Statement> removals;
  int64_t rows = 0;
  for (const Expired& expired : list_expired(sites, now_ms)) {
    NOCT_TRY(const Table over, store.read({fmt::format("SELECT COUNT(*) FROM events WHERE {}", expired.rows), {}}));
    const int64_t count = std::get<int64_t>(over.rows[0][0]);
    if (count == 0) continue;
    rows += count;
    add_removals(expired, removals);
  }
  if (removals.empty()) return 0;
  if (auto removed = store.write(removals); !removed) return std::unexpected(std::move(removed).error());
  return rows;
}

}  // namespace noctule
