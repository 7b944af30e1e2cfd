// SPDX-License-Identifier: Apache-2.0
#include "noctule/import/log_import.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "noctule/analyze/codes.h"
#include "noctule/analyze/page_views.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/hash.h"
#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"
#include "noctule/detect/software.h"
#include "noctule/visits/tracker.h"
#include "noctule/visits/unfurl.h"

namespace noctule {
namespace {

constexpr size_t kTagSizeMax = 200, kHostsShown = 10;
// Of a live log a paste is imported when what follows can no longer change it: a messenger's fetches of one paste come within
// kPasteWindow_ms, and a line is written when its request is over, somewhat later than the time it bears. 30 minutes, as for visits, would be
// most of the time in which a paste's own visits come.
constexpr int64_t kPasteSettled_ms = 2 * kPasteWindow_ms;
// A log has three marks, two of them under other names: visits that ended until then, pastes until then, and visits that began until
// then were imported. The last is of imports that took visits which were still going on.
uint64_t paste_source(uint64_t source) { return combine_hashes(source, 1); }
uint64_t begun_source(uint64_t source) { return combine_hashes(source, 2); }

// Visits of logs are numbered apart from a script's, which count from 1; by their second, so that each import gives the same.
constexpr uint16_t kLogVisit = 0x8000;

std::string_view name_of_surface(const ArrivalVerdict& verdict) {
  if (verdict.app == AppId::None) return {};
  return verdict.is_private == Private::Yes ? "private" : verdict.is_private == Private::No ? "public" : "unknown";
}

std::string join_rules(const ArrivalVerdict& verdict) {
  std::string out;
  for (const RuleId id : verdict.rules) {
    if (id == RuleId::None) break;
    out.append(out.empty() ? "" : " ").append(Knowledge::builtin().rule(id).id);
  }
  return out;
}

// The value of a campaign parameter, decoded; empty when there is none or it says who somebody is.
std::string find_tag(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view parameter = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || parameter.substr(0, equals) != name || Knowledge::builtin().is_personal(parameter)) continue;
    std::string value(parameter.substr(equals + 1));
    std::ranges::replace(value, '+', ' ');
    return printable(percent_decode(value), kTagSizeMax);
  }
  return {};
}

// What the rows of one visit share; the texts live here while they are written.
struct VisitTexts {
  std::string referrer, source, rules, entry_path;
  std::array<std::string, 5> utm;
  Pseudonym visitor;
  int64_t last_ms = 0;
  uint32_t views = 0;
};

class LogRows {
 public:
  LogRows(const LogImportOptions& options, Ledger& ledger, RowFileWriter& writer)
      : options_(options), ledger_(ledger), writer_(writer), book_({options.site}) {}

  Result<void> take(const LogFindings& findings) {
    findings_ = &findings;
    summary_.lines = findings.lines;
    summary_.unparsed = findings.unparsed;
    summary_.hits = findings.hits;
    summary_.warnings = findings.warnings;
    if (auto own = check_hosts(findings); !own) return own;
    texts_.resize(findings.visits.size());
    for (const LogFile& file : findings.files) {
      NOCT_TRY(const int64_t settled, ledger_.settled_ms(options_.site.id, file.first_request_hash));
      NOCT_TRY(const int64_t pastes, ledger_.settled_ms(options_.site.id, paste_source(file.first_request_hash)));
      NOCT_TRY(const int64_t begun, ledger_.settled_ms(options_.site.id, begun_source(file.first_request_hash)));
      before_ms_.push_back(settled);
      begun_before_ms_.push_back(begun);
      pastes_before_ms_.push_back(pastes == INT64_MIN ? settled : pastes);  // imports of earlier versions made no mark of their own
    }
    if (options_.settled_only) {
      const int64_t read_until_ms = std::min(options_.now_ms, findings.last_ms);
      // A visit that was still going on when the log was read may get more pages, and its corroboration.
      until_ms_ = read_until_ms - kVisitPause_ms;
      pastes_until_ms_ = read_until_ms - kPasteSettled_ms;
    }
    for (const LogVisit& visit : findings.visits) {
      if (was_imported(visit)) ++summary_.visits_before;
      else if (visit.end_ms > until_ms_) ++summary_.visits_open;
    }
    for (const LogPaste& paste : findings.pastes) {
      if (auto written = write_paste(paste); !written) return written;
    }
    return {};
  }

  Result<void> take(const LogPageView& view) {
    const LogVisit& visit = findings_->visits[view.visit];
    if (was_imported(visit) || visit.end_ms > until_ms_) return {};
    if (!is_own_host(view.host)) return {};
    VisitTexts& texts = texts_[view.visit];
    if (texts.views == 0) {
      if (auto begun = begin_visit(view, visit, texts); !begun) return begun;
      ++summary_.visits;
    }
    clean(view.path.substr(0, view.path.find('?')), view.query);
    EventRow row = make_row(view, visit, texts);
    ++texts.views;
    texts.last_ms = std::max(texts.last_ms, view.instant_ms);
    ++summary_.views;
    return write(row);
  }

  Result<ImportSummary> finish() {
    if (writer_.rows() == 0) return std::move(summary_);
    RowFileHead head;
    head.site = options_.site.id;
    head.origin = EventOrigin::Log;
    head.first_ms = summary_.first_ms;
    head.last_ms = summary_.last_ms;
    const int64_t last_ms = findings_->last_ms;
    for (const LogFile& file : findings_->files) {
      if (file.first_request_hash != 0) {
        head.marks.push_back({file.first_request_hash, std::min(until_ms_, last_ms)});
        head.marks.push_back({paste_source(file.first_request_hash), std::min(pastes_until_ms_, last_ms)});
        if (!options_.settled_only) head.marks.push_back({begun_source(file.first_request_hash), last_ms});
      }
      const std::string name = file.path.substr(file.path.rfind('/') + 1);
      if (head.label.size() + name.size() < kTagSizeMax) head.label.append(head.label.empty() ? "" : ", ").append(name);
    }
    if (auto finished = writer_.finish(head); !finished) return std::unexpected(std::move(finished).error());
    return std::move(summary_);
  }

 private:
  // Under a wrong host each step from page to page looks like an arrival, and hardly a visit like a person's.
  [[nodiscard]] Result<void> check_hosts(const LogFindings& findings) const {
    const auto unseen = std::ranges::find(findings.warnings, warning::kHostNotSeen, &Warning::code);
    if (options_.settled_only || unseen == findings.warnings.end()) return {};
    return fail(ErrorCode::InvalidInput, fmt::format("nothing was imported: the log shows nothing of {0} and looks like the log of {1}. Name the site that it is of, or, where "
                                                     "{1} belongs to this one, add it: noctule site set {0} --host {1}", options_.site.domain, unseen->args.at(1)));
  }

  [[nodiscard]] bool was_imported(const LogVisit& visit) const { return visit.end_ms <= before_ms_[visit.file] || visit.instant_ms <= begun_before_ms_[visit.file]; }

  // One page has one name, whether a log tells of it or the script: as that of the script is cleaned. Into page_.
  void clean(std::string_view path, std::string_view query) { clean_page(path, query, {}, Routing::Path, options_.site, PseudonymKeys{}, page_); }

  // Where a log tells hosts, only the site's own count.
  bool is_own_host(std::string_view host) {
    if (host.empty()) return true;
    const std::string name = lower(without_port(host));
    if (book_.find_domain(name) != nullptr) return true;
    auto& refused = summary_.refused_hosts;
    if (refused.size() < kHostsShown && std::ranges::find(refused, name) == refused.end()) refused.push_back(printable(name, 100));
    return false;
  }

  Result<Pseudonym> pseudonym_of(uint64_t visitor, int64_t instant_ms) {
    NOCT_TRY(const Key key, ledger_.key_of_day(day_number(instant_ms, 0), options_.now_ms));
    std::array<unsigned char, 12> message;
    const auto site = static_cast<uint32_t>(options_.site.id);
    std::memcpy(message.data(), &visitor, sizeof visitor);
    std::memcpy(message.data() + sizeof visitor, &site, sizeof site);
    std::array<unsigned char, crypto_shorthash_BYTES> hash;
    static_assert(crypto_shorthash_KEYBYTES <= sizeof(Key));
    crypto_shorthash(hash.data(), message.data(), message.size(), key.data());
    uint64_t value = 0;
    std::memcpy(&value, hash.data(), sizeof value);
    return Pseudonym(value);
  }

  Result<void> begin_visit(const LogPageView& view, const LogVisit& visit, VisitTexts& texts) {
    NOCT_TRY(texts.visitor, pseudonym_of(visit.visitor, visit.instant_ms));
    texts.rules = join_rules(visit.verdict);
    texts.source = Knowledge::builtin().source(visit.verdict.source);
    // Empty where the host is an IP address, which may be somebody's own: then it is no source either.
    const std::string referrer = visit.referrer_host.empty() ? std::string() : clean_referrer(view.referrer);
    if (const auto url = split_url(referrer)) {
      texts.referrer = fmt::format("{}://{}", lower(url->scheme), lower(url->host));
      if (texts.source.empty()) texts.source = visit.referrer_host;
    }
    constexpr std::array<std::string_view, 5> kNames = {"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"};
    clean({}, view.query);
    for (size_t i = 0; i < kNames.size(); ++i) texts.utm[i] = find_tag(page_.tags, kNames[i]);
    const size_t mark = visit.page.find('?');
    clean(visit.page.substr(0, mark), mark == std::string::npos ? std::string_view() : std::string_view(visit.page).substr(mark + 1));
    texts.entry_path = page_.path;
    texts.last_ms = view.instant_ms;
    return {};
  }

  EventRow make_row(const LogPageView& view, const LogVisit& visit, const VisitTexts& texts) {
    EventRow row;
    row.site = static_cast<uint32_t>(options_.site.id);
    row.time = view.instant_ms;
    row.kind = static_cast<uint8_t>(EventKind::Pageview);
    row.origin = static_cast<uint8_t>(EventOrigin::Log);
    row.visitor = texts.visitor.value();
    row.visit = static_cast<uint16_t>(kLogVisit | (visit.instant_ms / 1'000 & 0x7FFF));
    host_ = view.host.empty() ? options_.site.domain : lower(without_port(view.host));
    row.host = host_;
    row.path = page_.path;
    set_attribution(visit, texts, row);
    const Software software = read_software(view.user_agent);
    row.browser = software.browser;
    row.browser_version = software.browser_version;
    row.os = software.os;
    row.os_version = software.os_version;
    row.device = static_cast<uint8_t>(software.device);
    row.visits = texts.views == 0 ? 1 : 0;
    row.bounces = texts.views == 0 ? int8_t{1} : texts.views == 1 ? int8_t{-1} : int8_t{0};
    row.duration_ms = static_cast<int32_t>(std::clamp<int64_t>(view.instant_ms - texts.last_ms, 0, kVisitPause_ms));
    return row;
  }

  void set_attribution(const LogVisit& visit, const VisitTexts& texts, EventRow& row) {
    const ArrivalVerdict& verdict = visit.verdict;
    row.entry_path = texts.entry_path;
    row.referrer = texts.referrer;
    row.source = texts.source;
    row.channel = static_cast<uint8_t>(verdict.channel);
    row.ga4_channel = static_cast<uint8_t>(verdict.ga4);
    row.grade = static_cast<uint8_t>(verdict.grade);
    row.is_private = static_cast<uint8_t>(verdict.is_private);
    row.deep = visit.deep;
    row.dark = visit.may_be_private;
    row.app = Knowledge::builtin().app(verdict.app).id;
    row.surface = name_of_surface(verdict);
    row.rules = texts.rules;
    row.utm_source = texts.utm[0];
    row.utm_medium = texts.utm[1];
    row.utm_campaign = texts.utm[2];
    row.utm_content = texts.utm[3];
    row.utm_term = texts.utm[4];
  }

  Result<void> write_paste(const LogPaste& paste) {
    if (paste.instant_ms > pastes_until_ms_ || paste.instant_ms <= pastes_before_ms_[paste.file] || !is_own_host(paste.host)) return {};
    EventRow row;
    row.site = static_cast<uint32_t>(options_.site.id);
    row.time = paste.instant_ms;
    row.kind = static_cast<uint8_t>(EventKind::Unfurl);
    row.origin = static_cast<uint8_t>(EventOrigin::Log);
    host_ = paste.host.empty() ? options_.site.domain : paste.host;
    row.host = host_;
    const size_t mark = paste.path.find('?');
    clean(paste.path.substr(0, mark), mark == std::string::npos ? std::string_view() : std::string_view(paste.path).substr(mark + 1));
    row.path = page_.path;
    row.entry_path = page_.path;
    row.app = Knowledge::builtin().app(paste.app).id;
    row.is_private = static_cast<uint8_t>(paste.surface);
    row.surface = paste.surface == Private::Yes ? "private" : paste.surface == Private::No ? "public" : "unknown";
    row.count = 1;
    ++summary_.pastes;
    return write(row);
  }

  Result<void> write(const EventRow& row) {
    if (summary_.first_ms == 0 || row.time < summary_.first_ms) summary_.first_ms = row.time;
    summary_.last_ms = std::max(summary_.last_ms, row.time);
    return writer_.write(row);
  }

  const LogImportOptions& options_;
  Ledger& ledger_;
  RowFileWriter& writer_;
  SiteBook book_;
  const LogFindings* findings_ = nullptr;
  std::vector<VisitTexts> texts_;     // parallel to findings_->visits
  std::vector<int64_t> before_ms_, begun_before_ms_, pastes_before_ms_;  // by file: its marks
  int64_t until_ms_ = INT64_MAX, pastes_until_ms_ = INT64_MAX;
  std::string host_;
  CleanPage page_;
  ImportSummary summary_;
};

}  // namespace

Result<ImportSummary> import_logs(const LogImportOptions& options, Ledger& ledger, RowFileWriter& writer) {
  LogRows rows(options, ledger, writer);
  AnalyzeOptions analyze = options.analyze;
  if (analyze.site_hosts.empty()) {
    analyze.site_hosts = {options.site.domain};
    analyze.site_hosts.insert(analyze.site_hosts.end(), options.site.hosts.begin(), options.site.hosts.end());
  }
  LogFindings kept;  // finish() needs them when the reading is over
  auto read = read_page_views(
      analyze,
      [&](const LogFindings& findings) -> Result<void> {
        kept = findings;
        return rows.take(kept);
      },
      [&](const LogPageView& view) { return rows.take(view); });
  if (!read) return std::unexpected(std::move(read).error());
  return rows.finish();
}

}  // namespace noctule
