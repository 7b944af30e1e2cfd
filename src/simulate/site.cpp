// SPDX-License-Identifier: Apache-2.0
#include "site.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace noctule::sim {
namespace {

constexpr std::string_view kSections[] = {"news", "guides", "recipes", "events", "shop", "projects", "interviews", "archive"};
constexpr std::string_view kFirst[] = {"quiet", "winter", "river", "small", "open", "night", "city", "garden", "old", "paper",
                                       "blue", "second", "common", "early", "hidden", "local", "warm", "long", "simple", "wild"};
constexpr std::string_view kSecond[] = {"kitchen", "bridge", "library", "market", "forest", "harbour", "workshop", "school", "theatre",
                                        "orchard", "station", "festival", "bakery", "museum", "meadow", "studio", "railway", "island"};
constexpr std::string_view kThird[] = {"plan", "story", "walk", "guide", "question", "report", "opening", "season", "repair", "debate"};

struct SharedAsset {
  std::string_view path;
  uint32_t bytes;
};
constexpr SharedAsset kShared[] = {{"/assets/site.css?v=8f31", 28'410}, {"/assets/app.js?v=8f31", 61'902},
                                   {"/assets/logo.svg", 3'120},         {"/assets/fonts/serif-latin.woff2", 24'668},
                                   {"/favicon.ico", 4'286},             {"/assets/icons.svg", 9'850}};

constexpr double kDayMs = 86'400'000;
constexpr int64_t kTablesForMs = 6LL * 3'600'000;
constexpr double kUnpublished = 1e-12;  // weight that is never drawn in practice, and keeps the table well-formed

template <size_t N>
std::string_view pick(Random& random, const std::string_view (&words)[N]) {
  return words[random.below(N)];
}

}  // namespace

Site::Site(const Mix& mix, int64_t start_ms, int64_t end_ms, TextTable& texts, Random random)
    : freshness_ms_(mix.freshness_days * kDayMs), tables_until_ms_(std::numeric_limits<int64_t>::min()) {
  for (const SharedAsset& asset : kShared) shared_assets_.push_back({texts.intern(asset.path), asset.bytes});
  feed_ = texts.intern("/feed.xml");
  add_page(PageKind::Home, "/", texts, random);
  section_count_ = static_cast<uint32_t>(3 + random.below(std::size(kSections) - 3));
  for (uint32_t i = 0; i < section_count_; ++i) add_page(PageKind::Section, fmt::format("/{}/", kSections[i]), texts, random);
  add_deep_pages(mix, start_ms, end_ms, texts, random);
  advance_to(start_ms);
}

void Site::add_page(PageKind kind, std::string_view path, TextTable& texts, Random& random) {
  Page page;
  page.path = texts.intern(path);
  page.kind = kind;
  page.published_ms = std::numeric_limits<int64_t>::min();
  page.bytes = static_cast<uint32_t>(9'000 * std::exp(0.6 * random.normal()) + 2'000);
  page.first_asset = static_cast<uint32_t>(own_assets_.size());
  page.asset_count = static_cast<uint32_t>(1 + random.below(4));
  for (uint32_t i = 0; i < page.asset_count; ++i) {
    const auto bytes = static_cast<uint32_t>(40'000 * std::exp(0.8 * random.normal()) + 1'500);
    own_assets_.push_back({texts.intern(fmt::format("/media/{:05}-{}.{}", pages_.size(), i, i % 2 == 0 ? "jpg" : "webp")), bytes});
  }
  pages_.push_back(page);
}

void Site::add_deep_pages(const Mix& mix, int64_t start_ms, int64_t end_ms, TextTable& texts, Random& random) {
  const auto count = static_cast<size_t>(std::max(2.0, std::round(mix.pages)));
  const bool numbered = random.chance(0.3);  // a shop or forum: /p/42 instead of a slug
  for (size_t i = 0; i < count; ++i) {
    const std::string_view first = pick(random, kFirst), second = pick(random, kSecond), third = pick(random, kThird);
    const std::string slug = fmt::format("{}-{}-{}-{}", first, second, third, i);
    const std::string_view section = kSections[random.below(section_count_)];
    add_page(PageKind::Deep, numbered ? fmt::format("/p/{}", 40 + i) : fmt::format("/{}/{}", section, slug), texts, random);
    Page& page = pages_.back();
    page.popularity = std::exp(mix.popularity_noise * random.normal()) / std::pow(static_cast<double>(i + 1), mix.zipf);
    page.share_factor = std::exp(mix.page_spread * random.normal() - mix.page_spread * mix.page_spread / 2);
    const double span = static_cast<double>(end_ms - start_ms);
    page.published_ms = random.chance(mix.fresh_part)
                            ? start_ms + static_cast<int64_t>(span * random.uniform())
                            : start_ms - static_cast<int64_t>(random.exponential(200 * kDayMs));
  }
}

void Site::advance_to(int64_t instant_ms) {
  if (instant_ms < tables_until_ms_) return;
  tables_until_ms_ = instant_ms + kTablesForMs;
  std::vector<double> popular, fresh;
  for (size_t i = first_deep(); i < pages_.size(); ++i) {
    const double age_ms = static_cast<double>(instant_ms - pages_[i].published_ms);
    const bool out = age_ms >= 0;
    popular.push_back(out ? pages_[i].popularity + kUnpublished : kUnpublished);
    fresh.push_back(out ? pages_[i].popularity * std::exp(-age_ms / freshness_ms_) + kUnpublished * pages_[i].popularity : kUnpublished * 1e-6);
  }
  by_popularity_ = Sampler(popular);
  by_freshness_ = Sampler(fresh);
}

uint32_t Site::draw_any_deep(Random& random) const {
  const uint32_t deep_count = static_cast<uint32_t>(pages_.size()) - first_deep();
  for (int attempt = 0; attempt < 8; ++attempt) {
    const uint32_t index = first_deep() + static_cast<uint32_t>(random.below(deep_count));
    if (pages_[index].published_ms < tables_until_ms_ - kTablesForMs + 1) return index;
  }
  return draw_deep(random);
}

}  // namespace noctule::sim
