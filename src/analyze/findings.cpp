// SPDX-License-Identifier: Apache-2.0
#include "findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "file_warnings.h"
#include "noctule/analyze/codes.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

// Above this share of its requests from a CDN's edges, a log does not tell visitors apart by address.
constexpr double kEdgeShare = 0.2;
constexpr double kOwnAssetShare = 0.4;
constexpr uint64_t kOwnAssetsMin = 500;
constexpr double kProxyShare = 0.5;
constexpr uint64_t kAgentsPerAddress = 10, kProxyAgentsMin = 100;
constexpr uint64_t kPagesToTell = 100;        // page views before a site is called one without assets
constexpr double kAssetlessShare = 0.01;
constexpr double kApiShare = 0.8;
constexpr double kShortLogDays = 3;
constexpr double kOutOfOrderShare = 0.001;
constexpr double kDay_ms = 86'400'000.0;
// A mailing is opened within two days by most who open it; three others rule out a mail to one or two people.
constexpr int64_t kMailing_ms = 2 * 86'400'000LL;
constexpr size_t kMailingOthers = 3;

double share(uint64_t part, uint64_t whole) { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }
std::string percent(double value) { return fmt::format("{:.0f}", 100 * value); }

bool is_deep(Target target) { return target == Target::Deep; }

// Where the log as a whole stands: its span, its columns, whose addresses it holds.
class Surroundings {
 public:
  Surroundings(Engine& engine, const AnalyzeOptions& options, Findings& findings)
      : engine_(engine), options_(options), findings_(findings) {}

  void look() {
    look_at_files();
    look_at_passes();
    look_at_hosts();
    look_at_addresses();
    look_at_targets();
    if (const uint64_t previews = findings_.tracked.totals.previews_left_out; previews > 0) warn(warning::kManyPreviews, {std::to_string(previews)});
    const SharedVerdicts& verdicts = engine_.verdicts();
    const uint64_t forgotten = verdicts.user_agents.forgotten() + verdicts.referrers.forgotten() + verdicts.queries.forgotten();
    if (forgotten > 0) warn(warning::kManyVerdicts, {std::to_string(forgotten)});
    const double days = findings_.context.span_days;
    if (engine_.totals().hits > 0 && days < kShortLogDays) warn(warning::kShortLog, {fmt::format("{:.0f}", std::floor(days) + 1)});
  }

 private:
  void warn(std::string_view code, std::vector<std::string> args = {}) {
    findings_.warnings.push_back({std::string(code), std::move(args)});
  }

  void look_at_files() {
    for (size_t i = 0; i < engine_.inputs().size(); ++i) {
      const FileTotals& file = engine_.file_totals()[i];
      const std::string path = engine_.inputs()[i].shown_path();
      if (!file.error.empty()) warn(warning::kTruncatedInput, {path, file.error});
      warn_of_file(engine_.inputs()[i], file, findings_.warnings);
      if (file.last_ms == kNoInstant) continue;
      if (!file.has_referrer()) warn(warning::kNoReferrerField, {path});
      if (!file.has_user_agent()) warn(warning::kNoUserAgentField, {path});
      findings_.has_referrer_field = findings_.has_referrer_field || file.has_referrer();
      findings_.has_user_agent_field = findings_.has_user_agent_field || file.has_user_agent();
      if (engine_.inputs()[i].is_time_zone_assumed()) warn(warning::kTimeZoneAssumed, {path});
      if (share(file.out_of_order, file.lines) > kOutOfOrderShare) warn(warning::kOutOfOrder, {path, std::to_string(file.out_of_order)});
    }
    const DayCounts::Span span = engine_.span();
    findings_.first_ms = span.first_ms;
    findings_.last_ms = span.last_ms;
    findings_.context.span_days = static_cast<double>(span.last_ms - span.first_ms) / kDay_ms;
    if (span.strays > 0) warn(warning::kStrayTimes, {std::to_string(span.strays)});
    findings_.context.has_referrer_field = findings_.has_referrer_field;
    findings_.context.has_user_agent_field = findings_.has_user_agent_field;
  }

  // What the log as a whole taught was used in another pass, where the inputs could be read twice.
  void look_at_passes() {
    SiteHosts learned = engine_.hosts();
    if (options_.site_hosts.empty()) learned.learn(engine_.host_tally());
    const bool new_host = learned.hosts().size() != engine_.hosts().hosts().size();
    const bool edges = engine_.addresses() == Addresses::OfVisitors && behave_like_edges(findings_.tracked.totals);
    if (new_host || edges) warn(warning::kReadOnce);
  }

  // A host that was given and that the log knows nothing of: a typing error, or another site's log.
  void look_at_hosts() {
    const std::vector<HostTally> tally = engine_.host_tally();
    const auto most = std::ranges::max_element(tally, {}, &HostTally::assets);
    if (most == tally.end() || most->assets < kOwnAssetsMin || options_.site_hosts.empty()) return;
    const bool seen = std::ranges::any_of(tally, [&](const HostTally& row) { return engine_.hosts().has(row.host); });
    if (!seen) warn(warning::kHostNotSeen, {printable(options_.site_hosts.front(), 100), printable(most->host, 100)});
  }

  void look_at_addresses() {
    const EngineTotals& totals = engine_.totals();
    const TrackerTotals& tracked = findings_.tracked.totals;
    const double edges = share(totals.edge_hits, totals.hits);
    if (edges >= kEdgeShare || behave_like_edges(tracked)) {
      findings_.addresses = Addresses::OfEdges;
      findings_.context.addresses_are_edges = true;
      const double lost = 1 - share(tracked.assets_of_seen_page, std::max<uint64_t>(1, tracked.assets_with_own_referrer));
      warn(warning::kCdnEdgeAddresses, {percent(edges >= kEdgeShare ? edges : lost)});
      return;
    }
    uint64_t addresses = 0;
    for (uint32_t file = 0; file < engine_.inputs().size(); ++file) addresses += engine_.address_count(file);
    const double proxied = share(totals.private_peer_hits, totals.hits);
    const bool few = findings_.has_user_agent_field && engine_.agent_count() >= kProxyAgentsMin &&
                     addresses * kAgentsPerAddress < engine_.agent_count();
    if (totals.hits > kPagesToTell && (proxied >= kProxyShare || few)) {
      findings_.context.is_behind_proxy = true;
      warn(warning::kBehindProxy, {percent(few ? 1.0 : proxied)});
    }
  }

  void look_at_targets() {
    const auto& hits = findings_.tracked.totals.browser_hits;
    const auto of = [&](Target target) { return hits[static_cast<size_t>(target)]; };
    const uint64_t pages = of(Target::Home) + of(Target::Section) + of(Target::Deep);
    uint64_t all = 0;
    for (const uint64_t count : hits) all += count;
    if (all >= kPagesToTell && share(of(Target::Data), all) > kApiShare) {
      findings_.context.is_api = true;
      warn(warning::kJsonApi);
    } else if (pages >= kPagesToTell && share(of(Target::Asset), pages) < kAssetlessShare) {
      findings_.context.is_assetless = true;
      warn(warning::kAssetlessSite);
    }
    const TrackerTotals& totals = findings_.tracked.totals;
    if (findings_.has_referrer_field && findings_.addresses == Addresses::OfVisitors && of(Target::Asset) >= kOwnAssetsMin &&
        share(totals.assets_with_own_referrer, of(Target::Asset)) < kAssetlessShare) {
      warn(warning::kInternalReferrerMissing);
    }
  }

  Engine& engine_;
  const AnalyzeOptions& options_;
  Findings& findings_;
};

class Judge {
 public:
  Judge(Engine& engine, const AnalyzeOptions& options, Findings& findings)
      : engine_(engine), options_(options), findings_(findings), knowledge_(Knowledge::builtin()) {}

  Result<void> judge() {
    if (auto made = make_unfurls(); !made) return made;
    const auto& arrivals = findings_.tracked.arrivals;
    echoes_ = addresses_are_visitors() ? find_echoes(arrivals) : std::vector<bool>(arrivals.size());
    findings_.verdicts.reserve(arrivals.size());
    for (size_t i = 0; i < arrivals.size(); ++i) findings_.verdicts.push_back(decide(i, AppId::None));
    match();
    doubt_mailings();
    collect();
    if (!options_.explain.empty()) findings_.echoes = std::move(echoes_);
    return {};
  }

 private:
  // Behind edges or a proxy, what tells people apart by their address is withheld.
  [[nodiscard]] bool addresses_are_visitors() const {
    return findings_.addresses == Addresses::OfVisitors && !findings_.context.is_behind_proxy;
  }

  Result<void> make_unfurls() {
    std::unordered_set<uint64_t> pages;
    for (const PreviewFetch& preview : findings_.tracked.previews) pages.insert(preview.page);
    // Without its name a page is no prefix of another, and its paste stands by itself.
    if (auto loaded = engine_.names().load(pages, PageNames::Load::WithinLimit); !loaded) return loaded;
    findings_.unfurls = join_previews(
        findings_.tracked.previews, knowledge_,
        [&](uint16_t index) -> const UserAgentVerdict& { return engine_.verdicts().user_agents.at(index); },
        [&](uint64_t page) { return engine_.names().name(page); });
    if (addresses_are_visitors()) tie_to_sharers(findings_.unfurls, findings_.tracked.arrivals);
    return {};
  }

  [[nodiscard]] ArrivalVerdict decide(size_t index, AppId unfurl_app) const {
    const Arrival& arrival = findings_.tracked.arrivals[index];
    ArrivalContext context;
    context.deep_page = is_deep(arrival.target);
    context.returning = addresses_are_visitors() && arrival.visit_number > 1;
    context.click_echo = echoes_[index];
    context.unfurl_app = unfurl_app;
    const SharedVerdicts& verdicts = engine_.verdicts();
    QueryVerdict query = verdicts.queries.at(arrival.query);  // shared by many: its ids are each arrival's own
    query.click_id = arrival.click_id;
    query.recipient_id = arrival.recipient_id;
    const ArrivalVerdict verdict = knowledge_.decide(verdicts.user_agents.at(arrival.user_agent),
                                                     verdicts.referrers.at(arrival.referrer), query, context);
    // Without a referrer column neither "direct" nor "no referrer" can be said.
    const bool says_nothing = verdict.grade <= Grade::Estimated && verdict.app == AppId::None;
    if (!arrival.has(HitFlag::ReferrerUnknown) || !says_nothing) return verdict;
    ArrivalVerdict silent;
    silent.channel = Channel::NotLogged;
    silent.ga4 = Ga4Channel::Unassigned;
    return silent;
  }

  // Arrivals on deep pages that nothing else explains, against the pastes of their pages.
  void match() {
    std::vector<uint32_t> candidates, controls;
    for (uint32_t i = 0; i < findings_.verdicts.size(); ++i) {
      const ArrivalVerdict& verdict = findings_.verdicts[i];
      if (verdict.grade == Grade::Estimated) candidates.push_back(i);
      if (verdict.grade >= Grade::Strong && verdict.is_private == Private::No) controls.push_back(i);
    }
    chances_.assign(findings_.verdicts.size(), 1.0);
    const UnfurlMatches matches = match_unfurls(findings_.tracked.arrivals, candidates, findings_.unfurls, findings_.first_ms,
                                                findings_.last_ms, options_.seed, controls);
    findings_.unfurl_matches = matches.observed;
    findings_.unfurl_matches_by_chance = matches.by_chance;
    for (size_t i = 0; i < candidates.size(); ++i) {
      const UnfurlMatch& match = matches.of_candidate[i];
      if (match.app == AppId::None) continue;
      if (!options_.explain.empty()) findings_.matches.emplace(candidates[i], match);
      chances_[candidates[i]] = match.chance;
      if (match.chance <= kChanceMax) findings_.verdicts[candidates[i]] = decide(candidates[i], match.app);
    }
  }

  // Webmail does not tell a mail to one person from a mailing without tags. Where several people come to one page from mail
  // within days it may be either: then it is not known whether the arrival is private.
  void doubt_mailings() {
    const auto& arrivals = findings_.tracked.arrivals;
    std::unordered_map<uint64_t, std::vector<size_t>> by_page;  // each by time
    for (size_t i = 0; i < arrivals.size(); ++i) {
      const Channel channel = findings_.verdicts[i].channel;
      if (channel == Channel::PrivateEmail || channel == Channel::Newsletter) by_page[arrivals[i].page].push_back(i);
    }
    for (const auto& [page, mails] : by_page) doubt_mailings_of_page(mails);
  }

  // A window of time slides over the page's arrivals by mail and counts them by visitor.
  void doubt_mailings_of_page(const std::vector<size_t>& mails) {
    const auto& arrivals = findings_.tracked.arrivals;
    std::unordered_map<uint64_t, size_t> by_visitor;
    size_t from = 0, to = 0;
    for (const size_t i : mails) {
      const int64_t now_ms = arrivals[i].instant_ms;
      for (; to < mails.size() && arrivals[mails[to]].instant_ms <= now_ms + kMailing_ms; ++to) ++by_visitor[arrivals[mails[to]].visitor];
      for (; arrivals[mails[from]].instant_ms < now_ms - kMailing_ms; ++from) --by_visitor[arrivals[mails[from]].visitor];
      ArrivalVerdict& verdict = findings_.verdicts[i];
      if (verdict.channel != Channel::PrivateEmail || verdict.is_private != Private::Yes) continue;
      const size_t others = to - from - by_visitor[arrivals[i].visitor];
      if (others >= kMailingOthers) verdict.is_private = Private::Unknown;
    }
  }

  void collect() {
    const auto& arrivals = findings_.tracked.arrivals;
    findings_.judged.reserve(arrivals.size());
    for (size_t i = 0; i < arrivals.size(); ++i) {
      const Arrival& arrival = arrivals[i];
      const ArrivalVerdict& verdict = findings_.verdicts[i];
      if (echoes_[i]) ++findings_.click_echoes;
      JudgedArrival judged;
      judged.instant_ms = arrival.instant_ms;
      judged.visitor = arrival.visitor;
      judged.page = arrival.page;
      judged.deep = is_deep(arrival.target);
      judged.grade = verdict.grade;
      judged.is_private = verdict.is_private;
      judged.channel = verdict.channel;
      judged.visit_number = arrival.visit_number;
      judged.pages_in_visit = arrival.pages_in_visit;
      judged.no_referrer = arrival.referrer == 0 && !arrival.has(HitFlag::ReferrerUnknown);
      judged.mobile = engine_.verdicts().user_agents.at(arrival.user_agent).mobile;
      judged.unfurl_chance = chances_[i];
      findings_.judged.push_back(judged);
    }
    EstimateContext& context = findings_.context;
    context.unfurl_matches = findings_.unfurl_matches;
    context.unfurl_matches_by_chance = findings_.unfurl_matches_by_chance;
    context.seed = options_.seed;
    findings_.estimate = estimate_private(findings_.judged, context);
    if (!findings_.estimate.enough) findings_.warnings.push_back({std::string(warning::kNotEnough), {}});
  }

  Engine& engine_;
  const AnalyzeOptions& options_;
  Findings& findings_;
  const Knowledge& knowledge_;
  std::vector<bool> echoes_;
  std::vector<double> chances_;
};

}  // namespace

bool behave_like_edges(const TrackerTotals& totals) {
  return totals.assets_with_own_referrer >= kOwnAssetsMin &&
         share(totals.assets_of_seen_page, totals.assets_with_own_referrer) < kOwnAssetShare;
}

Result<Findings> make_findings(Engine& engine, const AnalyzeOptions& options, const RewriteArrivals& rewrite,
                               Engine::Afterwards afterwards) {
  Findings findings;
  NOCT_TRY(findings.tracked, engine.finish(afterwards));
  // A referrer column that never says anything is none. Where lines name their columns, one of any line is one of all.
  for (Arrival& arrival : findings.tracked.arrivals) {
    const size_t file = file_of(arrival.origin);
    constexpr auto kUnknown = static_cast<uint8_t>(HitFlag::ReferrerUnknown);
    if (!engine.file_totals()[file].has_referrer()) arrival.flags |= kUnknown;
    else if (engine.inputs()[file].is_self_describing()) arrival.flags &= static_cast<uint8_t>(~kUnknown);
  }
  if (const DayCounts::Span span = engine.span(); span.strays > 0) {
    const auto is_stray = [&](const auto& event) { return event.instant_ms < span.first_ms || event.instant_ms > span.last_ms; };
    std::erase_if(findings.tracked.arrivals, is_stray);
    std::erase_if(findings.tracked.previews, is_stray);
  }
  if (rewrite) rewrite(findings.tracked.arrivals);
  Surroundings(engine, options, findings).look();
  if (auto judged = Judge(engine, options, findings).judge(); !judged) return std::unexpected(std::move(judged).error());
  return findings;
}

}  // namespace noctule
