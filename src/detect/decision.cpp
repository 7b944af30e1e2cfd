// SPDX-License-Identifier: Apache-2.0
#include "decision.h"

#include <algorithm>
#include <array>

namespace noctule {
namespace {

bool is_silent(const ReferrerVerdict& referrer) {
  return referrer.cls == ReferrerClass::None || referrer.cls == ReferrerClass::Internal;
}

// Sites within an app's own family: a messenger's browser shows m.facebook.com as the referrer of a private link.
bool is_network(const ReferrerVerdict& referrer) {
  return referrer.cls == ReferrerClass::Social || referrer.cls == ReferrerClass::PrivateMessage;
}

bool is_in_app(const UserAgentVerdict& user_agent) {
  return user_agent.kind == Kind::InappBrowser && user_agent.app != AppId::None;
}

Channel public_channel(AppCategory category) {
  switch (category) {
    case AppCategory::Search: return Channel::Search;
    case AppCategory::AiAssistant: return Channel::AiAssistant;
    case AppCategory::Video: return Channel::Video;
    case AppCategory::Shopping: return Channel::Shopping;
    case AppCategory::Reader:
    case AppCategory::Other: return Channel::Referral;
    default: return Channel::Social;
  }
}

// Of what was opened in the app or came from its site.
Channel channel_of(AppCategory category, Private surface) {
  if (surface == Private::Unknown) return Channel::AppUnknown;
  if (surface == Private::No) return public_channel(category);
  return category == AppCategory::Sms ? Channel::Sms : Channel::PrivateMessage;
}

Channel channel_of(ReferrerClass cls) {
  switch (cls) {
    case ReferrerClass::Search: return Channel::Search;
    case ReferrerClass::Social: return Channel::Social;
    case ReferrerClass::AiAssistant: return Channel::AiAssistant;
    case ReferrerClass::Paid: return Channel::Paid;
    case ReferrerClass::Video: return Channel::Video;
    case ReferrerClass::Shopping: return Channel::Shopping;
    case ReferrerClass::Referral: return Channel::Referral;
    default: return Channel::Other;
  }
}

void append(const RuleList& list, ArrivalVerdict& verdict, size_t& count) {
  for (RuleId rule : list.ids) {
    const auto end = verdict.rules + count;
    if (rule == RuleId::None || count == std::size(verdict.rules) || std::find(verdict.rules, end, rule) != end) continue;
    verdict.rules[count++] = rule;
  }
}

}  // namespace

Decision::Decision(const Registry& registry)
    : facebook_(registry.app("facebook").value_or(AppId::None)), meta_(registry.app("meta").value_or(AppId::None)) {
  const auto rule = [&](std::string_view id) { return registry.rule(id); };
  rules_ = {rule("decide.token"),  rule("decide.echo"),       rule("decide.mail_campaign"), rule("decide.passed_on"),
            rule("decide.unfurl"), rule("decide.lost_click"), rule("decide.returning"),     rule("referrer.internal"),
            rule("decide.home"),   rule("decide.deep")};
}

std::optional<Decision::Outcome> Decision::machine(const Arrival& arrival, const Registry&) const {
  const UserAgentVerdict& client = arrival.user_agent;
  if (client.kind == Kind::Browser || client.kind == Kind::InappBrowser) return std::nullopt;
  return Outcome{Grade::None, client.app, Private::No, Channel::Other, SourceId::None, RuleId::None, &client.rules};
}

// The site's own share token: whoever carries it was given it. The app is the one that shows itself.
std::optional<Decision::Outcome> Decision::own_token(const Arrival& arrival, const Registry& registry) const {
  const QueryVerdict& query = arrival.query;
  if (!query.token) return std::nullopt;
  AppId app = query.utm_app;
  if (app == AppId::None && is_in_app(arrival.user_agent)) app = arrival.user_agent.app;
  if (app == AppId::None && is_network(arrival.referrer)) app = arrival.referrer.app;
  return Outcome{Grade::Proven, app, Private::Yes, Channel::PassedOn, registry.source_of(app), rules_.token, &query.rules};
}

// Proven where utm_source names the messenger; a medium says the same less exactly (utm_source=club, utm_medium=sms).
std::optional<Decision::Outcome> Decision::messenger_tag(const Arrival& arrival, const Registry& registry) const {
  const QueryVerdict& query = arrival.query;
  const bool channel = query.utm_channel == Channel::PrivateMessage || query.utm_channel == Channel::Sms;
  if (!channel || query.utm_surface != Private::Yes) return std::nullopt;
  const Grade grade = query.messenger_source ? Grade::Proven : Grade::Strong;
  const SourceId source = query.utm_source != SourceId::None ? query.utm_source : registry.source_of(query.utm_app);
  return Outcome{grade, query.utm_app, Private::Yes, query.utm_channel, source, RuleId::None, &query.rules};
}

// WeChat's from=: the messenger itself says where its user tapped the link.
std::optional<Decision::Outcome> Decision::messenger_share(const Arrival& arrival, const Registry& registry) const {
  const QueryVerdict& query = arrival.query;
  if (query.share_app == AppId::None || registry.category(query.share_app) != AppCategory::Messenger) return std::nullopt;
  const bool elsewhere = is_in_app(arrival.user_agent) && arrival.user_agent.app != query.share_app;
  if (elsewhere && query.share_surface != Private::Yes) return std::nullopt;  // passed on once more, see the app
  return Outcome{Grade::Strong, query.share_app, query.share_surface, channel_of(AppCategory::Messenger, query.share_surface),
                 registry.source_of(query.share_app), RuleId::None, &query.rules};
}

// One click's or one recipient's id with another person: the address was taken along from where it was given out.
std::optional<Decision::Outcome> Decision::echo(const Arrival& arrival, const Registry& registry) const {
  const QueryVerdict& query = arrival.query;
  if (!arrival.context.click_echo || (query.click_id == 0 && query.recipient_id == 0)) return std::nullopt;
  const bool mail = arrival.referrer.cls == ReferrerClass::Email && query.recipient_id != 0;
  if (is_in_app(arrival.user_agent) || !(is_silent(arrival.referrer) || mail)) return std::nullopt;
  const AppId app = mail ? arrival.referrer.app : query.click_app;
  const SourceId source = mail ? arrival.referrer.source : registry.source_of(app);
  return Outcome{Grade::Inferred, app, Private::Yes, Channel::PassedOn, source, rules_.echo, &query.rules};
}

// A mail that one person wrote to another, or a mailing? The mailing tool as referrer tells, or the site's own tags on the link.
Decision::Outcome Decision::mail(const Arrival& arrival, const Mail& mail) const {
  const QueryVerdict& query = arrival.query;
  const bool tagged = query.utm_channel == Channel::Newsletter || (query.campaign && query.utm_channel == Channel::Other);
  if (mail.surface == Private::No) return {Grade::Strong, mail.app, Private::No, Channel::Newsletter, mail.source, RuleId::None, &mail.evidence};
  if (tagged) return {Grade::Strong, mail.app, Private::No, Channel::Newsletter, mail.source, rules_.mail_campaign, &mail.evidence};
  return {Grade::Strong, mail.app, mail.surface, Channel::PrivateEmail, mail.source, RuleId::None, &mail.evidence};
}

std::optional<Decision::Outcome> Decision::private_app(const Arrival& arrival, const Registry& registry) const {
  const UserAgentVerdict& client = arrival.user_agent;
  if (!is_in_app(client) || client.surface != Private::Yes) return std::nullopt;
  if (!is_silent(arrival.referrer) && !is_network(arrival.referrer)) return std::nullopt;
  const SourceId source = registry.source_of(client.app);
  const AppCategory category = registry.category(client.app);
  if (category == AppCategory::Email) return mail(arrival, {client.app, source, client.surface, client.rules});
  return Outcome{Grade::Strong, client.app, Private::Yes, channel_of(category, Private::Yes), source, RuleId::None, &client.rules};
}

std::optional<Decision::Outcome> Decision::private_referrer(const Arrival& arrival, const Registry&) const {
  const ReferrerVerdict& referrer = arrival.referrer;
  if (referrer.cls == ReferrerClass::Email) {
    return mail(arrival, {referrer.app, referrer.source, referrer.surface, referrer.rules});
  }
  if (referrer.cls != ReferrerClass::PrivateMessage && referrer.cls != ReferrerClass::Sms) return std::nullopt;
  const Channel channel = referrer.surface != Private::Yes ? Channel::AppUnknown
                          : referrer.cls == ReferrerClass::Sms ? Channel::Sms : Channel::PrivateMessage;
  return Outcome{Grade::Strong, referrer.app, referrer.surface, channel, referrer.source, RuleId::None, &referrer.rules};
}

// Tags and paid click ids say where the site placed the link. What was paid for or placed in public is not private; of a
// network's name alone one cannot tell.
std::optional<Decision::Outcome> Decision::campaign(const Arrival& arrival, const Registry& registry) const {
  const QueryVerdict& query = arrival.query;
  AppId app = query.utm_app != AppId::None ? query.utm_app : query.click_app;
  if (app == AppId::None && is_in_app(arrival.user_agent)) app = arrival.user_agent.app;
  if (query.paid_click) {
    return Outcome{Grade::Strong, app, Private::No, Channel::Paid, registry.source_of(app), RuleId::None, &query.rules};
  }
  if (query.utm_channel == Channel::Other) return std::nullopt;
  const Private surface = query.utm_channel == Channel::AppUnknown ? Private::Unknown : Private::No;
  return Outcome{Grade::Strong, query.utm_app, surface, query.utm_channel, query.utm_source, RuleId::None, &query.rules};
}

std::optional<Decision::Outcome> Decision::other_site(const Arrival& arrival, const Registry&) const {
  const ReferrerVerdict& referrer = arrival.referrer;
  if (is_silent(referrer) || is_network(referrer)) return std::nullopt;
  return Outcome{Grade::Strong, referrer.app, Private::No, channel_of(referrer.cls), referrer.source, RuleId::None,
                 &referrer.rules};
}

std::optional<Decision::Outcome> Decision::public_app(const Arrival& arrival, const Registry& registry) const {
  const UserAgentVerdict& client = arrival.user_agent;
  if (!is_in_app(client)) return std::nullopt;
  return Outcome{Grade::Strong, client.app, client.surface, channel_of(registry.category(client.app), client.surface),
                 registry.source_of(client.app), RuleId::None, &client.rules};
}

std::optional<Decision::Outcome> Decision::network_referrer(const Arrival& arrival, const Registry&) const {
  const ReferrerVerdict& referrer = arrival.referrer;
  if (!is_network(referrer)) return std::nullopt;
  const Channel channel = referrer.surface == Private::Unknown ? Channel::AppUnknown : Channel::Social;
  return Outcome{Grade::Strong, referrer.app, referrer.surface, channel, referrer.source, RuleId::None, &referrer.rules};
}

// A network's share button marked the address and the visit did not come from that network: someone passed it on.
std::optional<Decision::Outcome> Decision::share_button(const Arrival& arrival, const Registry& registry) const {
  const QueryVerdict& query = arrival.query;
  if (query.share_app == AppId::None || query.share_surface == Private::No) return std::nullopt;
  return Outcome{Grade::Strong, query.share_app, Private::Yes, Channel::PassedOn,
                 registry.source_of(query.share_app), rules_.passed_on, &query.rules};
}

// A tag of the site's own that names nothing known: someone was given this address, and nobody can say where.
std::optional<Decision::Outcome> Decision::unknown_campaign(const Arrival& arrival, const Registry&) const {
  const QueryVerdict& query = arrival.query;
  if (!query.campaign) return std::nullopt;
  const Private surface = query.campaign_known ? Private::No : Private::Unknown;
  const AppId app = query.utm_app != AppId::None ? query.utm_app : family_of(query.click_app);
  return Outcome{Grade::Strong, app, surface, Channel::Other, query.utm_source, RuleId::None, &query.rules};
}

// Meta fetches previews for all its apps with one user agent and puts one click id on the links of all of them: such a sign
// names the family, and neither the app nor the surface.
AppId Decision::family_of(AppId app) const { return app == facebook_ ? meta_ : app; }

// A paste of this page into the app came shortly before, oftener than chance explains.
std::optional<Decision::Outcome> Decision::unfurl(const Arrival& arrival, const Registry& registry) const {
  if (arrival.context.unfurl_app == AppId::None || arrival.referrer.cls == ReferrerClass::Internal) return std::nullopt;
  const AppId app = family_of(arrival.context.unfurl_app);
  const Private surface = registry.info(app).surface;
  return Outcome{Grade::Inferred, app, surface, channel_of(registry.category(app), surface),
                 registry.source_of(app), rules_.unfurl, nullptr};
}

// A click id without the referrer of the click: the first to bring it. It names the network and nothing about the surface.
std::optional<Decision::Outcome> Decision::lost_click(const Arrival& arrival, const Registry& registry) const {
  const QueryVerdict& query = arrival.query;
  if (query.click_app == AppId::None || !is_silent(arrival.referrer)) return std::nullopt;
  const AppId app = family_of(query.click_app);
  return Outcome{Grade::Strong, app, Private::Unknown, Channel::AppUnknown, registry.source_of(app), rules_.lost_click, &query.rules};
}

std::optional<Decision::Outcome> Decision::nothing_said(const Arrival& arrival, const Registry&) const {
  const auto direct = [](RuleId rule) {
    return Outcome{Grade::Direct, AppId::None, Private::No, Channel::Direct, SourceId::None, rule, nullptr};
  };
  if (arrival.referrer.cls == ReferrerClass::Internal) {
    const bool named = arrival.referrer.rules != RuleList{};  // a private network, not the site itself
    return direct(named ? RuleId::None : rules_.internal);
  }
  if (arrival.context.returning) return direct(rules_.returning);
  if (!arrival.context.deep_page) return direct(rules_.home);
  return Outcome{Grade::Estimated, AppId::None, Private::Unknown, Channel::Unattributed, SourceId::None, rules_.deep, nullptr};
}

ArrivalVerdict Decision::decide(const Arrival& arrival, const Registry& registry) const {
  static constexpr std::array<Step, 16> kSteps = {
      &Decision::machine,      &Decision::own_token,        &Decision::messenger_tag,    &Decision::messenger_share,
      &Decision::echo,         &Decision::private_app,      &Decision::private_referrer, &Decision::campaign,
      &Decision::other_site,   &Decision::public_app,       &Decision::network_referrer, &Decision::share_button,
      &Decision::unknown_campaign, &Decision::unfurl,       &Decision::lost_click,       &Decision::nothing_said};
  std::optional<Outcome> outcome;
  for (size_t step = 0; !outcome; ++step) outcome = (this->*kSteps[step])(arrival, registry);
  ArrivalVerdict verdict;
  verdict.grade = outcome->grade;
  verdict.app = outcome->app;
  verdict.is_private = outcome->is_private;
  verdict.channel = outcome->channel;
  verdict.source = outcome->source;
  verdict.ga4 = outcome->grade == Grade::None ? Ga4Channel::Unassigned
                : arrival.query.ga4_tagged    ? arrival.query.utm_ga4
                                              : arrival.referrer.ga4;
  size_t count = 0;
  if (outcome->evidence != nullptr) append(*outcome->evidence, verdict, count);
  RuleList step;
  step.add(outcome->rule);
  append(step, verdict, count);
  append(arrival.query.rules, verdict, count);
  append(arrival.referrer.rules, verdict, count);
  append(arrival.user_agent.rules, verdict, count);
  return verdict;
}

}  // namespace noctule
