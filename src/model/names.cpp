// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "noctule/model/evidence.h"

namespace noctule {
namespace {

constexpr std::array<std::string_view, kKinds> kKindNames = {"browser", "inapp_browser", "preview_bot", "bot", "app"};
constexpr std::array<std::string_view, kGrades> kGradeNames = {"none", "direct", "estimated", "inferred", "strong", "proven"};
constexpr std::array<std::string_view, 3> kPrivateNames = {"no", "yes", "unknown"};
constexpr std::array<std::string_view, kChannels> kChannelNames = {
    "private_message", "private_email", "sms", "passed_on", "app_surface_unknown", "newsletter", "social", "search",
    "ai_assistant", "paid", "video", "shopping", "referral", "unattributed", "direct", "other", "not_logged"};
constexpr std::array<std::string_view, kGa4Channels> kGa4Names = {
    "Direct", "Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video", "Paid Other", "Display",
    "Organic Shopping", "Organic Social", "Organic Video", "Organic Search", "AI Assistant", "Referral", "Email",
    "Affiliates", "Audio", "SMS", "Mobile Push Notifications", "Unassigned"};
constexpr std::array<std::string_view, kCorroborations> kCorroborationNames = {"none", "asset", "navigation", "returned"};

template <typename Enum, size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view name_of(Kind kind) { return kKindNames[static_cast<size_t>(kind)]; }
std::string_view name_of(Grade grade) { return kGradeNames[static_cast<size_t>(grade)]; }
std::string_view name_of(Private value) { return kPrivateNames[static_cast<size_t>(value)]; }
std::string_view name_of(Channel channel) { return kChannelNames[static_cast<size_t>(channel)]; }
std::string_view name_of(Ga4Channel channel) { return kGa4Names[static_cast<size_t>(channel)]; }
std::string_view name_of(Corroboration value) { return kCorroborationNames[static_cast<size_t>(value)]; }

std::optional<Kind> parse_kind(std::string_view name) { return find<Kind>(kKindNames, name); }
std::optional<Grade> parse_grade(std::string_view name) { return find<Grade>(kGradeNames, name); }
std::optional<Private> parse_private(std::string_view name) { return find<Private>(kPrivateNames, name); }
std::optional<Channel> parse_channel(std::string_view name) { return find<Channel>(kChannelNames, name); }
std::optional<Ga4Channel> parse_ga4_channel(std::string_view name) { return find<Ga4Channel>(kGa4Names, name); }

}  // namespace noctule
