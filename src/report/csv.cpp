// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/csv.h"

#include <fmt/format.h>

#include "noctule/base/civil_time.h"
#include "noctule/base/csv_writer.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

std::string_view ga4_or_empty(Ga4Said ga4) { return ga4 ? name_of(*ga4) : std::string_view{}; }
std::string instant_or_empty(int64_t instant_ms) { return instant_ms == 0 ? "" : format_iso_instant(instant_ms); }

void write_pages(CsvWriter& csv, const Analysis& analysis) {
  csv.header({"page", "arrivals", "private_low", "private_high", "ga4_direct", "pastes", "top_app", "ga4_unknown"});
  for (const PageRow& row : analysis.pages) {
    csv.text(row.page);
    csv.number(row.arrivals);
    csv.number(row.private_low);
    csv.number(row.private_high);
    csv.number(row.ga4_direct);
    csv.number(row.pastes);
    csv.text(row.top_app);
    csv.number(row.ga4_unknown);
    csv.end_row();
  }
}

void write_apps(CsvWriter& csv, const Analysis& analysis) {
  csv.header({"app", "name", "surface", "arrivals", "proven", "strong", "inferred", "estimated", "ga4_direct", "pastes", "ga4_unknown"});
  for (const AppRow& row : analysis.apps) {
    csv.text(row.id);
    csv.text(row.name);
    csv.text(name_of(row.surface));
    csv.number(row.arrivals);
    for (const Grade grade : {Grade::Proven, Grade::Strong, Grade::Inferred, Grade::Estimated}) {
      csv.number(row.by_grade[static_cast<size_t>(grade)]);
    }
    csv.number(row.ga4_direct);
    csv.number(row.pastes);
    csv.number(row.ga4_unknown);
    csv.end_row();
  }
}

void write_channels(CsvWriter& csv, const Analysis& analysis) {
  csv.header({"channel", "ga4_channel", "arrivals"});
  for (const ChannelRow& row : analysis.channels) {
    csv.text(name_of(row.channel));
    csv.text(ga4_or_empty(row.ga4));
    csv.number(row.arrivals);
    csv.end_row();
  }
}

void write_unfurls(CsvWriter& csv, const Analysis& analysis) {
  csv.header({"instant", "page", "app", "fetches", "same_device"});
  for (const UnfurlRow& row : analysis.unfurls) {
    csv.text(instant_or_empty(row.instant_ms));
    csv.text(row.page);
    csv.text(row.app);
    csv.number(uint64_t{row.fetches});
    csv.text(row.same_device ? "true" : "false");
    csv.end_row();
  }
}

void write_days(CsvWriter& csv, const Analysis& analysis) {
  csv.header({"day", "arrivals", "private_low", "private_high", "unfurls"});
  for (const DayRow& row : analysis.days) {
    csv.text(format_iso_day(row.day_number));
    csv.number(row.arrivals);
    csv.number(row.private_low);
    csv.number(row.private_high);
    csv.number(row.unfurls);
    csv.end_row();
  }
}

void write_exclusions(CsvWriter& csv, const Analysis& analysis) {
  csv.header({"reason", "hits", "landings"});
  for (const ReasonCount& row : analysis.exclusions) {
    csv.text(row.reason);
    csv.number(row.hits);
    csv.number(row.landings);
    csv.end_row();
  }
}

std::string joined_rules(const ExplainedArrival& arrival) {
  std::string out;
  for (const auto& rule : arrival.rules) out += (out.empty() ? "" : "; ") + rule.id;
  return out;
}

void write_arrivals(CsvWriter& csv, const Analysis& analysis) {
  csv.header({"instant", "file", "line", "page", "app", "channel", "ga4_channel", "grade", "private", "corroboration",
              "rules"});
  for (const ExplainedArrival& row : analysis.explained) {
    csv.text(instant_or_empty(row.instant_ms));
    csv.text(row.file);
    csv.number(row.line);
    csv.text(row.page);
    csv.text(row.app);
    csv.text(name_of(row.channel));
    csv.text(ga4_or_empty(row.ga4));
    csv.text(name_of(row.grade));
    csv.text(name_of(row.is_private));
    csv.text(name_of(row.corroboration));
    csv.text(joined_rules(row));
    csv.end_row();
  }
}

struct CsvTable {
  std::string_view name;
  void (*write)(CsvWriter&, const Analysis&);
};
constexpr CsvTable kTables[] = {{"pages", write_pages},     {"apps", write_apps}, {"channels", write_channels},
                                {"unfurls", write_unfurls}, {"days", write_days}, {"exclusions", write_exclusions},
                                {"arrivals", write_arrivals}};

}  // namespace

std::span<const std::string_view> csv_tables() {
  static const auto names = [] {
    std::array<std::string_view, std::size(kTables)> out;
    for (size_t i = 0; i < out.size(); ++i) out[i] = kTables[i].name;
    return out;
  }();
  return names;
}

Result<std::string> render_csv(const Analysis& analysis, std::string_view table) {
  std::string known;
  for (const CsvTable& candidate : kTables) {
    if (candidate.name == table) {
      CsvWriter csv;
      candidate.write(csv, analysis);
      return csv.take();
    }
    known += (known.empty() ? "" : ", ") + std::string(candidate.name);
  }
  return fail(ErrorCode::InvalidInput,
              fmt::format("no CSV table is called \"{}\": expected one of {}", printable(table, 80), known));
}

}  // namespace noctule
