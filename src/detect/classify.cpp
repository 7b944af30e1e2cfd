// SPDX-License-Identifier: Apache-2.0
#include "noctule/detect/classify.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/text.h"

namespace noctule {
namespace {

void append_json(std::string_view text, std::string& out) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_member(std::string_view name, std::string_view value, std::string& out) {
  out.append(out.ends_with('{') ? "\"" : ",\"").append(name).append("\":");
  if (value.empty()) {
    out.append("null");
  } else {
    append_json(value, out);
  }
}

bool is_said(std::string_view text) { return !text.empty() && text != "-"; }

struct Target { std::string_view host, path, query; };

Target parse_target(const ClassifyRequest& request) {
  if (const auto url = split_url(request.url)) return {url->host, url->path, url->query};
  std::string_view rest = request.url.substr(0, request.url.find('#'));
  const size_t mark = rest.find('?');
  return {request.host, rest.substr(0, mark), mark == std::string_view::npos ? std::string_view{} : rest.substr(mark + 1)};
}

// A page that people type or bookmark: the home page, or one short word below it. Without an address one cannot tell.
constexpr size_t kTypedSizeMax = 12;
bool is_deep(std::string_view path, std::string_view url) {
  if (!is_said(url)) return true;
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  path = path.substr(0, path.find('.'));
  return path.size() > kTypedSizeMax || !std::ranges::all_of(path, is_alpha);
}

bool is_prefetch(std::string_view purpose) {
  return contains_ignoring_case(purpose, "prefetch") || contains_ignoring_case(purpose, "prerender") ||
         contains_ignoring_case(purpose, "preview");
}

// The rule by which a request cannot be a person's arrival, whoever made it; empty where it can.
std::string_view why_no_arrival(const ClassifyRequest& request) {
  if (is_prefetch(request.purpose)) return "request.prefetch";
  if (is_said(request.method) && !equals_ignoring_case(request.method, "GET")) return "request.method";
  return {};
}

// The same verdict that a machine's request gets.
void make_no_arrival(ArrivalVerdict& verdict) {
  verdict.grade = Grade::None;
  verdict.is_private = Private::No;
  verdict.channel = Channel::Other;
  verdict.source = SourceId::None;
  verdict.ga4 = Ga4Channel::Unassigned;
}

// The site that a referral came from, where no row names it.
std::string referring_host(std::string_view referrer) {
  const auto url = split_url(trim(referrer));
  return url ? printable(lower(url->host), 253) : std::string();
}

std::string_view class_name(ReferrerClass cls) { return cls == ReferrerClass::None ? std::string_view{} : name_of(cls); }

}  // namespace

void append_classification(const Knowledge& knowledge, const ClassifyRequest& request, std::string& out) {
  const Target target = parse_target(request);
  const UserAgentVerdict client = knowledge.classify_user_agent(request.user_agent, request.requested_with);
  const ReferrerVerdict referrer = knowledge.classify_referrer(request.referrer, target.host.empty() ? request.host : target.host);
  ArrivalContext context;
  context.deep_page = is_deep(target.path, request.url);
  ArrivalVerdict verdict = knowledge.decide(client, referrer, knowledge.classify_query(target.query), context);
  const std::string_view not_arrival = why_no_arrival(request);
  if (!not_arrival.empty()) make_no_arrival(verdict);
  std::string source(knowledge.source(verdict.source));
  if (source.empty() && verdict.channel == Channel::Referral) source = referring_host(request.referrer);
  out += '{';
  append_member("kind", name_of(client.kind), out);
  append_member("app", knowledge.app(verdict.app).id, out);
  append_member("channel", name_of(verdict.channel), out);
  append_member("private", name_of(verdict.is_private), out);
  append_member("grade", name_of(verdict.grade), out);
  out.append(",\"rules\":[");
  if (!not_arrival.empty()) append_json(not_arrival, out);
  for (RuleId rule : verdict.rules) {
    if (rule == RuleId::None) break;
    if (!out.ends_with('[')) out += ',';
    append_json(knowledge.rule(rule).id, out);
  }
  out += ']';
  append_member("ga4_channel", name_of(verdict.ga4), out);
  append_member("source", source, out);
  append_member("referrer_class", class_name(referrer.cls), out);
  out.append("}\n");
}

}  // namespace noctule
