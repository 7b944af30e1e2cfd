// SPDX-License-Identifier: Apache-2.0
// Shapes of user agents: Chromium's user-agent reduction ("Android 10; K", zeros in the version), Apple's frozen
// "15E148", Mozilla's Gecko trail; in-app tokens as their apps send them.
#include "devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "noctule/base/hash.h"

namespace noctule::sim {
namespace {

constexpr std::string_view kIosVersions[] = {"26.2", "26.1", "18.7", "26.0", "18.6", "18.5", "18.3", "17.6", "18.1", "17.5",
                                             "16.7", "17.4", "16.6", "15.8", "17.2", "16.3", "15.6", "16.1"};
constexpr std::string_view kIphones[] = {"iPhone17,1", "iPhone15,4", "iPhone14,5", "iPhone16,2", "iPhone15,2", "iPhone13,2",
                                         "iPhone12,1", "iPhone18,1", "iPhone14,2", "iPhone12,8", "iPhone17,3", "iPhone14,6"};
constexpr std::string_view kAndroidModels[] = {
    "SM-S918B", "SM-A546B", "SM-A536B", "SM-S911B", "SM-A155F", "SM-G991B", "SM-A346B", "SM-S928B", "SM-A256B", "SM-G780G",
    "Pixel 8", "Pixel 7a", "Pixel 9", "Pixel 6", "Pixel 8 Pro", "2201117TG", "23021RAAEG", "22101316G", "M2101K6G", "2311DRK48G",
    "CPH2387", "CPH2465", "RMX3630", "moto g54 5G", "moto g84 5G", "XQ-DC54", "V2250", "NE2213", "LM-K520", "ASUS_AI2302"};
constexpr std::string_view kAndroidBuilds[] = {"UP1A.231005.007", "TP1A.220624.014", "AP3A.240905.015.A2", "SP1A.210812.016",
                                               "BP2A.250605.031", "UKQ1.230804.001"};
constexpr int kChromeNewest = 143, kFirefoxNewest = 146;

// Weight of the version that is steps behind the newest: most people update within weeks, a tail never does.
double recency(int steps) { return std::pow(0.62, steps) + 0.004; }

template <size_t N>
std::string_view pick(Random& random, const std::string_view (&words)[N]) {
  return words[random.below(N)];
}

std::string chrome_build(Random& random, int major) {
  return fmt::format("{}.0.{}.{}", major, 7499 - (kChromeNewest - major) * 53, 20 + random.below(180));
}

std::string underscored(std::string_view version) {
  std::string text(version);
  std::ranges::replace(text, '.', '_');
  return text;
}

// Safari 26 keeps saying iOS 18 in the system part.
std::string system_version(std::string_view os) { return os.starts_with("26") ? "18_7" : underscored(os); }

struct InAppRow {
  InApp app;
  std::string_view ios, android;  // what follows the web view's user agent; empty: no browser of its own
  int version_major;              // the newest
  std::string_view version_tail, package;
};

// {V} version, {M} model, {O} system version, {U} the same underscored, {N} a build number
constexpr InAppRow kInAppRows[] = {
    {InApp::Facebook,
     " [FBAN/FBIOS;FBAV/{V};FBBV/{N};FBDV/{M};FBMD/iPhone;FBSN/iOS;FBSV/{O};FBSS/3;FBID/phone;FBLC/en_GB;FBOP/5;FBRV/0;IABMV/1]",
     " [FB_IAB/FB4A;FBAV/{V};IABMV/1;]", 540, ".0.0.40.70", "com.facebook.katana"},
    {InApp::Messenger, " [FBAN/MessengerForiOS;FBAV/{V};FBBV/{N};FBDV/{M};FBMD/iPhone;FBSN/iOS;FBSV/{O};FBSS/3;FBCR/;FBID/phone;FBLC/en_GB;FBOP/5]",
     " [FB_IAB/Orca-Android;FBAV/{V};]", 538, ".0.0.52.109", "com.facebook.orca"},
    {InApp::Instagram, " Instagram {V} ({M}; iOS {U}; en_GB; en; scale=3.00; 1179x2556; {N})",
     " Instagram {V} Android (34/14; 450dpi; 1080x2340; vendor; {M}; device; soc; en_GB; {N})", 408, ".0.0.31.92", "com.instagram.android"},
    {InApp::LinkedIn, " [LinkedInApp]/9.31.{V}", " [LinkedInApp]", 9120, "", "com.linkedin.android"},
    {InApp::Snapchat, " Snapchat/13.{V} (like Safari/8621.1.15, panda)", " Snapchat13.{V} ({M}; Android 14#0#34; gzip; )", 66, ".0.41",
     "com.snapchat.android"},
    {InApp::WeChat, " MicroMessenger/8.0.{V}(0x18003d2a) NetType/WIFI Language/zh_CN",
     " XWEB/1380275 MMWEBSDK/20250904 MicroMessenger/8.0.{V}(0x28003D51) WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64", 61, "",
     "com.tencent.mm"},
    {InApp::WhatsApp, " [WAiOS/2.26.{V}]", " WA4A/2.26.{V}.77", 3, "", "com.whatsapp"},
    {InApp::Telegram, "", " Telegram-Android/12.{V}.1 ({M}; Android 14; SDK 34; HIGH)", 3, "", "org.telegram.messenger"},
    {InApp::Line, " Safari Line/15.{V}.1", " Line/15.{V}.1/IAB", 21, "", "jp.naver.line.android"},
    {InApp::TikTok, " musical_ly_{V} JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en Region/GB BytedanceWebview/d8a21c6",
     " trill_{N} JsSdk/1.0 NetType/WIFI Channel/googleplay ByteLocale/en ByteFullLocale/en Region/GB BytedanceWebview/d8a21c6", 42,
     ".4.0", "com.zhiliaoapp.musically"},
    {InApp::KakaoTalk, " KAKAOTALK/25.{V} (INAPP)", " KAKAOTALK/25.{V} (INAPP)", 9, ".1", "com.kakao.talk"},
    {InApp::GoogleApp, " GSA/{V}.0.{N} Safari/604.1", "", 398, "", "com.google.android.googlequicksearchbox"},
};

const InAppRow* find_row(InApp app) {
  const auto row = std::ranges::find(kInAppRows, app, &InAppRow::app);
  return row == std::end(kInAppRows) ? nullptr : &*row;
}

std::string fill_template(std::string_view shape, const Device& device, const InAppRow& row, uint64_t variety) {
  Random random(variety);
  int steps = 0;
  while (steps < 12 && steps < row.version_major - 1 && random.chance(0.4)) ++steps;
  std::string out;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != '{') {
      out.push_back(shape[i]);
      continue;
    }
    switch (shape[i + 1]) {
      case 'V': out += fmt::format("{}{}", row.version_major - steps, row.version_tail); break;
      case 'M': out += device.model; break;
      case 'O': out += device.os; break;
      case 'U': out += underscored(device.os); break;
      default: out += fmt::format("{}", 812'000'000 + (row.version_major - steps) * 1'371); break;
    }
    i += 2;
  }
  return out;
}

std::string web_view(const Device& device) {
  if (device.platform == Platform::Ios) {
    return fmt::format("Mozilla/5.0 (iPhone; CPU iPhone OS {} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/{}",
                       system_version(device.os), device.build);
  }
  return fmt::format(
      "Mozilla/5.0 (Linux; Android {}; {} Build/{}; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{} Mobile Safari/537.36",
      device.os, device.model, device.build, device.chrome);
}

}  // namespace

DevicePark::DevicePark(TextTable& texts, Random random) {
  add_iphones(texts, random);
  close_range(Platform::Ios);
  add_androids(texts, random);
  close_range(Platform::Android);
  add_desktops(texts, random);
  close_range(Platform::Desktop);
  in_app_.resize(devices_.size());
}

void DevicePark::close_range(Platform platform) {
  Range& range = ranges_[static_cast<size_t>(platform)];
  range.first = static_cast<uint32_t>(devices_.size() - weights_.size());
  range.sampler = Sampler(weights_);
  weights_.clear();
}

void DevicePark::add_iphones(TextTable& texts, Random& random) {
  for (int v = 0; v < static_cast<int>(std::size(kIosVersions)); ++v) {
    for (const std::string_view model : kIphones) {
      Device device{.platform = Platform::Ios, .is_safari = true, .os = std::string(kIosVersions[v]), .model = std::string(model)};
      device.build = "15E148";
      const std::string head = fmt::format("Mozilla/5.0 (iPhone; CPU iPhone OS {} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)",
                                           system_version(device.os));
      device.user_agent = texts.intern(fmt::format("{} Version/{} Mobile/15E148 Safari/604.1", head, device.os));
      add(device, recency(v));
      const int chrome = kChromeNewest - static_cast<int>(random.below(6));
      device.is_safari = false;
      device.user_agent = texts.intern(fmt::format("{} CriOS/{}.0.{}.{} Mobile/15E148 Safari/604.1", head, chrome,
                                                   7499 - (kChromeNewest - chrome) * 53, 90 + random.below(40)));
      add(device, recency(v) * 0.12);
    }
  }
}

void DevicePark::add_androids(TextTable& texts, Random& random) {
  for (int v = 0; v < 26; ++v) {
    for (const std::string_view model : kAndroidModels) {
      Device device{.platform = Platform::Android, .model = std::string(model)};
      device.os = fmt::format("{}", 16 - std::min<uint64_t>(static_cast<uint64_t>(random.exponential(1.3)), 7));
      device.build = std::string(pick(random, kAndroidBuilds));
      device.chrome = chrome_build(random, kChromeNewest - v);
      std::string browser = fmt::format("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Mobile Safari/537.36",
                                        kChromeNewest - v);
      double weight = recency(v);
      const double kind = random.uniform();
      if (kind < 0.25 && model.starts_with("SM-")) {
        browser = fmt::format("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/{}.0 Chrome/{}.0.0.0 Mobile Safari/537.36",
                              29 - std::min(v, 12), 138 - v);
      } else if (kind < 0.33) {
        browser = fmt::format("Mozilla/5.0 (Android {}; Mobile; rv:{}.0) Gecko/{}.0 Firefox/{}.0", device.os, kFirefoxNewest - v,
                              kFirefoxNewest - v, kFirefoxNewest - v);
        weight *= 0.3;
      } else if (kind < 0.45) {  // phones whose browser names the model
        browser = fmt::format("Mozilla/5.0 (Linux; Android {}; {}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Mobile Safari/537.36", device.os,
                              model, chrome_build(random, 122 - v));
        weight *= 0.3;
      }
      device.user_agent = texts.intern(browser);
      add(device, weight);
    }
  }
}

void DevicePark::add_desktops(TextTable& texts, Random& random) {
  constexpr std::string_view kSystems[] = {"Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"};
  constexpr double kSystemWeights[] = {0.7, 0.22, 0.08};
  for (int v = 0; v < 40; ++v) {
    for (size_t s = 0; s < std::size(kSystems); ++s) {
      const double weight = recency(v) * kSystemWeights[s];
      const auto add_browser = [&](std::string ua, double part, bool safari) {
        Device device{.platform = Platform::Desktop, .is_safari = safari};
        device.user_agent = texts.intern(ua);
        add(std::move(device), weight * part);
      };
      const std::string chrome = fmt::format("Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36", kSystems[s],
                                             kChromeNewest - v);
      add_browser(chrome, 0.6, false);
      add_browser(fmt::format("{} Edg/{}.0.0.0", chrome, kChromeNewest - v), s == 0 ? 0.22 : 0.01, false);
      add_browser(fmt::format("{} OPR/{}.0.0.0", chrome, kChromeNewest - 16 - v), 0.03, false);
      add_browser(fmt::format("{} Vivaldi/7.{}.3797.{}", chrome, std::max(0, 7 - v / 2), 40 + random.below(24)), 0.004, false);
      const int firefox = kFirefoxNewest - v;
      const std::string_view gecko_system = s == 1 ? "Macintosh; Intel Mac OS X 10.15" : kSystems[s];
      add_browser(fmt::format("Mozilla/5.0 ({}; rv:{}.0) Gecko/20100101 Firefox/{}.0", gecko_system, firefox, firefox), 0.12, false);
      if (s == 1 && v < static_cast<int>(std::size(kIosVersions))) {
        add_browser(fmt::format("Mozilla/5.0 ({}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{} Safari/605.1.15", kSystems[s], kIosVersions[v]), 1.6,
                    true);
      }
    }
  }
}

TextId DevicePark::in_app_user_agent(uint32_t index, InApp app, TextTable& texts) {
  TextId& slot = in_app_[index][static_cast<size_t>(app)];
  if (slot != TextId::None) return slot;
  const Device& device = devices_[index];
  const InAppRow* row = find_row(app);
  const bool ios = device.platform == Platform::Ios;
  const std::string_view shape = row == nullptr || device.platform == Platform::Desktop ? std::string_view{} : ios ? row->ios : row->android;
  slot = shape.empty() ? device.user_agent
                       : texts.intern(web_view(device) + fill_template(shape, device, *row, combine_hashes(index, static_cast<uint64_t>(app))));
  return slot;
}

TextId DevicePark::package_of(uint32_t index, InApp app, TextTable& texts) const {
  const InAppRow* row = find_row(app);
  if (row == nullptr || devices_[index].platform != Platform::Android || row->android.empty()) return TextId::None;
  return texts.intern(row->package);
}

}  // namespace noctule::sim
