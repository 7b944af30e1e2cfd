// SPDX-License-Identifier: Apache-2.0
#include "visits.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace noctule::sim {
namespace {

struct SearchRow {
  std::string_view referrer;
  double weight;
  uint8_t platforms;
};
// Shares of search engines in Europe and North America, rounded (StatCounter, 2025).
constexpr SearchRow kSearch[] = {
    {"https://www.google.com/", 0.8, kAnywhere},          {"https://www.google.co.uk/", 0.03, kAnywhere},
    {"https://www.google.fr/", 0.03, kAnywhere},          {"https://www.bing.com/", 0.08, kAnywhere},
    {"https://duckduckgo.com/", 0.03, kAnywhere},         {"https://search.yahoo.com/", 0.01, kAnywhere},
    {"https://www.ecosia.org/", 0.01, kAnywhere},         {"https://www.qwant.com/", 0.005, kAnywhere},
    {"https://search.brave.com/", 0.01, kAnywhere},       {"https://yandex.com/", 0.005, kAnywhere},
    {"android-app://com.google.android.googlequicksearchbox/", 0.1, kOnAndroid},
};

struct WeightedText {
  std::string_view text;
  double weight;
};
constexpr WeightedText kAssistants[] = {{"https://chatgpt.com/", 0.7}, {"https://www.perplexity.ai/", 0.12}, {"https://gemini.google.com/", 0.08},
                                        {"https://copilot.microsoft.com/", 0.06}, {"https://claude.ai/", 0.04}};
constexpr WeightedText kWebmail[] = {{"https://mail.google.com/", 0.4}, {"https://outlook.live.com/", 0.2}, {"https://outlook.office.com/", 0.15},
                                     {"https://mail.yahoo.com/", 0.1}, {"https://deref-gmx.net/", 0.08}, {"https://mail.proton.me/", 0.07}};
constexpr WeightedText kFeedReaders[] = {{"https://feedly.com/", 0.6}, {"https://www.inoreader.com/", 0.25}, {"https://www.newsblur.com/", 0.15}};
constexpr uint64_t kReferringSites = 40;

constexpr double kReadingMs = 45'000;        // mean time on a page before the next
constexpr double kSearchIn = 0.02;           // next page is the site's own search
constexpr double kRevalidates = 0.15;        // a returning browser asks again for one asset and gets 304

}  // namespace

struct Visits::Browsing {
  Person& person;
  Address address;
  int64_t now_ms;
  TextId user_agent, package = TextId::None;
  Url referrer{}, url{};
  bool own_cache = true;      // an app's browser does not share the browser's cache
  bool leaves_early = false;
  Protocol protocol = Protocol::Http2;
  HitTruth truth{};
};

Person& Visits::choose_person(const VisitPlan& plan) {
  Random& random = stage_.random;
  if (plan.person != PersonId::Nobody) return stage_.people.person(plan.person);
  double known = stage_.mix.known_visitor;
  if (plan.cause == Cause::Bookmark || plan.cause == Cause::Feed || plan.cause == Cause::Newsletter) known = 0.95;
  if (plan.cause == Cause::Typed) known = 0.6;
  if (plan.cause == Cause::Private || plan.cause == Cause::Document) known /= 2;
  const uint8_t platforms = plan.cause == Cause::Private ? apps()[plan.app].used_on : kAnywhere;
  return stage_.people.person(random.chance(known) ? stage_.people.draw_known_on(random, platforms) : stage_.people.draw_new(random, platforms));
}

void Visits::set_referrer(Browsing& browsing, std::string_view referrer) {
  browsing.referrer = {.text = stage_.texts.intern(referrer)};
}

void Visits::open_by(const Route& route, Browsing& browsing) {
  if (!route.referrer.empty()) set_referrer(browsing, route.referrer);
  if (route.query != QueryKind::None) {
    QueryPart& free = browsing.url.first.kind == QueryKind::None ? browsing.url.first : browsing.url.second;
    free = {route.query, stage_.random.next()};
  }
  if (route.in_app != InApp::None) {
    const uint32_t device = browsing.person.device;
    browsing.user_agent = stage_.devices.in_app_user_agent(device, route.in_app, stage_.texts);
    browsing.package = stage_.devices.package_of(device, route.in_app, stage_.texts);
    browsing.own_cache = false;
  }
  browsing.truth.traces = traces_of(route);
}

void Visits::arrive_from_search(Browsing& browsing) {
  Random& random = stage_.random;
  const uint8_t here = platform_bit(browsing.person.platform);
  if (browsing.person.platform == Platform::Ios && random.chance(0.12)) {
    browsing.user_agent = stage_.devices.in_app_user_agent(browsing.person.device, InApp::GoogleApp, stage_.texts);
    browsing.own_cache = false;
  }
  if (random.chance(stage_.mix.search_loss)) return;
  const size_t row = draw_row(random, kSearch, [&](const SearchRow& r) { return (r.platforms & here) != 0 ? r.weight : 0; });
  set_referrer(browsing, kSearch[row].referrer);
}

void Visits::arrive_by_newsletter(const VisitPlan& plan, Browsing& browsing) {
  browsing.url.first = plan.query;
  if (stage_.random.chance(stage_.mix.newsletter_in_app)) return;
  const size_t row = draw_row(stage_.random, kWebmail, [](const WeightedText& r) { return r.weight; });
  set_referrer(browsing, kWebmail[row].text);
}

void Visits::take_route(const VisitPlan& plan, Browsing& browsing) {
  Random& random = stage_.random;
  const uint8_t here = platform_bit(browsing.person.platform);
  const auto draw_route = [&](std::span<const Route> routes) -> const Route& {
    return routes[draw_row(random, routes, [&](const Route& r) { return (r.platforms & here) != 0 ? r.weight : 0; })];
  };
  switch (plan.cause) {
    case Cause::Search: return arrive_from_search(browsing);
    case Cause::Newsletter: return arrive_by_newsletter(plan, browsing);
    case Cause::Social: return open_by(draw_route(public_sources()[plan.app].routes), browsing);
    case Cause::Private:
      browsing.url.first = plan.query;
      return open_by(draw_route(apps()[plan.app].routes), browsing);
    case Cause::Paid:
      browsing.url.first = {QueryKind::Gclid, random.next()};
      return set_referrer(browsing, "https://www.google.com/");
    case Cause::Ai: {
      const bool lost = random.chance(stage_.mix.ai_loss);
      const size_t row = draw_row(random, kAssistants, [](const WeightedText& r) { return r.weight; });
      if (!lost) set_referrer(browsing, kAssistants[row].text);
      if (row == 0 && random.chance(0.7)) browsing.url.first = {QueryKind::UtmChatgpt, 0};
      return;
    }
    case Cause::Referral: {
      if (random.chance(stage_.mix.referral_loss)) return;
      const uint64_t site = std::min(random.below(kReferringSites), random.below(kReferringSites));
      static constexpr std::string_view kKinds[] = {"blog", "forum", "club", "press", "wiki"};
      const std::string page = site % 3 == 0 ? std::string() : fmt::format("links/{}", site * 7);
      return set_referrer(browsing, fmt::format("https://{}{}.example.net/{}", kKinds[site % 5], site, page));
    }
    case Cause::Feed: {
      if (random.chance(stage_.mix.feed_loss)) return;
      return set_referrer(browsing, kFeedReaders[draw_row(random, kFeedReaders, [](const WeightedText& r) { return r.weight; })].text);
    }
    case Cause::Typed:
    case Cause::Bookmark:
    case Cause::Document: return;
  }
}

void Visits::load_asset(Browsing& browsing, const Asset& asset, const Url& page_url, int64_t instant_ms, uint16_t status) {
  Hit hit{.instant_ms = instant_ms, .client = browsing.address, .user_agent = browsing.user_agent, .package = browsing.package};
  hit.target = {.text = asset.path};
  hit.referrer = page_url;
  hit.status = status;
  hit.bytes = status == 304 ? 0 : asset.bytes;
  hit.duration_ms = static_cast<uint16_t>(2 + stage_.random.below(120));
  hit.protocol = browsing.protocol;
  stage_.add_hit(hit);
}

// True when at least one of the page's assets is asked for inside the window.
bool Visits::load_assets(Browsing& browsing, uint32_t index, const Url& page_url) {
  Random& random = stage_.random;
  Person& person = browsing.person;
  const Page& page = stage_.site.page(index);
  int64_t at_ms = browsing.now_ms + 120 + static_cast<int64_t>(random.below(500));
  const int64_t first_ms = at_ms;
  bool any = false;
  const auto load = [&](const Asset& asset, uint16_t status) {
    load_asset(browsing, asset, page_url, at_ms, status);
    at_ms += static_cast<int64_t>(random.below(90));
    any = true;
  };
  const bool seen = browsing.own_cache && index != 0 && std::ranges::find(person.seen, index) != std::end(person.seen);
  if (!person.has_shared_assets || !browsing.own_cache) {
    for (const Asset& asset : stage_.site.shared_assets()) load(asset, 200);
  } else if (random.chance(kRevalidates)) {
    load(stage_.site.shared_assets()[random.below(2)], 304);
  }
  if (!seen) {
    for (uint32_t i = 0; i < page.asset_count; ++i) load(stage_.site.own_assets()[page.first_asset + i], 200);
  }
  if (browsing.own_cache) {
    person.has_shared_assets = true;
    person.seen[2] = person.seen[1];
    person.seen[1] = person.seen[0];
    person.seen[0] = index;
  }
  browsing.own_cache = true;  // from the second page on, an app's browser has the shared assets too
  return any && stage_.window.holds(first_ms);
}

bool Visits::load_page(Browsing& browsing, uint32_t index, const Url& referrer, bool arrival) {
  Random& random = stage_.random;
  const Page& page = stage_.site.page(index);
  Hit hit{.instant_ms = browsing.now_ms, .client = browsing.address, .user_agent = browsing.user_agent, .package = browsing.package};
  hit.target = browsing.url;
  hit.referrer = referrer;
  hit.page = index;
  const bool seen = index != 0 && std::ranges::find(browsing.person.seen, index) != std::end(browsing.person.seen);
  hit.status = seen && random.chance(0.3) ? 304 : 200;
  hit.bytes = hit.status == 304 ? 0 : page.bytes;
  hit.duration_ms = static_cast<uint16_t>(15 + random.below(180));
  hit.protocol = browsing.protocol;
  hit.truth = browsing.truth;
  hit.truth.arrival = arrival;
  const size_t place = stage_.hits.size();
  stage_.add_hit(hit);
  if (!stage_.window.holds(hit.instant_ms)) return false;
  const Url page_url{.text = browsing.url.text, .own = true, .first = browsing.url.first, .second = browsing.url.second};
  const bool assets = !browsing.person.blocks_assets && !browsing.leaves_early && load_assets(browsing, index, page_url);
  stage_.hits[place].truth.corroborated = assets;
  return true;
}

void Visits::begin(const VisitPlan& plan) {
  Random& random = stage_.random;
  Person& person = choose_person(plan);
  Browsing browsing{.person = person, .address = stage_.people.address_of_visit(person, random), .now_ms = plan.instant_ms,
                    .user_agent = stage_.devices.device(person.device).user_agent};
  uint32_t page = plan.page;
  if (plan.cause == Cause::Bookmark && stage_.site.is_deep(page) && plan.person == PersonId::Nobody) {
    if (person.favourite == 0 || random.chance(0.2)) person.favourite = page;
    page = person.favourite;
  }
  browsing.url.text = stage_.site.page(page).path;
  browsing.truth = {.cause = plan.cause, .app = plan.app, .generation = plan.generation};
  take_route(plan, browsing);
  browsing.leaves_early = random.chance(stage_.mix.leave_early);
  browsing.protocol = random.chance(0.75) ? Protocol::Http2 : random.chance(0.6) ? Protocol::Http11 : Protocol::Http3;
  browsing.truth.deep = stage_.site.is_deep(page);
  ++stage_.visit_count;
  if (plan.cause == Cause::Private) ++stage_.private_visit_count;
  if (!plan.of_wave && browsing.truth.deep && browsing.referrer.text == TextId::None) ++stage_.dark_landing_count;
  const size_t arrival = stage_.hits.size();
  const Url arrival_url = browsing.url;
  if (!load_page(browsing, page, browsing.referrer, true)) return;
  VisitPlan shared = plan;
  shared.page = page;
  shares_.pass_on(shared, person, browsing.address, arrival_url);
  if (browsing.leaves_early) return;
  const double again = 1 - 1 / stage_.mix.pages_per_visit;
  while (random.chance(again)) {
    const Url previous{.text = browsing.url.text, .own = true, .first = browsing.url.first, .second = browsing.url.second};
    browsing.now_ms += 2'000 + static_cast<int64_t>(random.exponential(kReadingMs));
    page = random.chance(0.8) ? stage_.site.draw_deep(random) : stage_.site.draw_section(random);
    browsing.url = {.text = stage_.site.page(page).path};
    if (random.chance(kSearchIn)) {
      page = stage_.site.home();
      browsing.url = {.text = stage_.site.page(page).path, .first = {QueryKind::SiteSearch, random.next()}};
    }
    browsing.truth = {.cause = plan.cause, .app = plan.app, .generation = plan.generation};
    if (!load_page(browsing, page, previous, false)) return;
    stage_.hits[arrival].truth.corroborated = true;
  }
}

}  // namespace noctule::sim
