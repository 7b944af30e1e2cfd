// SPDX-License-Identifier: Apache-2.0
#include "bench_site.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "noctule/base/random.h"
#include "noctule/model/evidence.h"

namespace noctule::testing {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr size_t kPages = 2'000, kReferrers = 400, kCampaigns = 60;

// Zipf's law by inversion of its continuous form: the rank of a draw among n, exponent 1.
size_t zipf(Random& random, size_t n) {
  const double rank = std::exp(random.uniform() * std::log(static_cast<double>(n) + 1)) - 1;
  return std::min(static_cast<size_t>(rank), n - 1);
}

std::vector<std::string> numbered(std::string_view pattern, size_t count) {
  std::vector<std::string> out;
  for (size_t i = 0; i < count; ++i) out.push_back(fmt::format(fmt::runtime(pattern), i));
  return out;
}

// A kind of arrival: how often, and what the store says of it.
struct Arrival {
  double share;
  std::string_view source, app, surface, referrer, rules;
  Channel channel;
  Ga4Channel ga4;
  Grade grade;
  Private is_private;
  bool dark;
};
constexpr Arrival kArrivals[] = {
    {0.30, "Google", "", "", "https://www.google.com/", "ref.google", Channel::Search, Ga4Channel::OrganicSearch, Grade::Strong, Private::No, false},
    {0.17, "", "", "", "", "", Channel::Direct, Ga4Channel::Direct, Grade::Direct, Private::No, false},
    {0.14, "", "", "", "", "est.deep", Channel::Unattributed, Ga4Channel::Direct, Grade::Estimated, Private::No, true},
    {0.08, "", "", "", "", "", Channel::Referral, Ga4Channel::Referral, Grade::Strong, Private::No, false},
    {0.06, "WhatsApp", "whatsapp", "private", "", "ua.whatsapp", Channel::PrivateMessage, Ga4Channel::Direct, Grade::Proven, Private::Yes, false},
    {0.05, "Facebook", "facebook", "unknown", "https://l.facebook.com/", "ua.facebook ref.facebook", Channel::AppUnknown, Ga4Channel::OrganicSocial, Grade::Strong, Private::Unknown, false},
    {0.04, "Instagram", "instagram", "unknown", "https://l.instagram.com/", "ua.instagram", Channel::AppUnknown, Ga4Channel::OrganicSocial, Grade::Strong, Private::Unknown, false},
    {0.03, "Newsletter", "", "", "", "utm.email", Channel::Newsletter, Ga4Channel::Email, Grade::Proven, Private::No, false},
    {0.03, "X", "x", "public", "https://t.co/", "ref.tco", Channel::Social, Ga4Channel::OrganicSocial, Grade::Proven, Private::No, false},
    {0.02, "Telegram", "telegram", "private", "android-app://org.telegram.messenger", "ref.telegram", Channel::PrivateMessage, Ga4Channel::Referral, Grade::Proven, Private::Yes, false},
    {0.02, "Slack", "slack", "private", "", "ua.slack", Channel::PrivateMessage, Ga4Channel::Direct, Grade::Strong, Private::Yes, false},
    {0.02, "Gmail", "", "", "https://mail.google.com/", "ref.gmail", Channel::PrivateEmail, Ga4Channel::Referral, Grade::Strong, Private::Yes, false},
    {0.02, "ChatGPT", "", "", "https://chatgpt.com/", "ref.chatgpt", Channel::AiAssistant, Ga4Channel::AiAssistant, Grade::Proven, Private::No, false},
    {0.01, "Signal", "signal", "private", "", "ua.signal", Channel::PrivateMessage, Ga4Channel::Direct, Grade::Strong, Private::Yes, false},
    {0.01, "LinkedIn", "linkedin", "unknown", "https://www.linkedin.com/", "ref.linkedin", Channel::Social, Ga4Channel::OrganicSocial, Grade::Strong, Private::Unknown, false},
};
constexpr std::array<std::string_view, 6> kBrowsers = {"Chrome", "Safari", "Firefox", "Edge", "Samsung Internet", "Opera"};
constexpr std::array<std::string_view, 5> kSystems = {"Windows", "iOS", "Android", "Mac", "GNU/Linux"};
constexpr std::array<std::string_view, 4> kMediums = {"email", "social", "cpc", "referral"};

class BenchSite {
 public:
  BenchSite(Store& store, int64_t events) : store_(store), visits_per_hour_(static_cast<double>(events) / 4.0 / kBenchDays / 24) {}

  Result<void> fill() {
    for (int64_t hour = 0; hour < kBenchDays * 24 + 12; ++hour) {
      rows_.clear();
      const double daytime = 1 + 0.7 * std::sin(static_cast<double>(hour % 24 - 9) / 24 * 2 * std::numbers::pi);
      const auto visits = static_cast<int64_t>(visits_per_hour_ * daytime);
      for (int64_t i = 0; i < visits; ++i) add_visit(kBenchStartMs + hour * kHourMs + static_cast<int64_t>(random_.below(kHourMs)));
      std::ranges::stable_sort(rows_, {}, &EventRow::time);
      if (auto appended = store_.append(static_cast<BatchId>(hour + 1), rows_); !appended) return appended;
    }
    return {};
  }

 private:
  const Arrival& draw_arrival() {
    double left = random_.uniform();
    for (const Arrival& arrival : kArrivals) {
      if ((left -= arrival.share) < 0) return arrival;
    }
    return kArrivals[0];
  }

  void add_visit(int64_t time) {
    EventRow row;
    row.site = 1;
    row.time = time;
    // One in six comes again on the same day: another visit of somebody who was here.
    begin_day(time);
    const bool again = !recent_.empty() && random_.chance(0.16);
    row.visitor = again ? recent_[random_.below(recent_.size())] : random_.next() | 1;
    row.visit = again ? static_cast<uint16_t>(2 + random_.below(3)) : 1;
    if (!again) remember(row.visitor);
    row.host = "www.example.org";
    row.path = row.entry_path = pages_[zipf(random_, kPages)];
    dress(row);
    row.visits = row.bounces = 1;
    const uint64_t further = random_.chance(0.4) ? 0 : 1 + random_.poisson(4);
    rows_.push_back(row);
    for (uint64_t i = 0; i < further; ++i) add_row(row, i == 0);
    if (random_.chance(0.02)) add_unfurl(row);
  }

  void dress(EventRow& row) {
    const Arrival& arrival = draw_arrival();
    row.referrer = arrival.channel == Channel::Referral ? std::string_view(referrers_[zipf(random_, kReferrers)]) : arrival.referrer;
    row.source = arrival.channel == Channel::Referral ? row.referrer.substr(8, row.referrer.size() - 9) : arrival.source;
    row.channel = static_cast<uint8_t>(arrival.channel);
    row.ga4_channel = static_cast<uint8_t>(arrival.ga4);
    row.grade = static_cast<uint8_t>(arrival.grade);
    row.is_private = static_cast<uint8_t>(arrival.is_private);
    row.dark = row.deep = arrival.dark;
    row.app = arrival.app;
    row.surface = arrival.surface;
    row.rules = arrival.rules;
    const size_t browser = zipf(random_, kBrowsers.size());
    row.browser = kBrowsers[browser];
    row.browser_version = versions_[zipf(random_, versions_.size())];
    row.os = kSystems[zipf(random_, kSystems.size())];
    row.os_version = versions_[zipf(random_, 8)];
    row.device = static_cast<uint8_t>(1 + zipf(random_, 3));
    if (arrival.channel == Channel::Newsletter || random_.chance(0.05)) {
      row.utm_source = campaigns_[zipf(random_, 20)];
      row.utm_medium = arrival.channel == Channel::Newsletter ? kMediums[0] : kMediums[zipf(random_, kMediums.size())];
      row.utm_campaign = campaigns_[zipf(random_, kCampaigns)];
    }
  }

  void add_row(EventRow& last, bool first) {
    const auto pause = static_cast<int64_t>(2'000 + random_.exponential(60'000));
    // Nobody is recognised after midnight UTC: a pseudonym ends with its day.
    if ((last.time + pause) / 86'400'000 != last.time / 86'400'000) return;
    last.time += pause;
    last.duration_ms = pause;
    last.visits = 0;
    last.bounces = first ? -1 : 0;
    last.kind = 0;
    last.name = {};
    last.engaged_ms = 0;
    last.scroll = kScrollUnknown;
    const double what = random_.uniform();
    if (what < 0.2) {
      last.kind = static_cast<uint8_t>(EventKind::Engagement);
      last.engaged_ms = static_cast<int32_t>(pause);
      last.scroll = static_cast<uint8_t>(random_.below(101));
    } else if (what < 0.28) {
      last.kind = static_cast<uint8_t>(EventKind::Custom);
      last.name = random_.chance(0.7) ? "Outbound Link: Click" : "Signup";
    } else {
      last.path = pages_[zipf(random_, kPages)];
    }
    rows_.push_back(last);
  }

  void add_unfurl(const EventRow& visit) {
    EventRow row;
    row.site = 1;
    row.time = visit.time;
    row.kind = static_cast<uint8_t>(EventKind::Unfurl);
    row.origin = static_cast<uint8_t>(EventOrigin::Log);
    row.host = visit.host;
    row.path = visit.entry_path;
    row.app = random_.chance(0.6) ? "whatsapp" : "telegram";
    rows_.push_back(row);
  }

  void begin_day(int64_t time) {
    if (time / 86'400'000 != recent_day_) recent_.clear();
    recent_day_ = time / 86'400'000;
  }
  // Pseudonyms of today that may come back.
  void remember(uint64_t visitor) {
    if (recent_.size() < 4'096) recent_.push_back(visitor);
    else recent_[random_.below(recent_.size())] = visitor;
  }

  Store& store_;
  double visits_per_hour_;
  Random random_{20'260'601};
  std::vector<EventRow> rows_;
  std::vector<uint64_t> recent_;
  int64_t recent_day_ = 0;
  std::vector<std::string> pages_ = numbered("/section/article-{}", kPages);
  std::vector<std::string> referrers_ = numbered("https://blog-{}.example/", kReferrers);
  std::vector<std::string> campaigns_ = numbered("campaign-{}", kCampaigns);
  std::vector<std::string> versions_ = numbered("{}", 30);
};

}  // namespace

Result<void> fill_bench_site(Store& store, int64_t events) { return BenchSite(store, events).fill(); }

}  // namespace noctule::testing
