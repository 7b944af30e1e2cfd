// SPDX-License-Identifier: Apache-2.0
#include "hit_maker.h"

#include <utility>

#include "noctule/base/hash.h"
#include "noctule/base/text.h"
#include "noctule/detect/page_address.h"

namespace noctule {
namespace {

constexpr uint64_t kHostSeed = 1;  // so that a host and a path of one text differ

// FlatTable keys are never 0.
uint64_t key_of(std::string_view text, uint64_t seed = 0) { return hash_bytes(text, seed) | 1; }

Method parse_method(std::string_view method) {
  if (method == "GET") return Method::Get;
  if (method == "HEAD") return Method::Head;
  return method == "POST" ? Method::Post : Method::Other;
}

// What stays of a user agent when its browser or system is updated: all but the digits and what stands between them.
uint32_t family_of(std::string_view user_agent) {
  std::string rest;
  for (const char c : user_agent) {
    if (!is_digit(c) && c != '.' && c != '_') rest += c;
  }
  return static_cast<uint32_t>(key_of(rest) >> 32);
}

// Pictures are hot-linked from other sites' pages; styles, scripts and fonts hardly are.
bool is_style_or_script(std::string_view target) {
  target = target.substr(0, target.find('?'));
  return target.ends_with(".css") || target.ends_with(".js") || target.ends_with(".woff2") || target.ends_with(".woff");
}

}  // namespace

Hit HitMaker::make(const LogRecord& record, FieldSet fields, uint64_t origin) {
  Hit hit;
  hit.instant_ms = record.instant_ms;
  hit.offset_minutes = record.offset_minutes;
  hit.status = record.status;
  hit.method = parse_method(record.method);
  hit.origin = origin;
  set_agent(record, hit);
  set_address(record, hit);
  set_target(record, fields, hit);
  set_referrer(record, fields, hit);
  set_visitor(hit);
  if (fields.has(Field::UserAgent) && record.user_agent.empty()) hit.set(HitFlag::NoUserAgent);
  if (contains_ignoring_case(record.purpose, "prefetch") || contains_ignoring_case(record.purpose, "preview")) {
    hit.set(HitFlag::Prefetch);
  }
  return hit;
}

void HitMaker::set_agent(const LogRecord& record, Hit& hit) {
  uint64_t key = key_of(record.user_agent);
  hit.agent = static_cast<uint32_t>(key >> 32);
  if (!record.requested_with.empty()) key = combine_hashes(key, key_of(record.requested_with)) | 1;
  if (agents_.size() > kMemoRowsMax) agents_.clear();
  AgentMemo& memo = agents_.find_or_add(key);
  if (memo.index == 0) {
    const UserAgentVerdict verdict = knowledge_.classify_user_agent(record.user_agent, record.requested_with);
    memo.index = static_cast<uint16_t>(verdicts_.user_agents.add(verdict) + 1);
    memo.family = family_of(record.user_agent);
    memo.kind = verdict.kind;
    memo.purpose = verdict.purpose;
  }
  hit.user_agent = static_cast<uint16_t>(memo.index - 1);
  hit.agent_family = memo.family;
  hit.kind = memo.kind;
  hit.machine = static_cast<uint8_t>(memo.purpose);
}

// X-Forwarded-For is believed only from a proxy of one's own (a private address) or a CDN's edge: then the last address
// in it that is neither. Whoever connects directly may write there what he likes.
std::string_view HitMaker::client_address(const LogRecord& record) {
  if (record.forwarded_for.empty()) return record.address;
  const AddressInfo peer = addresses_.look_up(record.address);
  if (!peer.is_private && peer.network != NetworkKind::CdnEdge) return record.address;
  std::string_view rest = record.forwarded_for;
  while (!rest.empty()) {
    const size_t comma = rest.rfind(',');
    const std::string_view candidate = without_port(trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
    if (candidate.empty() || candidate == "-" || candidate == "unknown") continue;
    const AddressInfo info = addresses_.look_up(candidate);
    if (info.is_private || info.network == NetworkKind::CdnEdge) continue;
    ++forwarded_trusted_;
    return candidate;
  }
  return record.address;
}

void HitMaker::set_address(const LogRecord& record, Hit& hit) {
  const AddressInfo info = addresses_.look_up(client_address(record));
  address_is_private_ = info.is_private;
  address_is_new_ = addresses_.is_new(info.key, file_);
  hit.address = info.key;
  address_group_ = info.group;
  if (info.network == NetworkKind::CdnEdge || addresses_are_ == Addresses::OfEdges) hit.set(HitFlag::EdgeAddress);
  if (info.network == NetworkKind::MailGateway) hit.set(HitFlag::MailGateway);
}

// A visitor is an address and a user agent. Behind a CDN's edges the address says nothing: a page's assets come through other
// edges than the page (on a real log 0.5 % of them by the same address, 96 % by the same user agent and page). There a user
// agent on one page is a visitor: the page view, what it fetches with that page as referrer, and the step to the next page.
void HitMaker::set_visitor(Hit& hit) {
  if (!hit.has(HitFlag::EdgeAddress)) {
    hit.visitor = combine_hashes(address_group_, hit.agent) | 1;
    return;
  }
  const bool internal = hit.referrer_class == static_cast<uint8_t>(ReferrerClass::Internal);
  hit.visitor = combine_hashes(internal ? hit.referrer_path : hit.path, hit.agent) | 1;
}

HitMaker::JudgedTarget HitMaker::judge_target(std::string_view host, std::string_view path, std::string_view query,
                                              uint64_t key) const {
  const std::string content = query.empty() || !is_query_addressed(path) ? std::string() : content_query(query, knowledge_);
  JudgedTarget judged{{key, 0, 0, Target::Data, false}, normal_path(path)};
  judged.memo.target = classify_target(judged.address, !content.empty());
  if (!content.empty()) judged.address.append("?").append(content);
  judged.memo.path = key_of(judged.address);
  judged.memo.page = host.empty() ? judged.memo.path : combine_hashes(key_of(normal_host(host), kHostSeed), judged.memo.path) | 1;
  return judged;
}

void HitMaker::set_target(const LogRecord& record, FieldSet fields, Hit& hit) {
  const size_t mark = record.target.find('?');
  const std::string_view path = record.target.substr(0, mark);
  const std::string_view query = mark == std::string_view::npos ? std::string_view{} : record.target.substr(mark + 1);
  const std::string_view host = fields.has(Field::Host) ? record.host : std::string_view{};
  uint64_t key = key_of(query.empty() || !is_query_addressed(path) ? path : record.target);
  if (!host.empty()) key = combine_hashes(key, key_of(host, kHostSeed)) | 1;
  if (targets_.size() > kMemoRowsMax) targets_.clear();
  const bool is_known = targets_.find(key) != nullptr;
  TargetMemo& memo = targets_.find_or_add(key);
  if (!is_known) memo = judge_target(host, path, query, key).memo;
  hit.target = memo.target;
  hit.page = memo.page;
  hit.path = memo.path;
  if (!memo.named && is_page(memo.target) && record.status < 400 &&
      (hit.kind == Kind::Browser || hit.kind == Kind::InappBrowser || hit.kind == Kind::PreviewBot)) {
    memo.named = true;
    std::string name = host.empty() ? std::string() : normal_host(host);
    names_.add(memo.page, name.append(judge_target(host, path, query, key).address));
  }
  if (!query.empty() && is_page(memo.target)) set_query(query, hit);
}

void HitMaker::set_query(std::string_view query, Hit& hit) {
  if (queries_.size() > kMemoRowsMax) queries_.clear();
  const uint64_t key = key_of(query);
  const bool is_known = queries_.find(key) != nullptr;
  QueryMemo& memo = queries_.find_or_add(key);
  if (!is_known) {
    QueryVerdict verdict = knowledge_.classify_query(query);
    memo = {key, std::exchange(verdict.click_id, 0), std::exchange(verdict.recipient_id, 0), 0};
    memo.index = verdicts_.queries.add(verdict);
  }
  hit.click_id = memo.click_id;
  hit.recipient_id = memo.recipient_id;
  hit.query = memo.index;
}

bool HitMaker::is_own_host(std::string_view host, std::string_view request_host) const {
  const std::string normal = normal_host(host);
  return hosts_.has(normal) || (!request_host.empty() && normal == normal_host(request_host));
}

HitMaker::ReferrerMemo HitMaker::judge_referrer(std::string_view referrer, std::string_view host, uint64_t key) {
  ReferrerMemo memo{key, 0, 0, ReferrerClass::None};
  const auto url = split_url(referrer);
  if (url && is_own_host(url->host, host) && starts_with_ignoring_case(url->scheme, "http")) {
    memo.path = judge_target({}, url->path.empty() ? "/" : url->path, url->query, key).memo.path;
    ReferrerVerdict internal;
    internal.cls = memo.cls = ReferrerClass::Internal;
    memo.index = static_cast<uint16_t>(verdicts_.referrers.add(internal) + 1);
    return memo;
  }
  const ReferrerVerdict verdict = knowledge_.classify_referrer(referrer, host);
  memo.cls = verdict.cls;
  memo.index = static_cast<uint16_t>(verdicts_.referrers.add(verdict) + 1);
  if (url) {
    memo.path = key_of(normal_host(url->host), kHostSeed);
    names_.add(memo.path, normal_host(url->host));
  }
  return memo;
}

void HitMaker::set_referrer(const LogRecord& record, FieldSet fields, Hit& hit) {
  if (!fields.has(Field::Referrer)) hit.set(HitFlag::ReferrerUnknown);
  if (record.referrer.empty()) return;
  const std::string_view host = fields.has(Field::Host) ? record.host : std::string_view{};
  uint64_t key = key_of(record.referrer);
  if (!host.empty()) key = combine_hashes(key, key_of(host, kHostSeed)) | 1;
  if (referrers_.size() > kMemoRowsMax) referrers_.clear();
  const ReferrerMemo* known = referrers_.find(key);
  const ReferrerMemo& memo = known != nullptr ? *known : (referrers_.find_or_add(key) = judge_referrer(record.referrer, host, key));
  hit.referrer = static_cast<uint16_t>(memo.index - 1);
  hit.referrer_class = static_cast<uint8_t>(memo.cls);
  hit.referrer_path = memo.path;
  if (hit.target == Target::Asset && record.status < 400 && is_style_or_script(record.target)) tally_asset(record.referrer);
}

void HitMaker::tally_asset(std::string_view referrer) {
  const size_t scheme = referrer.find("://");
  if (scheme == std::string_view::npos) return;
  std::string_view host = referrer.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  constexpr size_t kHostSizeMax = 253;  // of any name in DNS (RFC 1035, 2.3.4)
  if (host.size() > kHostSizeMax) return;
  if (host != tally_host_) {
    if (tally_pending_ > 0) tally_[normal_host(tally_host_)] += tally_pending_;
    constexpr size_t kTallyHostsMax = 4'096;  // of a hostile log; a site has a handful
    if (tally_.size() > kTallyHostsMax) tally_.clear();
    tally_host_ = host;
    tally_pending_ = 0;
  }
  ++tally_pending_;
}

std::vector<HostTally> HitMaker::host_tally() const {
  std::unordered_map<std::string, uint64_t> all = tally_;
  if (tally_pending_ > 0) all[normal_host(tally_host_)] += tally_pending_;
  std::vector<HostTally> rows;
  for (const auto& [host, assets] : all) rows.push_back({host, assets});
  return rows;
}

}  // namespace noctule
