// SPDX-License-Identifier: Apache-2.0
#include "machines.h"

#include <cmath>
#include <iterator>

#include "addresses.h"
#include "noctule/base/civil_time.h"

namespace noctule::sim {
namespace {

// Paths that scanners try wherever they are: administration pages, configuration left lying about.
constexpr std::string_view kProbePaths[] = {
    "/wp-login.php", "/.env", "/xmlrpc.php", "/wp-admin/setup-config.php", "/.git/config", "/admin", "/phpmyadmin/", "/wp-content/plugins/",
    "/backup.zip", "/config.json", "/api/v1/users", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/actuator/health", "/login",
    "/old/", "/test.php", "/info.php", "/.aws/credentials", "/server-status", "/owa/auth/logon.aspx"};
constexpr double kScannerProbes = 0.35;   // of scanners also try paths that do not exist
constexpr double kProbesOfRun = 8;        // paths that one probe tries, in the mean
constexpr double kDaySigma = 0.5;         // of the log-normal factor by which scanning and probing differ from day to day
constexpr double kPublicPreviews = 0.12;  // previews of public posts for each visit by one

struct ClientRow {
  std::string_view user_agent;
  double weight;
  Ipv4Range from;
};

// Names and home ranges as their operators publish them; where none is published, a block of a cloud.
constexpr ClientRow kCrawlers[] = {
    {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 0.25, {ipv4(66, 249, 64, 0), 19}},
    {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
     0.14, {ipv4(157, 55, 39, 0), 24}},
    {"Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", 0.12, {ipv4(54, 36, 148, 0), 24}},
    {"Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)", 0.1, {ipv4(85, 208, 96, 0), 24}},
    {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", 0.09, {ipv4(20, 171, 206, 0), 24}},
    {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", 0.07, {ipv4(18, 216, 0, 0), 16}},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 Safari/605.1.15 (Applebot/0.1; "
     "+http://www.apple.com/go/applebot)", 0.06, {ipv4(17, 22, 237, 0), 24}},
    {"Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", 0.06, {ipv4(5, 255, 231, 0), 24}},
    {"DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)", 0.03, {ipv4(20, 191, 45, 0), 24}},
    {"CCBot/2.0 (https://commoncrawl.org/faq/)", 0.03, {ipv4(18, 97, 9, 0), 24}},
    {"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.7444.175 Mobile Safari/537.36 "
     "(compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 0.05, {ipv4(66, 249, 64, 0), 19}}};

constexpr ClientRow kFeedPollers[] = {
    {"Feedly/1.0 (+http://www.feedly.com/fetcher.html; 118 subscribers; like FeedFetcher-Google)", 0.35, {ipv4(8, 29, 198, 0), 24}},
    {"Mozilla/5.0 (compatible; inoreader.com; 41 subscribers)", 0.25, {ipv4(65, 109, 12, 0), 24}},
    {"NewsBlur Feed Fetcher - 23 subscribers - https://www.newsblur.com/", 0.15, {ipv4(178, 62, 40, 0), 24}},
    {"Tiny Tiny RSS/24.05 (https://tt-rss.org/)", 0.15, {ipv4(88, 198, 30, 0), 24}},
    {"FreshRSS/1.27.1 (Linux; https://freshrss.org)", 0.1, {ipv4(49, 12, 80, 0), 24}}};

constexpr ClientRow kPublicPreviewers[] = {
    {"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", 0.55, {ipv4(173, 252, 64, 0), 18}},
    {"Twitterbot/1.0", 0.2, {ipv4(199, 16, 156, 0), 22}},
    {"LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", 0.1, {ipv4(108, 174, 0, 0), 20}},
    {"Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)", 0.05, {ipv4(52, 22, 0, 0), 16}},
    {"Mozilla/5.0 (compatible; Pinterestbot/1.0; +https://www.pinterest.com/bot.html)", 0.05, {ipv4(54, 236, 1, 0), 24}},
    {"Mastodon/4.5.3 (http.rb/5.3.1; +https://social.example.net/) Bot", 0.05, {ipv4(95, 216, 0, 0), 16}}};

constexpr std::string_view kHttpClients[] = {"curl/8.14.1", "python-requests/2.32.5", "Go-http-client/1.1", "Go-http-client/2.0", "okhttp/4.12.0",
                                             "python-httpx/0.28.1", "Java/17.0.16", "Wget/1.25.0", "axios/1.13.2", "node-fetch/1.0"};
constexpr std::string_view kProbeAgents[] = {"", "Mozilla/5.0", "Mozilla/5.0 zgrab/0.x", "Go-http-client/1.1", "python-requests/2.27.1",
                                             "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)",
                                             "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.108 Safari/537.36"};
constexpr std::string_view kMonitorAgent = "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)";
constexpr Ipv4Range kMonitorHome{ipv4(216, 144, 248, 0), 24}, kPrefetchProxy{ipv4(192, 178, 10, 0), 24};

template <size_t N>
const ClientRow& draw_client(Random& random, const ClientRow (&rows)[N]) {
  return rows[draw_row(random, rows, [](const ClientRow& row) { return row.weight; })];
}

}  // namespace

Machines::Machines(Stage& stage, int64_t monitor_every_ms)
    : stage_(stage), monitor_every_ms_(monitor_every_ms), next_watch_ms_(stage.window.start_ms + monitor_every_ms / 3) {}

Hit Machines::make_hit(int64_t instant_ms, Address client, TextId user_agent, Machine machine) {
  Hit hit{.instant_ms = instant_ms, .client = client, .user_agent = user_agent};
  hit.protocol = Protocol::Http11;
  hit.duration_ms = static_cast<uint16_t>(5 + stage_.random.below(300));
  hit.truth.machine = machine;
  return hit;
}

void Machines::take_page(Hit& hit, uint32_t page) {
  hit.target = {.text = stage_.site.page(page).path};
  hit.page = page;
  hit.status = 200;
  hit.bytes = stage_.site.page(page).bytes;
}

void Machines::probe_paths(Hit hit, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    hit.target = {.text = stage_.texts.intern(kProbePaths[stage_.random.below(std::size(kProbePaths))])};
    hit.status = stage_.random.chance(0.9) ? 404 : 403;
    hit.bytes = 1'180;
    stage_.add_hit(hit);
    hit.instant_ms += 40 + static_cast<int64_t>(stage_.random.below(900));
  }
}

// Looks like a person who lands deep without referrer, and asks for no asset.
void Machines::scan(int64_t instant_ms) {
  Random& random = stage_.random;
  const uint32_t device = stage_.devices.draw(random, random.chance(0.85) ? Platform::Desktop : Platform::Android);
  const Address client = random.chance(0.6) ? draw_server(random) : draw_household(random);
  Hit hit = make_hit(instant_ms, client, stage_.devices.device(device).user_agent, Machine::Scanner);
  const double more = 1 - 1 / stage_.mix.scanner_hits;
  do {
    take_page(hit, stage_.site.draw_any_deep(random));
    stage_.add_hit(hit);
    hit.instant_ms += 300 + static_cast<int64_t>(random.exponential(4'000));
  } while (random.chance(more));
  if (random.chance(kScannerProbes)) probe_paths(hit, 1 + random.below(4));
}

void Machines::crawl(int64_t instant_ms) {
  Random& random = stage_.random;
  const ClientRow& row = draw_client(random, kCrawlers);
  Hit hit = make_hit(instant_ms, draw_in(random, row.from), stage_.texts.intern(row.user_agent), Machine::Crawler);
  const double what = random.uniform();
  take_page(hit, what < 0.8 ? stage_.site.draw_any_deep(random) : what < 0.92 ? stage_.site.draw_section(random) : stage_.site.home());
  if (what > 0.96) {
    hit.target = {.text = stage_.texts.intern("/robots.txt")};
    hit.bytes = 214;
  } else if (random.chance(0.15)) {
    hit.status = 304;
    hit.bytes = 0;
  }
  stage_.add_hit(hit);
}

void Machines::probe(int64_t instant_ms) {
  Random& random = stage_.random;
  const Address client = draw_server(random);
  const TextId agent = stage_.texts.intern(kProbeAgents[random.below(std::size(kProbeAgents))]);
  probe_paths(make_hit(instant_ms, client, agent, Machine::Probe), 1 + random.poisson(kProbesOfRun - 1));
}

void Machines::call(int64_t instant_ms) {
  Random& random = stage_.random;
  const Address client = draw_server(random);
  Hit hit = make_hit(instant_ms, client, stage_.texts.intern(kHttpClients[random.below(std::size(kHttpClients))]), Machine::HttpClient);
  take_page(hit, random.chance(0.5) ? stage_.site.draw_deep(random) : stage_.site.home());
  stage_.add_hit(hit);
}

void Machines::poll_feed(int64_t instant_ms) {
  Random& random = stage_.random;
  const ClientRow& row = draw_client(random, kFeedPollers);
  const Address client{row.from.base + 7};
  Hit hit = make_hit(instant_ms, client, stage_.texts.intern(row.user_agent), Machine::FeedPoller);
  hit.target = {.text = stage_.site.feed_path()};
  hit.status = random.chance(0.8) ? 304 : 200;
  hit.bytes = hit.status == 304 ? 0 : 38'400;
  stage_.add_hit(hit);
}

// A browser or its search engine fetches ahead of a click that need not come.
void Machines::prefetch(int64_t instant_ms) {
  Random& random = stage_.random;
  const bool by_proxy = random.chance(0.5);
  const Address client = by_proxy ? draw_in(random, kPrefetchProxy) : draw_household(random);
  const uint32_t device = stage_.devices.draw(random, random.chance(stage_.mix.mobile) ? Platform::Android : Platform::Desktop);
  Hit hit = make_hit(instant_ms, client, stage_.devices.device(device).user_agent, Machine::Prefetch);
  hit.purpose = by_proxy ? Purpose::PrefetchAnonymous : Purpose::Prefetch;
  hit.protocol = Protocol::Http2;
  if (random.chance(0.7)) hit.referrer = {.text = stage_.texts.intern("https://www.google.com/")};
  take_page(hit, stage_.site.draw_deep(random));
  stage_.add_hit(hit);
}

void Machines::preview_public_post(int64_t instant_ms) {
  Random& random = stage_.random;
  const ClientRow& row = draw_client(random, kPublicPreviewers);
  Hit hit = make_hit(instant_ms, draw_in(random, row.from), stage_.texts.intern(row.user_agent), Machine::Preview);
  const uint32_t page = stage_.site.draw_fresh(random);
  take_page(hit, page);
  stage_.add_hit(hit);
  if (!random.chance(0.5)) return;
  const Asset& image = stage_.site.own_assets()[stage_.site.page(page).first_asset];
  hit.instant_ms += 300 + static_cast<int64_t>(random.below(1'500));
  hit.target = {.text = image.path};
  hit.bytes = image.bytes;
  stage_.add_hit(hit);
}

void Machines::watch(const Stretch& stretch) {
  for (; next_watch_ms_ < stretch.to_ms; next_watch_ms_ += monitor_every_ms_) {
    Hit hit = make_hit(next_watch_ms_, {kMonitorHome.base + 21}, stage_.texts.intern(kMonitorAgent), Machine::Monitor);
    take_page(hit, stage_.site.home());
    hit.method = Method::Head;
    stage_.add_hit(hit);
  }
}

void Machines::advance_day(int64_t instant_ms) {
  const int64_t day = day_number(instant_ms, 0);
  if (day == day_) return;
  day_ = day;
  scan_factor_ = std::exp(kDaySigma * stage_.random.normal() - kDaySigma * kDaySigma / 2);
  probe_factor_ = std::exp(kDaySigma * stage_.random.normal() - kDaySigma * kDaySigma / 2);
}

void Machines::act(const Stretch& stretch) {
  advance_day(stretch.from_ms);
  const Mix& mix = stage_.mix;
  const double span_ms = static_cast<double>(stretch.to_ms - stretch.from_ms);
  const struct {
    double mean;
    void (Machines::*act)(int64_t instant_ms);
  } rows[] = {
      {stretch.dark_landings * mix.scanners / mix.scanner_hits * scan_factor_, &Machines::scan},
      {stretch.visits * mix.crawlers, &Machines::crawl},
      {stretch.visits * mix.probes / kProbesOfRun * probe_factor_, &Machines::probe},
      {stretch.visits * mix.clients, &Machines::call},
      {stretch.visits * mix.feed_polls, &Machines::poll_feed},
      {stretch.visits * mix.prefetches, &Machines::prefetch},
      {stretch.visits * mix.social * kPublicPreviews, &Machines::preview_public_post},
  };
  for (const auto& row : rows) {
    for (uint64_t count = stage_.random.poisson(row.mean); count > 0; --count) {
      (this->*row.act)(stretch.from_ms + static_cast<int64_t>(stage_.random.uniform() * span_ms));
    }
  }
  watch(stretch);
}

}  // namespace noctule::sim
