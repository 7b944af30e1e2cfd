// SPDX-License-Identifier: Apache-2.0
#include "arrival_judge.h"

#include <simdjson.h>

#include <algorithm>

#include "noctule/base/text.h"
#include "noctule/estimate/estimate.h"
#include "noctule/visits/target.h"

namespace noctule {
namespace {

// Of each kind so many distinct texts are remembered; then all are forgotten and classified anew.
constexpr size_t kMemoMax = 20'000;

// Narrowest views of these devices, in CSS pixels; where Bootstrap's breakpoints sm and lg are.
constexpr uint16_t kTabletWidth = 576, kDesktopWidth = 992;

constexpr std::array<std::string_view, kUtmTags> kUtmNames = {"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"};

bool is_deep(std::string_view path) {
  const size_t query = path.find('?');
  return classify_target(path.substr(0, query), query != std::string_view::npos) == Target::Deep;
}

bool is_text(std::string_view bytes) {
  return simdjson::validate_utf8(bytes) && std::ranges::none_of(bytes, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; });
}

// A form's value; one that decodes to something else than text stays as it is.
std::string decode_value(std::string_view value) {
  std::string spaced(value);
  for (char& c : spaced) c = c == '+' ? ' ' : c;
  std::string decoded = percent_decode(spaced);
  return is_text(decoded) ? decoded : std::string(value);
}

std::array<std::string, kUtmTags> read_utm(std::string_view tags) {
  std::array<std::string, kUtmTags> utm;
  while (!tags.empty()) {
    const std::string_view parameter = tags.substr(0, tags.find('&'));
    tags.remove_prefix(std::min(tags.size(), parameter.size() + 1));
    const size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    for (size_t i = 0; i < kUtmTags; ++i) {
      if (utm[i].empty() && equals_ignoring_case(parameter.substr(0, equals), kUtmNames[i])) utm[i] = decode_value(parameter.substr(equals + 1));
    }
  }
  return utm;
}

std::string_view host_of(std::string_view referrer) {
  const auto parts = split_url(referrer);
  if (!parts) return {};
  std::string_view host = without_port(parts->host);
  if (host.starts_with("www.")) host.remove_prefix(4);
  return host;
}

template <typename T>
T& remembered(std::unordered_map<std::string, T>& memo, std::string_view key, bool& is_new) {
  std::string owned(key);
  const auto known = memo.find(owned);
  is_new = known == memo.end();
  if (!is_new) return known->second;
  if (memo.size() >= kMemoMax) memo.clear();
  return memo.try_emplace(std::move(owned)).first->second;
}

}  // namespace

DeviceKind ArrivalJudge::Client::device(uint16_t viewport_width) const {
  if (software.device != DeviceKind::Unknown) return software.device;
  if (verdict.mobile) return DeviceKind::Mobile;
  if (viewport_width == 0) return DeviceKind::Unknown;
  return viewport_width < kTabletWidth ? DeviceKind::Mobile : viewport_width < kDesktopWidth ? DeviceKind::Tablet : DeviceKind::Desktop;
}

const ArrivalJudge::Client& ArrivalJudge::client_of(std::string_view user_agent) {
  bool is_new = false;
  Client& client = remembered(clients_, user_agent, is_new);
  if (is_new) {
    const std::string& kept = clients_.find(std::string(user_agent))->first;  // the versions are views into it
    client = {knowledge_.classify_user_agent(kept), read_software(kept)};
  }
  return client;
}

const ReferrerVerdict& ArrivalJudge::referrer_of(std::string_view referrer, std::string_view host) {
  key_.assign(host).append("\n").append(referrer);
  bool is_new = false;
  ReferrerVerdict& verdict = remembered(referrers_, key_, is_new);
  if (is_new) verdict = knowledge_.classify_referrer(referrer, host);
  return verdict;
}

const ArrivalJudge::Tags& ArrivalJudge::tags_of(std::string_view tags) {
  bool is_new = false;
  Tags& known = remembered(tags_, tags, is_new);
  if (is_new) known = {knowledge_.classify_query(tags), read_utm(tags)};
  return known;
}

// The ids of clicks and recipients were hashed when the event was taken; what stands in the tags is their shape.
ArrivalVerdict ArrivalJudge::decide(const Event& event, const ArrivalSurroundings& surroundings) {
  QueryVerdict query = tags_of(event.tags).verdict;
  query.click_id = event.click_hash;
  query.recipient_id = event.recipient_hash;
  const ArrivalContext context{is_deep(event.path), surroundings.returning, surroundings.click_echo, surroundings.unfurl_app};
  return knowledge_.decide(client_of(event.user_agent).verdict, referrer_of(event.referrer, event.host), query, context);
}

// Plausible's order: a name that is known, what the campaign calls itself, the host that it came from.
std::string_view ArrivalJudge::source_of(const ArrivalVerdict& verdict, const JudgedVisit& judged) const {
  if (const std::string_view known = knowledge_.source(verdict.source); !known.empty()) return known;
  if (!judged.utm[0].empty()) return judged.utm[0];
  return host_of(judged.referrer);
}

const JudgedVisit& ArrivalJudge::judge(const Event& event, const ArrivalSurroundings& surroundings) {
  judged_ = {};
  judged_.verdict = decide(event, surroundings);
  const ArrivalVerdict& verdict = judged_.verdict;
  judged_.deep = is_deep(event.path);
  const JudgedArrival arrival{.deep = judged_.deep, .grade = verdict.grade, .is_private = verdict.is_private, .channel = verdict.channel, .no_referrer = event.referrer.empty()};
  judged_.dark = may_be_private(arrival);
  if (referrer_of(event.referrer, event.host).cls != ReferrerClass::Internal) judged_.referrer = event.referrer;
  const Tags& tags = tags_of(event.tags);
  for (size_t i = 0; i < kUtmTags; ++i) judged_.utm[i] = tags.utm[i];
  judged_.source = source_of(verdict, judged_);
  judged_.app = knowledge_.app(verdict.app).id;
  rules_.clear();
  for (const RuleId rule : verdict.rules) {
    if (rule == RuleId::None) break;
    rules_.append(rules_.empty() ? "" : " ").append(knowledge_.rule(rule).id);
  }
  judged_.rules = rules_;
  return judged_;
}

std::string_view surface_name(Private is_private, std::string_view app) {
  if (app.empty()) return {};
  return is_private == Private::Yes ? "private" : is_private == Private::Unknown ? "unknown" : "public";
}

}  // namespace noctule
