// SPDX-License-Identifier: Apache-2.0
#include "noctule/visits/target.h"

#include <algorithm>
#include <array>

#include "noctule/base/text.h"

namespace noctule {
namespace {

using namespace std::string_view_literals;

struct Extension {
  std::string_view name;
  Target target;
};

constexpr std::array kExtensions = {
    Extension{"css", Target::Asset},   Extension{"js", Target::Asset},    Extension{"mjs", Target::Asset},
    Extension{"png", Target::Asset},   Extension{"jpg", Target::Asset},   Extension{"jpeg", Target::Asset},
    Extension{"gif", Target::Asset},   Extension{"webp", Target::Asset},  Extension{"avif", Target::Asset},
    Extension{"svg", Target::Asset},   Extension{"bmp", Target::Asset},   Extension{"woff", Target::Asset},
    Extension{"woff2", Target::Asset}, Extension{"ttf", Target::Asset},   Extension{"otf", Target::Asset},
    Extension{"eot", Target::Asset},   Extension{"wasm", Target::Asset},  Extension{"map", Target::Data},
    Extension{"ico", Target::Favicon}, Extension{"cur", Target::Asset},   Extension{"mp4", Target::Asset},
    Extension{"webm", Target::Asset},  Extension{"mp3", Target::Download}, Extension{"swf", Target::Asset},
    Extension{"json", Target::Data},   Extension{"xml", Target::Data},    Extension{"rss", Target::Data},
    Extension{"atom", Target::Data},   Extension{"txt", Target::Data},    Extension{"webmanifest", Target::Data},
    Extension{"pdf", Target::Download}, Extension{"zip", Target::Download}, Extension{"gz", Target::Download},
    Extension{"tgz", Target::Download}, Extension{"bz2", Target::Download}, Extension{"xz", Target::Download},
    Extension{"7z", Target::Download}, Extension{"rar", Target::Download}, Extension{"tar", Target::Download},
    Extension{"exe", Target::Download}, Extension{"msi", Target::Download}, Extension{"dmg", Target::Download},
    Extension{"apk", Target::Download}, Extension{"doc", Target::Download}, Extension{"docx", Target::Download},
    Extension{"xls", Target::Download}, Extension{"xlsx", Target::Download}, Extension{"ppt", Target::Download},
    Extension{"pptx", Target::Download}, Extension{"csv", Target::Download}, Extension{"epub", Target::Download},
    Extension{"iso", Target::Download}, Extension{"log", Target::Download}, Extension{"sql", Target::Probe},
    Extension{"bak", Target::Probe},   Extension{"env", Target::Probe},   Extension{"yml", Target::Probe},
    Extension{"swp", Target::Probe},   Extension{"cfg", Target::Probe},   Extension{"ini", Target::Probe}};

// Pieces of paths that are asked for by scanners of weaknesses; on a site that does have them they answer with success to
// its own people, and the caller counts a probe only when the server did not. Seen in public server logs, see docs/visits.md.
constexpr std::array kProbes = {
    "/.env"sv,        "/.git"sv,       "/.aws"sv,        "/.ssh"sv,         "/.svn"sv,       "/.ds_store"sv,
    "/wp-login"sv,    "/xmlrpc"sv,     "/wp-config"sv,   "/wlwmanifest"sv,  "/phpmyadmin"sv, "/pma/"sv,
    "/myadmin"sv,     "/phpunit"sv,    "/eval-stdin"sv,  "/cgi-bin/"sv,     "/actuator"sv,   "/solr/"sv,
    "/boaform"sv,     "/hnap1"sv,      "/gponform"sv,    "/setup.cgi"sv,    "/shell"sv,      "/adminer"sv,
    "/phpinfo"sv,     "/server-status"sv, "/vendor/"sv,  "/telescope/"sv,   "/_ignition"sv,  "/owa/"sv,
    "/autodiscover"sv, "/manager/html"sv, "/druid/"sv,   "/jenkins"sv,      "/wp-admin"sv,   "/wp-content/plugins/"sv,
    "/etc/passwd"sv,  "/administrator/"sv, "/fckeditor"sv, "/ckfinder"sv,   "/struts"sv,     "/sdk"sv,
    "/evox/"sv,       "/nmaplowercheck"sv, "/nice%20ports"sv, "/backup"sv,  "/console/"sv,   "/login.action"sv};

constexpr std::array kDataPrefixes = {"/api/"sv, "/graphql"sv, "/wp-json"sv, "/.well-known/"sv, "/ajax/"sv, "/rest/"sv,
                                      "/feed/"sv, "/rss/"sv, "/robots.txt"sv, "/sitemap"sv, "/ads.txt"sv};

constexpr std::array kIndexNames = {"index.html"sv, "index.htm"sv, "index.php"sv, "index.asp"sv, "index.aspx"sv,
                                    "index.jsp"sv, "default.asp"sv, "default.aspx"sv, "default.htm"sv, "home"sv};

constexpr size_t kSectionLengthMax = 12;  // what people still type: "/contact", "/newsletter"
constexpr size_t kPathBytesMax = 512;     // longer ones are judged by their beginning and their end

std::string_view last_segment(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view extension_of(std::string_view segment) {
  const size_t dot = segment.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : segment.substr(dot + 1);
}

bool is_index_name(std::string_view segment) {
  return std::ranges::any_of(kIndexNames, [&](std::string_view name) { return equals_ignoring_case(segment, name); });
}

// A language folder: /en/, /fr, /de-CH/, /pt_br/.
bool is_language(std::string_view segment) {
  const auto letters = [](std::string_view s) { return std::ranges::all_of(s, is_alpha); };
  if (segment.size() == 2) return letters(segment);
  return segment.size() == 5 && (segment[2] == '-' || segment[2] == '_') && letters(segment.substr(0, 2)) &&
         letters(segment.substr(3));
}

bool is_home(std::string_view path) {
  if (path.empty() || path == "/") return true;
  path.remove_prefix(path[0] == '/' ? 1 : 0);
  if (path.ends_with('/')) path.remove_suffix(1);
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return is_language(path) || is_index_name(path);
  return is_language(path.substr(0, slash)) && is_index_name(path.substr(slash + 1));
}

bool is_section(std::string_view path) {
  path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  if (const size_t slash = path.find('/'); slash != std::string_view::npos) {
    if (!is_language(path.substr(0, slash))) return false;
    path.remove_prefix(slash + 1);
  }
  path = path.substr(0, path.find('.'));
  return !path.empty() && path.size() <= kSectionLengthMax && std::ranges::all_of(path, is_alpha);
}

bool contains_probe(std::string_view path) {
  char folded[kPathBytesMax];
  const size_t size = std::min(path.size(), kPathBytesMax);
  std::transform(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(size), folded, to_lower);
  const std::string_view text(folded, size);
  return text.find("../") != std::string_view::npos ||
         std::ranges::any_of(kProbes, [&](std::string_view probe) { return text.find(probe) != std::string_view::npos; });
}

}  // namespace

Target classify_target(std::string_view path, bool has_content_query) {
  if (path.empty() || path[0] != '/') return path.empty() || path == "*" ? Target::Data : Target::Probe;
  const std::string_view extension = extension_of(last_segment(path));
  if (!extension.empty() && extension.size() <= 11) {
    for (const Extension& known : kExtensions) {
      if (!equals_ignoring_case(extension, known.name)) continue;
      if (known.target == Target::Asset) return Target::Asset;  // plug-in folders hold assets too
      if (known.target == Target::Data && contains_probe(path)) return Target::Probe;
      return known.target;
    }
  }
  if (contains_probe(path)) return Target::Probe;
  for (const std::string_view prefix : kDataPrefixes) {
    if (starts_with_ignoring_case(path, prefix)) return Target::Data;
  }
  if (path.ends_with("/feed") || path.ends_with("/feed/") || path.ends_with("/rss")) return Target::Data;
  if (is_home(path)) return has_content_query ? Target::Deep : Target::Home;
  if (has_content_query && is_query_addressed(path)) return Target::Deep;
  return is_section(path) ? Target::Section : Target::Deep;
}

bool is_query_addressed(std::string_view path) {
  if (path.empty() || path.ends_with('/')) return true;
  const std::string_view extension = extension_of(last_segment(path));
  constexpr std::array kDynamic = {"php"sv, "asp"sv, "aspx"sv, "jsp"sv, "cgi"sv, "pl"sv, "cfm"sv, "do"sv};
  return std::ranges::any_of(kDynamic, [&](std::string_view name) { return equals_ignoring_case(extension, name); });
}

}  // namespace noctule
