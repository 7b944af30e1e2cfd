// SPDX-License-Identifier: Apache-2.0
#include "shares.h"

#include <algorithm>
#include <cmath>

#include "mail_gateway.h"

namespace noctule::sim {
namespace {

constexpr double kReproductionMax = 0.85;  // a page above it would fill the log with one cascade
constexpr double kLuckVisits = 20;         // weight of the assumption that the share is right so far
constexpr double kLuckExponent = 3, kLuckFactorMax = 3;
// A page whose shares were opened this often is passed on half as readily: whom it could reach has seen it.
constexpr double kCrowdMin = 40, kCrowdPart = 0.02;
constexpr double kDelaySigma = 1.9;
constexpr double kGatewayOfMail = 0.7;  // mails between people are looked at a little less than newsletters
constexpr double kPastMs = 4.0 * 86'400'000;  // 97 % of delays are shorter at the slowest median
constexpr double kMinuteMs = 60'000;
constexpr double kHomeOfHomeOrSection = 0.65;

std::string_view preview_user_agent(const AppRow& app, Platform platform) {
  if (app.preview_by == PreviewBy::Server || platform == Platform::Ios) return app.preview_ios;
  return platform == Platform::Android ? app.preview_android : app.preview_desktop;
}

// Parameters that stay with an address when it is copied from the address bar.
bool travels(QueryKind kind) {
  return kind == QueryKind::Fbclid || kind == QueryKind::McEid || kind == QueryKind::McTerm || kind == QueryKind::Gclid ||
         kind == QueryKind::UtmChatgpt || kind == QueryKind::NewsletterUtm;
}

}  // namespace

Shares::Shares(Stage& stage, const Options& options)
    : stage_(stage), private_share_(options.private_share), crowd_(std::max(kCrowdMin, kCrowdPart * options.expected_visits)),
      opens_(stage.site.pages().size()) {
  const double unknown_part = options.unknown_part;
  double known = 0;
  for (const AppRow& app : apps()) {
    weights_.push_back(app.weight * std::exp(stage.mix.app_spread * stage.random.normal()));
    known += weights_.back();
  }
  weights_[unknown_app()] = unknown_part <= 0 ? 0 : known * unknown_part / (1 - unknown_part);
  balance(stage.window.start_ms);
}

// Visits by shares = roots / (1 - reproduction), page by page: pages that are passed on readily get more of both.
void Shares::balance(int64_t instant_ms) {
  double roots = 0, all = 0, popularity = 0;
  for (uint32_t i = 0; i < stage_.site.pages().size(); ++i) {
    const Page& page = stage_.site.page(i);
    if (page.kind != PageKind::Deep || page.published_ms > instant_ms) continue;
    popularity += page.popularity;
    roots += page.popularity * page.share_factor;
    all += page.popularity * page.share_factor / (1 - reproduction(i));
  }
  if (popularity <= 0) return;
  roots_per_visit_ = private_share_ * roots / all * luck_correction();
  mean_factor_ = roots / popularity;
}

// Cascades are few and uneven: left alone, a small world would miss the share that was asked for by a factor of three.
double Shares::luck_correction() const {
  const double expected = private_share_ * static_cast<double>(stage_.visit_count), actual = static_cast<double>(stage_.private_visit_count);
  const double ratio = (expected + kLuckVisits) / (actual + kLuckVisits);
  return std::clamp(std::pow(ratio, kLuckExponent), 1 / kLuckFactorMax, kLuckFactorMax);
}

double Shares::reproduction(uint32_t page) const {
  const double factor = stage_.site.is_deep(page) ? stage_.site.page(page).share_factor : 0.3;
  return std::min(kReproductionMax, stage_.mix.reproduction * factor);
}

uint8_t Shares::draw_app(const QueryPart& query, Cause cause, Platform platform) {
  // A newsletter is mostly passed on as a mail.
  if (cause == Cause::Newsletter && query.kind != QueryKind::None && stage_.random.chance(0.6)) return email_app();
  while (true) {
    const auto app = static_cast<uint8_t>(draw_row(stage_.random, weights_, [](double weight) { return weight; }));
    if ((apps()[app].used_on & platform_bit(platform)) != 0) return app;
  }
}

uint32_t Shares::draw_page() {
  Random& random = stage_.random;
  if (random.chance(stage_.mix.private_home)) {
    return random.chance(kHomeOfHomeOrSection) ? stage_.site.home() : stage_.site.draw_section(random);
  }
  // Popularity times readiness, by rejection.
  for (int attempt = 0; attempt < 64; ++attempt) {
    const uint32_t page = stage_.site.draw_deep(random);
    if (random.chance(std::min(1.0, stage_.site.page(page).share_factor / 4))) return page;
  }
  return stage_.site.draw_deep(random);
}

void Shares::pass_on(const VisitPlan& plan, const Person& sender, Address address, const Url& url) {
  Random& random = stage_.random;
  const bool shared = plan.cause == Cause::Private;
  uint32_t page = plan.page;
  double mean = reproduction(page) * crowd_ / (crowd_ + opens_[page]);
  if (shared) {
    ++opens_[page];
  } else {
    mean = roots_per_visit_ * (1 - stage_.mix.seeded_part) / (1 - private_share_);
    if (stage_.site.is_deep(page)) mean *= stage_.site.page(page).share_factor / mean_factor_;
  }
  uint64_t count = random.poisson(mean / stage_.mix.opens_per_share);
  for (; count > 0; --count) {
    Share share{.instant_ms = plan.instant_ms + 4'000 + static_cast<int64_t>(random.exponential(3 * kMinuteMs)), .page = page};
    if (!shared && !stage_.site.is_deep(page)) share.page = draw_page();
    share.generation = static_cast<uint8_t>(std::min(plan.generation + 1, 200));
    share.sender = address;
    share.platform = sender.platform;
    if (share.page == page && travels(url.first.kind) && random.chance(stage_.mix.carried_query)) share.query = url.first;
    share.app = draw_app(share.query, plan.cause, sender.platform);
    send(share);
  }
}

void Shares::seed(int64_t from_ms, int64_t to_ms, double visits) {
  balance(from_ms);
  const double shares = visits * roots_per_visit_ * stage_.mix.seeded_part / stage_.mix.opens_per_share;
  for (uint64_t count = stage_.random.poisson(shares); count > 0; --count) {
    seed_one(from_ms + static_cast<int64_t>(stage_.random.uniform() * static_cast<double>(to_ms - from_ms)), 1);
  }
}

void Shares::seed_past(double visits_per_ms) {
  const double shares = visits_per_ms * kPastMs * private_share_ / stage_.mix.opens_per_share;
  for (uint64_t count = stage_.random.poisson(shares); count > 0; --count) {
    uint8_t generation = 1;
    while (generation < 20 && stage_.random.chance(stage_.mix.reproduction)) ++generation;
    seed_one(stage_.window.start_ms - static_cast<int64_t>(stage_.random.uniform() * kPastMs), generation);
  }
}

void Shares::seed_one(int64_t instant_ms, uint8_t generation) {
  Random& random = stage_.random;
  Person& sender = stage_.people.person(stage_.people.draw_known(random));
  Share share{.instant_ms = instant_ms, .page = draw_page(), .generation = generation};
  share.platform = sender.platform;
  share.sender = sender.address;
  share.app = draw_app({}, Cause::Private, sender.platform);
  send(share);
}

void Shares::send(const Share& share) {
  Random& random = stage_.random;
  if (stage_.window.holds(share.instant_ms)) ++stage_.share_count;
  fetch_preview(share);
  if (share.app == email_app() && random.chance(std::min(1.0, kGatewayOfMail * stage_.mix.gateways))) {
    fetch_by_gateway(stage_, share.page, share.query, share.instant_ms + 2'000);
  }
  const double mean = stage_.mix.opens_per_share;
  for (const double more = mean / (1 + mean); random.chance(more);) {
    VisitPlan open{.page = share.page, .cause = Cause::Private, .app = share.app, .generation = share.generation, .query = share.query};
    const double delay_min = stage_.mix.open_delay_min * std::exp(kDelaySigma * random.normal());
    open.instant_ms = share.instant_ms + 6'000 + static_cast<int64_t>(std::min(delay_min, 40'000.0) * kMinuteMs);
    stage_.calendar.add(open);
  }
}

void Shares::fetch_preview(const Share& share) {
  Random& random = stage_.random;
  const AppRow& app = apps()[share.app];
  if (app.preview_by == PreviewBy::Nobody || !random.chance(app.preview * stage_.mix.preview_seen)) return;
  const bool by_server = app.preview_by == PreviewBy::Server;
  const Page& page = stage_.site.page(share.page);
  Hit hit{.instant_ms = share.instant_ms + static_cast<int64_t>(random.below(1'500)), .bytes = page.bytes, .page = share.page};
  hit.client = by_server ? draw_in(random, app.servers) : share.sender;
  hit.user_agent = stage_.texts.intern(preview_user_agent(app, share.platform));
  hit.target = {.text = page.path, .first = share.query};
  hit.protocol = random.chance(0.7) ? Protocol::Http2 : Protocol::Http11;
  hit.duration_ms = static_cast<uint16_t>(20 + random.below(200));
  hit.truth.machine = Machine::Preview;
  hit.truth.app = share.app;
  if (app.id == "whatsapp" || app.id == "signal") fetch_typed_prefixes(share, hit);
  stage_.add_hit(hit);
  if (!random.chance(app.image)) return;
  const Asset& image = stage_.site.own_assets()[page.first_asset];
  hit.instant_ms += 250 + static_cast<int64_t>(random.below(1'200));
  hit.target = {.text = image.path};
  hit.bytes = image.bytes;
  if (by_server) hit.client = draw_in(random, app.servers);
  stage_.add_hit(hit);
}

// Somebody types the address: the app asks for what stands there at each pause.
void Shares::fetch_typed_prefixes(const Share& share, const Hit& preview) {
  Random& random = stage_.random;
  if (share.query.kind != QueryKind::None || !random.chance(stage_.mix.typed_prefix)) return;
  const std::string path = stage_.texts.text(preview.target.text);
  if (path.size() < 3) return;
  const uint64_t pauses = 1 + random.below(4);
  for (uint64_t i = 0; i < pauses; ++i) {
    const size_t length = 1 + (path.size() - 1) * (i + 1) / (pauses + 1);
    Hit prefix = preview;
    prefix.instant_ms -= static_cast<int64_t>((pauses - i) * (900 + random.below(900)));
    prefix.target = {.text = stage_.texts.intern(path.substr(0, length))};
    prefix.status = length == 1 ? 200 : 404;
    prefix.bytes = length == 1 ? stage_.site.page(0).bytes : 1'180;
    stage_.add_hit(prefix);
  }
}

}  // namespace noctule::sim
