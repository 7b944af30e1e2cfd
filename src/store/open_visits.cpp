// SPDX-License-Identifier: Apache-2.0
#include "open_visits.h"

namespace noctule {
namespace {

// Calls visit(id, text) for each text of an arrival and the column it is.
template <typename Arrival, typename Row, typename Visit>
void for_each_text(Arrival& arrival, Row& row, Visit visit) {
  visit(arrival.entry_path, row.entry_path);
  visit(arrival.referrer, row.referrer);
  visit(arrival.source, row.source);
  visit(arrival.rules, row.rules);
  visit(arrival.utm[0], row.utm_source);
  visit(arrival.utm[1], row.utm_medium);
  visit(arrival.utm[2], row.utm_campaign);
  visit(arrival.utm[3], row.utm_content);
  visit(arrival.utm[4], row.utm_term);
  visit(arrival.browser, row.browser);
  visit(arrival.browser_version, row.browser_version);
  visit(arrival.os, row.os);
  visit(arrival.os_version, row.os_version);
  visit(arrival.app, row.app);
}

// The same for what is no text.
template <typename Arrival, typename Row, typename Visit>
void for_each_value(Arrival& arrival, Row& row, Visit visit) {
  visit(arrival.channel, row.channel);
  visit(arrival.ga4_channel, row.ga4_channel);
  visit(arrival.grade, row.grade);
  visit(arrival.is_private, row.is_private);
  visit(arrival.device, row.device);
  visit(arrival.deep, row.deep);
  visit(arrival.dark, row.dark);
}

}  // namespace

OpenVisit* OpenVisits::find(uint32_t site, uint64_t visitor) {
  const auto found = by_visitor_.find({site, visitor});
  if (found == by_visitor_.end()) return nullptr;
  unlink(found->second);
  link_newest(found->second);
  return &slots_[found->second];
}

OpenVisit& OpenVisits::open(const EventRow& row) {
  const VisitArrival arrival = keep(row);  // first: it may share texts with the one that is closed
  const uint32_t slot = take_slot({row.site, row.visitor});
  OpenVisit& visit = slots_[slot];
  visit = {.site = row.site, .visitor = row.visitor, .first_ms = row.time, .last_ms = row.time, .number = row.visit, .bounce = true, .arrival = arrival};
  link_newest(slot);
  while (texts_.bytes() > text_bytes_max_ && oldest_ != slot) close(oldest_);
  return visit;
}

void OpenVisits::fill(const OpenVisit& visit, EventRow& row) const {
  for_each_text(visit.arrival, row, [&](TextId id, std::string_view& column) { column = texts_.text(id); });
  for_each_value(visit.arrival, row, [](auto value, auto& column) { column = value; });
  row.surface = surface_name(static_cast<Private>(row.is_private), row.app);
  row.visit = visit.number;
}

VisitArrival OpenVisits::keep(const EventRow& row) {
  VisitArrival arrival;
  for_each_text(arrival, row, [&](TextId& id, std::string_view column) { id = texts_.take(column); });
  for_each_value(arrival, row, [](auto& value, auto column) { value = column; });
  return arrival;
}

void OpenVisits::release(const VisitArrival& arrival) {
  EventRow unused;
  for_each_text(arrival, unused, [&](TextId id, std::string_view) { texts_.release(id); });
}

uint32_t OpenVisits::take_slot(const Key& key) {
  if (const auto found = by_visitor_.find(key); found != by_visitor_.end()) close(found->second);
  if (by_visitor_.size() >= visits_max_) close(oldest_);
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const uint32_t slot = free_.back();
  free_.pop_back();
  by_visitor_.emplace(key, slot);
  return slot;
}

void OpenVisits::close(uint32_t slot) {
  const OpenVisit& visit = slots_[slot];
  release(visit.arrival);
  unlink(slot);
  by_visitor_.erase({visit.site, visit.visitor});
  free_.push_back(slot);
}

void OpenVisits::link_newest(uint32_t slot) {
  slots_[slot].older = newest_;
  slots_[slot].newer = kNone;
  if (newest_ != kNone) slots_[newest_].newer = slot;
  newest_ = slot;
  if (oldest_ == kNone) oldest_ = slot;
}

void OpenVisits::unlink(uint32_t slot) {
  const OpenVisit& visit = slots_[slot];
  (visit.newer == kNone ? newest_ : slots_[visit.newer].older) = visit.older;
  (visit.older == kNone ? oldest_ : slots_[visit.older].newer) = visit.newer;
}

}  // namespace noctule
