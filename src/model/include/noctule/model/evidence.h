#pragma once
// SPDX-License-Identifier: Apache-2.0
// The words in which a verdict on an arrival is given. Plain enumerations; their stable names (as in JSON) and back.
#include <cstdint>
#include <optional>
#include <string_view>

namespace noctule {

// What sent a request.
enum class Kind : uint8_t { Browser, InappBrowser, PreviewBot, Bot, App };

// How sure the source of an arrival is; ordered, a later one is surer. None: no verdict (not an arrival of a person).
enum class Grade : uint8_t { None, Direct, Estimated, Inferred, Strong, Proven };

// Whether the link was passed on in private. Unknown: the app is known and its surface is not (an Instagram story or message).
enum class Private : uint8_t { No, Yes, Unknown };

// What kind of source an arrival came from, in noctule's own terms.
enum class Channel : uint8_t {
  PrivateMessage,  // a messenger or a work chat
  PrivateEmail,    // a mail that is not a campaign: webmail without campaign tags
  Sms,
  PassedOn,        // a link that someone took along from its first place: click-id echo, share parameters
  AppUnknown,      // an app is known, its surface is not
  Newsletter,      // e-mail campaigns
  Social,          // public social networks and communities
  Search,
  AiAssistant,
  Paid,            // any paid medium
  Video,
  Shopping,
  Referral,        // another site
  Unattributed,    // deep page, no referrer, a person: private share or one of its alternatives
  Direct,          // home or section page without referrer, returning visitors
  Other,           // known and none of these (maps, login pages, feeds)
  NotLogged        // the log has no referrer column, and nothing else speaks
};

// GA4's default channel group, the channel that GA4 would report.
enum class Ga4Channel : uint8_t {
  Direct, CrossNetwork, PaidShopping, PaidSearch, PaidSocial, PaidVideo, PaidOther, Display, OrganicShopping,
  OrganicSocial, OrganicVideo, OrganicSearch, AiAssistant, Referral, Email, Affiliates, Audio, Sms,
  MobilePushNotifications, Unassigned
};

// What showed that a person was there.
enum class Corroboration : uint8_t {
  None,
  Asset,       // fetched an asset of the page
  Navigation,  // moved on to a second page with the first as referrer
  Returned     // corroborated in another visit
};

inline constexpr int kKinds = 5, kGrades = 6, kChannels = 17, kGa4Channels = 20, kCorroborations = 4;

// Stable names as they appear in JSON, CSV and on the command line: lower snake_case; Ga4Channel as GA4 prints it.
[[nodiscard]] std::string_view name_of(Kind kind);
[[nodiscard]] std::string_view name_of(Grade grade);
[[nodiscard]] std::string_view name_of(Private value);
[[nodiscard]] std::string_view name_of(Channel channel);
[[nodiscard]] std::string_view name_of(Ga4Channel channel);
[[nodiscard]] std::string_view name_of(Corroboration corroboration);

// The reverse, for data files and options; nullopt on an unknown name.
[[nodiscard]] std::optional<Kind> parse_kind(std::string_view name);
[[nodiscard]] std::optional<Grade> parse_grade(std::string_view name);
[[nodiscard]] std::optional<Private> parse_private(std::string_view name);
[[nodiscard]] std::optional<Channel> parse_channel(std::string_view name);
[[nodiscard]] std::optional<Ga4Channel> parse_ga4_channel(std::string_view name);

}  // namespace noctule
