// SPDX-License-Identifier: Apache-2.0
#include "page.h"

#include <algorithm>
#include <vector>

#include "embedded_tables.h"
#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"
#include "noctule/collect/collector.h"
#include "noctule/detect/knowledge.h"
#include "noctule/detect/page_address.h"
#include "tags.h"
#include "text_cleaning.h"

namespace noctule {
namespace {

std::vector<std::string> read_names() {
  std::vector<std::string> names;
  std::string_view rest = kTable_personal_segments;
  for (bool header = true; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty() || line.starts_with('#')) continue;
    if (!header) names.emplace_back(line.substr(0, line.find('\t')));
    header = false;
  }
  std::ranges::sort(names);
  return names;
}

// "Reset-Password" -> "resetpassword".
std::string plain_name(std::string_view segment) {
  std::string name;
  for (const char c : segment) {
    if (c != '-' && c != '_') name += to_lower(c);
  }
  return name;
}

bool announces_secret(std::string_view segment) {
  static const std::vector<std::string> names = read_names();
  constexpr size_t kNameSizeLimit = 24;
  return segment.size() <= kNameSizeLimit && std::ranges::binary_search(names, plain_name(segment));
}

// Words of an address that may stand behind such a name: "/confirm/order", "/reset/password", "/invite/friends".
bool is_word(std::string_view segment) {
  return std::ranges::all_of(segment, [](char c) { return is_alpha(c) || c == '-' || c == '.' || c == '_'; });
}

bool hides(std::string_view segment, std::string_view before) {
  if (segment.empty()) return false;
  return is_secret(segment) || (announces_secret(before) && !is_word(segment));
}

bool is_listed(const Site& site, std::string_view parameter) {
  const std::string_view name = parameter.substr(0, parameter.find('='));
  return std::ranges::find(site.query_parameters, name) != site.query_parameters.end();
}

void append_listed(std::string_view query, const Site& site, std::string& path) {
  char mark = '?';
  for_each_parameter(query, [&](std::string_view parameter) {
    const size_t equals = parameter.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : parameter.substr(equals + 1);
    if (!is_listed(site, parameter) || Knowledge::builtin().is_personal(parameter) || is_secret(value)) return;
    if (path.size() + parameter.size() + 1 > kUrlSizeMax) return;
    path += mark;
    append_clean(parameter, kUrlSizeMax, path);
    mark = '&';
  });
}

// "#/about?x=1" and "#!about" are routes; "#access_token=..." is none, nor is a place on the page.
std::string_view route_of(std::string_view fragment) {
  if (!fragment.starts_with('/') && !fragment.starts_with('!')) return {};
  return fragment.substr(0, fragment.find('?'));
}

}  // namespace

void append_clean_path(std::string_view path, std::string& out) {
  const std::string normal = normal_path(path);
  std::string hidden;
  std::string_view rest = normal, before;
  while (true) {
    const size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    hidden += hides(segment, before) ? kHidden : segment;
    if (slash == std::string_view::npos) break;
    hidden += '/';
    before = segment;
    rest.remove_prefix(slash + 1);
  }
  append_clean(hidden, kUrlSizeMax, out);
}

void CleanPage::clear() {
  path.clear();
  tags.clear();
  click_hash = recipient_hash = 0;
}

void clean_page(std::string_view path, std::string_view query, std::string_view fragment, Routing routing, const Site& site,
                const PseudonymKeys& keys, CleanPage& page) {
  page.clear();
  if (!path.starts_with('/')) page.path += '/';
  append_clean_path(path, page.path);
  if (!query.empty()) {
    append_listed(query, site, page.path);
    append_tags(query, site, keys, page);
  }
  if (routing == Routing::Path || fragment.empty()) return;
  if (const std::string_view route = route_of(fragment); !route.empty() && page.path.size() + route.size() < kUrlSizeMax) {
    page.path += '#';
    append_clean_path(route, page.path);
  }
  if (const size_t mark = fragment.find('?'); mark != std::string_view::npos) append_tags(fragment.substr(mark + 1), site, keys, page);
}

}  // namespace noctule
