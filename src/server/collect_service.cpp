// SPDX-License-Identifier: Apache-2.0
#include "collect_service.h"

#include <sodium.h>

#include <ctime>
#include <unordered_map>

#include "noctule/base/hash.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kAddressSlots = 64 * 1024, kSiteSlots = 4 * 1024;
constexpr int64_t kRefreshMs = 1'000;       // how soon a thread sees a new day's keys
constexpr size_t kKeysKnownMax = 256;       // checked API keys that a thread remembers
constexpr int64_t kKeyKnownMs = 10'000;     // and for how long: a key that was taken away works so long
constexpr size_t kDropKindsMax = 100'000;   // site, day and reason between two flushes; beyond it only /metrics counts
constexpr int64_t kDayMs = 86'400'000;

static_assert(kRequestPadding >= kBodyPadding);

int64_t monotonic_us() {
  std::timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
}

uint64_t random_seed() {
  uint64_t seed = 0;
  randombytes_buf(&seed, sizeof seed);
  return seed;
}

bool is_prefetch(const Request& request) {
  return contains_ignoring_case(request.field(Field::SecPurpose), "prefetch") || contains_ignoring_case(request.field(Field::Purpose), "prefetch");
}

uint64_t site_key(SiteId site) { return combine_hashes(0x5173, static_cast<uint64_t>(site)); }  // ids are ours: nobody chooses them

CollectRequest request_of(Protocol protocol, const Request& request) {
  CollectRequest made;
  made.protocol = protocol;
  made.query = request.query;
  made.body = request.body;
  made.content_type = request.field(Field::ContentType);
  made.user_agent = request.field(Field::UserAgent);
  made.referer = request.field(Field::Referer);
  made.origin = request.field(Field::Origin);
  made.authorization = request.field(Field::Authorization);
  made.address = request.address;
  made.gpc = request.field(Field::SecGpc) == "1";
  made.dnt = request.field(Field::Dnt) == "1";
  made.prefetch = is_prefetch(request);
  made.debug = !request.field(Field::XDebugRequest).empty();
  return made;
}

}  // namespace

struct alignas(64) CollectService::PerThread {
  Collector collector;
  CollectOutcome outcome;
  std::shared_ptr<const SiteBook> sites;  // shared with CurrentSites until that has a newer one
  uint64_t sites_generation = 0;
  PseudonymKeys keys;
  int64_t refresh_at_ms = 0;
  struct KnownKey {
    int64_t until_ms;
    bool ok;
    SiteId site;
  };
  std::unordered_map<uint64_t, KnownKey> known_keys;  // by keyed hash
  uint64_t seed = random_seed();
  std::mutex drops_mutex;
  std::map<std::tuple<SiteId, int64_t, Drop>, uint64_t> drops;
};

CollectService::CollectService(Services& services, KeyRing keys, int threads)
    : services_(services), keys_(std::move(keys)), address_rate_(kAddressSlots, random_seed()), site_rate_(kSiteSlots, random_seed()) {
  for (int i = 0; i < threads; ++i) threads_.push_back(std::make_unique<PerThread>());
  set_rates(*services.config.get());
}

CollectService::~CollectService() = default;

void CollectService::set_rates(const Config& config) {
  address_rate_.set_rate({config.rate_address, config.rate_address_burst});
  site_rate_.set_rate({config.rate_site, config.rate_site_burst});
}

void CollectService::add_routes(Router& router) {
  struct Row {
    Method method;
    const char* path;
    Protocol protocol;
  };
  constexpr Row kRows[] = {
      {Method::Post, "/api/v1/events", Protocol::Events},       {Method::Get, "/pixel.gif", Protocol::Pixel},
      {Method::Post, "/api/event", Protocol::Plausible},        {Method::Post, "/api/send", Protocol::UmamiSend},
      {Method::Post, "/api/batch", Protocol::UmamiBatch},       {Method::Get, "/count", Protocol::GoatCounterPixel},
      {Method::Post, "/count", Protocol::GoatCounterPixel},     {Method::Post, "/api/v0/count", Protocol::GoatCounterCount},
      {Method::Get, "/matomo.php", Protocol::Matomo},           {Method::Post, "/matomo.php", Protocol::Matomo},
      {Method::Get, "/piwik.php", Protocol::Matomo},            {Method::Post, "/piwik.php", Protocol::Matomo},
  };
  for (const Row& row : kRows) {
    router.add(row.method, row.path, [this, protocol = row.protocol](const Request& request, Response& response) { collect(protocol, request, response); },
               {.body_max = kBodySizeMax, .cors = true});
  }
}

void CollectService::rotate_keys(int64_t now_ms) {
  if (auto keys = keys_.at(now_ms); !keys) services_.log.write(LogLevel::Error, "keys", {{"error", keys.error().message}});
}

// Once a second, and when sites changed, what belongs to the thread is made fresh.
void CollectService::refresh(PerThread& own, int64_t now_ms) {
  if (const uint64_t generation = services_.sites.generation(); generation != own.sites_generation || !own.sites) {
    own.sites = services_.sites.get();
    own.sites_generation = generation;
  }
  if (now_ms < own.refresh_at_ms && now_ms >= own.refresh_at_ms - kRefreshMs) return;
  own.refresh_at_ms = now_ms + kRefreshMs;
  auto keys = keys_.at(now_ms);
  if (!keys) {
    services_.log.write(LogLevel::Error, "keys", {{"error", keys.error().message}});
    keys = keys_.at(now_ms);  // the new ones live in memory
  }
  if (keys) own.keys = *keys;
}

void CollectService::check_key(PerThread& own, CollectRequest& request, int64_t now_ms) {
  const std::string key = api_key_of(request);
  if (key.empty()) return;
  const uint64_t hash = hash_bytes(key, own.seed);
  auto known = own.known_keys.find(hash);
  if (known == own.known_keys.end() || now_ms >= known->second.until_ms) {
    auto settings = services_.settings.lease();
    if (!settings) return;
    const auto found = (*settings)->find_key(key, now_ms);
    const bool ok = found && *found && has_scope(**found, Scope::Collect);
    if (own.known_keys.size() >= kKeysKnownMax) own.known_keys.clear();
    known = own.known_keys.insert_or_assign(hash, PerThread::KnownKey{now_ms + kKeyKnownMs, ok, ok ? (*found)->only_site : SiteId::None}).first;
  }
  request.api_key_ok = known->second.ok;
  request.key_site = known->second.site;
}

void CollectService::count_drops(PerThread& own, int64_t now_ms) {
  const std::lock_guard lock(own.drops_mutex);
  for (const auto& [site, drop] : own.outcome.drops) {
    if (own.drops.size() >= kDropKindsMax) return;
    ++own.drops[{site, now_ms / kDayMs, drop}];
  }
}

std::vector<Settings::DropCount> CollectService::take_drops() {
  std::map<std::tuple<SiteId, int64_t, Drop>, uint64_t> all;
  for (auto& own : threads_) {
    const std::lock_guard lock(own->drops_mutex);
    for (const auto& [kind, count] : own->drops) all[kind] += count;
    own->drops.clear();
  }
  std::vector<Settings::DropCount> counts;
  for (const auto& [kind, count] : all) {
    const auto& [site, day, drop] = kind;
    if (site != SiteId::None) counts.push_back({site, day, std::string(name_of(drop)), count});
  }
  return counts;
}

bool CollectService::is_within_rate(const Request& request, int64_t now_us, CollectCounters& counters) const {
  if (address_rate_.allow(request.address, now_us)) return true;
  add_to(counters.limited_address);
  return false;
}

void CollectService::collect(Protocol protocol, const Request& request, Response& response) {
  if (request.method == Method::Head) return answers_.fill(protocol, request, {}, response);  // whether it is there: no visit
  PerThread& own = *threads_[static_cast<size_t>(request.thread)];
  CollectCounters& counters = services_.metrics.of_thread(request.thread);
  add_to(counters.requests[static_cast<size_t>(protocol)]);
  const int64_t now_us = monotonic_us();
  if (!is_within_rate(request, now_us, counters)) {
    response.prepared = &answers_.too_many();
    return;
  }
  const int64_t now_ms = services_.now_ms();
  refresh(own, now_ms);
  CollectRequest asked = request_of(protocol, request);
  check_key(own, asked, now_ms);
  CollectOutcome& outcome = own.outcome;
  own.collector.collect(asked, *own.sites, own.keys, now_ms, outcome);
  if (!outcome.drops.empty()) count_drops(own, now_ms);
  for (const auto& [site, drop] : outcome.drops) add_to(counters.dropped[static_cast<size_t>(drop)]);
  if (!outcome.readable) {
    add_to(counters.unreadable);
    return answers_.fill_unreadable(outcome, response);
  }
  if (outcome.kept > 0) {
    if (!site_rate_.allow(site_key(outcome.site), now_us)) {
      add_to(counters.limited_site);
      response.prepared = &answers_.too_many();
      return;
    }
    const auto place = services_.journal->append(outcome.events, outcome.kept);
    if (!place) {
      add_to(counters.refused);
      response.prepared = &answers_.try_later();
      return;
    }
    response.hold = *place;
    add_to(counters.kept[static_cast<size_t>(protocol)], outcome.kept);
  }
  answers_.fill(protocol, request, outcome, response);
}

}  // namespace noctule
