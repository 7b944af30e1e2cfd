// SPDX-License-Identifier: Apache-2.0
#include "surroundings.h"

#include <cmath>

#include "noctule/base/civil_time.h"
#include "noctule/base/hash.h"
#include "noctule/visits/inference.h"

namespace noctule {
namespace {

constexpr int64_t kGatewayWindow_ms = 60'000;  // as find_echoes of visits/inference.h
constexpr double kDay_ms = 86'400'000;

uint64_t nonzero(uint64_t key) { return key == 0 ? 1 : key; }

// A log's pages are named without "www." (analyze), a script's as the browser has them.
std::string_view bare_host(std::string_view host) { return host.starts_with("www.") ? host.substr(4) : host; }

uint64_t page_key(const EventRow& row) { return nonzero(hash_bytes(row.path, combine_hashes(row.site, hash_bytes(bare_host(row.host))))); }
uint64_t visitor_key(uint32_t site, uint64_t visitor) { return nonzero(combine_hashes(site, visitor)); }

// What tells browsers apart though they were updated: names without versions.
uint64_t software_of(const EventRow& row) { return combine_hashes(hash_bytes(row.browser), combine_hashes(hash_bytes(row.os), row.device)); }

double fade(double count, int64_t since_ms) { return since_ms <= 0 ? count : count * std::exp(-static_cast<double>(since_ms) / kDay_ms); }

}  // namespace

bool lacks_explanation(const EventRow& row) {
  return row.referrer.empty() && row.app.empty() && row.grade <= static_cast<uint8_t>(Grade::Estimated);
}

ArrivalSurroundings Surroundings::note_arrival(const EventRow& row) {
  ArrivalSurroundings found;
  VisitorRow& visitor = visitors_.find_or_add(visitor_key(row.site, row.visitor));
  const int64_t day = day_number(row.time, 0) + 1;  // 0 stays "never"
  found.returning = visitor.day == day;
  visitor.day = day;
  for (const uint64_t id : {row.click_hash, row.recipient_hash}) {
    if (id != 0 && is_echo(id, row)) found.click_echo = true;
  }
  return found;
}

void Surroundings::note_visitor(uint32_t site, uint64_t visitor, int64_t time_ms) {
  visitors_.find_or_add(visitor_key(site, visitor)).day = day_number(time_ms, 0) + 1;
}

// Another person: another pseudonym of the same day (the next day everybody has another one), more than a minute later, and
// another browser; or, with the same browser, the third pseudonym: one person's address may change once.
bool Surroundings::is_echo(uint64_t id, const EventRow& row) {
  ClickRow& click = clicks_.find_or_add(nonzero(combine_hashes(row.site, id)));
  if (click.first == 0 || day_number(click.time_ms, 0) != day_number(row.time, 0)) {
    click = {.key = click.key, .first = row.visitor, .second = 0, .software = software_of(row), .time_ms = row.time};
    return false;
  }
  if (row.visitor == click.first) return false;
  if (std::abs(row.time - click.time_ms) <= kGatewayWindow_ms) click.gateway = true;
  if (click.gateway) return false;
  const bool third = click.second != 0 && click.second != row.visitor;
  if (click.second == 0) click.second = row.visitor;
  return third || software_of(row) != click.software;
}

// Chance: the page's own unexplained arrivals, at their rate before the paste, would have met it within this lag.
AppId Surroundings::match_paste(const EventRow& row) const {
  const PageRow* page = pages_.find(page_key(row));
  if (page == nullptr || page->app == AppId::None) return AppId::None;
  const int64_t lag_ms = row.time - page->pasted_ms;
  if (lag_ms < 0 || lag_ms > kUnfurlWindow_ms) return AppId::None;
  const double expected = (page->arrivals_at_paste + 0.5) * static_cast<double>(lag_ms) / kDay_ms;
  return 1 - std::exp(-expected) <= kChanceMax ? page->app : AppId::None;
}

void Surroundings::note_unexplained(const EventRow& row) {
  PageRow& page = pages_.find_or_add(page_key(row));
  page.arrivals = fade(page.arrivals, row.time - page.counted_ms) + 1;
  page.counted_ms = row.time;
}

// Where arrivals after the paste were counted before it was told, they count as if they had come before: chance is then
// taken for larger than it is. Pages that are read again from the store (visit_memory.h) have everything in order.
void Surroundings::note_paste(const EventRow& row, AppId app) {
  PageRow& page = pages_.find_or_add(page_key(row));
  if (page.app != AppId::None && row.time < page.pasted_ms) return;
  page.app = app;
  page.pasted_ms = row.time;
  page.arrivals_at_paste = fade(page.arrivals, row.time - page.counted_ms);
}

void Surroundings::forget_page(const EventRow& row) {
  PageRow& page = pages_.find_or_add(page_key(row));
  page = {.key = page.key};
}

}  // namespace noctule
