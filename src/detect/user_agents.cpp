// SPDX-License-Identifier: Apache-2.0
#include "user_agents.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "noctule/base/text.h"

namespace noctule {
namespace {

// Longer user agents are attacks or telemetry; what names the client comes before this.
constexpr size_t kSizeMax = 2048;

std::optional<MachinePurpose> parse_purpose(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kNames = {"-",           "crawler",     "preview",    "monitoring",
                                                             "mail_scanner", "http_client", "feed_reader", "headless"};
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<MachinePurpose>(found - kNames.begin());
}

std::string_view phrase(Kind kind) {
  switch (kind) {
    case Kind::Browser: return "a browser";
    case Kind::InappBrowser: return "the browser inside an app";
    case Kind::PreviewBot: return "a link preview";
    case Kind::Bot: return "a machine";
    case Kind::App: return "an app's own request";
  }
  return {};
}

bool has(std::string_view text, std::string_view needle) { return text.find(needle) != std::string_view::npos; }
bool has_any(std::string_view text, std::initializer_list<std::string_view> needles) {
  return std::ranges::any_of(needles, [&](std::string_view needle) { return has(text, needle); });
}

// The comment in which an Android browser names the phone: makers sell phones called "M Bot 60" and "Cubot".
std::pair<size_t, size_t> android_comment(std::string_view lowered) {
  const size_t begin = lowered.find("(linux;");
  if (begin == std::string_view::npos || lowered.find("android", begin) == std::string_view::npos) return {0, 0};
  const size_t end = lowered.find(')', begin);
  return {begin, end == std::string_view::npos ? lowered.size() : end};
}

// "bot" at the end of a word or before a mark or capital, as robots name themselves, outside of a phone's name.
bool has_bot_word(std::string_view text, std::string_view lowered) {
  const auto [phone_begin, phone_end] = android_comment(lowered);
  for (size_t at = lowered.find("bot"); at != std::string_view::npos; at = lowered.find("bot", at + 3)) {
    const char next = at + 3 < text.size() ? text[at + 3] : ' ';
    const bool ends = !is_alpha(next) || (next >= 'A' && next <= 'Z') || next == 's';
    if (ends && !(at > phone_begin && at < phone_end)) return true;
  }
  return false;
}

// A letter in the word that ends at `at`: "info" of "info@example.org", not "600000" of Taobao's "600000@taobao_android".
bool has_letter_before(std::string_view lowered, size_t at) {
  for (; at > 0 && (is_alpha(lowered[at - 1]) || is_digit(lowered[at - 1]) || lowered[at - 1] == '.'); --at) {
    if (is_alpha(lowered[at - 1])) return true;
  }
  return false;
}

// A web or mail address: robots say where their operator can be reached. "android@101.0" is no mail address.
bool has_address(std::string_view lowered) {
  if (has_any(lowered, {"http://", "https://", "http:/", "www.", "[at]"})) return true;
  for (size_t at = lowered.find('@'); at != std::string_view::npos; at = lowered.find('@', at + 1)) {
    if (has_letter_before(lowered, at) && at + 1 < lowered.size() && is_alpha(lowered[at + 1])) return true;
  }
  return has_any(lowered, {".com)", ".com;", ".com/", ".net/", ".io/", ".org/", ".ai/"});
}

// "Mozilla/5.0 (compatible; Name/1.0)" without an engine: the form that robots took over from Internet Explorer.
bool is_bare_compatible(std::string_view lowered) {
  if (!has_any(lowered, {"(compatible", "; compatible", "like gecko; "})) {
    return lowered.size() < 30 && lowered.starts_with("mozilla/");
  }
  return !has_any(lowered, {"msie", "konqueror", "linux", "windows", "beos", "haiku", "amiga", "morphos", "syllable", "kindle",
                            "netfront", "risc os", "opera", "os/2", "sunos", "openbsd", "freebsd", "icab", "omniweb", "mac_powerpc"});
}

// An engine or a browser of its own form. Dalvik is Android's runtime: which program asked it does not say.
bool is_browser_form(std::string_view lowered) {
  return lowered.starts_with("mozilla/") ||
         has_any(lowered, {"applewebkit", "mozilla/5.0 (", "mozilla/4.0 (", "opera/", "opera mini", "midp", "ucweb", "ucbrowser",
                           "up.browser", "obigo", "netfront",
                           "hbbtv", "mosaic", "amaya/", "midori", "bonecho", "xiino", "firefox/",
                           "lynx", "w3m/", "elinks", "links (", "netsurf", "dillo", "docomo/", "amiga", "msie ",
                           "browser", "konqueror", "dalvik/", "openwave", "gecko/", "safari/", "chrome/", "chromium"});
}

// Behind the first comment after `from`; phones' names bring brackets of their own ("moto g(7)"). The end where none closes.
size_t end_of_comment(std::string_view lowered, size_t from) {
  int depth = 0;
  for (size_t at = lowered.find('(', from); at < lowered.size(); ++at) {
    depth += lowered[at] == '(' ? 1 : lowered[at] == ')' ? -1 : 0;
    if (depth == 0) return at + 1;
  }
  return lowered.size();
}

// A program that put its name before or behind a runtime's or a device's own words, without an engine that draws pages.
bool is_program_around_runtime(std::string_view lowered) {
  const bool engine = has_any(lowered, {"webkit", "gecko", "khtml", "trident", "msie", "presto", "opera", "browser", "midp",
                                        "netfront", "firefox", "netsurf"});
  if (engine) return false;
  const size_t dalvik = lowered.find("dalvik/");
  if (dalvik != std::string_view::npos) {
    const size_t comment_end = end_of_comment(lowered, dalvik);
    return dalvik > 0 || has(lowered.substr(comment_end), "/");
  }
  const size_t end = lowered.find_last_of(')');
  return lowered.starts_with("mozilla/5.0 (") && end != std::string_view::npos && has(lowered.substr(end), "/");
}

bool names_device(std::string_view lowered) {
  return has_any(lowered, {"iphone", "ipad", "ipod", "ios", "android", "windows nt", "windows/", "mac os", "macos", "macintosh",
                           "scale/", "darwin", "alamofire", "linux; u", "tvos", "watchos", "roku", "appletv", "smarttv",
                           "webos", "tizen", "windows phone", "exoplayer", "okhttp", "cronet", "x11;", "sonos"});
}

// "iPhone14": what some proxies leave of a browser's user agent.
bool is_bare_device(std::string_view lowered) {
  const bool named = lowered.starts_with("iphone") || lowered.starts_with("ipad") || lowered.starts_with("ipod");
  return named && lowered.size() < 24 && std::ranges::all_of(lowered, [](char c) { return is_alpha(c) || is_digit(c); });
}

bool is_mobile(std::string_view lowered) {
  return has_any(lowered, {"mobile", "android", "iphone", "ipad", "ipod", "windows phone", "blackberry"});
}

}  // namespace

Result<UserAgentTable> UserAgentTable::read(std::string_view user_agents, std::string_view packages, Registry& registry) {
  UserAgentTable table;
  NOCT_TRY(const TsvTable rows, TsvTable::parse("user_agents", user_agents,
                                                {"id", "pattern", "kind", "app", "purpose", "example", "source"}));
  std::vector<TokenPattern> patterns;
  for (const auto& row : rows.rows()) {
    NOCT_TRY(TokenPattern pattern, TokenPattern::parse(row[1]));
    NOCT_TRY(const AppId app, registry.app(row[3]));
    const auto kind = parse_kind(row[2]);
    const auto purpose = parse_purpose(row[4]);
    if (!kind || !purpose) return fail(ErrorCode::InvalidInput, fmt::format("user_agents.tsv: '{}': kind or purpose", row[0]));
    const AppInfo& info = registry.apps[static_cast<size_t>(app)];
    std::string text = fmt::format("user agent with '{}': {}{}{}", row[1], phrase(*kind), info.id.empty() ? "" : " of ", info.name);
    NOCT_TRY(const RuleId rule, registry.add_rule("ua." + std::string(row[0]), std::move(text), row[6]));
    table.rows_.push_back({*kind, app, info.surface, *purpose, rule});
    patterns.push_back(std::move(pattern));
  }
  table.index_ = TokenIndex(std::move(patterns));
  NOCT_TRY(const TsvTable package_rows, TsvTable::parse("packages", packages, {"package", "app", "source"}));
  for (const auto& row : package_rows.rows()) {
    NOCT_TRY(const AppId app, registry.app(row[1]));
    const AppInfo& info = registry.apps[static_cast<size_t>(app)];
    NOCT_TRY(const RuleId rule, registry.add_rule("package." + std::string(row[0]),
                                                  fmt::format("Android package {}: {}", row[0], info.name), row[2]));
    table.packages_.emplace(lower(row[0]), Package{app, info.surface, rule});
  }
  const auto rule = [&](std::string_view id) { return registry.rule(id); };
  table.structure_ = {rule("ua.empty"), rule("ua.bot_word"), rule("ua.bot_url"), rule("ua.library"), rule("ua.bare_bot"),
                      rule("ua.cfnetwork"), rule("ua.bare_app"), rule("ua.bare_device"), rule("ua.webview_android"), rule("ua.webview_ios"),
                      rule("ua.electron"), rule("ua.browser")};
  return table;
}

UserAgentTable::Package UserAgentTable::find_package(std::string_view name) const {
  if (name.empty() || name.size() > 200) return {};
  const std::string package = lower(name);
  if (const auto found = packages_.find(package); found != packages_.end()) return found->second;
  for (size_t dot = package.rfind('.'); dot != std::string::npos && dot > 0; dot = package.rfind('.', dot - 1)) {
    const auto family = packages_.find(package.substr(0, dot + 1) + '*');  // "org.telegram.*"
    if (family != packages_.end()) return family->second;
  }
  return {};
}

UserAgentVerdict UserAgentTable::classify_structure(std::string_view text, std::string_view lowered) const {
  const auto verdict = [](Kind kind, MachinePurpose purpose, RuleId rule) {
    UserAgentVerdict v;
    v.kind = kind;
    v.purpose = purpose;
    v.rules.add(rule);
    return v;
  };
  using enum MachinePurpose;
  if (has_bot_word(text, lowered)) return verdict(Kind::Bot, Crawler, structure_.bot_word);
  if (has_any(lowered, {"cfnetwork/", " darwin/"})) return verdict(Kind::App, None, structure_.cfnetwork);
  if (has_address(lowered)) return verdict(Kind::Bot, Crawler, structure_.bot_url);
  if (is_bare_compatible(lowered)) return verdict(Kind::Bot, Crawler, structure_.bare_bot);
  if (!is_browser_form(lowered)) {
    const bool device = names_device(lowered);
    if (device && is_bare_device(lowered)) return verdict(Kind::Browser, None, structure_.bare_device);
    return device ? verdict(Kind::App, None, structure_.bare_app) : verdict(Kind::Bot, HttpClient, structure_.library);
  }
  if (is_program_around_runtime(lowered)) return verdict(Kind::App, None, structure_.bare_app);
  UserAgentVerdict v = verdict(Kind::Browser, None, structure_.browser);
  const RuleId frame = frame_rule(lowered);
  if (frame != RuleId::None) {
    v.web_view = true;
    const bool named = frame != structure_.electron && !lowered.starts_with("mozilla/");
    if (named) v.kind = Kind::InappBrowser;  // "Name/1.0 Mozilla/5.0 (... wv)": the app put its name in front
    v.rules.ids[0] = frame;
  } else if (lowered.starts_with("com.") && has(lowered, " mozilla/")) {  // its package's name
    v.kind = Kind::InappBrowser;
    v.web_view = true;
    v.rules.ids[0] = structure_.webview_android;
  }
  return v;
}

// A web view whose app does not name itself, by the engine's own marks: Android's "; wv)", an iPhone's engine without the
// Safari token, Electron. Nothing says which app: it stays a browser, with the mark.
RuleId UserAgentTable::frame_rule(std::string_view lowered) const {
  if (has(lowered, "; wv)")) return structure_.webview_android;
  if (has(lowered, "electron/")) return structure_.electron;
  const bool ios = has_any(lowered, {"(iphone", "(ipad", "(ipod"});
  if (ios && has(lowered, "applewebkit/") && !has(lowered, "safari/")) return structure_.webview_ios;
  return RuleId::None;
}

UserAgentVerdict UserAgentTable::classify(std::string_view user_agent, std::string_view requested_with) const {
  const std::string_view text = trim(user_agent.substr(0, kSizeMax));
  UserAgentVerdict verdict;
  if (text.empty() || text == "-") {  // what logs write for a header that was not sent
    verdict.rules.add(structure_.empty);
  } else {
    const std::string lowered = lower(text);
    const size_t found = index_.find_first(text, lowered);
    if (found != TokenIndex::kNone) {
      const Row& row = rows_[found];
      verdict.kind = row.kind;
      verdict.app = row.app;
      verdict.purpose = row.purpose;
      verdict.surface = row.surface;
      verdict.rules.add(row.rule);
    } else {
      verdict = classify_structure(text, lowered);
    }
    verdict.mobile = is_mobile(lowered);
  }
  const Package package = find_package(requested_with);
  if (package.app != AppId::None && (verdict.kind == Kind::Browser || verdict.kind == Kind::InappBrowser)) {
    verdict.kind = Kind::InappBrowser;
    verdict.app = package.app;
    verdict.surface = package.surface;
    verdict.rules.add(package.rule);
  }
  return verdict;
}

}  // namespace noctule
