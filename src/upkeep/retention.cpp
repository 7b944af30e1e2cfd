// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/retention.h"

#include <fmt/format.h>

#include "checks.h"
#include "noctule/base/civil_time.h"

namespace noctule {
namespace {

// What is over, as a condition on events.
std::vector<std::string> list_conditions(const std::vector<Site>& sites, int64_t now_ms) {
  std::vector<std::string> conditions, known;
  for (const Site& site : sites) {
    const auto id = static_cast<uint32_t>(site.id);
    known.push_back(fmt::format("{}", id));
    if (site.retention_days <= 0) continue;  // kept for ever
    const int64_t first_kept = day_number(now_ms, 0) - site.retention_days;
    conditions.push_back(fmt::format("site = {} AND time < TIMESTAMP '{}' AND origin <> {}", id, format_iso_day(first_kept), static_cast<int>(EventOrigin::Archive)));
  }
  conditions.push_back(known.empty() ? "TRUE" : fmt::format("site NOT IN ({})", fmt::join(known, ", ")));
  return conditions;
}

}  // namespace

Result<int64_t> remove_expired(Store& store, const std::vector<Site>& sites, int64_t now_ms) {
  std::vector<Statement> removals;
  int64_t rows = 0;
  for (const std::string& condition : list_conditions(sites, now_ms)) {
    NOCT_TRY(const Table over, store.read({fmt::format("SELECT COUNT(*) FROM events WHERE {}", condition), {}}));
    const int64_t count = std::get<int64_t>(over.rows[0][0]);
    if (count == 0) continue;
    rows += count;
    removals.push_back({fmt::format("DELETE FROM events WHERE {}", condition), {}});
  }
  if (removals.empty()) return 0;
  if (auto removed = store.write(removals); !removed) return std::unexpected(std::move(removed).error());
  return rows;
}

}  // namespace noctule
