// SPDX-License-Identifier: Apache-2.0
#include "apps.h"

#include <algorithm>
#include <iterator>

namespace noctule::sim {
namespace {

using enum InApp;
using Q = QueryKind;

constexpr Route kWhatsApp[] = {
    {kAnywhere, 0.86, None, "", Q::None},
    {kOnAndroid, 0.08, None, "android-app://com.whatsapp/", Q::None},
    {kOnPhone, 0.02, WhatsApp, "", Q::None},
    {kOnPhone, 0.004, None, "https://l.wl.co/", Q::None},
    {kOnDesktop, 0.3, None, "https://web.whatsapp.com/", Q::None},
    {kAnywhere, 0.01, None, "", Q::UtmWhatsapp},
};
constexpr Route kNoTrace[] = {{kAnywhere, 1, None, "", Q::None}};
constexpr Route kSms[] = {{kAnywhere, 0.97, None, "", Q::None}, {kOnAndroid, 0.03, None, "https://messages.google.com/", Q::None}};
constexpr Route kTelegram[] = {
    {kAnywhere, 0.7, None, "", Q::None},
    {kOnAndroid, 0.25, None, "android-app://org.telegram.messenger/", Q::None},
    {kOnAndroid, 0.05, Telegram, "", Q::None},
    {kOnDesktop, 0.25, None, "https://web.telegram.org/", Q::None},
};
constexpr Route kMessenger[] = {
    {kOnIos, 0.9, Messenger, "https://m.facebook.com/", Q::Fbclid},
    {kOnAndroid, 0.9, Messenger, "http://m.facebook.com/", Q::Fbclid},
    {kOnPhone, 0.1, None, "https://l.messenger.com/", Q::Fbclid},
    {kOnDesktop, 0.8, None, "https://l.messenger.com/", Q::Fbclid},
    {kOnDesktop, 0.2, None, "", Q::Fbclid},
};
constexpr Route kInstagramDm[] = {
    {kOnPhone, 0.55, Instagram, "https://l.instagram.com/", Q::Fbclid},
    {kOnPhone, 0.4, Instagram, "", Q::None},
    {kAnywhere, 0.05, None, "", Q::Igsh},
    {kOnDesktop, 0.95, None, "https://l.instagram.com/", Q::Fbclid},
};
constexpr Route kSnapchat[] = {{kOnPhone, 0.9, Snapchat, "", Q::None}, {kOnPhone, 0.1, None, "", Q::None}};
constexpr Route kWeChat[] = {
    {kOnPhone, 0.35, WeChat, "", Q::GroupMessage},
    {kOnPhone, 0.35, WeChat, "", Q::SingleMessage},
    {kOnPhone, 0.25, WeChat, "", Q::None},
    {kOnDesktop, 1, None, "", Q::None},
};
constexpr Route kSlack[] = {
    {kAnywhere, 0.75, None, "", Q::None},
    {kOnAndroid, 0.15, None, "android-app://com.Slack/", Q::None},
    {kOnDesktop, 0.25, None, "https://app.slack.com/", Q::None},
};
constexpr Route kTeams[] = {
    {kAnywhere, 0.55, None, "", Q::None},
    {kOnDesktop, 0.35, None, "https://statics.teams.cdn.office.net/", Q::None},
    {kOnDesktop, 0.1, None, "https://teams.microsoft.com/", Q::None},
};
constexpr Route kDiscord[] = {{kAnywhere, 0.85, None, "", Q::None}, {kOnDesktop, 0.25, None, "https://discord.com/", Q::None}};
constexpr Route kEmail[] = {
    {kAnywhere, 0.6, None, "", Q::None},
    {kOnAndroid, 0.3, None, "android-app://com.google.android.gm/", Q::None},
    {kOnDesktop, 0.3, None, "https://mail.google.com/", Q::None},
    {kOnDesktop, 0.15, None, "https://outlook.live.com/", Q::None},
    {kOnDesktop, 0.1, None, "https://outlook.office.com/", Q::None},
    {kAnywhere, 0.04, None, "https://deref-gmx.net/", Q::None},
    {kAnywhere, 0.04, None, "https://messagerie.orange.fr/", Q::None},
};
constexpr Route kViber[] = {{kAnywhere, 1, None, "", Q::None}};
constexpr Route kLine[] = {{kOnPhone, 0.8, Line, "", Q::None}, {kAnywhere, 0.2, None, "", Q::None}};

// Meta, Telegram, LinkedIn and Snap publish these blocks (AS32934, AS62041, AS14413); Slack, Discord and Skype fetch from clouds.
constexpr Ipv4Range kMeta{ipv4(173, 252, 64, 0), 18}, kTelegramServers{ipv4(149, 154, 161, 0), 24}, kAmazon{ipv4(54, 144, 0, 0), 12},
    kGoogleCloud{ipv4(35, 192, 0, 0), 12}, kMicrosoft{ipv4(52, 112, 0, 0), 14}, kTencent{ipv4(101, 32, 0, 0), 16}, kNowhere{0, 32};

constexpr std::string_view kAppleMessages =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 "
    "facebookexternalhit/1.1 Facebot Twitterbot/1.0";
constexpr std::string_view kMetaPreview = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)";
constexpr std::string_view kTelegramBot = "TelegramBot (like TwitterBot)";
constexpr std::string_view kSlackbot = "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)";
constexpr std::string_view kDiscordbot = "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)";
constexpr std::string_view kSkype = "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com";
constexpr std::string_view kSnap =
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/58.0.3029.110 Safari/537.36 Snap URL Preview "
    "Service; bot; snapchat; https://developers.snap.com/robots";

using enum PreviewBy;

constexpr AppRow kApps[] = {
    {"whatsapp", 0.42, kAnywhere, kWhatsApp, SenderDevice, 0.92, 0.55, kNowhere, "WhatsApp/2.25.35.75 i", "WhatsApp/2.25.37.76 A", "WhatsApp/2.2587.9 W"},
    {"signal", 0.04, kAnywhere, kNoTrace, SenderDevice, 0.8, 0.7, kNowhere, "WhatsApp/2", "WhatsApp/2", "WhatsApp/2"},
    {"imessage", 0.1, kOnIos, kNoTrace, SenderDevice, 0.9, 0.6, kNowhere, kAppleMessages, kAppleMessages, kAppleMessages},
    {"sms", 0.06, kOnPhone, kSms, Nobody, 0, 0, kNowhere, "", "", ""},
    {"telegram", 0.05, kAnywhere, kTelegram, Server, 0.9, 0.1, kTelegramServers, kTelegramBot, "", ""},
    {"messenger", 0.1, kAnywhere, kMessenger, Server, 0.85, 0.7, kMeta, kMetaPreview, "", ""},
    {"instagram", 0.04, kAnywhere, kInstagramDm, Server, 0.8, 0.5, kMeta, kMetaPreview, "", ""},
    {"snapchat", 0.01, kOnPhone, kSnapchat, Server, 0.8, 0.3, kGoogleCloud, kSnap, "", ""},
    {"wechat", 0.01, kAnywhere, kWeChat, Nobody, 0, 0, kTencent, "", "", ""},
    {"slack", 0.03, kAnywhere, kSlack, Server, 0.9, 0.6, kAmazon, kSlackbot, "", ""},
    {"teams", 0.03, kAnywhere, kTeams, Server, 0.85, 0.3, kMicrosoft, kSkype, "", ""},
    {"discord", 0.02, kAnywhere, kDiscord, Server, 0.95, 0.6, kGoogleCloud, kDiscordbot, "", ""},
    {"email", 0.1, kAnywhere, kEmail, Nobody, 0, 0, kNowhere, "", "", ""},
    {"viber", 0.01, kAnywhere, kViber, SenderDevice, 0.7, 0.3, kNowhere, "Viber/25.1.0", "Viber/25.1.0", "Viber/25.1.0"},
    {"line", 0.005, kAnywhere, kLine, Server, 0.8, 0.3, kTencent,
     "facebookexternalhit/1.1;line-poker/1.0", "", ""},
    {"unknown", 0, kAnywhere, kNoTrace, Nobody, 0, 0, kNowhere, "", "", ""},
};

constexpr Route kFacebookFeed[] = {
    {kOnIos, 0.8, Facebook, "https://m.facebook.com/", Q::Fbclid},
    {kOnAndroid, 0.8, Facebook, "http://m.facebook.com/", Q::Fbclid},
    {kOnPhone, 0.2, None, "https://l.facebook.com/", Q::Fbclid},
    {kOnDesktop, 0.9, None, "https://l.facebook.com/", Q::Fbclid},
    {kOnDesktop, 0.1, None, "https://www.facebook.com/", Q::None},
};
constexpr Route kInstagramPublic[] = {
    {kOnPhone, 0.6, Instagram, "https://l.instagram.com/", Q::Fbclid},
    {kOnPhone, 0.4, Instagram, "", Q::UtmSocial},
    {kOnDesktop, 1, None, "https://l.instagram.com/", Q::Fbclid},
};
constexpr Route kTwitter[] = {{kAnywhere, 1, None, "https://t.co/", Q::None}};
constexpr Route kLinkedIn[] = {
    {kOnPhone, 0.6, LinkedIn, "https://www.linkedin.com/", Q::None},
    {kOnPhone, 0.15, LinkedIn, "", Q::None},
    {kOnAndroid, 0.25, None, "android-app://com.linkedin.android/", Q::None},
    {kOnDesktop, 1, None, "https://www.linkedin.com/", Q::None},
};
constexpr Route kReddit[] = {{kAnywhere, 0.85, None, "https://www.reddit.com/", Q::None}, {kOnPhone, 0.15, None, "https://out.reddit.com/", Q::None}};
constexpr Route kPinterest[] = {{kAnywhere, 1, None, "https://www.pinterest.com/", Q::None}};
constexpr Route kYoutube[] = {{kAnywhere, 1, None, "https://www.youtube.com/", Q::None}};
constexpr Route kTikTok[] = {{kOnPhone, 1, TikTok, "", Q::None}, {kOnDesktop, 1, None, "https://www.tiktok.com/", Q::None}};
constexpr Route kBluesky[] = {{kAnywhere, 1, None, "https://go.bsky.app/", Q::None}};

constexpr PublicSource kPublic[] = {
    {"facebook", 0.5, kFacebookFeed}, {"instagram", 0.12, kInstagramPublic}, {"twitter", 0.1, kTwitter},
    {"linkedin", 0.09, kLinkedIn},    {"reddit", 0.07, kReddit},             {"pinterest", 0.04, kPinterest},
    {"youtube", 0.03, kYoutube},      {"tiktok", 0.03, kTikTok},             {"bluesky", 0.02, kBluesky},
};

uint8_t find_app(std::string_view id) {
  return static_cast<uint8_t>(std::ranges::find(kApps, id, &AppRow::id) - std::begin(kApps));
}

}  // namespace

std::span<const AppRow> apps() { return kApps; }
std::span<const PublicSource> public_sources() { return kPublic; }
uint8_t unknown_app() { return find_app("unknown"); }
uint8_t email_app() { return find_app("email"); }

}  // namespace noctule::sim
