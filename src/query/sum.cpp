// SPDX-License-Identifier: Apache-2.0
#include "sum.h"

#include "noctule/base/result.h"

namespace noctule {
namespace {

// Kinds: 0 page view, 1 engagement, 2 custom, 3 unfurl (EventKind). Origin 7: archive. Private: 1 yes, 2 unknown. 255: scroll not
// known. Rows without visitor are unfurls and an archive's totals.
const SumRow kRows[kSums] = {
    {"pageviews", Birth::Row, "SUM", "CASE WHEN kind = 0 THEN count ELSE 0 END", {}, "pageviews"},
    {"events", Birth::Row, "SUM", "CASE WHEN kind = 0 OR kind = 2 THEN count ELSE 0 END", {}, "events"},
    {"visits", Birth::Row, "SUM", "visits", {}, "visits"},
    {"bounces", Birth::Row, "SUM", "bounces", {}, "bounces"},
    {"duration_ms", Birth::Row, "SUM", "duration_ms", {}, "duration_ms"},
    {"engaged_ms", Birth::Row, "SUM", "engaged_ms", {}, ""},
    {"unfurls", Birth::Row, "SUM", "CASE WHEN kind = 3 THEN count ELSE 0 END", {}, "unfurls"},
    {"private_low", Birth::Row, "SUM", "CASE WHEN is_private = 1 THEN visits ELSE 0 END", {}, "private_low"},
    {"private_high", Birth::Row, "SUM", "CASE WHEN is_private = 1 OR is_private = 2 OR dark THEN visits ELSE 0 END", {}, "private_high"},
    {"dark_visits", Birth::Row, "SUM", "CASE WHEN dark THEN visits ELSE 0 END", {}, "dark_visits"},
    {"visit_pageviews", Birth::Row, "SUM", "CASE WHEN kind = 0 THEN count ELSE 0 END", {}, "pageviews"},
    {"revenue_micros", Birth::Row, "SUM", "CASE WHEN currency <> '' THEN revenue_micros ELSE 0 END", {}, ""},
    {"revenue_count", Birth::Row, "SUM", "CASE WHEN currency <> '' THEN count ELSE 0 END", {}, ""},
    {"currency_low", Birth::Row, "MIN", "CASE WHEN currency <> '' THEN currency END", {}, ""},
    {"currency_high", Birth::Row, "MAX", "CASE WHEN currency <> '' THEN currency END", {}, ""},
    {"scroll_deepest", Birth::Row, "MAX", "CASE WHEN scroll <> 255 THEN scroll ELSE -1 END", {}, ""},
    {"any_private", Birth::Row, "MAX", "CASE WHEN is_private = 1 THEN 1 ELSE 0 END", {}, ""},
    {"any_may_be_private", Birth::Row, "MAX", "CASE WHEN is_private = 1 OR is_private = 2 OR dark THEN 1 ELSE 0 END", {}, ""},
    {"any_dark", Birth::Row, "MAX", "CASE WHEN dark THEN 1 ELSE 0 END", {}, ""},
    {"archive_visits", Birth::Row, "SUM", "CASE WHEN origin = 7 THEN visits ELSE 0 END", {}, ""},
    {"archive_visitors", Birth::Row, "SUM", "visitors", {}, ""},
    {"scroll_sum", Birth::Page, "SUM", "CASE WHEN visitor <> 0 AND s_scroll_deepest >= 0 THEN s_scroll_deepest ELSE 0 END",
     {Sum::ScrollDeepest}, ""},
    {"scroll_count", Birth::Page, "SUM", "CASE WHEN visitor <> 0 AND s_scroll_deepest >= 0 THEN 1 ELSE 0 END",
     {Sum::ScrollDeepest}, ""},
    {"engaged_count", Birth::Page, "SUM", "CASE WHEN visitor <> 0 AND s_engaged_ms > 0 THEN 1 ELSE 0 END",
     {Sum::EngagedMs}, ""},
    {"visit_count", Birth::Visit, "SUM", "CASE WHEN visitor = 0 THEN s_archive_visits WHEN s_events > 0 THEN 1 ELSE 0 END",
     {Sum::Events, Sum::ArchiveVisits}, "visits"},
    {"private_low_count", Birth::Visit, "SUM", "CASE WHEN visitor <> 0 AND s_events > 0 THEN s_any_private ELSE 0 END",
     {Sum::Events, Sum::AnyPrivate}, "private_low"},
    {"private_high_count", Birth::Visit, "SUM", "CASE WHEN visitor <> 0 AND s_events > 0 THEN s_any_may_be_private ELSE 0 END",
     {Sum::Events, Sum::AnyMayBePrivate}, "private_high"},
    {"dark_count", Birth::Visit, "SUM", "CASE WHEN visitor <> 0 AND s_events > 0 THEN s_any_dark ELSE 0 END",
     {Sum::Events, Sum::AnyDark}, "dark_visits"},
    {"visitors", Birth::Visitor, "SUM", "CASE WHEN visitor = 0 THEN s_archive_visitors WHEN s_events > 0 THEN 1 ELSE 0 END",
     {Sum::Events, Sum::ArchiveVisitors}, "visitors"},
};

}  // namespace

const SumRow& row_of(Sum sum) {
  NOCT_ASSERT(static_cast<int>(sum) < kSums);
  return kRows[static_cast<size_t>(sum)];
}

std::vector<Sum> SumSet::list() const {
  std::vector<Sum> out;
  for (int i = 0; i < kSums; ++i) {
    if (has(static_cast<Sum>(i))) out.push_back(static_cast<Sum>(i));
  }
  return out;
}

SumSet SumSet::with_needs() const {
  SumSet out = *this;
  for (const Sum sum : list()) {
    for (const Sum need : row_of(sum).needs) out.add(need);
  }
  return out;
}

}  // namespace noctule
