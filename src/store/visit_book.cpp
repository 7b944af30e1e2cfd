// SPDX-License-Identifier: Apache-2.0
#include "visit_book.h"

#include <fmt/format.h>

#include <algorithm>

namespace noctule {
namespace {

// The half-hour in which it began, so that no memory is needed: of one visitor no two visits begin in the same one, because
// there is a pause between them. It comes round after 3.7 years, and a pseudonym lives for a day.
uint16_t visit_number(int64_t first_ms) { return static_cast<uint16_t>(first_ms / kPause_ms); }

// Of a pseudonym's 64 bits so many are kept: two of a million visitors of a day share one with a chance of 3 in 100, and random
// bits are what takes most of a row's room on disk.
constexpr uint64_t kVisitorMask = (uint64_t{1} << 44) - 1;

bool ends_bounce(const Event& event) {
  return event.kind == EventKind::Pageview || (event.kind == EventKind::Custom && event.interactive);
}

void fill_judged(const JudgedVisit& judged, EventRow& row) {
  row.referrer = judged.referrer;
  row.source = judged.source;
  row.rules = judged.rules;
  row.channel = static_cast<uint8_t>(judged.verdict.channel);
  row.ga4_channel = static_cast<uint8_t>(judged.verdict.ga4);
  row.grade = static_cast<uint8_t>(judged.verdict.grade);
  row.is_private = static_cast<uint8_t>(judged.verdict.is_private);
  row.deep = judged.deep;
  row.dark = judged.dark;
  row.app = judged.app;
  row.surface = surface_name(judged.verdict.is_private, row.app);
  row.utm_source = judged.utm[0];
  row.utm_medium = judged.utm[1];
  row.utm_campaign = judged.utm[2];
  row.utm_content = judged.utm[3];
  row.utm_term = judged.utm[4];
}

void fill_software(const Software& software, DeviceKind device, EventRow& row) {
  row.browser = software.browser;
  row.browser_version = software.browser_version;
  row.os = software.os;
  row.os_version = software.os_version;
  row.device = static_cast<uint8_t>(device);
}

}  // namespace

VisitBook::VisitBook(const Knowledge& knowledge, const VisitLimits& limits)
    : judge_(knowledge), visits_(limits.visits_max, limits.text_bytes_max), surroundings_(limits.surroundings), event_ids_(limits.event_ids_max) {}

bool VisitBook::take(const Event& event, EventRow& row) {
  if (event.id != 0) {
    if (event_ids_.find(event.id) != nullptr) return false;
    event_ids_.find_or_add(event.id);
  }
  row = row_of(event);
  if (event.kind == EventKind::Unfurl) {
    take_unfurl(event, row);
    return true;
  }
  if (row.visitor == 0) return true;
  OpenVisit* visit = visits_.find(row.site, row.visitor);
  if (visit != nullptr && goes_on(*visit, event)) {
    go_on(*visit, event, row);
  } else if (event.kind != EventKind::Engagement) {
    begin_visit(event, row);
  } else if (visit != nullptr) {
    visits_.fill(*visit, row);  // a report that comes too late to be part of the visit's length
  }
  return true;
}

EventRow VisitBook::row_of(const Event& event) const {
  EventRow row;
  row.site = static_cast<uint32_t>(event.site);
  row.time = event.instant_ms;
  row.kind = static_cast<uint8_t>(event.kind);
  row.origin = static_cast<uint8_t>(event.origin);
  row.visitor = event.visitor.value() & kVisitorMask;
  row.name = event.name;
  row.host = event.host;
  row.path = event.path;
  row.engaged_ms = std::max(event.engaged_ms, 0);
  row.scroll = event.scroll_percent;
  row.properties = event.properties;
  row.revenue_micros = event.revenue_micros;
  row.currency = event.currency;
  const auto version = versions_.find(row.site);
  row.attribution = version == versions_.end() ? 1 : version->second;
  return row;
}

// Time that a page was used is no pause. An event from before the visit by more than the pause is one of a clock that was
// set back, or late; a visit anew either way.
bool VisitBook::goes_on(const OpenVisit& visit, const Event& event) {
  const int64_t used_ms = event.kind == EventKind::Engagement ? std::max(event.engaged_ms, 0) : 0;
  return event.instant_ms - visit.last_ms - used_ms <= kPause_ms && visit.first_ms - event.instant_ms <= kPause_ms;
}

void VisitBook::begin_visit(const Event& event, EventRow& row) {
  row.visit = visit_number(row.time);
  row.entry_path = row.path;
  row.click_hash = event.click_hash;
  row.recipient_hash = event.recipient_hash;
  row.visits = row.bounces = 1;
  judge_arrival(event, row);
  apply_channel_rule(row);
  visits_.fill(visits_.open(row), row);
}

void VisitBook::judge_arrival(const Event& event, EventRow& row) {
  const ArrivalJudge::Client& client = judge_.client_of(event.user_agent);
  fill_software(client.software, client.device(event.viewport_width), row);
  ArrivalSurroundings around = surroundings_.note_arrival(row);
  fill_judged(judge_.judge(event, around), row);
  if (!lacks_explanation(row)) return;
  around.unfurl_app = surroundings_.match_paste(row);
  if (around.unfurl_app != AppId::None) fill_judged(judge_.judge(event, around), row);
  if (lacks_explanation(row)) surroundings_.note_unexplained(row);
}

void VisitBook::apply_channel_rule(EventRow& row) {
  const RuledChannel* ruled = channel_rules_.find(row);
  if (ruled == nullptr) return;
  rules_text_ = fmt::format("{} {}{}", row.rules, kChannelRuleMark, row.channel);
  if (ruled->channel) row.channel = static_cast<uint8_t>(*ruled->channel);
  else rules_text_.append(kOwnChannelMark).append(ruled->name);
  row.rules = rules_text_;
}

void VisitBook::go_on(OpenVisit& visit, const Event& event, EventRow& row) {
  visits_.fill(visit, row);
  if (row.time > visit.last_ms) {
    row.duration_ms = row.time - visit.last_ms;
    visit.last_ms = row.time;
  } else if (row.time < visit.first_ms) {
    row.duration_ms = visit.first_ms - row.time;
    visit.first_ms = row.time;
  }
  if (!visit.bounce || !ends_bounce(event)) return;
  visit.bounce = false;
  row.bounces = -1;
}

// Logs alone see them: what fetched the preview says the app, and nobody visits.
void VisitBook::take_unfurl(const Event& event, EventRow& row) {
  row.visitor = 0;
  const UserAgentVerdict& client = judge_.client_of(event.user_agent).verdict;
  const AppInfo& app = judge_.knowledge().app(client.app);
  row.app = app.id;
  row.is_private = static_cast<uint8_t>(app.surface);
  row.surface = surface_name(app.surface, row.app);
  if (app.surface == Private::Yes) surroundings_.note_paste(row, client.app);
}

void VisitBook::restore_visit(const EventRow& row, int64_t first_ms, int64_t last_ms, bool bounce) {
  OpenVisit& visit = visits_.open(row);
  visit.first_ms = first_ms;
  visit.last_ms = last_ms;
  visit.bounce = bounce;
}

void VisitBook::restore_arrival(const EventRow& row) {
  [[maybe_unused]] const ArrivalSurroundings around = surroundings_.note_arrival(row);
  if (lacks_explanation(row)) surroundings_.note_unexplained(row);
}

void VisitBook::restore_page(const EventRow& row) {
  if (row.kind == static_cast<uint8_t>(EventKind::Unfurl)) surroundings_.note_paste(row, judge_.knowledge().find_app(row.app));
  else surroundings_.note_unexplained(row);
}

}  // namespace noctule
