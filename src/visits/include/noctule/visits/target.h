#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a request asked for, told from its path alone. Home and section pages can be typed or bookmarked; a deep page
// hardly ever is, which is why a visit that begins on one without a referrer needs an explanation.
#include <cstdint>
#include <string_view>

namespace noctule {

enum class Target : uint8_t {
  Home,      // "/", "/index.html", "/en/"
  Section,   // one short word: "/about", "/shop/"
  Deep,      // any other page
  Asset,     // what a page needs to show itself: style, script, image, font
  Favicon,
  Download,  // a document or archive: reachable by a link, but it fetches no assets
  Data,      // JSON, feeds, APIs, robots.txt, sitemaps
  Probe      // a path that only scanners of weaknesses ask for
};

inline constexpr int kTargets = 8;
[[nodiscard]] constexpr bool is_page(Target target) { return target <= Target::Deep; }

// path: as sent, without query. has_content_query: the query holds more than tracking parameters, as on sites whose every
// page is /index.php?id=...; then "/" and "/index.php" are deep.
[[nodiscard]] Target classify_target(std::string_view path, bool has_content_query);

// The path's language of identity: whether pages of such a path differ by their query (".php", ".aspx", "/", ...).
[[nodiscard]] bool is_query_addressed(std::string_view path);

}  // namespace noctule
