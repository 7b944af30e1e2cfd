#pragma once
// SPDX-License-Identifier: Apache-2.0
// How apps and public networks open links and fetch previews: one row each. What a row says follows what the apps'
// requests look like in public logs and in the apps' own documents.
#include <cstdint>
#include <span>
#include <string_view>

#include "addresses.h"
#include "devices.h"
#include "hit.h"

namespace noctule::sim {

// One way in which a link opens: the weight counts among the routes of the same platform.
struct Route {
  uint8_t platforms;
  double weight;
  InApp in_app;
  std::string_view referrer;  // empty: none
  QueryKind query;            // what the app adds to the address
};

// What names the app by this route, bits of Trace. A fbclid alone says Meta and no more.
[[nodiscard]] constexpr uint8_t traces_of(const Route& route) {
  const bool by_query = route.query != QueryKind::None && route.query != QueryKind::Fbclid;
  return static_cast<uint8_t>((by_query ? static_cast<unsigned>(Trace::Target) : 0U) |
                              (route.referrer.empty() ? 0U : static_cast<unsigned>(Trace::Referrer)) |
                              (route.in_app == InApp::None ? 0U : static_cast<unsigned>(Trace::UserAgent)));
}

enum class PreviewBy : uint8_t { Nobody, SenderDevice, Server };

struct AppRow {
  std::string_view id;
  double weight;    // among private shares
  uint8_t used_on;  // by those who send and those who open
  std::span<const Route> routes;
  PreviewBy preview_by;
  double preview;         // probability that a share fetches a preview
  double image;           // that the page's image is fetched after it
  Ipv4Range servers;
  std::string_view preview_ios, preview_android, preview_desktop;  // user agents; of a server: the first
};

struct PublicSource {
  std::string_view id;
  double weight;
  std::span<const Route> routes;
};

[[nodiscard]] std::span<const AppRow> apps();
[[nodiscard]] std::span<const PublicSource> public_sources();
[[nodiscard]] uint8_t unknown_app();  // leaves no trace; weight zero unless the world breaks that way
[[nodiscard]] uint8_t email_app();

}  // namespace noctule::sim
