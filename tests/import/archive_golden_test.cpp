// SPDX-License-Identifier: Apache-2.0
// Folders of small exports, made up, and the rows that come of them: archives/NAME/*.csv and archives/NAME/expected.txt. Columns that have
// their default are left out; pseudonyms are numbered as they come. With NOCTULE_WRITE_GOLDEN set the expectation is written anew.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <tuple>

#include "archive_case.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

using testing::ArchiveCase;
using testing::ImportedRows;
namespace fs = std::filesystem;

std::string print_row(const EventRow& row, std::map<uint64_t, size_t>& visitors) {
  EventRow defaults;
  std::vector<std::string> parts;
  const auto collect = [&](const char* name, const auto& field) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if (std::string_view(name) == "site") return;
    if (std::string_view(name) == "time") parts.push_back(format_iso_instant(row.time));
    else if (std::string_view(name) == "visitor" && row.visitor != 0) parts.push_back(fmt::format("visitor={}", visitors.try_emplace(row.visitor, visitors.size() + 1).first->second));
    else if constexpr (std::is_same_v<Field, std::string_view>) parts.push_back(fmt::format("{}=\"{}\"", name, field));
    else parts.push_back(fmt::format("{}={}", name, static_cast<int64_t>(field)));
  };
  std::vector<std::string> plain;
  for_each_column(defaults, [&](const char* name, const auto& field) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, std::string_view>) plain.push_back(fmt::format("{}=\"{}\"", name, field));
    else plain.push_back(fmt::format("{}={}", name, static_cast<int64_t>(field)));
  });
  for_each_column(row, collect);
  std::erase_if(parts, [&](const std::string& part) { return std::ranges::find(plain, part) != plain.end(); });
  return fmt::format("{}\n", fmt::join(parts, " "));
}

std::string print(const ImportedRows& imported) {
  const ArchiveSummary& summary = imported.summary;
  std::string out = fmt::format("{}: {} rows, {} visits, {} views, {} events, {} days; left out: {} before, {} late, {} machines, {} of other kinds, {} unreadable",
                                name_of(summary.format), summary.rows_read, summary.visits, summary.views, summary.events, summary.days,
                                summary.rows_before, summary.rows_late, summary.machines, summary.other_kinds, summary.unreadable);
  out += fmt::format("; files left out: {}\n", fmt::join(summary.files_left_out, ", "));
  // Visitors have random numbers: the rows of a time in the order of their texts.
  std::vector<std::string> lines;
  std::map<uint64_t, size_t> visitors;
  std::vector<const EventRow*> rows;
  for (const EventRow& row : imported.rows) rows.push_back(&row);
  std::ranges::stable_sort(rows, {}, [](const EventRow* row) { return std::tuple(row->time, row->rules.starts_with("archive.") ? std::string_view() : row->path); });
  for (const EventRow* row : rows) out += print_row(*row, visitors);
  return out;
}

class ArchiveGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(ArchiveGolden, gives_the_rows_that_stand_beside_it) {
  const fs::path folder = fs::path(NOCTULE_SOURCE_DIR) / "tests/import/archives" / GetParam();
  const ArchiveCase made;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".csv") fs::copy_file(entry.path(), made.file(entry.path().filename()));
  }
  const auto imported = made.import();
  ASSERT_TRUE(imported) << imported.error().message;
  if (std::getenv("NOCTULE_WRITE_GOLDEN") != nullptr) std::ofstream(folder / "expected.txt") << print(*imported);
  std::stringstream expected;
  expected << std::ifstream(folder / "expected.txt").rdbuf();
  EXPECT_EQ(print(*imported), expected.str());
}

INSTANTIATE_TEST_SUITE_P(Exports, ArchiveGolden, ::testing::Values("plausible", "umami_cloud", "umami_database", "goatcounter_1", "goatcounter_2"),
                         [](const auto& made) { return made.param; });

}  // namespace
}  // namespace noctule
