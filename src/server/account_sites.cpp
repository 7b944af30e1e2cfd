// SPDX-License-Identifier: Apache-2.0
// Sites by JSON: their configuration, members, keys, shared links, channel rules and dropped events.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "account_functions.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr int64_t kPageSizeMax = 1'000, kPageSizeDefault = 100;
constexpr int64_t kDropDaysDefault = 30;
constexpr std::array<std::string_view, 7> kSiteMembers = {"domain", "hosts", "mode", "time_zone", "retention_days", "k_threshold", "query_parameters"};
constexpr std::array<std::string_view, 5> kRuleMembers = {"field", "op", "value", "channel", "all_sites"};

std::unexpected<Error> unreadable(std::string message) { return fail(ErrorCode::Unreadable, std::move(message)); }

// What the body says of a site; what it does not name stays.
Result<void> apply(const JsonBody& body, Site& site) {
  if (body.has("hosts")) {
    NOCT_TRY(site.hosts, body.texts("hosts"));
  }
  if (body.has("query_parameters")) {
    NOCT_TRY(site.query_parameters, body.texts("query_parameters"));
  }
  if (body.has("time_zone")) {
    NOCT_TRY(site.time_zone, body.text("time_zone"));
  }
  if (body.has("retention_days")) {
    NOCT_TRY(const int64_t days, body.integer("retention_days", 1, kRetentionDaysMax));
    site.retention_days = static_cast<int>(days);
  }
  if (body.has("k_threshold")) {
    NOCT_TRY(const int64_t threshold, body.integer("k_threshold", 1, 1'000'000));
    site.k_threshold = static_cast<uint32_t>(threshold);
  }
  if (body.has("mode")) {
    NOCT_TRY(const std::string mode, body.text("mode"));
    if (mode != "exempt" && mode != "consented") return unreadable("\"mode\" must be exempt or consented");
    site.mode = mode == "exempt" ? ConsentMode::Exempt : ConsentMode::Consented;
  }
  return {};
}

Result<Role> own_role(AccountCall& call, SiteId site) {
  NOCT_TRY(const std::optional<Role> role, call.settings.role_of(call.who, site));
  return role.value_or(Role::Viewer);
}

// A whole number of the query within bounds.
Result<int64_t> query_number(const Request& request, std::string_view name, int64_t fallback, int64_t max) {
  const auto text = request.query_value(name);
  if (!text) return fallback;
  const auto number = parse_decimal(*text);
  if (!number || *number > static_cast<uint64_t>(max)) return unreadable(fmt::format("\"{}\" must be a whole number from 0 to {}", name, max));
  return static_cast<int64_t>(*number);
}

struct SentRule {
  ChannelRule rule;
  bool all_sites = false;
};

Result<std::vector<SentRule>> read_rules(const Request& request) {
  static constexpr std::array<std::string_view, 1> kMembers = {"rules"};
  NOCT_TRY(const JsonBody body, JsonBody::read(request, kMembers));
  NOCT_TRY(const std::vector<JsonBody> list, body.objects("rules", kRuleMembers));
  std::vector<SentRule> rules;
  for (const JsonBody& one : list) {
    SentRule sent;
    NOCT_TRY(sent.all_sites, one.flag_or_false("all_sites"));
    NOCT_TRY(sent.rule.field, one.text("field"));
    NOCT_TRY(sent.rule.op, one.text("op"));
    NOCT_TRY(sent.rule.value, one.text("value"));
    NOCT_TRY(sent.rule.channel, one.text("channel"));
    rules.push_back(std::move(sent));
  }
  return rules;
}

// A site's list shows the rules of all sites too, and may be sent back as it was read; they are not changed by it.
Result<std::vector<ChannelRule>> own_rules(Settings& settings, std::vector<SentRule> sent) {
  NOCT_TRY(const std::vector<ChannelRule> of_all, settings.channel_rules(SiteId::None));
  std::vector<ChannelRule> own;
  for (SentRule& one : sent) {
    if (!one.all_sites) {
      own.push_back(std::move(one.rule));
      continue;
    }
    const bool known = std::ranges::any_of(of_all, [&](const ChannelRule& rule) {
      return rule.field == one.rule.field && rule.op == one.rule.op && rule.value == one.rule.value && rule.channel == one.rule.channel;
    });
    if (!known) return fail(ErrorCode::InvalidInput, "a rule with all_sites is none of those of all sites; they are changed at /api/v1/channel-rules");
  }
  return own;
}

Result<void> answer_rules(AccountCall& call, SiteId site) {
  NOCT_TRY(const std::vector<ChannelRule> rules, call.settings.channel_rules(site));
  JsonValue list = JsonValue::array();
  for (const ChannelRule& rule : rules) list.push_back(rule_json(rule));
  call.answer(200, {{"rules", list}});
  return {};
}

Result<int64_t> read_day(const Request& request, std::string_view name, int64_t fallback) {
  const auto text = request.query_value(name);
  if (!text) return fallback;
  const bool shape = text->size() == 10 && (*text)[4] == '-' && (*text)[7] == '-';
  const auto year = shape ? parse_decimal(text->substr(0, 4)) : std::nullopt, month = shape ? parse_decimal(text->substr(5, 2)) : std::nullopt,
             day = shape ? parse_decimal(text->substr(8)) : std::nullopt;
  if (!year || !month || !day) return unreadable(fmt::format("\"{}\" must be a day such as 2027-01-31", name));
  CivilTime civil{};
  civil.year = static_cast<int>(*year);
  civil.month = static_cast<int>(*month);
  civil.day = static_cast<int>(*day);
  if (!is_valid_civil(civil)) return unreadable(fmt::format("\"{}\" is no day of the calendar", name));
  return days_from_civil(civil.year, civil.month, civil.day);
}

}  // namespace

Result<void> list_sites(AccountCall& call) {
  NOCT_TRY(const int64_t limit, query_number(call.request, "limit", kPageSizeDefault, kPageSizeMax));
  NOCT_TRY(const int64_t offset, query_number(call.request, "offset", 0, static_cast<int64_t>(kSitesMax)));
  NOCT_TRY(const std::vector<Site> sites, call.settings.sites());
  JsonValue list = JsonValue::array();
  int64_t seen = 0;
  for (const Site& site : sites) {
    NOCT_TRY(const std::optional<Role> role, call.settings.role_of(call.who, site.id));
    if (!role || seen++ < offset) continue;
    if (std::ssize(list) == limit) break;
    list.push_back(site_json(site, *role));
  }
  call.answer(200, {{"sites", list}});
  return {};
}

Result<void> create_site(AccountCall& call) {
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kSiteMembers));
  NOCT_TRY(const std::string domain, body.text("domain"));
  Site wanted;
  if (auto applied = apply(body, wanted); !applied) return applied;
  wanted.created_ms = call.now_ms;
  NOCT_TRY(const Site site, call.settings.add_site(domain, wanted));
  call.answer(201, site_json(site, Role::Owner));
  return call.audit("site add", site.domain);
}

Result<void> show_site(AccountCall& call) {
  NOCT_TRY(const Role role, own_role(call, call.site.id));
  call.answer(200, site_json(call.site, role));
  return {};
}

Result<void> change_site(AccountCall& call) {
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kSiteMembers));
  Site site = call.site;
  if (auto applied = apply(body, site); !applied) return applied;
  if (body.has("domain")) {
    NOCT_TRY(site.domain, body.text("domain"));
  }
  if (auto changed = call.settings.change_site(site); !changed) return changed;
  NOCT_TRY(const Site after, call.settings.find_site(fmt::format("{}", static_cast<uint32_t>(site.id))));
  NOCT_TRY(const Role role, own_role(call, site.id));
  call.answer(200, site_json(after, role));
  return call.audit("site set", after.domain);
}

Result<void> remove_site(AccountCall& call) {
  if (auto removed = call.settings.remove_site(call.site.id); !removed) return removed;
  call.response.status = 204;
  return call.audit("site remove", call.site.domain);
}

Result<void> list_members(AccountCall& call) {
  NOCT_TRY(const std::vector<SiteRole> roles, call.settings.roles());
  NOCT_TRY(const std::vector<User> users, call.settings.users());
  JsonValue list = JsonValue::array();
  for (const User& user : users) {
    const auto role = std::ranges::find_if(roles, [&](const SiteRole& one) { return one.user == user.id && one.site == call.site.id; });
    if (role != roles.end()) list.push_back({{"user", static_cast<int64_t>(user.id)}, {"email", user.email}, {"name", user.name}, {"role", name_of(role->role)}});
  }
  call.answer(200, {{"members", list}});
  return {};
}

// By e-mail address: an owner names people they know, and sees no list of all who have an account.
Result<void> set_member(AccountCall& call) {
  static constexpr std::array<std::string_view, 2> kMembers = {"email", "role"};
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kMembers));
  NOCT_TRY(const std::string email, body.text("email"));
  NOCT_TRY(const std::string role_name, body.text("role"));
  const std::optional<Role> role = role_named(role_name);
  if (!role) return unreadable("\"role\" must be viewer, editor or owner");
  const auto user = call.settings.find_user(email);
  // Without the nearest address, which the settings' own message names.
  if (!user && user.error().code == ErrorCode::NotFound) return fail(ErrorCode::NotFound, "nobody with this e-mail address has an account; an administrator can add one");
  if (!user) return std::unexpected(user.error());
  if (auto set = call.settings.set_role(user->id, call.site.id, role); !set) return set;
  call.response.status = 204;
  return call.audit(fmt::format("user role {}", role_name), fmt::format("user {}, {}", static_cast<int64_t>(user->id), call.site.domain));
}

Result<void> remove_member(AccountCall& call) {
  NOCT_TRY(const int64_t user, number_in_path(call, 1));
  if (auto set = call.settings.set_role(UserId{user}, call.site.id, std::nullopt); !set) return set;
  call.response.status = 204;
  return call.audit("user role none", fmt::format("user {}, {}", user, call.site.domain));
}

Result<void> list_site_keys(AccountCall& call) { return answer_keys(call, call.site.id); }
Result<void> add_site_key(AccountCall& call) { return create_key(call, call.site.id); }

Result<void> remove_site_key(AccountCall& call) {
  NOCT_TRY(const int64_t id, number_in_path(call, 1));
  NOCT_TRY(const std::vector<ApiKey> keys, call.settings.keys());
  const bool of_site = std::ranges::any_of(keys, [&](const ApiKey& key) { return key.id == id && key.site == call.site.id; });
  if (!of_site) return fail(ErrorCode::NotFound, fmt::format("this site has no key {}", id));
  if (auto removed = call.settings.remove_key(id); !removed) return removed;
  call.response.status = 204;
  return call.audit("key remove", fmt::format("key {}", id));
}

Result<void> list_shared_links(AccountCall& call) {
  NOCT_TRY(const std::vector<SharedLink> links, call.settings.shared_links(call.site.id));
  JsonValue list = JsonValue::array();
  for (const SharedLink& link : links) list.push_back(link_json(link));
  call.answer(200, {{"links", list}});
  return {};
}

Result<void> add_shared_link(AccountCall& call) {
  static constexpr std::array<std::string_view, 3> kMembers = {"name", "password", "expires_at"};
  NOCT_TRY(const JsonBody body, JsonBody::read(call.request, kMembers));
  SharedLink wanted;
  wanted.site = call.site.id;
  NOCT_TRY(wanted.name, body.text("name"));
  NOCT_TRY(const std::string password, body.text_or_empty("password"));
  NOCT_TRY(wanted.expires_ms, read_expiry(body));
  NOCT_TRY(const std::string token, call.settings.add_shared_link(wanted, password, call.now_ms));
  call.answer(201, {{"url", fmt::format("{}{}{}", call.services.base_url(), kSharePath, token)}});
  return call.audit("link add", wanted.name);
}

Result<void> remove_shared_link(AccountCall& call) {
  NOCT_TRY(const int64_t id, number_in_path(call, 1));
  NOCT_TRY(const std::vector<SharedLink> links, call.settings.shared_links(call.site.id));
  const bool of_site = std::ranges::any_of(links, [&](const SharedLink& link) { return link.id == id; });
  if (!of_site) return fail(ErrorCode::NotFound, fmt::format("this site has no shared link {}", id));
  if (auto removed = call.settings.remove_shared_link(id); !removed) return removed;
  call.response.status = 204;
  return call.audit("link remove", fmt::format("link {}", id));
}

Result<void> list_site_rules(AccountCall& call) { return answer_rules(call, call.site.id); }
Result<void> list_rules(AccountCall& call) { return answer_rules(call, SiteId::None); }

Result<void> set_site_rules(AccountCall& call) {
  NOCT_TRY(std::vector<SentRule> sent, read_rules(call.request));
  NOCT_TRY(const std::vector<ChannelRule> rules, own_rules(call.settings, std::move(sent)));
  if (auto set = call.settings.set_channel_rules(call.site.id, rules); !set) return set;
  if (auto answered = answer_rules(call, call.site.id); !answered) return answered;
  return call.audit("channel rules", call.site.domain);
}

// To what is stored: a new version of the site's attribution. Loading waits meanwhile.
Result<void> apply_site_rules(AccountCall& call) {
  if (call.services.loader == nullptr) return fail(ErrorCode::Exhausted, "the store is not there yet");
  const std::lock_guard lock(call.services.attribution);
  NOCT_TRY(const uint16_t version, call.services.loader->reclassify(call.site.id, fmt::format("channel rules, by {}", call.who.actor())));
  call.answer(200, {{"attribution", version}});
  return call.audit("channel rules applied", call.site.domain);
}

// Visits that were judged before the pastes that explain them were imported.
Result<void> apply_site_pastes(AccountCall& call) {
  if (call.services.loader == nullptr) return fail(ErrorCode::Exhausted, "the store is not there yet");
  const std::lock_guard lock(call.services.attribution);
  NOCT_TRY(const VersionMade made, call.services.loader->apply_pastes(call.site.id, fmt::format("pastes that were imported later, by {}", call.who.actor())));
  call.answer(200, {{"attribution", made.version}, {"visits", made.visits}});
  return call.audit("pastes applied", call.site.domain);
}

Result<void> set_rules(AccountCall& call) {
  NOCT_TRY(std::vector<SentRule> sent, read_rules(call.request));
  std::vector<ChannelRule> rules;
  for (SentRule& one : sent) rules.push_back(std::move(one.rule));
  if (auto set = call.settings.set_channel_rules(SiteId::None, rules); !set) return set;
  if (auto answered = answer_rules(call, SiteId::None); !answered) return answered;
  return call.audit("channel rules", "all sites");
}

Result<void> list_drops(AccountCall& call) {
  const int64_t today = day_number(call.now_ms, 0);
  NOCT_TRY(const int64_t from, read_day(call.request, "from", today - kDropDaysDefault));
  NOCT_TRY(const int64_t to, read_day(call.request, "to", today));
  NOCT_TRY(const std::vector<Settings::DropCount> drops, call.settings.drops(call.site.id, from, to));
  JsonValue list = JsonValue::array();
  for (const Settings::DropCount& drop : drops) list.push_back({{"day", format_iso_day(drop.day_number)}, {"reason", drop.reason}, {"count", drop.count}});
  call.answer(200, {{"drops", list}});
  return {};
}

}  // namespace noctule
