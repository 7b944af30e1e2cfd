// SPDX-License-Identifier: Apache-2.0
#include "queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "noctule/base/hash.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kQuerySizeMax = 8192;
constexpr size_t kParametersMax = 256;
constexpr size_t kNameSizeMax = 64;
constexpr size_t kValueSizeMax = 512;

std::optional<ParameterRole> parse_role(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kNames = {"token",     "source", "medium",     "campaign", "tag",     "ref",   "newsletter",
                                                              "recipient", "click",  "paid_click", "paid",     "listing", "share", "mark"};
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ParameterRole>(found - kNames.begin());
}

bool is_opaque_byte(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; }

// "0_0123456789-abcdef0123-456789012": list, campaign, recipient. Mailchimp leaves "[LIST_EMAIL_ID]" where it knows none.
bool is_mailchimp_term(std::string_view value) {
  if (!value.starts_with("0_") || value.size() < 12) return false;
  const size_t second = value.rfind('-');
  return std::ranges::count(value, '-') >= 2 && second + 4 < value.size() &&
         std::ranges::all_of(value.substr(second + 1), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

// '+' is a space in a query, and so is %20.
std::string decode(std::string_view text, size_t size_max) {
  std::string spaced(text.substr(0, size_max));
  std::ranges::replace(spaced, '+', ' ');
  return percent_decode(spaced);
}

// A value without what people put between its words.
std::string compact(std::string_view value) {
  std::string out;
  for (char c : value) {
    if (c != ' ' && c != '_' && c != '-' && c != '+') out += c;
  }
  return out;
}
constexpr size_t kCompactSizeMin = 4;  // "l-i-n-e" is LINE, "x-" is not X
constexpr size_t kJoinedWordsMax = 3;  // "what", "s", "app"

std::vector<std::string_view> words_of(std::string_view value) {
  std::vector<std::string_view> words;
  for (size_t at = 0; at < value.size();) {
    while (at < value.size() && !is_alpha(value[at])) ++at;
    size_t end = at;
    while (end < value.size() && is_alpha(value[end])) ++end;
    if (end > at) words.push_back(value.substr(at, end - at));
    at = end;
  }
  return words;
}

// "star-telegram.com" is a site's name; its words name no app.
bool is_site_name(std::string_view value) {
  const size_t dot = value.rfind('.');
  if (dot == std::string_view::npos || value.find(' ') != std::string_view::npos) return false;
  const std::string_view ending = value.substr(dot + 1);
  if (ending.size() == 2) return is_alpha(ending[0]) && is_alpha(ending[1]);
  return ending == "com" || ending == "net" || ending == "org" || ending == "info";
}

Channel channel_of(AppCategory category, Private surface) {
  switch (category) {
    case AppCategory::Messenger: return Channel::PrivateMessage;
    case AppCategory::Email: return Channel::Newsletter;  // a link that its site tagged for mail was mailed by the site
    case AppCategory::Sms: return Channel::Sms;
    case AppCategory::Social:
      return surface == Private::Yes ? Channel::PrivateMessage : surface == Private::Unknown ? Channel::AppUnknown : Channel::Social;
    case AppCategory::Search: return Channel::Search;
    case AppCategory::AiAssistant: return Channel::AiAssistant;
    case AppCategory::Video: return Channel::Video;
    case AppCategory::Shopping: return Channel::Shopping;
    case AppCategory::Reader:
    case AppCategory::Other: return Channel::Referral;
  }
  return Channel::Other;
}

// Whether a visit of such a channel was passed on in private, for tags that say no more than the channel.
Private surface_of(Channel channel) {
  if (channel == Channel::AppUnknown) return Private::Unknown;
  return channel == Channel::PrivateMessage || channel == Channel::Sms ? Private::Yes : Private::No;
}

Channel channel_of(ReferrerClass cls, Private surface) {
  if (surface == Private::Unknown && cls != ReferrerClass::Email) return Channel::AppUnknown;
  switch (cls) {
    case ReferrerClass::Search: return Channel::Search;
    case ReferrerClass::Social: return Channel::Social;
    case ReferrerClass::PrivateMessage: return Channel::PrivateMessage;
    case ReferrerClass::Email: return Channel::Newsletter;
    case ReferrerClass::Sms: return Channel::Sms;
    case ReferrerClass::AiAssistant: return Channel::AiAssistant;
    case ReferrerClass::Paid: return Channel::Paid;
    case ReferrerClass::Video: return Channel::Video;
    case ReferrerClass::Shopping: return Channel::Shopping;
    default: return Channel::Referral;
  }
}

// Of two share parameters the one that says more counts: a chat, then a feed, then the app alone.
int weight(Private surface) { return surface == Private::Yes ? 2 : surface == Private::No ? 1 : 0; }

SourceCategory category_of(Ga4Channel channel) {
  switch (channel) {
    case Ga4Channel::OrganicSearch: return SourceCategory::Search;
    case Ga4Channel::OrganicSocial: return SourceCategory::Social;
    case Ga4Channel::OrganicVideo: return SourceCategory::Video;
    case Ga4Channel::OrganicShopping: return SourceCategory::Shopping;
    default: return SourceCategory::None;
  }
}

}  // namespace

struct QueryTable::Campaign {
  std::string source, medium, name;  // in lower case, the first of each that is not empty
  bool ga4_source = false, ga4_medium = false, ga4_name = false;  // from a utm_ parameter
  SourceCategory category = SourceCategory::None;
  bool google_click = false, display_click = false;
  RuleList others;  // what a named source or medium goes before
  RuleList tags;    // what a tag is, where nothing more is known of it
};

bool QueryTable::Parameter::accepts(std::string_view value) const {
  switch (shape) {
    case ValueShape::Any: return !value.empty();
    case ValueShape::OneOf: return std::ranges::any_of(values, [&](const auto& one) { return equals_ignoring_case(one, value); });
    case ValueShape::Prefix:
      return std::ranges::any_of(values, [&](const auto& one) { return starts_with_ignoring_case(value, one); });
    case ValueShape::Opaque: return value.size() >= size_min && std::ranges::all_of(value, is_opaque_byte);
    case ValueShape::MailchimpTerm: return is_mailchimp_term(value);
  }
  return false;
}

Result<QueryTable::Parameter> QueryTable::parse_parameter(const TsvTable::Row& row, Registry& registry) {
  const auto bad = [&](std::string_view what) {
    return fail(ErrorCode::InvalidInput, fmt::format("parameters.tsv: '{}': {}", row[0], what));
  };
  Parameter parameter;
  const std::string_view value = row[1];
  if (value == "0_x-y-z") {
    parameter.shape = ValueShape::MailchimpTerm;
  } else if (value.starts_with('~')) {
    const auto size = parse_decimal(value.substr(1));
    if (!size) return bad("value");
    parameter.shape = ValueShape::Opaque;
    parameter.size_min = *size;
  } else if (value != "-") {
    parameter.shape = value.ends_with('*') ? ValueShape::Prefix : ValueShape::OneOf;
    for (std::string_view one : split(value, "|")) {
      parameter.values.emplace_back(one.ends_with('*') ? one.substr(0, one.size() - 1) : one);
    }
  }
  const auto role = parse_role(row[2]);
  NOCT_TRY(parameter.app, registry.app(row[3]));
  const AppInfo& app = registry.info(parameter.app);
  const auto surface = row[4] == "-" ? std::optional(app.surface) : parse_private(row[4]);
  if (!role || !surface) return bad("role or surface");
  parameter.role = *role;
  parameter.surface = *surface;
  static constexpr std::array<std::string_view, 4> kGoogleClicks = {"gclid", "gbraid", "wbraid", "dclid"};
  parameter.read_by_ga4 = row[0].starts_with("utm_") || std::ranges::find(kGoogleClicks, row[0]) != kGoogleClicks.end();
  const std::string shown = value == "-" ? std::string(row[0]) : fmt::format("{}={}", row[0], value);
  NOCT_TRY(parameter.rule,
           registry.add_rule(fmt::format("param.{}", shown), fmt::format("parameter {}: {}", shown, row[5]), row[7]));
  return parameter;
}

Result<void> QueryTable::read_sources(std::string_view text, Registry& registry) {
  NOCT_TRY(const TsvTable rows, TsvTable::parse("utm_sources", text,
                                                {"value", "field", "app", "channel", "name", "ga4", "word", "source"}));
  for (const auto& row : rows.rows()) {
    const auto bad = [&](std::string_view what) {
      return fail(ErrorCode::InvalidInput, fmt::format("utm_sources.tsv: '{}': {}", row[0], what));
    };
    NOCT_TRY(const AppId app, registry.app(row[2]));
    const auto channel =
        row[3] == "-" ? std::optional(channel_of(registry.category(app), registry.info(app).surface)) : parse_channel(row[3]);
    const auto category = parse_source_category(row[5]);
    const bool medium = row[1] == "medium";
    const bool word = row[6] == "yes", part = row[6] == "part";
    if (!channel || !category || (!medium && row[1] != "source")) return bad("field, channel or ga4");
    if (row[6] != "-" && (medium || !(word || part))) return bad("word");
    if (row[3] == "-" && app == AppId::None) return bad("neither app nor channel");
    NOCT_TRY(const RuleId rule, registry.add_rule(fmt::format("utm_{}.{}", row[1], row[0]),
                                                  fmt::format("campaign {} {}: {}", row[1], row[0], row[4]), row[7]));
    const SourceId name = medium ? SourceId::None : registry.add_source(row[4]);
    const Source source{app, surface_of(*channel), *channel, *category, name, rule};
    if (!(medium ? mediums_ : sources_).emplace(std::string(row[0]), source).second) return bad("there twice");
    (medium ? compact_mediums_ : compact_sources_).emplace(compact(row[0]), source);
    if (word || part) words_.emplace(compact(row[0]), source);
    if (part) parts_.emplace_back(compact(row[0]), source);
  }
  return {};
}

Result<QueryTable> QueryTable::read(std::string_view parameters, std::string_view sources, Registry& registry) {
  QueryTable table;
  NOCT_TRY(const TsvTable rows, TsvTable::parse("parameters", parameters,
                                                {"name", "value", "role", "app", "surface", "text", "example", "source"}));
  for (const auto& row : rows.rows()) {
    NOCT_TRY(Parameter parameter, parse_parameter(row, registry));
    if (row[0].ends_with('*')) {
      table.prefixes_.emplace_back(lower(row[0].substr(0, row[0].size() - 1)), std::move(parameter));
    } else {
      table.parameters_[lower(row[0])].push_back(std::move(parameter));
    }
  }
  if (auto read = table.read_sources(sources, registry); !read) return std::unexpected(std::move(read).error());
  table.paid_medium_ = registry.rule("utm_medium.paid");
  return table;
}

const QueryTable::Parameter* QueryTable::find(std::string_view name, std::string_view value) const {
  if (const auto found = parameters_.find(name); found != parameters_.end()) {
    for (const Parameter& parameter : found->second) {
      if (parameter.accepts(value)) return &parameter;
    }
    return nullptr;
  }
  for (const auto& [prefix, parameter] : prefixes_) {
    if (name.starts_with(prefix) && parameter.accepts(value)) return &parameter;
  }
  return nullptr;
}

const QueryTable::Source* QueryTable::find_source(std::string_view value) const {
  if (value.starts_with("www.")) value.remove_prefix(4);
  if (const auto found = sources_.find(value); found != sources_.end()) return &found->second;
  const std::string joined = compact(value);
  const auto found = joined.size() < kCompactSizeMin ? compact_sources_.end() : compact_sources_.find(joined);
  if (found != compact_sources_.end()) return &found->second;
  return is_site_name(value) ? nullptr : find_word(value);
}

// A word of a value, or a few words together, that can mean nothing else: "share_whatsapp", "whats-app-button".
const QueryTable::Source* QueryTable::find_word(std::string_view value) const {
  const auto words = words_of(value);
  for (size_t count = std::min(kJoinedWordsMax, words.size()); count > 0; --count) {
    for (size_t first = 0; first + count <= words.size(); ++first) {
      std::string joined;
      for (size_t i = first; i < first + count; ++i) joined.append(words[i]);
      if (const auto found = words_.find(joined); found != words_.end()) return &found->second;
    }
  }
  for (const auto& [part, source] : parts_) {
    if (std::ranges::any_of(words, [&](auto word) { return word.find(part) != std::string_view::npos; })) return &source;
  }
  return nullptr;
}

const QueryTable::Source* QueryTable::find_medium(std::string_view value) const {
  if (const auto found = mediums_.find(value); found != mediums_.end()) return &found->second;
  const std::string joined = compact(value);
  const auto found = joined.size() < kCompactSizeMin ? compact_mediums_.end() : compact_mediums_.find(joined);
  return found != compact_mediums_.end() ? &found->second : nullptr;
}

void QueryTable::note(const Parameter& parameter, std::string_view name, std::string_view value, Campaign& campaign,
                      QueryVerdict& verdict) const {
  const auto keep = [&](std::string& slot, bool& from_ga4) {
    const bool better = parameter.read_by_ga4 && !from_ga4;  // utm_ beats another tool's tag, the first of equals stays
    if (!slot.empty() && !better) return;
    slot = lower(trim(value));
    from_ga4 = parameter.read_by_ga4;
  };
  const auto id = [&] { return hash_bytes(value, hash_bytes(name)) | 1; };
  verdict.ga4_tagged |= parameter.read_by_ga4;
  switch (parameter.role) {
    case ParameterRole::Token: verdict.token = true; break;
    case ParameterRole::Source: keep(campaign.source, campaign.ga4_source); break;
    case ParameterRole::Medium: keep(campaign.medium, campaign.ga4_medium); break;
    case ParameterRole::Campaign: keep(campaign.name, campaign.ga4_name); break;
    case ParameterRole::Tag: break;
    case ParameterRole::Ref:
      if (find_source(lower(trim(value))) == nullptr) return;
      keep(campaign.source, campaign.ga4_source);
      break;
    case ParameterRole::Recipient: verdict.recipient_id = id(); [[fallthrough]];
    case ParameterRole::Newsletter: verdict.utm_channel = Channel::Newsletter; break;
    case ParameterRole::PaidClick:
    case ParameterRole::Paid:
    case ParameterRole::Click:
      verdict.paid_click |= parameter.role != ParameterRole::Click;
      campaign.google_click |= parameter.read_by_ga4 && name != "dclid";
      campaign.display_click |= name == "dclid";
      if (parameter.role != ParameterRole::Paid && verdict.click_id == 0) verdict.click_id = id();
      if (verdict.click_app == AppId::None) verdict.click_app = parameter.app;
      break;
    case ParameterRole::Listing: verdict.utm_channel = Channel::Search; break;
    case ParameterRole::Share:
      if (verdict.share_app == AppId::None || weight(parameter.surface) > weight(verdict.share_surface)) {
        verdict.share_app = parameter.app;
        verdict.share_surface = parameter.surface;
      }
      break;
    case ParameterRole::Mark: break;
  }
  const bool tag = parameter.role >= ParameterRole::Source && parameter.role <= ParameterRole::Recipient;
  verdict.campaign |= tag;
  (tag && parameter.role < ParameterRole::Newsletter ? campaign.tags : campaign.others).add(parameter.rule);
}

void QueryTable::judge_source(Campaign& campaign, const ReferrerTable& hosts, QueryVerdict& verdict) const {
  const std::string_view value = campaign.source;
  if (const Source* source = find_source(value)) {
    verdict.utm_app = source->app;
    verdict.utm_surface = source->surface;
    verdict.utm_channel = source->channel;
    verdict.utm_source = source->name;
    verdict.rules.add(source->rule);
    const auto exact = sources_.find(value);
    campaign.category = exact != sources_.end() ? exact->second.category : SourceCategory::None;
  } else {
    const ReferrerTable::Row* row = value.find('.') == std::string_view::npos ? nullptr : hosts.find_host(value);
    if (row == nullptr) return;
    verdict.utm_app = row->app;
    verdict.utm_channel = channel_of(row->cls, row->surface);
    verdict.utm_surface = surface_of(verdict.utm_channel);
    verdict.utm_source = row->source;
    verdict.rules.add(row->rule);
    campaign.category = category_of(row->ga4);
  }
  verdict.campaign_known = true;
  verdict.messenger_source = verdict.utm_surface == Private::Yes;
}

// The medium is the tagger's own word for the channel: it beats what the source suggests, except that a messenger's name
// in the source stays (whatsapp, social), unless the tag says that it was paid for. "referral" and its kind say nothing of
// the surface.
void QueryTable::judge_medium(Campaign& campaign, QueryVerdict& verdict) const {
  const std::string_view medium = campaign.medium;
  if (medium.empty()) return;
  if (is_paid_medium(medium) || is_display_medium(medium)) {
    verdict.campaign_known = true;
    verdict.utm_channel = Channel::Paid;
    verdict.utm_surface = Private::No;
    verdict.rules.add(paid_medium_);
    return;
  }
  if (verdict.utm_surface == Private::Yes && verdict.utm_channel != Channel::Newsletter) return;
  const Source* said = find_medium(medium);
  if (said == nullptr) {
    said = find_source(medium);
    if (said == nullptr || (said->surface != Private::Yes && (said->app == AppId::None || verdict.utm_app != AppId::None))) return;
  }
  verdict.campaign_known = true;
  verdict.rules.add(said->rule);
  if (said->channel == Channel::Referral && verdict.utm_channel == Channel::AppUnknown) return;
  if (said->app != AppId::None && (said->surface == Private::Yes || verdict.utm_app == AppId::None)) verdict.utm_app = said->app;
  verdict.utm_channel = said->channel;
  verdict.utm_surface = said->surface;
}

QueryVerdict QueryTable::classify(std::string_view query, const ReferrerTable& hosts) const {
  QueryVerdict verdict;
  Campaign campaign;
  query = query.substr(0, std::min(query.find('#'), kQuerySizeMax));
  for (size_t count = 0; !query.empty() && count < kParametersMax; ++count) {
    const size_t end = std::min(query.find_first_of("&;"), query.size());
    std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.starts_with("amp%3B")) pair.remove_prefix(6);  // "&amp;" that was copied out of a page's source
    const size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals > kNameSizeMax * 3) continue;
    const std::string name = lower(trim(decode(pair.substr(0, equals), kNameSizeMax * 3)));
    const std::string value = decode(pair.substr(equals + 1), kValueSizeMax);
    if (const Parameter* parameter = find(name, value)) note(*parameter, name, value, campaign, verdict);
  }
  if (!campaign.source.empty()) judge_source(campaign, hosts, verdict);
  judge_medium(campaign, verdict);
  for (const RuleList& list : {campaign.others, campaign.tags}) {
    for (RuleId rule : list.ids) verdict.rules.add(rule);
  }
  if (!verdict.ga4_tagged) return verdict;
  const auto read = [](const std::string& text, bool from_utm) { return from_utm ? std::string_view(text) : std::string_view(); };
  CampaignTags tags{read(campaign.source, campaign.ga4_source), read(campaign.medium, campaign.ga4_medium),
                    read(campaign.name, campaign.ga4_name), campaign.ga4_source ? campaign.category : SourceCategory::None};
  if (campaign.google_click) {  // GA4 reads its own click id before the tags
    tags = {"google", "cpc", tags.campaign, SourceCategory::Search};
  } else if (campaign.display_click) {
    tags = {"dfa", "cpm", tags.campaign, SourceCategory::None};
  } else if (tags.source.empty() && tags.medium.empty() && tags.campaign.empty()) {
    verdict.ga4_tagged = false;  // utm_term alone changes nothing
    return verdict;
  }
  verdict.utm_ga4 = ga4_channel_of(tags);
  return verdict;
}

}  // namespace noctule
