#pragma once
// SPDX-License-Identifier: Apache-2.0
// GA4's default channel group as Google documents it (support.google.com/analytics/answer/9756891): an ordered list of
// rules over source, medium and campaign, the first that holds wins. Google's lists of search, social, video and shopping
// sources enter as the `ga4` cell of our own rows. Pure functions.
#include <cstdint>
#include <optional>
#include <string_view>

#include "noctule/model/evidence.h"

namespace noctule {

// The list of Google's in which a source stands; Ai: GA4 gives such referrers the medium "ai-assistant".
enum class SourceCategory : uint8_t { None, Search, Social, Video, Shopping, Ai };
[[nodiscard]] std::optional<SourceCategory> parse_source_category(std::string_view name);  // "-" is None

struct CampaignTags {
  std::string_view source, medium, campaign;  // decoded, in lower case; empty: not there
  SourceCategory category = SourceCategory::None;
};
[[nodiscard]] Ga4Channel ga4_channel_of(const CampaignTags& tags);
// What a referrer of this category gets when no tag says otherwise.
[[nodiscard]] Ga4Channel organic_channel(SourceCategory category);
// ^(.*cp.*|ppc|retargeting|paid.*)$
[[nodiscard]] bool is_paid_medium(std::string_view medium);
// display, banner, expandable, interstitial, cpm
[[nodiscard]] bool is_display_medium(std::string_view medium);

}  // namespace noctule
