// SPDX-License-Identifier: Apache-2.0
// What holds for every import of an archive: sums in are sums out, twice is once, and what is damaged says where.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>
#include <zip.h>
#include <zlib.h>

#include <set>

#include "archive_case.h"
#include "archive_table.h"
#include "day_spool.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

using ::testing::HasSubstr;
using testing::ArchiveCase;
using testing::ImportedRows;
namespace fs = std::filesystem;

constexpr std::string_view kVisitorsHead = "date,visitors,pageviews,bounces,visits,visit_duration\n";
constexpr std::string_view kUmamiHead = "website_id,session_id,visit_id,event_id,hostname,url_path,event_type,event_name,created_at\n";

struct Sums {
  uint64_t visitors = 0, count = 0;
  int64_t visits = 0, bounces = 0, duration_ms = 0;
  friend bool operator==(const Sums&, const Sums&) = default;
};

std::map<std::string, Sums> sums_by_rule(const ImportedRows& imported) {
  std::map<std::string, Sums> out;
  for (const EventRow& row : imported.rows) {
    Sums& sums = out[std::string(row.rules)];
    sums.visitors += row.visitors;
    sums.count += row.count;
    sums.visits += row.visits;
    sums.bounces += row.bounces;
    sums.duration_ms += row.duration_ms;
  }
  return out;
}

// A zip of the case's folder, with a folder inside.
std::string zip_of(const ArchiveCase& made, const std::string& name) {
  const std::string path = made.exported() + "/../" + name;
  zipFile zip = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  for (const auto& entry : fs::directory_iterator(made.exported())) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const std::string inside = "export/" + entry.path().filename().string();
    EXPECT_EQ(zipOpenNewFileInZip64(zip, inside.c_str(), nullptr, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, Z_DEFAULT_COMPRESSION, 0), ZIP_OK);
    EXPECT_EQ(zipWriteInFileInZip(zip, bytes.data(), static_cast<unsigned>(bytes.size())), ZIP_OK);
    EXPECT_EQ(zipCloseFileInZip(zip), ZIP_OK);
  }
  EXPECT_EQ(zipClose(zip, nullptr), ZIP_OK);
  return path;
}

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_gzip(const std::string& path, std::string_view text) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
}

// Rows without what differs from import to import: pseudonyms.
std::multiset<std::string> without_pseudonyms(const ImportedRows& imported) {
  std::multiset<std::string> out;
  for (const EventRow& row : imported.rows) {
    std::string text;
    for_each_column(row, [&](const char* name, const auto& field) {
      if (std::string_view(name) != "visitor" && std::string_view(name) != "visit") text += fmt::format("{}={} ", name, field);
    });
    out.insert(std::move(text));
  }
  return out;
}

// Each gets a site of its own, so that the ledger need not be made anew.
ArchiveOptions options_of_new_site(const ArchiveCase& made) {
  static uint32_t last = 100;
  ArchiveOptions options = made.options();
  options.site.id = static_cast<SiteId>(++last);
  return options;
}

// ---- Totals

RC_GTEST_PROP(ArchiveTotals, the_sums_of_each_table_come_out_and_no_other, ()) {
  static const ArchiveCase made;
  std::map<std::string, Sums> expected;
  const std::array<std::pair<std::string, std::string>, 4> tables = {{{"imported_visitors", ""},
                                                                      {"imported_pages", "page"},
                                                                      {"imported_browsers", "browser"},
                                                                      {"imported_sources", "source"}}};
  for (const auto& [table, dimension] : tables) {
    std::string text = fmt::format("date{}{},visitors,visits,pageviews,bounces,visit_duration\n", dimension.empty() ? "" : ",", dimension);
    const int rows = *rc::gen::inRange(0, 30);
    for (int i = 0; i < rows; ++i) {
      const auto number = [] { return *rc::gen::inRange<uint32_t>(0, 2'000'000'000); };
      const uint32_t visitors = number(), visits = number(), views = number(), bounces = number(), seconds = number();
      const int day = *rc::gen::inRange(1, 29);
      text += fmt::format("2025-02-{:02}{}{},{},{},{},{},{}\n", day, dimension.empty() ? "" : ",/p", dimension.empty() ? std::string() : std::to_string(i % 5),
                          visitors, visits, views, bounces, seconds);
      Sums& sums = expected["archive." + table.substr(9)];
      sums.visitors += visitors;
      sums.count += views;
      sums.visits += visits;
      sums.bounces += bounces;
      sums.duration_ms += int64_t{seconds} * 1'000;
    }
    made.write(table + "_20250201_20250228.csv", text);
  }
  const auto imported = made.import(options_of_new_site(made));
  RC_ASSERT(imported.has_value());
  RC_ASSERT(sums_by_rule(*imported) == expected);
  for (const EventRow& row : imported->rows) {
    RC_ASSERT(row.visitor == 0U && row.origin == static_cast<uint8_t>(EventOrigin::Archive));
  }
}

TEST(ArchiveTotals, a_day_stands_at_noon_of_the_sites_time_zone_also_when_clocks_change) {
  const ArchiveCase made;
  made.write("imported_visitors.csv", std::string(kVisitorsHead) + "2025-03-29,1,1,1,1,0\n2025-03-30,1,1,1,1,0\n");
  const auto imported = *made.import();
  EXPECT_EQ(format_iso_instant(imported.rows.at(0).time), "2025-03-29T11:00:00Z");
  EXPECT_EQ(format_iso_instant(imported.rows.at(1).time), "2025-03-30T10:00:00Z");
}

TEST(ArchiveTotals, the_same_archive_twice_changes_nothing_whether_zipped_or_not) {
  const ArchiveCase made;
  made.write("imported_visitors_20250301_20250302.csv", std::string(kVisitorsHead) + "2025-03-01,1,2,1,1,0\n2025-03-02,4,5,1,4,9\n");
  made.write("imported_pages_20250301_20250302.csv", "date,page,visitors,pageviews\n2025-03-01,/,1,2\n");
  EXPECT_EQ(made.import()->rows.size(), 3U);
  ArchiveOptions again = made.options();
  for (const std::string& path : {made.exported(), zip_of(made, "export.zip")}) {
    again.paths = {path};
    again.site.time_zone = "America/New_York";  // days stay the same days
    const auto imported = *made.import(again);
    EXPECT_EQ(imported.rows.size(), 0U);
    EXPECT_EQ(imported.summary.rows_before, 3U);
    EXPECT_EQ(imported.summary.visits, 0U);
  }
}

TEST(ArchiveTotals, a_later_archive_adds_the_days_that_are_new_and_another_site_has_its_own) {
  const ArchiveCase made;
  made.write("imported_visitors_20250301_20250301.csv", std::string(kVisitorsHead) + "2025-03-01,1,2,1,1,0\n");
  ASSERT_TRUE(made.import());
  fs::remove(made.file("imported_visitors_20250301_20250301.csv"));
  made.write("imported_visitors_20250301_20250302.csv", std::string(kVisitorsHead) + "2025-03-01,1,2,1,1,0\n2025-03-02,4,5,1,4,9\n");
  const auto later = *made.import();
  ASSERT_EQ(later.rows.size(), 1U);
  EXPECT_EQ(later.rows[0].visitors, 4U);
  EXPECT_EQ(later.summary.rows_before, 1U);
  ArchiveOptions other = made.options();
  other.site.id = static_cast<SiteId>(8);
  EXPECT_EQ(made.import(other)->rows.size(), 2U);
}

TEST(ArchiveTotals, a_day_that_two_files_of_a_table_tell_counts_once) {
  const ArchiveCase made;
  made.write("imported_visitors_20250301_20250302.csv", std::string(kVisitorsHead) + "2025-03-01,1,2,1,1,0\n2025-03-02,1,1,1,1,0\n");
  made.write("imported_visitors_20250302_20250303.csv", std::string(kVisitorsHead) + "2025-03-02,1,1,1,1,0\n2025-03-03,1,1,1,1,0\n");
  const auto imported = *made.import();
  EXPECT_EQ(imported.rows.size(), 3U);
  EXPECT_EQ(imported.summary.rows_before, 1U);
  EXPECT_EQ(imported.summary.days, 3U);
}

TEST(ArchiveTotals, days_that_are_not_over_when_the_sites_own_data_begins_are_left_out) {
  const ArchiveCase made;
  made.write("imported_visitors.csv", std::string(kVisitorsHead) + "2025-03-01,1,2,1,1,0\n2025-03-02,4,5,1,4,9\n");
  ArchiveOptions options = made.options();
  options.before_ms = *read_instant("2025-03-02T22:00:00Z");  // 23:00 in Paris
  const auto imported = *made.import(options);
  EXPECT_EQ(imported.rows.size(), 1U);
  EXPECT_EQ(imported.summary.rows_late, 1U);
}

TEST(ArchiveTotals, a_value_that_does_not_fit_names_file_line_and_column_and_nothing_is_imported) {
  const std::pair<std::string, std::string> cases[] = {
      {"2025-03-01,1,2,1,1,0\n2025-03-02,many,5,1,4,9\n", "imported_visitors.csv line 3: visitors is \"many\", expected a whole number up to 2147483647"},
      {"2025-02-30,1,2,1,1,0\n", "imported_visitors.csv line 2: date is \"2025-02-30\", expected a date like 2026-03-01"},
      {"2025-03-01,1,2\n", "imported_visitors.csv line 2: has 3 fields, expected 6 as on line 1"},
      {"2025-03-01,1,2,1,99999999999,0\n", "line 2: visits is \"99999999999\", expected a whole number up to 2147483647"}};
  for (const auto& [rows, message] : cases) {
    const ArchiveCase made;
    made.write("imported_visitors.csv", std::string(kVisitorsHead) + rows);
    const auto imported = made.import();
    ASSERT_FALSE(imported);
    EXPECT_EQ(imported.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(imported.error().message, HasSubstr(message));
    EXPECT_TRUE(fs::is_empty(made.data() + "/imports") || waiting_row_files(made.data()).empty());
  }
}

TEST(ArchiveTotals, a_table_without_its_dimension_is_an_error_and_missing_sums_are_nought) {
  const ArchiveCase made;
  made.write("imported_pages.csv", "date,visitors\n2025-03-01,1\n");
  EXPECT_THAT(made.import().error().message, HasSubstr("imported_pages.csv line 1: has no column \"hostname\"; it has date, visitors"));
  made.write("imported_pages.csv", "date,page,visitors\n2025-03-01,/,1\n");
  const auto imported = *made.import();
  EXPECT_EQ(imported.rows.at(0).visitors, 1U);
  EXPECT_EQ(imported.rows.at(0).count, 0U);
}

// ---- Single events

struct MadeEvent {
  int session = 0, visit = 0;
  int64_t instant_ms = 0;
  bool is_named = false;
};

std::string umami_row(const MadeEvent& event, size_t id) {
  std::string created = format_iso_instant(event.instant_ms);
  std::ranges::replace(created, 'T', ' ');
  created.pop_back();
  return fmt::format("w1,s{},v{},e{},example.org,/p/{},{},{},{}\n", event.session, event.visit, id, id % 3, event.is_named ? 2 : 1,
                     event.is_named ? "signup" : "", created);
}

RC_GTEST_PROP(ArchiveEvents, visits_bounces_and_durations_are_those_of_the_events_in_whatever_order_they_stand, ()) {
  const auto count = *rc::gen::inRange<size_t>(1, 60);
  std::vector<MadeEvent> events;
  std::string text(kUmamiHead);
  std::vector<std::string> lines;
  for (size_t i = 0; i < count; ++i) {
    const int session = *rc::gen::inRange(0, 4);
    // A visit may go on past midnight: then it is another on the next day.
    events.push_back({session, session * 10 + *rc::gen::inRange(0, 3), 1'740'000'000'000 + *rc::gen::inRange<int64_t>(0, 200'000) * 1'000, *rc::gen::arbitrary<bool>()});
    lines.push_back(umami_row(events.back(), i));
  }
  for (const std::string& line : lines) text += line;
  static const ArchiveCase made;
  made.write("website_event.csv", text);
  const auto imported = made.import(options_of_new_site(made));
  RC_ASSERT(imported.has_value());

  std::map<std::tuple<int, int, int64_t>, std::vector<MadeEvent>> visits;
  for (const MadeEvent& event : events) visits[{event.session, event.visit, day_number(event.instant_ms, 0)}].push_back(event);
  Sums expected{0, count, static_cast<int64_t>(visits.size()), 0, 0};
  for (const auto& [key, of_visit] : visits) {
    const auto [first, last] = std::ranges::minmax(of_visit, {}, &MadeEvent::instant_ms);
    expected.duration_ms += last.instant_ms - first.instant_ms;
    expected.bounces += of_visit.size() == 1 && !of_visit[0].is_named ? 1 : 0;
  }
  Sums sums;
  std::set<std::pair<uint64_t, uint16_t>> ids;
  std::map<uint64_t, std::set<int64_t>> days_of_visitor;
  for (const EventRow& row : imported->rows) {
    sums.count += row.count;
    sums.visits += row.visits;
    sums.bounces += row.bounces;
    sums.duration_ms += row.duration_ms;
    ids.insert({row.visitor, row.visit});
    days_of_visitor[row.visitor].insert(day_number(row.time, 0));
  }
  RC_ASSERT(sums == expected);
  RC_ASSERT(ids.size() == visits.size());
  for (const auto& [visitor, days] : days_of_visitor) RC_ASSERT(days.size() == 1U);

  std::ranges::reverse(lines);
  text = kUmamiHead;
  for (const std::string& line : lines) text += line;
  made.write("website_event.csv", text);
  const auto other = made.import(options_of_new_site(made));
  RC_ASSERT(other.has_value());
  RC_ASSERT(sums_by_rule(*other) == sums_by_rule(*imported));
  RC_ASSERT(other->summary.visits == imported->summary.visits);
}

TEST(ArchiveEvents, a_session_has_another_pseudonym_on_each_day_and_in_each_import) {
  const ArchiveCase made;
  made.write("website_event.csv", std::string(kUmamiHead) + "w1,s1,v1,e1,example.org,/,1,,2025-03-01 10:00:00\nw1,s1,v2,e2,example.org,/,1,,2025-03-02 10:00:00\n");
  const auto first = *made.import();
  ASSERT_EQ(first.rows.size(), 2U);
  EXPECT_NE(first.rows[0].visitor, first.rows[1].visitor);
  const ArchiveCase elsewhere;
  elsewhere.write("website_event.csv", contents(made.file("website_event.csv")));
  EXPECT_NE(elsewhere.import()->rows[0].visitor, first.rows[0].visitor);
}

TEST(ArchiveEvents, an_export_that_has_grown_adds_what_came_after) {
  const ArchiveCase made;
  const std::string begun = std::string(kUmamiHead) + "w1,s1,v1,e1,example.org,/,1,,2025-03-01 10:00:00\n";
  made.write("website_event.csv", begun);
  EXPECT_EQ(made.import()->rows.size(), 1U);
  EXPECT_EQ(made.import()->rows.size(), 0U);
  made.write("website_event.csv", begun + "w1,s2,v2,e2,example.org,/,1,,2025-03-01 11:00:00\nw1,s2,v3,e3,example.org,/,1,,2025-03-02 09:00:00\n");
  const auto grown = *made.import();
  EXPECT_EQ(grown.rows.size(), 2U);
  EXPECT_EQ(grown.summary.rows_before, 1U);
}

TEST(ArchiveEvents, of_several_websites_one_has_to_be_named) {
  const ArchiveCase made;
  made.write("website_event.csv", std::string(kUmamiHead) + "w1,s1,v1,e1,example.org,/,1,,2025-03-01 10:00:00\nw2,s2,v2,e2,example.org,/,1,,2025-03-01 10:00:00\n");
  EXPECT_THAT(made.import().error().message, HasSubstr("line 3: website_id is \"w2\", expected w1 as in the rows before"));
  ArchiveOptions options = made.options();
  options.umami_website = "w2";
  EXPECT_EQ(made.import(options)->rows.size(), 1U);
}

TEST(ArchiveEvents, a_few_rows_without_a_time_are_counted_and_many_stop_the_import) {
  std::string text(kUmamiHead);
  for (int i = 0; i < 20; ++i) text += fmt::format("w1,s1,v1,e{},example.org,/,1,,2025-03-01 10:00:{:02}\n", i, i);
  const ArchiveCase made;
  made.write("website_event.csv", text + "w1,s1,v1,e90,example.org,/,1,,yesterday\n");
  const auto imported = *made.import();
  EXPECT_EQ(imported.summary.unreadable, 1U);
  EXPECT_THAT(imported.summary.first_unreadable, HasSubstr("line 22: created_at is \"yesterday\", expected a time like 2026-03-01 10:00:00"));
  EXPECT_EQ(imported.rows.size(), 20U);
  const ArchiveCase bad;
  bad.write("website_event.csv", std::string(kUmamiHead) + "w1,s1,v1,e1,example.org,/,one,,2025-03-01 10:00:00\n");
  EXPECT_THAT(bad.import().error().message, HasSubstr("1 of 1 rows cannot be read, the first: "));
}

TEST(ArchiveEvents, what_identifies_people_in_addresses_is_not_kept) {
  const ArchiveCase made;
  made.write("export.csv",
             "2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,Screen size,Location,FirstVisit,Date\n"
             "/u/jane@example.net?email=jane@example.net&utm_source=jane%40example.net,,0,,Chrome 86,Windows 7,s,0,mail.example.net/jane@example.net,h,,,1,2025-03-01T10:00:00Z\n"
             "mailto:jane@example.net,,1,,Chrome 86,Windows 7,s,0,,,,,1,2025-03-01T10:00:05Z\n");
  const auto imported = *made.import();
  ASSERT_EQ(imported.rows.size(), 2U);
  for (const EventRow& row : imported.rows) {
    for_each_column(row, [](const char* name, const auto& field) { EXPECT_EQ(fmt::format("{}", field).find("jane"), std::string::npos) << name; });
  }
}

TEST(ArchiveEvents, another_version_of_goatcounters_export_is_refused) {
  const ArchiveCase made;
  made.write("export.csv", "3Path,Title,Event\n/,,0\n");
  const auto imported = made.import();
  EXPECT_EQ(imported.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(imported.error().message, HasSubstr("is version 3 of GoatCounter's export, expected 1 or 2"));
}

// ---- Files

TEST(ArchiveFiles, what_is_no_export_of_a_known_product_is_none) {
  const ArchiveCase made;
  made.write("access.log", "192.0.2.1 - - [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"\n");
  EXPECT_EQ(*find_archive_format(std::vector<std::string>{made.file("access.log")}), std::nullopt);
  EXPECT_EQ(*find_archive_format(std::vector<std::string>{"/dev/null"}), std::nullopt);
  EXPECT_FALSE(find_archive_format(std::vector<std::string>{made.file("missing.zip")}));
  made.write("pages.csv", "x,y\n/,5\n");
  EXPECT_THAT(find_archive_format(std::vector<std::string>{made.exported()}).error().message, HasSubstr("without days"));
}

TEST(ArchiveFiles, a_gzip_is_read_as_its_content_and_a_broken_off_one_is_an_error) {
  const ArchiveCase made;
  const std::string head = "2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,Screen size,Location,FirstVisit,Date\n";
  std::string text = head;
  for (int i = 0; i < 2'000; ++i) text += fmt::format("/p/{},,0,,Chrome 86,Windows 7,s{},0,,,,,1,2025-03-01T10:{:02}:{:02}Z\n", i * 7919 % 1009, i, i / 60, i % 60);
  write_gzip(made.file("export.csv.gz"), text);
  EXPECT_EQ(made.import()->rows.size(), 2'000U);
  const std::string whole = contents(made.file("export.csv.gz"));
  made.write("export.csv.gz", std::string_view(whole).substr(0, whole.size() / 2));
  const auto broken = made.import();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::Corrupt);
}

// All fields of all files, without an import.
Result<std::string> read_everything(const std::string& path) {
  NOCT_TRY(const ArchiveSource source, ArchiveSource::open(std::vector<std::string>{path}));
  std::string out;
  for (const ArchiveFile& file : source.files()) {
    NOCT_TRY(TableReader table, TableReader::open(source, file, nullptr));
    while (true) {
      NOCT_TRY(const bool more, table.next());
      if (!more) break;
      for (int i = 0; i < static_cast<int>(table.columns().size()); ++i) out.append(table.text(i)).append(",");
    }
  }
  if (out.empty()) return fail(ErrorCode::NotFound, "no file that would be read");
  return out;
}

TEST(ArchiveFiles, a_zip_with_any_byte_changed_or_cut_off_anywhere_reads_the_same_or_is_an_error) {
  const ArchiveCase made;
  std::string text(kVisitorsHead);
  for (int day = 1; day <= 28; ++day) text += fmt::format("2025-02-{:02},{},{},1,{},0\n", day, day * 3, day * 7, day * 5);
  made.write("imported_visitors_20250201_20250228.csv", text);
  const std::string path = zip_of(made, "export.zip"), whole = contents(path), expected = *read_everything(path);
  size_t refused = 0;
  const auto check = [&](std::string_view bytes, size_t at) {
    std::ofstream(path, std::ios::binary) << bytes;
    const auto read = read_everything(path);
    if (read) EXPECT_EQ(*read, expected) << at;
    else ++refused;
  };
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x41);
    check(bytes, at);
  }
  EXPECT_GT(refused, whole.size() / 2);  // what is packed is covered by its checksum
  refused = 0;
  for (size_t size = 0; size < whole.size(); ++size) check(std::string_view(whole).substr(0, size), size);
  EXPECT_GT(refused, whole.size() - 30);
}

TEST(ArchiveFiles, an_encrypted_zip_says_so) {
  const ArchiveCase made;
  made.write("imported_visitors.csv", std::string(kVisitorsHead) + "2025-03-01,1,2,1,1,0\n");
  const std::string path = zip_of(made, "export.zip");
  std::string bytes = contents(path);
  bytes[bytes.find("PK\x01\x02") + 8] |= 1;
  std::ofstream(path, std::ios::binary) << bytes;
  ArchiveOptions options = made.options();
  options.paths = {path};
  EXPECT_EQ(made.import(options).error().code, ErrorCode::Unsupported);
}

TEST(ArchiveFiles, zip_folder_and_single_files_give_the_same_rows) {
  const ArchiveCase made;
  for (const auto& entry : fs::directory_iterator(fs::path(NOCTULE_SOURCE_DIR) / "tests/import/archives/plausible")) {
    if (entry.path().extension() == ".csv") fs::copy_file(entry.path(), made.file(entry.path().filename()));
  }
  const auto folder = *made.import();
  ASSERT_GT(folder.rows.size(), 10U);
  ArchiveOptions options = made.options();
  options.paths = {zip_of(made, "export.zip")};
  EXPECT_EQ(without_pseudonyms(*ArchiveCase().import(options)), without_pseudonyms(folder));
  options.paths.clear();
  for (const auto& entry : fs::directory_iterator(made.exported())) options.paths.push_back(entry.path());
  EXPECT_EQ(without_pseudonyms(*ArchiveCase().import(options)), without_pseudonyms(folder));
}

TEST(ArchiveFiles, progress_grows_to_the_whole) {
  const ArchiveCase made;
  std::string text(kVisitorsHead);
  for (int i = 0; i < 200'000; ++i) text += fmt::format("20{:02}-{:02}-{:02},1,2,1,1,0\n", 10 + i % 10, 1 + i % 12, 1 + i % 28);
  made.write("imported_visitors.csv", text);
  ArchiveOptions options = made.options();
  std::vector<uint64_t> done;
  options.on_progress = [&](uint64_t bytes, uint64_t total) {
    EXPECT_EQ(total, text.size());
    done.push_back(bytes);
  };
  ASSERT_TRUE(made.import(options));
  EXPECT_GT(done.size(), 3U);
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_EQ(done.back(), text.size());
}

// ---- Parts

RC_GTEST_PROP(DaySpool, a_day_comes_back_in_order_whatever_fits_into_memory, (std::vector<std::pair<uint8_t, std::string>> pieces)) {
  DaySpool spool(*rc::gen::inRange<size_t>(0, 64));
  std::map<int64_t, std::string> expected;
  for (const auto& [day, bytes] : pieces) {
    RC_ASSERT(spool.append(day % 5, bytes).has_value());
    if (!bytes.empty()) expected[day % 5] += bytes;
  }
  std::vector<int64_t> days;
  for (const auto& [day, bytes] : expected) days.push_back(day);
  RC_ASSERT(spool.days() == days);
  for (const auto& [day, bytes] : expected) RC_ASSERT(*spool.take(day) == bytes);
  RC_ASSERT(spool.days().empty());
}

TEST(ArchiveTable, times_are_read_as_databases_write_them) {
  const int64_t ten = instant_ms_from_civil({2026, 3, 1, 10, 0, 0, 0}, 0);
  for (const std::string_view text : {"2026-03-01 10:00:00", "2026-03-01T10:00:00Z", "2026-03-01 10:00:00+00", "2026-03-01T12:00:00+02:00",
                                      "2026-03-01T12:00:00+0200", "2026-03-01 08:30:00-01:30", "2026-03-01 10:00:00 UTC", "2026-03-01 10:00:00.000000"}) {
    EXPECT_EQ(read_instant(text), ten) << text;
  }
  EXPECT_EQ(read_instant("2026-03-01 10:00:00.25"), ten + 250);
  EXPECT_EQ(read_instant("2026-03-01 10:00:00.123456+00"), ten + 123);
  for (const std::string_view text : {"", "2026-03-01", "2026-13-01 10:00:00", "2026-03-01 25:00:00", "2026-03-01 10:00:00 x", "2026-03-01 10:00:00.",
                                      "2026-03-01 10:00:00+99", "2026-03-01 10:00:00+02:", "2026-02-29 10:00:00", "1772359200000"}) {
    EXPECT_EQ(read_instant(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace noctule
