// SPDX-License-Identifier: Apache-2.0
#include "live_hub.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/model/evidence.h"

namespace noctule {
namespace {

constexpr int64_t kSignOfLifeMs = 15'000;

}  // namespace

bool LiveHub::follow(Reader reader, size_t readers_max, int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  if (readers_.size() >= readers_max) return false;
  SiteNow& site = sites_[reader.site];
  site.told_ms = now_ms;
  reader.writer->send(message(site, reader.k));
  readers_.push_back(std::move(reader));
  return true;
}

void LiveHub::on_rows(std::span<const EventRow> rows) {
  const std::lock_guard lock(mutex_);
  if (sites_.empty()) return;
  for (const EventRow& row : rows) {
    const auto found = sites_.find(static_cast<SiteId>(row.site));
    if (found == sites_.end() || row.visitor == 0) continue;
    SiteNow& site = found->second;
    if (site.visitors.size() >= kLiveVisitorsMax && !site.visitors.contains(row.visitor)) continue;
    Visitor& visitor = site.visitors[row.visitor];
    visitor.seen_ms = std::max(visitor.seen_ms, row.time);
    if (!row.path.empty()) visitor.page = row.path;
    visitor.is_private = row.is_private == static_cast<uint8_t>(Private::Yes);
    site.changed = true;
  }
}

std::string LiveHub::message(const SiteNow& site, uint32_t k) {
  std::map<std::string_view, size_t> pages;
  size_t is_private = 0;
  for (const auto& [pseudonym, visitor] : site.visitors) {
    ++pages[visitor.page];
    is_private += visitor.is_private;
  }
  const auto number = [k](size_t people) { return people >= k ? fmt::to_string(people) : std::string("null"); };
  std::vector<std::pair<size_t, std::string_view>> busiest;
  for (const auto& [page, people] : pages) {
    if (people >= k) busiest.emplace_back(people, page);
  }
  std::ranges::sort(busiest, [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  if (busiest.size() > kLivePagesMax) busiest.resize(kLivePagesMax);
  std::string list;
  for (const auto& [people, page] : busiest) {
    list += fmt::format("{}{{\"page\":{},\"visitors\":{}}}", list.empty() ? "" : ",", json_quoted(page), people);
  }
  return fmt::format("event: now\ndata: {{\"visitors\":{},\"private_low\":{},\"pages\":[{}]}}\n\n", number(site.visitors.size()), number(is_private), list);
}

void LiveHub::tell(int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, site] : sites_) {
    const size_t erased = std::erase_if(site.visitors, [&](const auto& entry) { return entry.second.seen_ms < now_ms - kLiveWindowMs; });
    site.changed = site.changed || erased > 0;
  }
  std::erase_if(readers_, [&](const Reader& reader) {
    SiteNow& site = sites_[reader.site];
    if (site.changed) return !reader.writer->send(message(site, reader.k));
    return now_ms - site.told_ms >= kSignOfLifeMs && !reader.writer->send(": still here\n\n");
  });
  for (auto& [id, site] : sites_) {
    if (site.changed || now_ms - site.told_ms >= kSignOfLifeMs) site.told_ms = now_ms;
    site.changed = false;
  }
  std::erase_if(sites_, [&](const auto& entry) { return std::ranges::find(readers_, entry.first, &Reader::site) == readers_.end(); });
}

size_t LiveHub::readers() const {
  const std::lock_guard lock(mutex_);
  return readers_.size();
}

}  // namespace noctule
