// SPDX-License-Identifier: Apache-2.0
#include "umami_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "noctule/base/text.h"

namespace noctule {
namespace {

struct BrowserName {
  std::string_view theirs, ours, app;
};
// Their names are those of the npm package detect-browser, which Umami uses.
constexpr auto kBrowsers = std::to_array<BrowserName>({
    {"chrome", "Chrome", ""},
    {"crios", "Chrome", ""},
    {"chromium-webview", "Chrome", ""},
    {"firefox", "Firefox", ""},
    {"fxios", "Firefox", ""},
    {"safari", "Safari", ""},
    {"ios", "Safari", ""},
    {"ios-webview", "Safari", ""},
    {"edge", "Microsoft Edge", ""},
    {"edge-chromium", "Microsoft Edge", ""},
    {"edge-ios", "Microsoft Edge", ""},
    {"samsung", "Samsung Internet", ""},
    {"opera", "Opera", ""},
    {"opera-mini", "Opera Mini", ""},
    {"yandexbrowser", "Yandex Browser", ""},
    {"silk", "Silk", ""},
    {"miui", "MIUI Browser", ""},
    {"ie", "Internet Explorer", ""},
    {"android", "Android Browser", ""},
    {"facebook", "", "facebook"},
    {"instagram", "", "instagram"},
    {"kakaotalk", "", "kakaotalk"},
});

struct SystemName {
  std::string_view theirs, ours;
};
constexpr auto kSystems = std::to_array<SystemName>({{"Mac OS", "macOS"}, {"Android OS", "Android"}, {"iOS", "iOS"}, {"Chrome OS", "Chrome OS"},
                                                     {"Linux", "Linux"}});

void read_system(std::string_view os, UmamiClient& client) {
  constexpr std::string_view kWindows = "Windows ";
  if (os.starts_with(kWindows)) {
    client.os = "Windows";
    client.os_version = os.substr(kWindows.size());
    if (!std::ranges::all_of(client.os_version, [](char c) { return is_digit(c) || c == '.'; })) client.os_version = {};  // "Vista"
    client.os_version = client.os_version.substr(0, client.os_version.find('.'));
    return;
  }
  const auto found = std::ranges::find(kSystems, os, &SystemName::theirs);
  client.os = found == kSystems.end() ? os : found->ours;
}

}  // namespace

UmamiClient read_umami_client(std::string_view browser, std::string_view os, std::string_view device) {
  UmamiClient client;
  client.browser = browser;
  if (const auto found = std::ranges::find(kBrowsers, browser, &BrowserName::theirs); found != kBrowsers.end()) {
    client.browser = found->ours;
    if (!found->app.empty()) client.app = Knowledge::builtin().find_app(found->app);
  }
  read_system(os, client);
  if (device == "desktop" || device == "laptop") client.device = DeviceKind::Desktop;
  if (device == "mobile") client.device = DeviceKind::Mobile;
  if (device == "tablet") client.device = DeviceKind::Tablet;
  return client;
}

}  // namespace noctule
