// SPDX-License-Identifier: Apache-2.0
#include "archive_arrival.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"
#include "noctule/estimate/estimate.h"
#include "noctule/visits/target.h"

namespace noctule {
namespace {

constexpr std::array<std::string_view, 5> kCampaignTags = {"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"};

std::string_view surface_of(const ArrivalVerdict& verdict) {
  if (verdict.app == AppId::None) return {};
  return verdict.is_private == Private::Yes ? "private" : verdict.is_private == Private::No ? "public" : "unknown";
}

std::string find_tag(std::string_view tags, std::string_view name) {
  while (!tags.empty()) {
    const size_t end = tags.find('&');
    const std::string_view parameter = tags.substr(0, end);
    tags = end == std::string_view::npos ? std::string_view() : tags.substr(end + 1);
    if (parameter.size() <= name.size() || !parameter.starts_with(name) || parameter[name.size()] != '=') continue;
    std::string value(parameter.substr(name.size() + 1));
    std::ranges::replace(value, '+', ' ');
    return printable(percent_decode(value), kTagValueSizeMax);
  }
  return {};
}

std::string join_rules(const ArrivalVerdict& verdict, const Knowledge& knowledge) {
  std::string out;
  for (const RuleId id : verdict.rules) {
    if (id == RuleId::None) break;
    if (!out.empty()) out += ' ';
    out += knowledge.rule(id).id;
  }
  return out;
}

bool is_dark(const ArrivalVerdict& verdict, bool deep, bool no_referrer) {
  JudgedArrival judged;
  judged.deep = deep;
  judged.no_referrer = no_referrer;
  judged.grade = verdict.grade;
  judged.is_private = verdict.is_private;
  judged.channel = verdict.channel;
  return may_be_private(judged);
}

}  // namespace

ArchiveArrival::ArchiveArrival(const ArchiveArrivalFacts& facts) : path_(facts.path) {
  const Knowledge& knowledge = Knowledge::builtin();
  const ReferrerVerdict referrer = knowledge.classify_referrer(facts.referrer, facts.host);
  const QueryVerdict query = knowledge.classify_query(facts.tags);
  const bool has_content_query = facts.path.find('?') != std::string_view::npos;
  deep_ = classify_target(facts.path.substr(0, facts.path.find('?')), has_content_query) == Target::Deep;
  verdict_ = knowledge.decide(facts.user_agent, referrer, query, {.deep_page = deep_});
  dark_ = is_dark(verdict_, deep_, facts.referrer.empty());
  for (size_t i = 0; i < kCampaignTags.size(); ++i) utm_[i] = find_tag(facts.tags, kCampaignTags[i]);
  if (referrer.cls != ReferrerClass::Internal) referrer_ = facts.referrer;
  source_ = knowledge.source(verdict_.source);
  if (source_.empty()) source_ = facts.source;
  if (source_.empty() && !utm_[0].empty()) source_ = utm_[0];
  if (source_.empty() && !referrer_.empty()) {
    if (const auto url = split_url(referrer_)) source_ = url->host.starts_with("www.") ? url->host.substr(4) : url->host;
  }
  rules_ = join_rules(verdict_, knowledge);
}

void ArchiveArrival::put_total(EventRow& row) const {
  row.referrer = referrer_;
  row.source = source_;
  row.channel = static_cast<uint8_t>(verdict_.channel);
  row.ga4_channel = static_cast<uint8_t>(verdict_.ga4);
  row.grade = static_cast<uint8_t>(verdict_.grade);
  row.is_private = static_cast<uint8_t>(verdict_.is_private);
  row.app = Knowledge::builtin().app(verdict_.app).id;
  row.surface = surface_of(verdict_);
  row.utm_source = utm_[0];
  row.utm_medium = utm_[1];
  row.utm_campaign = utm_[2];
  row.utm_content = utm_[3];
  row.utm_term = utm_[4];
}

void ArchiveArrival::put(EventRow& row) const {
  put_total(row);
  row.entry_path = path_;
  row.rules = rules_;
  row.deep = deep_;
  row.dark = dark_;
}

UserAgentVerdict verdict_of_app(AppId app) {
  UserAgentVerdict verdict;
  if (app == AppId::None) return verdict;
  verdict.kind = Kind::InappBrowser;
  verdict.app = app;
  verdict.surface = Knowledge::builtin().app(app).surface;
  verdict.mobile = true;
  return verdict;
}

std::string clean_name(std::string_view name) {
  return contains_email_address(name) ? "***" : printable(name, kArchiveNameBytesMax);
}

void append_tag(std::string_view name, std::string_view value, std::string& tags) {
  if (value.empty()) return;
  if (!tags.empty()) tags += '&';
  tags.append(name).append(1, '=');
  for (const char c : value) {
    const bool plain = is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) tags += c;
    else fmt::format_to(std::back_inserter(tags), "%{:02X}", static_cast<unsigned char>(c));
  }
}

}  // namespace noctule
