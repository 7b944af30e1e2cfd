// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "archive_events.h"
#include "archive_visits.h"
#include "archive_arrival.h"
#include "noctule/base/hash.h"
#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"

namespace noctule {
namespace {

constexpr size_t kNameBytesMax = 120;

struct Columns {
  int path = 0, event = -1, user_agent = -1, browser = -1, system = -1, session = -1, bot = -1, referrer = -1, scheme = -1, size = -1, date = -1;
};

// "2Path": the version, and the name of the first column.
int version_of(const TableReader& table) {
  const std::string& first = table.columns()[0];
  return first.size() > 1 && is_digit(first[0]) && equals_ignoring_case(std::string_view(first).substr(1), "path") ? first[0] - '0' : 0;
}

Result<Columns> find_columns(const TableReader& table) {
  const int version = version_of(table);
  if (version != 1 && version != 2) {
    return fail(ErrorCode::Unsupported, fmt::format("{}: is version {} of GoatCounter's export, expected 1 or 2", table.name(), version));
  }
  Columns columns;
  NOCT_TRY(columns.event, table.need("Event"));
  NOCT_TRY(columns.bot, table.need("Bot"));
  NOCT_TRY(columns.session, table.need("Session"));
  NOCT_TRY(columns.date, table.need("Date"));
  columns.referrer = table.find("Referrer");
  columns.scheme = table.find("Referrer scheme");
  columns.size = table.find("Screen size");
  // Of version 1 the column "Browser" is the user agent.
  columns.user_agent = table.find(version == 1 ? "Browser" : "UserAgent");
  if (version == 2) {
    columns.browser = table.find("Browser");
    columns.system = table.find("System");
    if (columns.user_agent < 0) columns.user_agent = table.find("User-Agent");
  }
  return columns;
}

bool is_true(std::string_view text) { return text == "1" || equals_ignoring_case(text, "true"); }

struct NameAndVersion {
  std::string_view name, version;
};

// "Chrome 86", "Safari 14.0", "Windows 7", "Samsung Internet 13.2"; the major version.
NameAndVersion split_version(std::string_view text) {
  const size_t space = text.rfind(' ');
  if (space == std::string_view::npos || space + 1 == text.size() || !is_digit(text[space + 1])) return {text, {}};
  const std::string_view version = text.substr(space + 1);
  return {text.substr(0, space), version.substr(0, version.find('.'))};
}

class GoatCounterImport {
 public:
  explicit GoatCounterImport(ArchiveRun& run) : run_(run), visits_(run, EventOrigin::GoatCounter, hash_bytes("goatcounter")) {}

  Result<void> read(TableReader& table) {
    NOCT_TRY(columns_, find_columns(table));
    while (true) {
      NOCT_TRY(const bool more, table.next());
      if (!more) return {};
      ++run_.summary.rows_read;
      if (auto taken = take_row(table); !taken) return taken;
    }
  }

  Result<void> finish() { return visits_.finish(); }

 private:
  Result<void> take_row(const TableReader& table) {
    const auto instant_ms = read_instant(table.text(columns_.date));
    if (!instant_ms) {
      note_unreadable(run_, table.problem(columns_.date, "a time like 2026-03-01T10:00:00Z").error());
      return {};
    }
    ArchiveEvent event;
    event.numbers.instant_ms = *instant_ms;
    if (table.text(columns_.bot) != "0" || !put_client(table, event)) {
      ++run_.summary.machines;
      return {};
    }
    event.numbers.is_named = is_true(table.text(columns_.event));
    put_page(table, event);
    put_referrer(table, event);
    return visits_.add(event, table.text(columns_.session), {});
  }

  // False: its user agent is a machine's.
  bool put_client(const TableReader& table, ArchiveEvent& event) {
    const std::string_view user_agent = table.text(columns_.user_agent);
    const UserAgentVerdict verdict = Knowledge::builtin().classify_user_agent(user_agent);
    if (!user_agent.empty() && verdict.kind != Kind::Browser && verdict.kind != Kind::InappBrowser) return false;
    if (verdict.kind == Kind::InappBrowser) event.numbers.app = verdict.app;
    const Software software = read_software(user_agent);
    event.numbers.device = software.device;
    versions_[0].assign(software.browser_version);
    versions_[1].assign(software.os_version);
    event.browser = software.browser;
    event.os = software.os;
    if (user_agent.empty()) {
      put_named_client(table, event);
    } else {
      event.browser_version = versions_[0];
      event.os_version = versions_[1];
    }
    return true;
  }

  void put_named_client(const TableReader& table, ArchiveEvent& event) {
    browser_ = printable(table.text(columns_.browser), kNameBytesMax);
    system_ = printable(table.text(columns_.system), kNameBytesMax);
    const NameAndVersion browser = split_version(browser_), system = split_version(system_);
    event.browser = browser.name;
    event.browser_version = browser.version;
    event.os = system.name;
    event.os_version = system.version;
    event.numbers.device = device_of(table.text(columns_.size));
  }

  // "1280,768,1": by the width in CSS pixels, with GoatCounter's own bounds for phones and tablets.
  static DeviceKind device_of(std::string_view size) {
    constexpr uint64_t kPhoneWidthMax = 384, kTabletWidthMax = 1'024;
    const auto width = parse_decimal(size.substr(0, size.find(',')));
    if (!width || *width == 0) return DeviceKind::Unknown;
    return *width <= kPhoneWidthMax ? DeviceKind::Mobile : *width <= kTabletWidthMax ? DeviceKind::Tablet : DeviceKind::Desktop;
  }

  // Path doubles as an event's name; then the page is not told.
  void put_page(const TableReader& table, ArchiveEvent& event) {
    const std::string_view path = table.text(columns_.path);
    event.host = run_.options.site.domain;
    name_ = clean_name(path);
    if (event.numbers.is_named) {
      event.name = name_;
      return;
    }
    const size_t mark = path.find('?');
    clean_page(path.substr(0, mark), mark == std::string_view::npos ? std::string_view() : path.substr(mark + 1), {}, Routing::Path,
               run_.options.site, {}, page_);
    event.path = page_.path;
    event.tags = page_.tags;
  }

  // h: an address without scheme; o: an app's; g: a name that GoatCounter gives; c: a campaign's.
  void put_referrer(const TableReader& table, ArchiveEvent& event) {
    const std::string_view referrer = table.text(columns_.referrer), scheme = table.text(columns_.scheme);
    referrer_.clear();
    source_.clear();
    if (referrer.empty()) return;
    if (scheme == "g") {
      source_ = clean_name(referrer);
      // Their names mean pages that Knowledge knows by their host.
      if (referrer == "Hacker News") referrer_ = "https://news.ycombinator.com/";
    } else if (scheme == "c") {
      std::string query(event.tags);
      if (query.find("utm_source=") == std::string::npos) append_tag("utm_source", referrer, query);
      clean_page("/", query, {}, Routing::Path, run_.options.site, {}, campaign_);
      event.tags = campaign_.tags;
    } else {
      const bool absolute = referrer.find("://") != std::string_view::npos;
      referrer_ = clean_referrer(absolute ? std::string(referrer) : fmt::format("https://{}", referrer));
    }
    event.referrer = referrer_;
    event.source = source_;
  }

  ArchiveRun& run_;
  ArchiveVisits visits_;
  Columns columns_;
  CleanPage page_, campaign_;
  std::array<std::string, 2> versions_;
  std::string name_, browser_, system_, referrer_, source_;
};

}  // namespace

bool is_goatcounter(const TableReader& table) { return version_of(table) != 0; }

Result<void> import_goatcounter(const ArchiveSource& source, ArchiveProgress& progress, ArchiveRun& run) {
  GoatCounterImport import(run);
  for (const ArchiveFile& file : source.files()) {
    NOCT_TRY(TableReader table, TableReader::open(source, file, &progress));
    if (!is_goatcounter(table)) {
      run.summary.files_left_out.push_back(file.name);
      continue;
    }
    if (auto read = import.read(table); !read) return read;
  }
  return import.finish();
}

}  // namespace noctule
