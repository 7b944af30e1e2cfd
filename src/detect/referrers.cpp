// SPDX-License-Identifier: Apache-2.0
#include "referrers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ga4.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kReferrerSizeMax = 4096;  // browsers send at most 4,096 bytes of a referrer
constexpr size_t kHostSizeMax = 253;       // RFC 1035
constexpr size_t kEncodedSchemeMax = 12;   // an escape behind it ("android-app:") is a part of a path

constexpr std::array<std::string_view, 14> kClassNames = {"none", "internal", "search", "social", "private_message", "email", "sms",
                                                          "ai", "paid", "video", "shopping", "referral", "other", "spam"};

bool is_host_byte(char c) {
  return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// A name with a dot in it; "localhost", "-" and addresses of browsers' own pages are no site.
bool is_host(std::string_view host) {
  return host.size() <= kHostSizeMax && host.find('.') != std::string_view::npos && std::ranges::all_of(host, is_host_byte) &&
         host.front() != '.';
}

// A host of an own network ("http://wiki/") or an IPv6 address.
bool is_local_name(std::string_view host) {
  if (host.starts_with('[')) return host.ends_with(']') && host.size() > 4;
  const bool name = !host.empty() && host.size() <= 63;
  return name && std::ranges::all_of(host, [](char c) { return is_host_byte(c) && c != '.'; });
}

// The four parts of an IPv4 address in dotted form.
std::optional<std::array<unsigned, 4>> parse_ipv4(std::string_view host) {
  const auto parts = split(host, ".");
  if (parts.size() != 4) return std::nullopt;
  std::array<unsigned, 4> numbers{};
  for (size_t i = 0; i < 4; ++i) {
    const auto number = parts[i].size() <= 3 ? parse_decimal(parts[i]) : std::nullopt;
    if (!number || *number > 255) return std::nullopt;
    numbers[i] = static_cast<unsigned>(*number);
  }
  return numbers;
}

// The computer itself or its private network: loopback, link-local, RFC 1918, RFC 4193, localhost (RFC 6761), .local (RFC 6762).
bool is_private_network(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local")) return true;
  if (host.starts_with('[')) {
    static constexpr std::array<std::string_view, 7> kPrefixes = {"[::1]", "[fc", "[fd", "[fe8", "[fe9", "[fea", "[feb"};
    return std::ranges::any_of(kPrefixes, [&](auto prefix) { return host.starts_with(prefix); });
  }
  const auto ipv4 = parse_ipv4(host);
  if (!ipv4) return false;
  const auto [a, b, c, d] = *ipv4;
  return a == 10 || a == 127 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) || (a == 169 && b == 254);
}

std::string_view without_www(std::string_view host) {
  return starts_with_ignoring_case(host, "www.") ? host.substr(4) : host;
}

bool is_country(std::string_view label) { return label.size() == 2 && is_alpha(label[0]) && is_alpha(label[1]); }

// Where the ending begins under which names are registered: "com", "fr", "co.uk". Not the whole public suffix list, whose
// other entries are no countries' endings of one company's names.
size_t ending_of(std::string_view host) {
  const size_t last = host.rfind('.');
  if (last == std::string_view::npos || last == 0) return host.size();
  const std::string_view top = host.substr(last + 1);
  const size_t second = host.rfind('.', last - 1);
  if (second == std::string_view::npos || !is_country(top)) return last + 1;
  const std::string_view middle = host.substr(second + 1, last - second - 1);
  static constexpr std::array<std::string_view, 10> kSecond = {"co", "com", "net", "org", "ne", "or", "go", "gov", "edu", "ac"};
  return std::ranges::find(kSecond, middle) != kSecond.end() ? second + 1 : last + 1;
}

// "{}" stands for endings that companies take for a country: fr, co.uk, com.br, com, and a few of their kind.
bool is_country_ending(std::string_view ending) {
  if (is_country(ending)) return true;
  const size_t dot = ending.find('.');
  if (dot != std::string_view::npos) return is_country(ending.substr(dot + 1));
  static constexpr std::array<std::string_view, 8> kAlike = {"com", "net", "org", "cat", "info", "eu", "mobi", "asia"};
  return std::ranges::find(kAlike, ending) != kAlike.end();
}

// "webmail05" is "webmail", "search1-2" is "search", "webmail1e22" of a cluster is "webmail".
std::string_view without_number(std::string_view label) {
  const auto drop_number = [](std::string_view text) {
    while (!text.empty() && (is_digit(text.back()) || text.back() == '-')) text.remove_suffix(1);
    return text;
  };
  label = drop_number(label);
  if (label.size() < 2 || !is_alpha(label.back()) || !is_digit(label[label.size() - 2])) return label;
  return drop_number(label.substr(0, label.size() - 1));
}

bool begins_path(std::string_view path, std::string_view prefix) { return starts_with_ignoring_case(path, prefix); }

// A row's path stands for itself and what lies below it, "/im" not for "/images"; "/*" for any page but the host's first one.
bool is_below(std::string_view path, std::string_view row) {
  if (row == "/*") return path.size() > 1;
  if (!begins_path(path, row)) return false;
  const auto is_word = [](char c) { return is_alpha(c) || is_digit(c); };
  return row.empty() || path.size() == row.size() || !is_word(row.back()) || !is_word(path[row.size()]);
}

// The address of a result page: a path that says search and a parameter that carries the words.
bool has_search_shape(std::string_view path, std::string_view query) {
  static constexpr std::array<std::string_view, 14> kPaths = {
      "/search", "/websearch", "/web/search", "/yandsearch", "/suche", "/recherche", "/buscar",
      "/busca",  "/pesquisa",  "/cerca",      "/szukaj",     "/sok",   "/results",   "/serp"};
  static constexpr std::array<std::string_view, 9> kNames = {"q=",       "query=",    "p=",         "wd=", "text=",
                                                             "keyword=", "keywords=", "searchfor=", "qs="};
  if (std::ranges::none_of(kPaths, [&](auto prefix) { return begins_path(path, prefix); })) return false;
  for (std::string_view pair : split(query, "&")) {
    const auto carries = [&](auto name) { return starts_with_ignoring_case(pair, name) && pair.size() > name.size(); };
    if (std::ranges::any_of(kNames, carries)) return true;
  }
  return false;
}

ReferrerClass class_of(AppCategory category) {
  switch (category) {
    case AppCategory::Messenger: return ReferrerClass::PrivateMessage;
    case AppCategory::Email: return ReferrerClass::Email;
    case AppCategory::Sms: return ReferrerClass::Sms;
    case AppCategory::Social: return ReferrerClass::Social;
    case AppCategory::Search: return ReferrerClass::Search;
    case AppCategory::AiAssistant: return ReferrerClass::AiAssistant;
    case AppCategory::Video: return ReferrerClass::Video;
    case AppCategory::Shopping: return ReferrerClass::Shopping;
    case AppCategory::Reader:
    case AppCategory::Other: return ReferrerClass::Referral;
  }
  return ReferrerClass::Referral;
}

bool is_private_class(ReferrerClass cls) {
  return cls == ReferrerClass::PrivateMessage || cls == ReferrerClass::Email || cls == ReferrerClass::Sms;
}

ReferrerVerdict verdict_of(const ReferrerTable::Row& row) {
  ReferrerVerdict verdict;
  verdict.cls = row.cls;
  verdict.source = row.source;
  verdict.app = row.app;
  verdict.surface = row.surface;
  verdict.ga4 = row.ga4;
  verdict.rules.add(row.rule);
  return verdict;
}

ReferrerVerdict plain(ReferrerClass cls, Ga4Channel ga4, RuleId rule) {
  ReferrerVerdict verdict;
  verdict.cls = cls;
  verdict.ga4 = ga4;
  verdict.rules.add(rule);
  return verdict;
}

// "https%3A%2F%2Fhost%2F", once or twice encoded, as some proxies and scripts hand it on; anything else stays as it is.
std::string decoded_address(std::string_view referrer) {
  std::string text(referrer);
  for (int times = 0; times < 2 && !split_url(text); ++times) text = percent_decode(text);
  return split_url(text) ? text : std::string(referrer);
}

// Scheme, host and path of what browsers, apps and strangers write into the header; an empty host where there is none.
struct Address { std::string_view scheme, host, path, query; };
Address parse_address(std::string_view referrer) {
  std::optional<UrlParts> url = split_url(referrer);
  if (!url) {  // "//host/path" and "host/path", as some proxies and programs write it
    while (referrer.starts_with('/')) referrer.remove_prefix(1);
    const size_t end = std::min(referrer.find_first_of("/?#"), referrer.size());
    std::string_view host = referrer.substr(0, end);
    host = host.substr(0, host.find(':'));
    const std::string_view rest = referrer.substr(end);
    const size_t mark = rest.find('?');
    return {"", host, rest.substr(0, mark), mark == std::string_view::npos ? std::string_view{} : rest.substr(mark + 1)};
  }
  return {url->scheme, url->host, url->path, url->query};
}

}  // namespace

std::string_view name_of(ReferrerClass cls) { return kClassNames[static_cast<size_t>(cls)]; }

std::optional<ReferrerClass> parse_referrer_class(std::string_view name) {
  const auto found = std::ranges::find(kClassNames, name);
  if (found == kClassNames.end()) return std::nullopt;
  return static_cast<ReferrerClass>(found - kClassNames.begin());
}

Result<ReferrerTable> ReferrerTable::read(std::string_view text, Registry& registry) {
  ReferrerTable table;
  NOCT_TRY(const TsvTable rows, TsvTable::parse("referrers", text,
                                                {"host", "class", "name", "app", "surface", "ga4", "example", "source"}));
  for (const auto& cells : rows.rows()) {
    const auto bad = [&](std::string_view what) {
      return fail(ErrorCode::InvalidInput, fmt::format("referrers.tsv: '{}': {}", cells[0], what));
    };
    const size_t slash = cells[0].find('/');
    const std::string_view host = cells[0].substr(0, slash);
    const auto cls = parse_referrer_class(cells[1]);
    if (!cls || host.empty() || cells[2].empty()) return bad("class, host or name");
    NOCT_TRY(const AppId app, registry.app(cells[3]));
    const auto ga4 = parse_source_category(cells[5]);
    auto surface = cells[4] == "-" ? std::optional(is_private_class(*cls) ? Private::Yes : Private::No) : parse_private(cells[4]);
    if (!surface || !ga4) return bad("surface or ga4");
    if (slash != std::string_view::npos && *ga4 != SourceCategory::None) return bad("ga4 of a path: GA4 knows hosts");
    NOCT_TRY(const RuleId rule, registry.add_rule(fmt::format("referrer.{}", cells[0]),
                                                  fmt::format("referrer {}: {}", cells[0], cells[2]), cells[7]));
    Row row{slash == std::string_view::npos ? std::string() : std::string(cells[0].substr(slash)),
            *cls, registry.add_source(cells[2]), app, *surface, organic_channel(*ga4), rule};
    if (host == "*") {
      table.paths_.push_back(std::move(row));
    } else if (host.ends_with(".*")) {
      if (!table.labels_.emplace(std::string(host.substr(0, host.size() - 2)), std::move(row)).second) return bad("there twice");
    } else {
      table.hosts_[std::string(host)].push_back(std::move(row));
    }
  }
  for (auto& [host, with_paths] : table.hosts_) {
    const auto length = [](const Row& row) { return std::pair(row.path.size(), std::string_view(row.path)); };
    std::ranges::sort(with_paths, std::greater<>(), length);
  }
  table.rules_ = {registry.rule("referrer.internal"), registry.rule("referrer.private_network"), registry.rule("referrer.search_shape"), registry.rule("referrer.other_site"),
                  registry.rule("referrer.other_app"), registry.rule("referrer.malformed")};
  return table;
}

const ReferrerTable::Row* ReferrerTable::find_named(std::string_view key, std::string_view path) const {
  const auto found = hosts_.find(key);
  if (found == hosts_.end()) return nullptr;
  for (const Row& row : found->second) {
    if (is_below(path, row.path)) return &row;
  }
  return nullptr;
}

const ReferrerTable::Row* ReferrerTable::find(std::string_view host, std::string_view path, Generic generic) const {
  const size_t ending = ending_of(host);
  const bool country = is_country_ending(host.substr(ending));
  const size_t registered = ending < 2 ? 0 : host.rfind('.', ending - 2) + 1;  // npos + 1 is 0
  std::string key;
  const auto keyed = [&](std::string_view before, std::string_view middle, std::string_view after) {
    key.clear();
    for (std::string_view part : {before, middle, after}) key.append(part);
    return find_named(key, path);
  };
  for (size_t at = 0; at < host.size();) {
    const std::string_view rest = host.substr(at);
    const std::string_view stem = country && at < ending ? host.substr(at, ending - at) : std::string_view{};
    if (at == 0 || (at == 4 && host.starts_with("www."))) {
      if (const Row* row = keyed("=", rest, "")) return row;
      if (!stem.empty()) {
        if (const Row* row = keyed("=", stem, "{}")) return row;
      }
    }
    if (const Row* row = find_named(rest, path)) return row;
    if (!stem.empty()) {
      if (const Row* row = keyed(stem, "{}", "")) return row;
    }
    const size_t dot = host.find('.', at);
    if (at < registered && is_country(host.substr(at, dot - at))) {
      if (const Row* row = keyed("{}", host.substr(dot), "")) return row;
    }
    if (generic == Generic::Yes && at < registered) {
      const auto found = labels_.find(without_number(host.substr(at, dot - at)));
      if (found != labels_.end()) return &found->second;
    }
    if (dot == std::string_view::npos) break;
    at = dot + 1;
  }
  return nullptr;
}

ReferrerVerdict ReferrerTable::classify_app(std::string_view package, const UserAgentTable& packages,
                                            const Registry& registry) const {
  const UserAgentTable::Package known = packages.find_package(package);
  if (known.app == AppId::None) {
    const Row* row = find(lower(package), "/", Generic::No);  // some apps write a site's name there
    if (row == nullptr) return plain(ReferrerClass::Referral, Ga4Channel::Referral, rules_.other_app);
    ReferrerVerdict verdict = verdict_of(*row);
    verdict.ga4 = Ga4Channel::Referral;
    return verdict;
  }
  ReferrerVerdict verdict = plain(class_of(registry.category(known.app)), Ga4Channel::Referral, known.rule);
  verdict.app = known.app;
  verdict.source = registry.source_of(known.app);
  verdict.surface = registry.info(known.app).surface;
  return verdict;
}

// GA4 looks up a host: what lies below it (mail.google.com/chat, bing.com/chat) makes no difference to it.
Ga4Channel ReferrerTable::ga4_of_host(std::string_view host) const {
  const Row* row = find(host, "/", Generic::Yes);
  return row == nullptr ? Ga4Channel::Referral : row->ga4;
}

ReferrerVerdict ReferrerTable::classify_place(const Place& place) const {
  const Row* row = find(place.host, place.path, Generic::Yes);
  if (row == nullptr || (row->path.empty() && !is_private_class(row->cls))) {
    const auto found = std::ranges::find_if(paths_, [&](const Row& candidate) { return is_below(place.path, candidate.path); });
    if (found != paths_.end()) row = &*found;
  }
  if (row != nullptr) {
    ReferrerVerdict verdict = verdict_of(*row);
    if (!row->path.empty()) verdict.ga4 = ga4_of_host(place.host);
    return verdict;
  }
  if (has_search_shape(place.path, place.query)) return plain(ReferrerClass::Search, Ga4Channel::Referral, rules_.search_shape);
  return plain(ReferrerClass::Referral, Ga4Channel::Referral, rules_.other_site);
}

ReferrerVerdict ReferrerTable::classify(std::string_view referrer, std::string_view own_host, const UserAgentTable& packages,
                                        const Registry& registry) const {
  referrer = trim(referrer.substr(0, kReferrerSizeMax));
  if (referrer.empty() || referrer == "-") return {};
  std::string decoded;
  if (referrer.substr(0, kEncodedSchemeMax).find('%') != std::string_view::npos) referrer = decoded = decoded_address(referrer);
  const Address address = parse_address(referrer);
  const std::string scheme = lower(address.scheme);
  std::string host = lower(address.host);
  while (host.ends_with('.')) host.pop_back();
  if (scheme == "android-app" || scheme == "ios-app") return classify_app(host, packages, registry);
  const ReferrerVerdict nothing = plain(ReferrerClass::None, Ga4Channel::Direct, rules_.malformed);
  const bool web = scheme == "http" || scheme == "https";
  if (!scheme.empty() && !web) return nothing;
  std::string own = lower(own_host.substr(0, kHostSizeMax + 6));
  if (const size_t colon = own.find(':'); colon != std::string::npos) own.resize(colon);
  if (!own.empty() && without_www(host) == without_www(own)) {
    return plain(ReferrerClass::Internal, Ga4Channel::Direct, rules_.internal);
  }
  if (is_private_network(host)) return plain(ReferrerClass::Internal, Ga4Channel::Referral, rules_.private_network);
  if (web && is_local_name(host)) return plain(ReferrerClass::Referral, Ga4Channel::Referral, rules_.other_site);
  if (!is_host(host)) return nothing;
  return classify_place({host, address.path.empty() ? "/" : address.path, address.query});
}

}  // namespace noctule
