// SPDX-License-Identifier: Apache-2.0
#include "ga4.h"

#include <algorithm>
#include <array>

namespace noctule {
namespace {

template <size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

bool has(std::string_view text, std::string_view needle) { return text.find(needle) != std::string_view::npos; }

// ^(.*(([^a-df-z]|^)shop|shopping).*)$ : "shop" at the start or after anything but a letter other than e ("e-shop", "eshop",
// not "workshop").
bool is_shopping_campaign(std::string_view campaign) {
  if (has(campaign, "shopping")) return true;
  for (size_t at = campaign.find("shop"); at != std::string_view::npos; at = campaign.find("shop", at + 1)) {
    if (at == 0) return true;
    const char before = campaign[at - 1];
    if (before < 'a' || before > 'z' || before == 'e') return true;
  }
  return false;
}

std::optional<Ga4Channel> paid_channel(const CampaignTags& tags) {
  if (!is_paid_medium(tags.medium)) return std::nullopt;
  if (tags.category == SourceCategory::Shopping || is_shopping_campaign(tags.campaign)) return Ga4Channel::PaidShopping;
  if (tags.category == SourceCategory::Search) return Ga4Channel::PaidSearch;
  if (tags.category == SourceCategory::Social) return Ga4Channel::PaidSocial;
  if (tags.category == SourceCategory::Video) return Ga4Channel::PaidVideo;
  return is_display_medium(tags.medium) ? Ga4Channel::Display : Ga4Channel::PaidOther;
}

constexpr std::array<std::string_view, 4> kEmail = {"email", "e-mail", "e_mail", "e mail"};

}  // namespace

std::optional<SourceCategory> parse_source_category(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kNames = {"-", "search", "social", "video", "shopping", "ai"};
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<SourceCategory>(found - kNames.begin());
}

bool is_paid_medium(std::string_view medium) {
  return has(medium, "cp") || medium == "ppc" || medium == "retargeting" || medium.starts_with("paid");
}

bool is_display_medium(std::string_view medium) {
  static constexpr std::array<std::string_view, 5> kDisplay = {"display", "banner", "expandable", "interstitial", "cpm"};
  return is_one_of(medium, kDisplay);
}

Ga4Channel organic_channel(SourceCategory category) {
  switch (category) {
    case SourceCategory::Search: return Ga4Channel::OrganicSearch;
    case SourceCategory::Social: return Ga4Channel::OrganicSocial;
    case SourceCategory::Video: return Ga4Channel::OrganicVideo;
    case SourceCategory::Shopping: return Ga4Channel::OrganicShopping;
    case SourceCategory::Ai: return Ga4Channel::AiAssistant;
    case SourceCategory::None: return Ga4Channel::Referral;
  }
  return Ga4Channel::Referral;
}

Ga4Channel ga4_channel_of(const CampaignTags& tags) {
  using enum Ga4Channel;
  static constexpr std::array<std::string_view, 6> kSocial = {"social", "social-network", "social-media",
                                                               "sm",     "social network", "social media"};
  static constexpr std::array<std::string_view, 3> kReferral = {"referral", "app", "link"};
  static constexpr std::array<std::string_view, 3> kNoMedium = {"", "(none)", "(not set)"};
  const std::string_view source = tags.source, medium = tags.medium;
  const bool direct_source = source == "(direct)" || (source.empty() && medium.empty() && tags.campaign.empty());
  if (direct_source && is_one_of(medium, kNoMedium)) return Direct;
  if (has(tags.campaign, "cross-network")) return CrossNetwork;
  if (const auto paid = paid_channel(tags)) return *paid;
  if (is_display_medium(medium)) return Display;
  if (tags.category == SourceCategory::Shopping || is_shopping_campaign(tags.campaign)) return OrganicShopping;
  if (tags.category == SourceCategory::Social || is_one_of(medium, kSocial)) return OrganicSocial;
  if (tags.category == SourceCategory::Video || has(medium, "video")) return OrganicVideo;
  if (tags.category == SourceCategory::Search || medium == "organic") return OrganicSearch;
  if (medium == "ai-assistant") return AiAssistant;
  if (is_one_of(source, kEmail) || is_one_of(medium, kEmail)) return Email;
  if (medium == "affiliate") return Affiliates;
  if (is_one_of(medium, kReferral)) return Referral;
  if (medium == "audio") return Audio;
  if (source == "sms" || medium == "sms") return Sms;
  if (medium.ends_with("push") || has(medium, "mobile") || has(medium, "notification") || source == "firebase") {
    return MobilePushNotifications;
  }
  return Unassigned;
}

}  // namespace noctule
