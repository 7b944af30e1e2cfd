// SPDX-License-Identifier: Apache-2.0
#include "cleaner.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "instants.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"
#include "page.h"
#include "properties.h"
#include "text_cleaning.h"

namespace noctule {
namespace {

constexpr int64_t kDayMs = 86'400'000;

// The site that a host belongs to: its own, or that of the nearest domain above it.
const Site* owner_of(std::string_view host, const SiteBook& sites) {
  while (!host.empty()) {
    if (const Site* site = sites.find_domain(host)) return site;
    const size_t dot = host.find('.');
    if (dot == std::string_view::npos) return nullptr;
    host.remove_prefix(dot + 1);
  }
  return nullptr;
}

const Site* find_code(std::string_view code, const SiteBook& sites) {
  if (const Site* site = sites.find_domain(code)) return site;
  const auto begins = [&](const Site& site) { return site.domain.starts_with(code) && site.domain.substr(code.size()).starts_with('.'); };
  const auto found = code.empty() ? sites.sites().end() : std::ranges::find_if(sites.sites(), begins);
  return found == sites.sites().end() ? nullptr : &*found;
}

// The host of the event's page; an objection names none: there, of the page that the browser says is asking.
std::string host_of_page(const RawEvent& raw, const CollectRequest& request) {
  if (const auto parts = split_url(raw.url)) return clean_host(parts->host);
  if (!raw.host.empty() || !raw.is_objection) return clean_host(without_port(raw.host));
  const auto parts = split_url(request.origin);
  return parts ? clean_host(parts->host) : std::string();
}

// Pages under development: what a public site is never served from.
bool is_local_host(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local") || host.starts_with("[::1")) return true;
  if (!is_address_host(host)) return false;
  static constexpr std::array<std::string_view, 4> kPrivate = {"127.", "10.", "192.168.", "0.0.0.0"};
  if (std::ranges::any_of(kPrivate, [&](std::string_view beginning) { return host.starts_with(beginning); })) return true;
  return host.starts_with("172.") && host.size() > 6 && host[6] == '.' && parse_decimal(host.substr(4, 2)).value_or(0) / 16 == 1;
}

PageParts split_page(std::string_view url) {
  if (const auto parts = split_url(url)) return {parts->scheme, parts->host, parts->path, parts->query, parts->fragment};
  PageParts parts{};
  if (const size_t hash = url.find('#'); hash != std::string_view::npos) {
    parts.fragment = url.substr(hash + 1);
    url = url.substr(0, hash);
  }
  const size_t mark = url.find('?');
  parts.path = url.substr(0, mark);
  parts.query = mark == std::string_view::npos ? std::string_view() : url.substr(mark + 1);
  return parts;
}

bool is_web(std::string_view scheme) { return equals_ignoring_case(scheme, "http") || equals_ignoring_case(scheme, "https"); }

bool has_key(const CollectRequest& request, const Site& site) {
  return request.api_key_ok && (request.key_site == SiteId::None || request.key_site == site.id);
}

Judged invalid(std::string_view detail) { return {Drop::Invalid, detail}; }

// Micros of a price; nothing when amount or currency are none.
void read_price(const RawEvent& raw, std::string& currency, Event& event) {
  const bool is_code = raw.currency.size() == 3 && std::ranges::all_of(raw.currency, is_alpha);
  if (!is_code || !std::isfinite(raw.revenue) || std::abs(raw.revenue) > static_cast<double>(kRevenueMax)) return;
  currency.clear();
  for (const char c : raw.currency) currency += to_lower(c) == c ? static_cast<char>(c - 32) : c;
  event.revenue_micros = std::llround(raw.revenue * 1e6);
  event.currency = currency;
}

EventOrigin origin_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::Events: return EventOrigin::Script;
    case Protocol::Pixel: return EventOrigin::Pixel;
    case Protocol::Plausible: return EventOrigin::Plausible;
    case Protocol::UmamiSend:
    case Protocol::UmamiBatch: return EventOrigin::Umami;
    case Protocol::GoatCounterPixel:
    case Protocol::GoatCounterCount: return EventOrigin::GoatCounter;
    case Protocol::Matomo: return EventOrigin::Matomo;
  }
  return EventOrigin::Script;
}

// Why nobody asks to be counted here, whatever the event says.
Drop objection_of(const RawEvent& raw, const CollectRequest& request) {
  if (raw.is_objection) return request.dnt && !request.gpc ? Drop::Dnt : Drop::Gpc;
  if (request.api_key_ok) return Drop::None;  // a server's headers are not its visitors'
  if (request.gpc) return Drop::Gpc;
  if (request.dnt) return Drop::Dnt;
  return request.prefetch ? Drop::Prefetch : Drop::None;
}

}  // namespace

const Site* find_site(const RawEvent& raw, std::string_view name, const CollectRequest& request, const SiteBook& sites) {
  switch (raw.site_by) {
    case SiteBy::Domain: return sites.find_domain(trim(name));
    case SiteBy::Code: return find_code(trim(name), sites);
    case SiteBy::Umami: return sites.find_umami(name);
    case SiteBy::Number: {
      const auto number = parse_decimal(name);
      return number && *number <= UINT32_MAX ? sites.find(SiteId(static_cast<uint32_t>(*number))) : nullptr;
    }
    case SiteBy::Page: break;
  }
  if (request.api_key_ok && request.key_site != SiteId::None) return sites.find(request.key_site);
  if (const Site* site = owner_of(host_of_page(raw, request), sites)) return site;
  return sites.sites().size() == 1 ? &sites.sites().front() : nullptr;
}

Judged Cleaner::clean(const RawEvent& raw, const Decoded& decoded, const Site* site, const CleaningContext& context, Event& event) {
  if (!raw.lack.empty()) return invalid(raw.lack);
  if (site == nullptr) return {Drop::UnknownSite, {}};
  if (const Drop objection = objection_of(raw, context.request); objection != Drop::None) return {objection, {}};
  if (raw.is_identity) return {Drop::Identity, {}};
  event = Event{};
  event.site = site->id;
  event.kind = raw.kind;
  event.origin = origin_of(context.request.protocol);
  for (const auto step : {&Cleaner::clean_client, &Cleaner::clean_address, &Cleaner::clean_instant}) {
    if (const Judged judged = (this->*step)(raw, *site, context, event); judged.drop != Drop::None) return judged;
  }
  return clean_texts(raw, decoded, *site, context, event);
}

Judged Cleaner::clean_client(const RawEvent& raw, const Site& site, const CleaningContext& context, Event& event) {
  const CollectRequest& request = context.request;
  const bool by_server = has_key(request, site);
  const std::string_view said = raw.user_agent.empty() ? request.user_agent : raw.user_agent;
  std::string_view user_agent = said.substr(0, kUserAgentSizeMax);
  if (raw.is_declared_bot) return {Drop::Bot, {}};
  const Client* client = &clients_.find(user_agent);
  if (client->kind == Kind::PreviewBot) return {Drop::Preview, {}};
  if (client->kind == Kind::Bot) {
    // The name of a server's library says nothing of the visitor that it tells of.
    const bool is_servers_own = raw.user_agent.empty() && (is_client_library(request) || (by_server && client->purpose == MachinePurpose::HttpClient));
    if (!is_servers_own) return {Drop::Bot, {}};
    client = &clients_.find({});
  }
  event.user_agent = client->reduced;
  const std::string_view address = by_server && !raw.address.empty() ? raw.address : request.address;
  event.visitor = make_pseudonym(context.keys, address, user_agent, site.id);
  return {};
}

Judged Cleaner::clean_address(const RawEvent& raw, const Site& site, const CleaningContext& context, Event& event) {
  PageParts parts = split_page(raw.url);
  const bool is_app = equals_ignoring_case(parts.scheme, "app");  // a mobile app's screen, as Plausible's documentation has it
  if (equals_ignoring_case(parts.scheme, "file")) return {Drop::LocalPage, {}};
  if (!parts.scheme.empty() && !is_web(parts.scheme) && !is_app) return invalid("url: expected an http or https address");
  if (raw.url.empty()) return invalid("url: expected the page's address");
  if (parts.scheme.empty() && parts.path.substr(0, parts.path.find('/')).find(':') != std::string_view::npos) {
    return invalid("url: expected an http or https address");
  }
  if (parts.path.size() > kUrlSizeMax) return {Drop::TooLarge, {}};
  if (parts.scheme.empty()) parts.host = without_port(raw.host);
  event.host = site.domain;
  if (!is_app && !parts.host.empty()) event.host = hosts_.find(parts.host, [](std::string_view host, std::string& out) { out = clean_host(host); });
  if (event.host.empty()) return invalid("url: expected a host");
  if (owner_of(event.host, context.sites) != &site) return {is_local_host(event.host) ? Drop::LocalPage : Drop::ForeignHost, {}};
  clean_path(parts, raw.hash_routing ? Routing::Hash : Routing::Path, site, context, event);
  if (!raw.referrer.empty()) event.referrer = referrers_.find(raw.referrer, [](std::string_view referrer, std::string& out) { out = clean_referrer(referrer); });
  return {};
}

void Cleaner::clean_path(const PageParts& parts, Routing routing, const Site& site, const CleaningContext& context, Event& event) {
  const std::string_view fragment = routing == Routing::Hash ? parts.fragment : std::string_view();
  if (parts.query.empty() && fragment.empty()) {
    event.path = paths_.find(parts.path, [&](std::string_view path, std::string& out) {
      clean_page(path, {}, {}, Routing::Path, site, context.keys, page_);
      out = page_.path;
    });
    return;
  }
  clean_page(parts.path, parts.query, fragment, routing, site, context.keys, page_);
  event.path = page_.path;
  event.tags = page_.tags;
  event.click_hash = page_.click_hash;
  event.recipient_hash = page_.recipient_hash;
}

Judged Cleaner::clean_instant(const RawEvent& raw, const Site& site, const CleaningContext& context, Event& event) {
  event.instant_ms = context.now_ms;
  if (raw.instant.empty()) return {};
  const auto instant_ms = parse_instant(raw.instant);
  if (!instant_ms) return invalid("time: expected an instant such as 2026-05-01T10:00:00Z, or seconds since 1970");
  if (*instant_ms > context.now_ms + kFutureMsMax) return invalid("time: it is in the future");
  const int64_t reach_ms = has_key(context.request, site) ? site.retention_days * kDayMs : kBackdateMsMax;
  if (*instant_ms < context.now_ms - reach_ms) return {Drop::TooOld, {}};
  event.instant_ms = std::min(*instant_ms, context.now_ms);
  // A pseudonym is of one day, also of one that is over: under today's, a visitor could be followed through all that is told late.
  if (const int64_t day = day_number(event.instant_ms, 0); day != day_number(context.now_ms, 0)) {
    event.visitor = make_pseudonym(context.keys, fmt::format("{:016x} on day {}", event.visitor.value(), day), {}, site.id);
  }
  return {};
}

Judged Cleaner::clean_texts(const RawEvent& raw, const Decoded& decoded, const Site& site, const CleaningContext& context, Event& event) {
  if (raw.id.size() > kEventIdSizeMax) return invalid("id: expected at most 64 bytes");
  if (!raw.id.empty()) event.id = hash_event_id(context.keys, site.id, raw.id);
  event.viewport_width = raw.width;
  event.engaged_ms = raw.kind == EventKind::Engagement ? raw.engaged_ms : 0;
  event.scroll_percent = raw.kind == EventKind::Engagement ? raw.scroll_percent : kScrollUnknown;
  event.interactive = raw.interactive;
  if (raw.kind == EventKind::Custom) {
    event.name = says_who(raw.name) ? kHidden : clean_view(trim(raw.name), kNameSizeMax, name_);
    if (event.name.empty()) return invalid("name: expected the name of the event");
  }
  properties_.clear();
  const std::span<const RawProperty> all(decoded.properties);
  append_properties(all.subspan(raw.properties_begin, raw.properties_end - raw.properties_begin), site.mode, properties_);
  event.properties = properties_;
  read_price(raw, currency_, event);
  return {};
}

}  // namespace noctule
