#pragma once
// SPDX-License-Identifier: Apache-2.0
// The site of a world: home page, sections, deep pages with their ages, popularity and assets. Made once from the seed and
// then only read, except for the draws by popularity, which follow the clock.
#include <cstdint>
#include <vector>

#include "hit.h"
#include "mix.h"
#include "sampler.h"

namespace noctule::sim {

enum class PageKind : uint8_t { Home, Section, Deep };

struct Asset {
  TextId path = TextId::None;
  uint32_t bytes = 0;
};

struct Page {
  TextId path = TextId::None;
  PageKind kind = PageKind::Deep;
  double popularity = 0;      // Zipf with noise
  double share_factor = 1;    // readiness to be passed on against the mean page
  int64_t published_ms = 0;
  uint32_t bytes = 0;
  uint32_t first_asset = 0, asset_count = 0;  // of own_assets; the first is its og:image
};

class Site {
 public:
  Site(const Mix& mix, int64_t start_ms, int64_t end_ms, TextTable& texts, Random random);

  [[nodiscard]] const std::vector<Page>& pages() const { return pages_; }
  [[nodiscard]] const Page& page(uint32_t index) const { return pages_[index]; }
  [[nodiscard]] const std::vector<Asset>& shared_assets() const { return shared_assets_; }
  [[nodiscard]] const std::vector<Asset>& own_assets() const { return own_assets_; }
  [[nodiscard]] TextId feed_path() const { return feed_; }

  // Popularity as of an instant: pages not yet published are left out, fresh draws prefer the newest. Call it as time
  // goes on; it makes new tables every few hours only.
  void advance_to(int64_t instant_ms);
  [[nodiscard]] uint32_t home() const { return 0; }
  uint32_t draw_section(Random& random) const { return 1 + static_cast<uint32_t>(random.below(section_count_)); }
  uint32_t draw_deep(Random& random) const { return first_deep() + by_popularity_.draw(random); }
  uint32_t draw_fresh(Random& random) const { return first_deep() + by_freshness_.draw(random); }
  // Any published page with equal chance: what a crawler or scanner takes.
  uint32_t draw_any_deep(Random& random) const;
  [[nodiscard]] bool is_deep(uint32_t index) const { return pages_[index].kind == PageKind::Deep; }

 private:
  [[nodiscard]] uint32_t first_deep() const { return 1 + section_count_; }
  void add_page(PageKind kind, std::string_view path, TextTable& texts, Random& random);
  void add_deep_pages(const Mix& mix, int64_t start_ms, int64_t end_ms, TextTable& texts, Random& random);

  std::vector<Page> pages_;  // home, sections, deep pages
  std::vector<Asset> shared_assets_, own_assets_;
  uint32_t section_count_ = 0;
  TextId feed_ = TextId::None;
  double freshness_ms_ = 0;
  int64_t tables_until_ms_;
  Sampler by_popularity_, by_freshness_;
};

}  // namespace noctule::sim
