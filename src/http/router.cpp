// SPDX-License-Identifier: Apache-2.0
#include "noctule/http/router.h"

#include <algorithm>

#include "noctule/base/text.h"

namespace noctule {
namespace {

std::string_view take_segment(std::string_view& path) {
  if (!path.empty()) path.remove_prefix(1);  // the slash
  const size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

bool is_parameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

bool match_pattern(std::string_view pattern, std::string_view path, std::vector<std::string>& parameters) {
  parameters.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern), found = take_segment(path);
    if (is_parameter(wanted)) {
      if (found.empty()) return false;
      parameters.push_back(percent_decode(found));
    } else if (wanted != found) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

bool serves(Method offered, Method asked) { return offered == asked || (offered == Method::Get && asked == Method::Head); }

}  // namespace

void Router::add(Method method, std::string_view pattern, Handler handler, RouteOptions options) {
  NOCT_ASSERT(pattern.starts_with('/'));
  Group* group = nullptr;
  if (pattern.find('{') == std::string_view::npos) {
    group = &exact_[std::string(pattern)];
  } else {
    const auto found = std::ranges::find_if(patterns_, [&](const Group& other) { return other.front().pattern == pattern; });
    group = found != patterns_.end() ? &*found : &patterns_.emplace_back();
  }
  std::erase_if(*group, [&](const Route& route) { return route.method == method; });
  group->push_back({method, std::string(pattern), std::move(handler), options});
}

const Router::Group* Router::find_group(std::string_view path, std::vector<std::string>& parameters) const {
  parameters.clear();
  if (const auto found = exact_.find(path); found != exact_.end()) return &found->second;
  for (const Group& group : patterns_) {
    if (match_pattern(group.front().pattern, path, parameters)) return &group;
  }
  parameters.clear();
  return nullptr;
}

Router::Match Router::choose(const Group& group, const Request& request) const {
  Match match;
  std::string allow;
  for (const Route& route : group) {
    if (route.options.door == Door::Control && request.door != Door::Control) continue;
    if (serves(route.method, request.method)) return {Outcome::Found, &route, {}};
    match.route = &route;
    allow.append(name_of(route.method)).append(", ");
    if (route.method == Method::Get) allow.append("HEAD, ");
  }
  if (!match.route) return {};
  match.allow = std::move(allow.append("OPTIONS"));
  match.outcome = request.method == Method::Options ? Outcome::Options : Outcome::MethodNotAllowed;
  return match;
}

Router::Match Router::find(Request& request) const {
  if (const Group* group = find_group(request.path, request.parameters)) {
    if (Match match = choose(*group, request); match.outcome != Outcome::NotFound) return match;
  }
  if (fallback_.handler && serves(Method::Get, request.method)) return {Outcome::Found, &fallback_, {}};
  return {};
}

std::vector<std::string> Router::list() const {
  std::vector<std::string> names;
  const auto name_group = [&](const Group& group) {
    for (const Route& route : group) names.push_back(std::string(name_of(route.method)).append(" ").append(route.pattern));
  };
  for (const auto& [path, group] : exact_) name_group(group);
  std::ranges::for_each(patterns_, name_group);
  std::ranges::sort(names);
  return names;
}

}  // namespace noctule
