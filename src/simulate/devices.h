#pragma once
// SPDX-License-Identifier: Apache-2.0
// The devices that people hold and the user agents they send: a few thousand distinct ones, newer versions more common, as
// in early 2026. An app's own browser on a device has a user agent that follows from both.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "hit.h"
#include "sampler.h"

namespace noctule::sim {

enum class Platform : uint8_t { Ios, Android, Desktop };

// Sets of platforms.
inline constexpr uint8_t kOnIos = 1, kOnAndroid = 2, kOnDesktop = 4, kOnPhone = 3, kAnywhere = 7;
[[nodiscard]] constexpr uint8_t platform_bit(Platform platform) { return static_cast<uint8_t>(1U << static_cast<unsigned>(platform)); }

// Apps that open links in a browser of their own; None is the device's browser.
enum class InApp : uint8_t {
  None, Facebook, Messenger, Instagram, LinkedIn, Snapchat, WeChat, WhatsApp, Telegram, Line, TikTok, Viber, KakaoTalk, GoogleApp
};
inline constexpr size_t kInApps = 14;

struct Device {
  TextId user_agent = TextId::None;
  Platform platform = Platform::Desktop;
  bool is_safari = false;
  std::string os{}, model{}, build{};  // "18.7", "iPhone15,2" or "SM-S918B", "15E148" or an Android build
  std::string chrome{};            // full version of the web view, Android
};

class DevicePark {
 public:
  DevicePark(TextTable& texts, Random random);
  [[nodiscard]] const Device& device(uint32_t index) const { return devices_[index]; }
  uint32_t draw(Random& random, Platform platform) const {
    const Range& range = ranges_[static_cast<size_t>(platform)];
    return range.first + range.sampler.draw(random);
  }
  // The user agent of an app's browser on a device; the device's own where the app has none there.
  TextId in_app_user_agent(uint32_t device, InApp app, TextTable& texts);
  // X-Requested-With of that browser: Android only, else None.
  TextId package_of(uint32_t device, InApp app, TextTable& texts) const;

 private:
  struct Range {
    uint32_t first = 0;
    Sampler sampler;
  };
  void add_iphones(TextTable& texts, Random& random);
  void add_androids(TextTable& texts, Random& random);
  void add_desktops(TextTable& texts, Random& random);
  void add(Device device, double weight) {
    devices_.push_back(std::move(device));
    weights_.push_back(weight);
  }
  void close_range(Platform platform);

  std::vector<Device> devices_;
  std::vector<double> weights_;
  std::array<Range, 3> ranges_;
  std::vector<std::array<TextId, kInApps>> in_app_;  // filled when first asked for
};

}  // namespace noctule::sim
