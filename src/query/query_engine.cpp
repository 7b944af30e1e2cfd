// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "answer.h"
#include "answer_text.h"
#include "noctule/query/query.h"
#include "question_parser.h"
#include "rollup.h"
#include "zone.h"

namespace noctule {
namespace {

// The version of the attribution that a site's reports show; 1 unless it was classified anew.
Result<int> attribution_of(Store& store, SiteId site) {
  NOCT_TRY(const Table table, store.read({"SELECT MAX(version) FROM attribution_versions WHERE site = ?", {static_cast<int64_t>(site)}}));
  const auto* version = table.rows.empty() ? nullptr : std::get_if<int64_t>(&table.rows[0][0]);
  return version == nullptr ? 1 : static_cast<int>(*version);
}

// The rule on the totals of other products' exports that hold everything the question is about; empty: none do.
std::string archive_for(const Question& question) {
  std::string table;
  bool fits = true;
  const auto need = [&](const Dimension& dimension) {
    if (dimension.level == Level::Time) return;
    fits = fits && !dimension.archive.empty() && (table.empty() || table == dimension.archive);
    table = dimension.archive;
  };
  for (const DimensionUse& use : question.dimensions) need(*use.dimension);
  for_each_filter(question.filters, [&](const Filter& filter) {
    if (filter.is_behavioral()) fits = false;
    else if (filter.is_simple()) need(*filter.dimension.dimension);
  });
  const bool hours = std::ranges::any_of(question.dimensions, [&](const DimensionUse& use) {
    return use.dimension->level == Level::Time && unit_of(*use.dimension, question.range) == TimeUnit::Hour;
  });
  if (!fits || hours) return {};
  return fmt::format("archive.{}", table.empty() ? "visitors" : table);
}

Result<bool> has_archives(Store& store, SiteId site) {
  NOCT_TRY(const Table table, store.read({"SELECT 1 FROM events WHERE origin = 7 AND site = ? LIMIT 1", {static_cast<int64_t>(site)}}));
  return !table.rows.empty();
}

Result<std::vector<std::string>> labels_of(const Question& question, const Zone& zone) {
  for (const DimensionUse& use : question.dimensions) {
    if (question.time_labels && use.dimension->level == Level::Time) return time_labels(question.range, unit_of(*use.dimension, question.range), zone);
  }
  return std::vector<std::string>();
}

}  // namespace

struct QueryEngine::State {
  Store& store;

  Result<RollupSite> site_of(const Site& site, const Zone& zone) const {
    NOCT_TRY(const int attribution, attribution_of(store, site.id));
    return RollupSite{static_cast<uint32_t>(site.id), attribution, &zone};
  }

  Result<void> resolve(ParsedQuestion& parsed, const RollupSite& site, int64_t now_ms) const {
    int64_t first_ms = now_ms;
    if (parsed.range.kind == RangeKind::All) {
      NOCT_TRY(const auto first, first_instant(store, site));
      first_ms = first.value_or(now_ms);
    }
    parsed.question.range = resolve_range(parsed.range, *site.zone, now_ms, first_ms, parsed.question.trim);
    return {};
  }

  // Which archives count, and why none do.
  Result<std::pair<std::string, std::string>> archive_of(const Question& question, SiteId site) const {
    if (!question.imports) return std::pair<std::string, std::string>();
    const std::string table = archive_for(question);
    if (table.empty()) return std::pair<std::string, std::string>("", "unsupported_query");
    NOCT_TRY(const bool some, has_archives(store, site));
    if (!some) return std::pair<std::string, std::string>("", "no_imported_data");
    return std::pair<std::string, std::string>(table, "");
  }
};

QueryEngine::QueryEngine(Store& store) : state_(std::make_unique<State>(State{store})) {}
QueryEngine::~QueryEngine() = default;

Result<std::string> QueryEngine::answer(std::string_view body, const QueryContext& context, AnswerFormat format) {
  NOCT_TRY(ParsedQuestion parsed, parse_question(body));
  NOCT_TRY(const Zone zone, Zone::find(context.site.time_zone));
  NOCT_TRY(const RollupSite site, state_->site_of(context.site, zone));
  if (auto resolved = state_->resolve(parsed, site, context.now_ms); !resolved) return std::unexpected(std::move(resolved).error());
  AnswerMeta meta;
  NOCT_TRY(meta.time_labels, labels_of(parsed.question, zone));
  NOCT_TRY(const auto archive, state_->archive_of(parsed.question, context.site.id));
  meta.imports_skipped = archive.second;
  meta.withheld_below = context.published ? int64_t{context.site.k_threshold} : 0;
  const AnswerContext asked{{site, archive.first, context.now_ms, true}, meta.withheld_below};
  NOCT_TRY(const Answer answer, answer_question(parsed.question, asked, state_->store));
  return format == AnswerFormat::Csv ? to_csv(parsed.question, answer) : to_json(parsed, answer, meta, zone);
}

Result<int> QueryEngine::roll_up(const std::vector<Site>& sites, int64_t now_ms, int days_max) {
  int made = 0;
  for (const Site& site : sites) {
    if (made >= days_max) break;
    NOCT_TRY(const Zone zone, Zone::find(site.time_zone));
    NOCT_TRY(const RollupSite wanted, state_->site_of(site, zone));
    if (auto added = add_up_row_counts(state_->store, wanted); !added) return std::unexpected(std::move(added).error());
    NOCT_TRY(const auto days, days_to_roll_up(state_->store, wanted, now_ms));
    for (size_t i = 0; i < days.size() && made < days_max; ++i, ++made) {
      if (auto done = roll_up_day(state_->store, wanted, days[i]); !done) return std::unexpected(std::move(done).error());
    }
    NOCT_TRY(const auto stretches, stretches_to_cluster(state_->store, wanted, now_ms));
    for (const Stretch& stretch : stretches) {
      if (auto done = cluster_pairs(state_->store, wanted, stretch); !done) return std::unexpected(std::move(done).error());
    }
  }
  return made;
}

}  // namespace noctule
