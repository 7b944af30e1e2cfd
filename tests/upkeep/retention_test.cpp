// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/retention.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "data.h"

namespace noctule {
namespace {

Site site_that_keeps(uint32_t id, int days) {
  Site site;
  site.id = static_cast<SiteId>(id);
  site.retention_days = days;
  return site;
}

std::vector<int64_t> visitors_left(Store& store) {
  std::vector<int64_t> left;
  const Table rows = store.read({"SELECT visitor FROM events ORDER BY visitor", {}}).value();
  for (const auto& row : rows.rows) left.push_back(std::get<int64_t>(row[0]));
  return left;
}

// Quarters of an hour whose count of rows is not what there is.
int64_t wrong_counts(Store& store) {
  const Table found = store.read({"SELECT COUNT(*) FROM (SELECT site, epoch_ms(time) // 900000 AS quarter, COUNT(*) AS rows FROM events GROUP BY 1, 2) AS e "
                                  "FULL JOIN (SELECT site, quarter, SUM(row_count) AS rows FROM row_counts GROUP BY 1, 2) AS c USING (site, quarter) "
                                  "WHERE e.rows IS DISTINCT FROM c.rows", {}}).value();
  return std::get<int64_t>(found.rows[0][0]);
}

// Of any rows on any days of any sites exactly those stay that a plain rule keeps.
RC_GTEST_PROP(Retention, what_is_over_goes_and_nothing_else, ()) {
  auto store = open_duckdb({.path = ":memory:"}).value();
  const std::vector<Site> sites = {site_that_keeps(1, *rc::gen::inRange(1, 40)), site_that_keeps(2, *rc::gen::inRange(0, 40)), site_that_keeps(3, 760)};
  std::vector<EventRow> rows;
  std::vector<int64_t> expected;
  const int count = *rc::gen::inRange(0, 60);
  for (int i = 1; i <= count; ++i) {
    EventRow row = page_view(*rc::gen::inRange<uint32_t>(1, 6), kNowMs - *rc::gen::inRange<int64_t>(0, 60 * kDayMs), static_cast<uint64_t>(i), "/");
    if (*rc::gen::inRange(0, 5) == 0) row.origin = static_cast<uint8_t>(EventOrigin::Archive);
    rows.push_back(row);
    const bool known = row.site <= 3;
    const int days = known ? sites[row.site - 1].retention_days : 0;
    const bool old = days > 0 && row.time / kDayMs < kNowMs / kDayMs - days && row.origin != static_cast<uint8_t>(EventOrigin::Archive);
    if (known && !old) expected.push_back(i);
  }
  RC_ASSERT(store->append(BatchId(1), rows).has_value());
  RC_ASSERT(wrong_counts(*store) == 0);
  const auto removed = remove_expired(*store, sites, kNowMs);
  RC_ASSERT(removed.has_value());
  RC_ASSERT(visitors_left(*store) == expected);
  RC_ASSERT(wrong_counts(*store) == 0);
  RC_ASSERT(*removed == count - static_cast<int64_t>(expected.size()));
  RC_ASSERT(remove_expired(*store, sites, kNowMs).value() == 0);
}

}  // namespace
}  // namespace noctule
