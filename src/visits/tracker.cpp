// SPDX-License-Identifier: Apache-2.0
#include "noctule/visits/tracker.h"

#include <algorithm>
#include <cstdlib>
#include <istream>
#include <limits>
#include <ostream>

#include "noctule/detect/knowledge.h"

namespace noctule {
namespace {

constexpr size_t kPrefetchAhead = 8;
constexpr int kArrivalsPerVisitMax = 8;  // more sources within one visit are a machine's, or do not matter

template <typename Count>
void bump(Count& count) {
  if (count != std::numeric_limits<Count>::max()) ++count;
}

bool is_success(const Hit& hit) { return (hit.status >= 200 && hit.status < 300) || hit.status == 304 || hit.status == 0; }

ReferrerClass referrer_class(const Hit& hit) { return static_cast<ReferrerClass>(hit.referrer_class); }

bool is_external(ReferrerClass cls) { return cls != ReferrerClass::None && cls != ReferrerClass::Internal; }

// Exclusions that the user agent or the request alone decides; None: the visitor has to be followed.
Exclusion exclude_by_itself(const Hit& hit) {
  if (hit.has(HitFlag::NoUserAgent)) return Exclusion::NoUserAgent;
  switch (static_cast<MachinePurpose>(hit.machine)) {
    case MachinePurpose::None: break;
    case MachinePurpose::Crawler: return Exclusion::DeclaredBot;
    case MachinePurpose::Preview: return Exclusion::Preview;
    case MachinePurpose::Monitoring: return Exclusion::Monitoring;
    case MachinePurpose::MailScanner: return Exclusion::MailScanner;
    case MachinePurpose::HttpClient: return Exclusion::HttpClient;
    case MachinePurpose::FeedReader: return Exclusion::FeedReader;
    case MachinePurpose::Headless: return Exclusion::Headless;
  }
  switch (hit.kind) {
    case Kind::PreviewBot: return Exclusion::Preview;
    case Kind::Bot: return Exclusion::DeclaredBot;
    case Kind::App: return Exclusion::App;
    case Kind::Browser:
    case Kind::InappBrowser: break;
  }
  if (hit.has(HitFlag::MailGateway)) return Exclusion::MailScanner;
  return hit.has(HitFlag::Prefetch) ? Exclusion::Prefetch : Exclusion::None;
}

template <typename Row>
void write_rows(std::ostream& out, std::span<const Row> rows) {
  const uint64_t count = rows.size();
  out.write(reinterpret_cast<const char*>(&count), sizeof count);
  out.write(reinterpret_cast<const char*>(rows.data()), static_cast<std::streamsize>(rows.size_bytes()));
}

template <typename Row>
bool read_rows(std::istream& in, std::vector<Row>& rows) {
  uint64_t count = 0;
  if (!in.read(reinterpret_cast<char*>(&count), sizeof count)) return false;
  rows.resize(count);
  return static_cast<bool>(
      in.read(reinterpret_cast<char*>(rows.data()), static_cast<std::streamsize>(count * sizeof(Row))));
}

}  // namespace

void merge_into(TrackerResult& sum, TrackerResult part) {
  sum.arrivals.insert(sum.arrivals.end(), part.arrivals.begin(), part.arrivals.end());
  sum.previews.insert(sum.previews.end(), part.previews.begin(), part.previews.end());
  for (size_t i = 0; i < kExclusions; ++i) {
    sum.totals.hits[i] += part.totals.hits[i];
    sum.totals.landings[i] += part.totals.landings[i];
  }
  for (size_t i = 0; i < kTargets; ++i) sum.totals.browser_hits[i] += part.totals.browser_hits[i];
  sum.totals.visitors += part.totals.visitors;
  sum.totals.people += part.totals.people;
  sum.totals.assets_with_own_referrer += part.totals.assets_with_own_referrer;
  sum.totals.assets_of_seen_page += part.totals.assets_of_seen_page;
  sum.totals.previews_left_out += part.totals.previews_left_out;
  sum.totals.continuations += part.totals.continuations;
}

void Tracker::process(std::span<const Hit> hits) {
  for (size_t i = 0; i < hits.size(); ++i) {
    if (i + kPrefetchAhead < hits.size()) visitors_.prefetch(hits[i + kPrefetchAhead].visitor);
    track(hits[i]);
  }
}

void Tracker::track(const Hit& hit) {
  const Exclusion alone = exclude_by_itself(hit);
  if (alone != Exclusion::None) {
    const auto reason = static_cast<size_t>(alone);
    ++totals_.hits[reason];
    if (alone == Exclusion::Preview) {
      if (previews_.size() >= previews_max_) ++totals_.previews_left_out;
      else previews_.push_back({hit.instant_ms, hit.address, hit.page, hit.origin, hit.user_agent, hit.offset_minutes, hit.status, hit.target});
    } else if (is_page(hit.target) && is_success(hit) && hit.method == Method::Get) {
      ++totals_.landings[reason];
    }
    return;
  }
  ++totals_.browser_hits[static_cast<size_t>(hit.target)];
  Visitor& visitor = visitors_.find_or_add(hit.visitor);
  bump(visitor.hits);
  if (begins_visit(visitor, hit)) begin_visit(visitor, hit);
  visitor.last_ms = std::max(visitor.last_ms, hit.instant_ms);
  if (visitor.open_arrival != 0) {
    Arrival& open = arrivals_[visitor.open_arrival - 1];
    open.visit_end_ms = std::max(open.visit_end_ms, hit.instant_ms);
  }
  if (hit.target == Target::Probe && !is_success(hit)) bump(visitor.probes);
  if (is_page(hit.target)) {
    if (hit.status == 404 || hit.status == 410) bump(visitor.not_found);
    if (is_success(hit) && hit.method == Method::Get) view_page(visitor, hit);
  } else if (hit.target == Target::Asset || hit.target == Target::Favicon || hit.target == Target::Data) {
    fetch_asset(visitor, hit);
  }
}

// A hit that is early or late by more than the pause begins a visit: files of several times may follow each other.
// Behind an edge's address each opening of a page is a visit of its own: the next one may be somebody else's with the same
// browser. What comes within the time of an asset is the same opening, or a reload.
bool Tracker::begins_visit(const Visitor& visitor, const Hit& hit) {
  if (visitor.visits == 0) return true;
  if (!hit.has(HitFlag::EdgeAddress)) return std::abs(hit.instant_ms - visitor.last_ms) > kVisitPause_ms;
  const bool opens = is_page(hit.target) && referrer_class(hit) != ReferrerClass::Internal;
  return opens && (visitor.recent_pages[0] == 0 || hit.instant_ms - visitor.recent_ms[0] > kAssetWindow_ms);
}

// Somebody else with the same browser proves nothing: behind edges each arrival needs its own corroboration.
bool Tracker::is_corroborated(const Arrival& arrival) {
  return arrival.corroboration != Corroboration::None || !arrival.has(HitFlag::EdgeAddress);
}

void Tracker::begin_visit(Visitor& visitor, const Hit& hit) {
  bump(visitor.visits);
  visitor.open_arrival = 0;
  visitor.pages_in_visit = 0;
  visitor.arrivals_in_visit = 0;
  visitor.last_ms = visitor.burst_start_ms = hit.instant_ms;
  visitor.burst_pages = 0;
  std::ranges::fill(visitor.recent_pages, 0);
}

void Tracker::view_page(Visitor& visitor, const Hit& hit) {
  bump(visitor.pages);
  if (hit.instant_ms - visitor.burst_start_ms > kBurstWindow_ms) {
    visitor.burst_start_ms = hit.instant_ms;
    visitor.burst_pages = 0;
  }
  bump(visitor.burst_pages);
  visitor.burst_pages_max = std::max(visitor.burst_pages_max, visitor.burst_pages);

  const bool first = visitor.pages_in_visit == 0;
  const ReferrerClass cls = referrer_class(hit);
  const bool from_seen_page =
      cls == ReferrerClass::Internal && hit.referrer_path != hit.path &&
      std::ranges::find(visitor.recent_pages, hit.referrer_path) != std::end(visitor.recent_pages);
  if (from_seen_page) corroborate(visitor, Corroboration::Navigation);
  bump(visitor.pages_in_visit);
  if (visitor.open_arrival != 0) bump(arrivals_[visitor.open_arrival - 1].pages_in_visit);

  const bool tells_its_source = is_external(cls) || (cls == ReferrerClass::None && hit.query != 0);
  if (first && cls == ReferrerClass::Internal) {
    ++totals_.continuations;
  } else if (first || (tells_its_source && visitor.recent_pages[0] != hit.path)) {
    add_arrival(visitor, hit);
  }
  for (int i = 2; i > 0; --i) {
    visitor.recent_pages[i] = visitor.recent_pages[i - 1];
    visitor.recent_ms[i] = visitor.recent_ms[i - 1];
  }
  visitor.recent_pages[0] = hit.path;
  visitor.recent_ms[0] = hit.instant_ms;
}

void Tracker::add_arrival(Visitor& visitor, const Hit& hit) {
  bump(visitor.landings);
  if (visitor.arrivals_in_visit >= kArrivalsPerVisitMax) return;
  ++visitor.arrivals_in_visit;
  Arrival arrival;
  arrival.instant_ms = arrival.visit_end_ms = hit.instant_ms;
  arrival.visitor = hit.visitor;
  arrival.address = hit.address;
  arrival.page = hit.page;
  arrival.path = hit.path;
  arrival.referrer_host = is_external(referrer_class(hit)) ? hit.referrer_path : 0;
  arrival.click_id = hit.click_id;
  arrival.recipient_id = hit.recipient_id;
  arrival.origin = hit.origin;
  arrival.agent = hit.agent;
  arrival.agent_family = hit.agent_family;
  arrival.user_agent = hit.user_agent;
  arrival.referrer = hit.referrer;
  arrival.query = hit.query;
  arrival.offset_minutes = hit.offset_minutes;
  arrival.pages_in_visit = 1;
  arrival.visit_number = visitor.visits;
  arrival.target = hit.target;
  arrival.flags = hit.flags;
  NOCT_ASSERT(arrivals_.size() < std::numeric_limits<uint32_t>::max());
  arrivals_.push_back(arrival);
  visitor.open_arrival = static_cast<uint32_t>(arrivals_.size());
}

void Tracker::fetch_asset(Visitor& visitor, const Hit& hit) {
  const ReferrerClass cls = referrer_class(hit);
  // What a page's script asks for comes with the page as referrer; feeds and files that clients poll come without.
  if (hit.target == Target::Data && cls != ReferrerClass::Internal) return;
  if (hit.target != Target::Data) bump(visitor.assets);
  if (is_external(cls) || hit.status >= 400) return;  // a hot link on another site
  bool belongs = false;
  for (int i = 0; i < 3; ++i) {
    const bool recent = visitor.recent_pages[i] != 0 && hit.instant_ms - visitor.recent_ms[i] <= kAssetWindow_ms;
    const bool of_page = cls == ReferrerClass::Internal ? hit.referrer_path == visitor.recent_pages[i] : i == 0;
    belongs = belongs || (recent && of_page);
  }
  if (cls == ReferrerClass::Internal && hit.target == Target::Asset && !hit.has(HitFlag::EdgeAddress)) {
    ++totals_.assets_with_own_referrer;
    if (belongs) ++totals_.assets_of_seen_page;
  }
  // Scanners fetch favicons to recognise software, without a referrer; browsers send one.
  if (hit.target == Target::Favicon && cls != ReferrerClass::Internal) return;
  if (belongs) corroborate(visitor, Corroboration::Asset);
}

void Tracker::corroborate(Visitor& visitor, Corroboration how) {
  visitor.corroborated = true;
  if (visitor.open_arrival == 0) return;
  Arrival& open = arrivals_[visitor.open_arrival - 1];
  if (open.corroboration == Corroboration::None) open.corroboration = how;
}

Exclusion Tracker::judge(const Visitor& visitor) {
  if (visitor.probes > 0 && (visitor.assets == 0 || visitor.probes * 5 >= visitor.pages)) return Exclusion::ScannerProbe;
  if (visitor.not_found >= 5 && visitor.not_found > visitor.pages) return Exclusion::NotFoundMostly;
  if (visitor.burst_pages_max > kBurstPages && visitor.assets < visitor.pages) return Exclusion::ScannerBurst;
  return visitor.corroborated ? Exclusion::None : Exclusion::Uncorroborated;
}

TrackerResult Tracker::finish() const {
  TrackerResult result;
  result.totals = totals_;
  result.previews = previews_;
  visitors_.for_each([&](const Visitor& visitor) {
    const auto reason = static_cast<size_t>(judge(visitor));
    result.totals.hits[reason] += visitor.hits;
    result.totals.landings[reason] += visitor.landings;
    ++result.totals.visitors;
    if (reason == 0) ++result.totals.people;
  });
  for (const Arrival& arrival : arrivals_) {
    if (judge(*visitors_.find(arrival.visitor)) != Exclusion::None) continue;
    if (!is_corroborated(arrival)) {
      ++result.totals.landings[static_cast<size_t>(Exclusion::Uncorroborated)];
      continue;
    }
    Arrival judged = arrival;
    if (judged.corroboration == Corroboration::None) judged.corroboration = Corroboration::Returned;
    result.arrivals.push_back(judged);
  }
  return result;
}

size_t Tracker::memory_bytes() const {
  return visitors_.memory_bytes() + arrivals_.capacity() * sizeof(Arrival) + previews_.capacity() * sizeof(PreviewFetch);
}

void Tracker::write_to(std::ostream& out) const {
  write_rows(out, visitors_.slots());
  write_rows(out, std::span(arrivals_));
  write_rows(out, std::span(previews_));
  write_rows(out, std::span(&totals_, 1));
}

Result<Tracker> Tracker::read_from(std::istream& in, size_t previews_max) {
  Tracker tracker(previews_max);
  std::vector<Visitor> slots;
  std::vector<TrackerTotals> totals;
  if (!read_rows(in, slots) || !read_rows(in, tracker.arrivals_) || !read_rows(in, tracker.previews_) ||
      !read_rows(in, totals) || totals.size() != 1) {
    return fail(ErrorCode::Io, "the parked part of the analysis cannot be read back");
  }
  tracker.visitors_ = FlatTable<Visitor>::from_slots(std::move(slots));
  tracker.totals_ = totals[0];
  return tracker;
}

}  // namespace noctule
