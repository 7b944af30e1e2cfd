// SPDX-License-Identifier: Apache-2.0
#include "archive_visits.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "archive_arrival.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/hash.h"
#include "noctule/visits/tracker.h"

namespace noctule {
namespace {

// One visit while its events are written.
class VisitRows {
 public:
  VisitRows(ArchiveRun& run, EventOrigin origin) : run_(run), origin_(origin) {}

  // Events of one visitor after another, each one's visits one after another, by time.
  Result<void> take(const ArchiveEvent& event) {
    const bool knows_visits = event.numbers.visitor != 0;
    const bool begins = is_another_visit(event);
    if (begins) begin(event);
    EventRow row = make_row(event);
    if (knows_visits) put_deltas(event, begins, row);
    visitor_ = event.numbers.visitor;
    visit_ = event.numbers.visit;
    last_ms_ = event.numbers.instant_ms;
    (event.numbers.is_named ? run_.summary.events : run_.summary.views) += 1;
    return run_.write(row);
  }

 private:
  bool is_another_visit(const ArchiveEvent& event) const {
    const ArchiveEventNumbers& now = event.numbers;
    if (!any_ || now.visitor == 0 || now.visitor != visitor_ || now.visit != visit_) return true;
    return now.visit == 0 && now.instant_ms - last_ms_ > kVisitPause_ms;
  }

  void begin(const ArchiveEvent& event) {
    number_ = any_ && event.numbers.visitor == visitor_ ? static_cast<uint16_t>(std::min(number_ + 1, 0xFFFF)) : uint16_t{1};
    any_ = true;
    views_ = named_ = 0;
    arrival_ = ArchiveArrival({.host = event.host, .path = event.path, .referrer = event.referrer, .tags = event.tags,
                        .user_agent = verdict_of_app(event.numbers.app), .source = event.source});
  }

  [[nodiscard]] int is_bounce() const { return views_ == 1 && named_ == 0 ? 1 : 0; }

  void put_deltas(const ArchiveEvent& event, bool begins, EventRow& row) {
    const int before = is_bounce();
    (event.numbers.is_named ? named_ : views_) += 1;
    row.visit = number_;
    row.visits = begins ? 1 : 0;
    row.bounces = is_bounce() - before;
    row.duration_ms = begins ? 0 : event.numbers.instant_ms - last_ms_;
    run_.summary.visits += begins ? 1 : 0;
  }

  EventRow make_row(const ArchiveEvent& event) const {
    EventRow row;
    row.site = static_cast<uint32_t>(run_.options.site.id);
    row.time = event.numbers.instant_ms;
    row.kind = static_cast<uint8_t>(event.numbers.is_named ? EventKind::Custom : EventKind::Pageview);
    row.origin = static_cast<uint8_t>(origin_);
    row.visitor = event.numbers.visitor;
    row.name = event.name;
    row.host = event.host;
    row.path = event.path;
    row.browser = event.browser;
    row.browser_version = event.browser_version;
    row.os = event.os;
    row.os_version = event.os_version;
    row.device = static_cast<uint8_t>(event.numbers.device);
    arrival_.put(row);
    return row;
  }

  ArchiveRun& run_;
  EventOrigin origin_;
  bool any_ = false;
  uint64_t visitor_ = 0, visit_ = 0;
  int64_t last_ms_ = 0;
  uint16_t number_ = 0;
  uint64_t views_ = 0, named_ = 0;
  ArchiveArrival arrival_;
};

}  // namespace

Result<uint64_t> ArchiveVisits::pseudonym_of(std::string_view session, int64_t day) {
  if (session.empty()) return uint64_t{0};
  PseudonymKeys keys;
  NOCT_TRY(keys.visitor, run_.ledger.key_of_day(day, run_.options.now_ms));
  const uint64_t value = make_pseudonym(keys, "", session, run_.options.site.id).value();
  return value == 0 ? uint64_t{1} : value;
}

Result<void> ArchiveVisits::add(ArchiveEvent event, std::string_view session, std::string_view visit) {
  const int64_t instant_ms = event.numbers.instant_ms;
  if (instant_ms >= run_.options.before_ms) {
    ++run_.summary.rows_late;
    return {};
  }
  const int64_t day = day_number(instant_ms, 0);
  NOCT_TRY(const int64_t settled_ms, days_.settled_ms(day));
  if (instant_ms <= settled_ms) {
    ++run_.summary.rows_before;
    return {};
  }
  NOCT_TRY(event.numbers.visitor, pseudonym_of(session, day));
  event.numbers.visit = visit.empty() || session.empty() ? 0 : std::max<uint64_t>(hash_bytes(visit), 1);
  days_.note(day, instant_ms);
  scratch_.clear();
  append_archive_event(event, scratch_);
  return spool_.append(day, scratch_);
}

Result<void> ArchiveVisits::write_day(int64_t day) {
  NOCT_TRY(const std::string bytes, spool_.take(day));
  std::vector<ArchiveEvent> events;
  for (std::string_view rest = bytes; !rest.empty();) events.push_back(take_archive_event(rest));
  std::ranges::stable_sort(events, {}, [](const ArchiveEvent& event) {
    return std::tuple(event.numbers.visitor, event.numbers.visit, event.numbers.instant_ms, event.numbers.id);
  });
  const auto same = std::ranges::unique(events, [](const ArchiveEventNumbers& a, const ArchiveEventNumbers& b) { return a.id != 0 && a.id == b.id; },
                                        &ArchiveEvent::numbers);
  run_.summary.rows_before += same.size();
  events.erase(same.begin(), same.end());
  VisitRows rows(run_, origin_);
  for (const ArchiveEvent& event : events) {
    if (auto written = rows.take(event); !written) return written;
  }
  return {};
}

Result<void> ArchiveVisits::finish() {
  for (const int64_t day : spool_.days()) {
    if (auto written = write_day(day); !written) return written;
  }
  run_.summary.days = days_.noted();
  return days_.add_marks(run_.marks);
}

}  // namespace noctule
