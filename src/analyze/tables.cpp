// SPDX-License-Identifier: Apache-2.0
#include "tables.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "explain.h"
#include "noctule/base/civil_time.h"

namespace noctule {
namespace {

constexpr int64_t kNoTime = 0;

std::vector<InputFile> list_inputs(const Engine& engine) {
  std::vector<InputFile> files;
  for (uint32_t i = 0; i < engine.inputs().size(); ++i) {
    const Input& input = engine.inputs()[i];
    const FileTotals& totals = engine.file_totals()[i];
    InputFile file;
    file.path = input.shown_path();
    file.format = input.format_name();
    file.compression = name_of(input.compression());
    file.lines = totals.lines;
    file.unparsed = totals.unparsed;
    file.ignored = totals.ignored;
    file.first_ms = totals.last_ms == kNoInstant ? kNoTime : totals.first_ms;
    file.last_ms = totals.last_ms == kNoInstant ? kNoTime : totals.last_ms;
    file.first_offset_minutes = totals.first_offset_minutes;
    file.last_offset_minutes = totals.last_offset_minutes;
    file.addresses = engine.address_count(i);
    file.with_referrer = totals.with_referrer;
    file.with_user_agent = totals.with_user_agent;
    file.has_referrer_field = totals.has_referrer();
    file.has_user_agent_field = totals.has_user_agent();
    file.error = totals.error;
    files.push_back(std::move(file));
  }
  return files;
}

std::vector<ReasonCount> list_exclusions(const TrackerTotals& totals) {
  std::vector<ReasonCount> rows;
  for (int reason = 1; reason < kExclusions; ++reason) {
    const auto i = static_cast<size_t>(reason);
    if (totals.hits[i] == 0) continue;
    rows.push_back({std::string(name_of(static_cast<Exclusion>(reason))), totals.hits[i], totals.landings[i]});
  }
  std::ranges::stable_sort(rows, std::ranges::greater{}, &ReasonCount::hits);
  return rows;
}

struct PageSums {
  uint64_t arrivals = 0, ga4_direct = 0, ga4_unknown = 0, pastes = 0;
  double low = 0, high = 0;
  std::map<AppId, uint64_t> apps;
};

struct AppSums {
  uint64_t arrivals = 0, ga4_direct = 0, ga4_unknown = 0, pastes = 0;
  std::array<uint64_t, kGrades> by_grade{};
};

// One pass over all arrivals and unfurls, into every table.
class Tables {
 public:
  Tables(Engine& engine, const Findings& findings, const AnalyzeOptions& options)
      : engine_(engine), findings_(findings), options_(options) {}

  Result<void> fill(Analysis& analysis) {
    sum_up();
    rank_pages();
    if (auto loaded = load_names(); !loaded) return loaded;
    write_apps(analysis);
    write_pages(analysis);
    write_unfurls(analysis);
    write_channels(analysis);
    write_days(analysis);
    write_cube(analysis);
    return {};
  }

 private:
  using AppKey = std::pair<AppId, Private>;

  void sum_up() {
    const auto& arrivals = findings_.tracked.arrivals;
    for (size_t i = 0; i < arrivals.size(); ++i) {
      const Arrival& arrival = arrivals[i];
      const ArrivalVerdict& verdict = findings_.verdicts[i];
      const JudgedArrival& judged = findings_.judged[i];
      const Ga4Said ga4 = ga4_of(engine_, findings_, i);
      const double low = is_known_private(judged) ? 1 : 0, high = low + (may_be_private(judged) ? 1 : 0);
      PageSums& page = pages_[arrival.page];
      ++page.arrivals;
      page.ga4_direct += ga4 == Ga4Channel::Direct ? 1 : 0;
      page.ga4_unknown += ga4 ? 0 : 1;
      page.low += low;
      page.high += high;
      DayRow& day = days_[day_number(arrival.instant_ms, arrival.offset_minutes)];
      ++day.arrivals;
      day.private_low += low;
      day.private_high += high;
      ++channels_[{verdict.channel, ga4}];
      if (verdict.app == AppId::None) continue;
      ++page.apps[verdict.app];
      AppSums& app = apps_[{verdict.app, verdict.is_private}];
      ++app.arrivals;
      app.ga4_direct += ga4 == Ga4Channel::Direct ? 1 : 0;
      app.ga4_unknown += ga4 ? 0 : 1;
      ++app.by_grade[static_cast<size_t>(verdict.grade)];
    }
    for (const Unfurl& unfurl : findings_.unfurls) {
      ++pages_[unfurl.page].pastes;
      ++apps_[{unfurl.app, unfurl.surface}].pastes;
      ++days_[day_number(unfurl.instant_ms, unfurl.offset_minutes)].unfurls;
    }
  }

  void rank_pages() {
    for (const auto& [page, sums] : pages_) ranked_.push_back(page);
    std::ranges::sort(ranked_, {}, [&](uint64_t page) {
      const PageSums& sums = pages_.at(page);
      return std::tuple(-static_cast<int64_t>(sums.arrivals), -static_cast<int64_t>(sums.pastes), page);
    });
  }

  Result<void> load_names() {
    std::unordered_set<uint64_t> wanted;
    for (size_t i = 0; i < std::min(ranked_.size(), std::max(options_.pages_max, options_.cube_pages_max)); ++i) wanted.insert(ranked_[i]);
    const auto& unfurls = findings_.unfurls;
    for (size_t i = unfurls.size() - std::min(unfurls.size(), options_.unfurls_max); i < unfurls.size(); ++i) wanted.insert(unfurls[i].page);
    if (!options_.explain.empty()) {
      for (const Arrival& arrival : findings_.tracked.arrivals) {
        wanted.insert(arrival.page);
        if (arrival.referrer_host != 0) wanted.insert(arrival.referrer_host);
      }
    }
    return engine_.names().load(wanted);
  }

  [[nodiscard]] std::string page_name(uint64_t page) const { return std::string(engine_.names().name(page)); }

  void write_apps(Analysis& analysis) const {
    for (const auto& [key, sums] : apps_) {
      const AppInfo& info = Knowledge::builtin().app(key.first);
      AppRow row;
      row.id = info.id;
      row.name = info.name;
      row.surface = key.second;
      row.arrivals = sums.arrivals;
      std::ranges::copy(sums.by_grade, row.by_grade);
      row.ga4_direct = sums.ga4_direct;
      row.ga4_unknown = sums.ga4_unknown;
      row.pastes = sums.pastes;
      analysis.apps.push_back(std::move(row));
    }
    std::ranges::sort(analysis.apps, {}, [](const AppRow& row) {
      return std::tuple(-static_cast<int64_t>(row.arrivals), -static_cast<int64_t>(row.pastes), row.id, row.surface);
    });
  }

  void write_pages(Analysis& analysis) const {
    for (size_t i = 0; i < std::min(ranked_.size(), options_.pages_max); ++i) {
      const PageSums& sums = pages_.at(ranked_[i]);
      PageRow row;
      row.page = page_name(ranked_[i]);
      row.arrivals = sums.arrivals;
      row.ga4_direct = sums.ga4_direct;
      row.ga4_unknown = sums.ga4_unknown;
      row.private_low = sums.low;
      row.private_high = sums.high;
      row.pastes = sums.pastes;
      const auto top = std::ranges::max_element(sums.apps, {}, [](const auto& app) { return app.second; });
      if (top != sums.apps.end()) row.top_app = Knowledge::builtin().app(top->first).id;
      analysis.pages.push_back(std::move(row));
    }
    analysis.pages_total = ranked_.size();
  }

  void write_unfurls(Analysis& analysis) const {
    analysis.unfurls_total = findings_.unfurls.size();
    for (size_t i = findings_.unfurls.size(); i > 0 && analysis.unfurls.size() < options_.unfurls_max; --i) {
      const Unfurl& unfurl = findings_.unfurls[i - 1];
      analysis.unfurls.push_back({unfurl.instant_ms, page_name(unfurl.page), Knowledge::builtin().app(unfurl.app).id, unfurl.fetches,
                                  unfurl.same_device});
    }
  }

  void write_channels(Analysis& analysis) const {
    for (const auto& [key, arrivals] : channels_) analysis.channels.push_back({key.first, key.second, arrivals});
    std::ranges::sort(analysis.channels, {}, [](const ChannelRow& row) {
      return std::tuple(-static_cast<int64_t>(row.arrivals), row.channel, row.ga4);
    });
  }

  // Days without any arrival are rows too: a trend has no holes.
  void write_days(Analysis& analysis) const {
    if (days_.empty()) return;
    constexpr int64_t kDaysMax = 3'660;  // ten years: more rows are no trend that one could look at
    const int64_t last = days_.rbegin()->first, first = std::max(days_.begin()->first, last - kDaysMax);
    for (int64_t day = first; day <= last; ++day) {
      const auto found = days_.find(day);
      DayRow row = found == days_.end() ? DayRow{} : found->second;
      row.day_number = day;
      analysis.days.push_back(row);
    }
  }

  void write_cube(Analysis& analysis) const {
    std::unordered_map<uint64_t, uint32_t> page_index;
    for (uint32_t i = 0; i < std::min(ranked_.size(), options_.cube_pages_max); ++i) {
      page_index[ranked_[i]] = i;
      analysis.cube_pages.push_back(page_name(ranked_[i]));
    }
    std::map<AppId, uint16_t> app_index{{AppId::None, 0}};
    analysis.cube_apps.emplace_back();
    using Key = std::tuple<int64_t, uint32_t, uint16_t, Channel, Ga4Said, Grade, Private, bool>;
    std::map<Key, uint32_t> cells;
    const auto& arrivals = findings_.tracked.arrivals;
    for (size_t i = 0; i < arrivals.size(); ++i) {
      const ArrivalVerdict& verdict = findings_.verdicts[i];
      const auto page = page_index.find(arrivals[i].page);
      const auto [app, added] = app_index.try_emplace(verdict.app, static_cast<uint16_t>(analysis.cube_apps.size()));
      if (added) analysis.cube_apps.push_back(Knowledge::builtin().app(verdict.app).id);
      ++cells[{day_number(arrivals[i].instant_ms, arrivals[i].offset_minutes),
               page == page_index.end() ? kOtherPages : page->second, app->second, verdict.channel, ga4_of(engine_, findings_, i),
               verdict.grade, verdict.is_private, may_be_private(findings_.judged[i])}];
    }
    for (const auto& [key, count] : cells) {
      const auto& [day, page, app, channel, ga4, grade, is_private, maybe] = key;
      analysis.cube.push_back({day, page, app, channel, ga4, grade, is_private, count, maybe});
    }
  }

  Engine& engine_;
  const Findings& findings_;
  const AnalyzeOptions& options_;
  std::unordered_map<uint64_t, PageSums> pages_;
  std::map<AppKey, AppSums> apps_;
  std::map<std::pair<Channel, Ga4Said>, uint64_t> channels_;
  std::map<int64_t, DayRow> days_;
  std::vector<uint64_t> ranked_;
};

void write_totals(const Engine& engine, const Findings& findings, Analysis& analysis) {
  for (const FileTotals& file : engine.file_totals()) {
    analysis.lines += file.lines;
    analysis.unparsed += file.unparsed;
  }
  analysis.hits = engine.totals().hits;
  analysis.first_ms = findings.first_ms;
  analysis.last_ms = findings.last_ms;
  analysis.arrivals = findings.tracked.arrivals.size();
  for (size_t i = 0; i < findings.tracked.arrivals.size(); ++i) {
    const ArrivalVerdict& verdict = findings.verdicts[i];
    analysis.deep_arrivals += findings.judged[i].deep ? 1 : 0;
    ++analysis.by_corroboration[static_cast<size_t>(findings.tracked.arrivals[i].corroboration)];
    ++analysis.by_grade[static_cast<size_t>(verdict.grade)];
    const Ga4Said ga4 = ga4_of(engine, findings, i);
    analysis.ga4_direct += ga4 == Ga4Channel::Direct ? 1 : 0;
    analysis.ga4_unknown += ga4 ? 0 : 1;
  }
}

// What is private among GA4's Direct: the whole estimate less what is private elsewhere, which is known but for the surfaces
// that are not, and those count either way.
Analysis::DirectPart part_of_direct(const Engine& engine, const Findings& findings) {
  Analysis::DirectPart part;
  double known_elsewhere = 0, maybe_elsewhere = 0;
  for (size_t i = 0; i < findings.judged.size(); ++i) {
    const bool direct = ga4_of(engine, findings, i) == Ga4Channel::Direct;
    const bool known = is_known_private(findings.judged[i]), maybe = may_be_private(findings.judged[i]);
    part.low += direct && known ? 1 : 0;
    part.high += direct && (known || maybe) ? 1 : 0;
    known_elsewhere += !direct && known ? 1 : 0;
    maybe_elsewhere += !direct && maybe ? 1 : 0;
  }
  const PrivateEstimate& whole = findings.estimate;
  part.central.low = std::clamp(whole.central.low - known_elsewhere - maybe_elsewhere, part.low, part.high);
  part.central.high = std::clamp(whole.central.high - known_elsewhere, part.central.low, part.high);
  return part;
}

}  // namespace

Ga4Said ga4_of(const Engine& engine, const Findings& findings, size_t arrival) {
  const Arrival& row = findings.tracked.arrivals[arrival];
  if (row.has(HitFlag::ReferrerUnknown) && !engine.verdicts().queries.at(row.query).ga4_tagged) return std::nullopt;
  return findings.verdicts[arrival].ga4;
}

Result<Analysis> make_analysis(Engine& engine, const Findings& findings, const AnalyzeOptions& options) {
  Analysis analysis;
  analysis.version = NOCTULE_VERSION;
  analysis.input = list_inputs(engine);
  analysis.unparsed_examples = engine.unparsed_examples();
  write_totals(engine, findings, analysis);
  analysis.exclusions = list_exclusions(findings.tracked.totals);
  analysis.private_arrivals = findings.estimate;
  analysis.private_of_direct = part_of_direct(engine, findings);
  analysis.unfurl_matches = findings.unfurl_matches;
  analysis.unfurl_matches_by_chance = findings.unfurl_matches_by_chance;
  analysis.click_echoes = findings.click_echoes;
  analysis.warnings = findings.warnings;
  if (auto filled = Tables(engine, findings, options).fill(analysis); !filled) return std::unexpected(std::move(filled).error());
  if (!options.explain.empty()) {
    NOCT_TRY(const ArrivalFilter filter, ArrivalFilter::parse(options.explain));
    analysis.explained = explain_arrivals(engine, findings, filter, options.explain_max);
  }
  return analysis;
}

}  // namespace noctule
