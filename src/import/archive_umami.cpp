// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <optional>

#include "archive_events.h"
#include "archive_visits.h"
#include "archive_arrival.h"
#include "noctule/base/flat_table.h"
#include "noctule/base/hash.h"
#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"
#include "umami_names.h"

namespace noctule {
namespace {

constexpr uint64_t kPageview = 1, kNamed = 2;  // event_type; others are clicks on short links and measurements of speed
constexpr uint64_t kEventTypeMax = 1'000;
constexpr size_t kNameBytesMax = 120, kHostBytesMax = 253, kSessionsMax = 50'000'000;
constexpr std::array<std::string_view, 5> kCampaignTags = {"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"};
constexpr std::array<std::string_view, 6> kClickTags = {"gclid", "fbclid", "msclkid", "ttclid", "li_fat_id", "twclid"};

// \N is how ClickHouse and MySQL write that there is no value.
std::string_view value_of(std::string_view text) { return text == "\\N" ? std::string_view() : text; }

// What the table of sessions says of one, each text by its number.
struct SessionRow {
  uint64_t key;
  uint32_t browser, os, device, host;
};

class Words {
 public:
  uint32_t number(std::string_view word) {
    const auto [at, is_new] = numbers_.try_emplace(std::string(word), static_cast<uint32_t>(words_.size()));
    if (is_new) words_.push_back(at->first);
    return at->second;
  }
  [[nodiscard]] std::string_view word(uint32_t number) const { return words_[number]; }
  [[nodiscard]] size_t size() const { return words_.size(); }

 private:
  std::map<std::string, uint32_t, std::less<>> numbers_;
  std::vector<std::string_view> words_;  // of the map's keys, which do not move
};

uint64_t key_of(std::string_view id) { return std::max<uint64_t>(hash_bytes(id), 1); }

class Sessions {
 public:
  Result<void> read(TableReader& table) {
    NOCT_TRY(const int id, table.need("session_id"));
    const int browser = table.find("browser"), os = table.find("os"), device = table.find("device"), host = table.find("hostname");
    while (true) {
      NOCT_TRY(const bool more, table.next());
      if (!more) return {};
      if (rows_.size() >= kSessionsMax || words_.size() >= kSessionsMax) {
        return fail(ErrorCode::Exhausted, fmt::format("{}: holds more than {} sessions", table.name(), kSessionsMax));
      }
      SessionRow& row = rows_.find_or_add(key_of(table.text(id)));
      row.browser = words_.number(value_of(table.text(browser)));
      row.os = words_.number(value_of(table.text(os)));
      row.device = words_.number(value_of(table.text(device)));
      row.host = words_.number(value_of(table.text(host)));
    }
  }
  [[nodiscard]] const SessionRow* find(std::string_view id) const { return rows_.find(key_of(id)); }
  [[nodiscard]] std::string_view word(uint32_t number) const { return words_.word(number); }

 private:
  FlatTable<SessionRow> rows_;
  Words words_;
};

struct EventColumns {
  int website = -1, session = -1, visit = -1, id = -1, created = -1, type = -1, name = -1;
  int path = -1, query = -1, referrer_domain = -1, referrer_path = -1, hostname = -1, browser = -1, os = -1, device = -1;
  std::array<int, 5> campaign{};
  std::array<int, 6> clicks{};
};

Result<EventColumns> find_columns(const TableReader& table) {
  EventColumns columns;
  NOCT_TRY(columns.session, table.need("session_id"));
  NOCT_TRY(columns.created, table.need("created_at"));
  NOCT_TRY(columns.type, table.need("event_type"));
  NOCT_TRY(columns.path, table.need("url_path"));
  columns.website = table.find("website_id");
  columns.visit = table.find("visit_id");
  columns.id = table.find("event_id");
  columns.name = table.find("event_name");
  columns.query = table.find("url_query");
  columns.referrer_domain = table.find("referrer_domain");
  columns.referrer_path = table.find("referrer_path");
  columns.hostname = table.find("hostname");
  columns.browser = table.find("browser");
  columns.os = table.find("os");
  columns.device = table.find("device");
  for (size_t i = 0; i < kCampaignTags.size(); ++i) columns.campaign[i] = table.find(kCampaignTags[i]);
  for (size_t i = 0; i < kClickTags.size(); ++i) columns.clicks[i] = table.find(kClickTags[i]);
  return columns;
}

class UmamiImport {
 public:
  explicit UmamiImport(ArchiveRun& run) : run_(run) {
    if (!run.options.umami_website.empty()) website_ = run.options.umami_website;
  }

  Result<void> read_sessions(TableReader& table) { return sessions_.read(table); }

  Result<void> read_events(TableReader& table) {
    NOCT_TRY(columns_, find_columns(table));
    while (true) {
      NOCT_TRY(const bool more, table.next());
      if (!more) return {};
      ++run_.summary.rows_read;
      NOCT_TRY(const bool wanted, is_wanted_website(table));
      if (!wanted) continue;
      if (auto taken = take_row(table); !taken) return taken;
    }
  }

  Result<void> finish() { return visits_ ? visits_->finish() : Result<void>(); }

 private:
  Result<bool> is_wanted_website(const TableReader& table) {
    const std::string_view id = table.text(columns_.website);
    if (!website_) website_ = id;
    if (!visits_) {
      visits_.emplace(run_, EventOrigin::Umami, combine_hashes(hash_bytes("umami"), hash_bytes(*website_)));
    }
    if (id == *website_) return true;
    if (!run_.options.umami_website.empty()) return false;
    return std::unexpected(table.problem(columns_.website, fmt::format("{} as in the rows before; the file holds several websites: say which is "
                                                                       "to be imported", printable(*website_, 40))).error());
  }

  Result<void> take_row(const TableReader& table) {
    const auto type = parse_decimal(table.text(columns_.type));
    const auto instant_ms = read_instant(table.text(columns_.created));
    if (!type || *type > kEventTypeMax || !instant_ms) {
      note_unreadable(run_, type ? table.problem(columns_.created, "a time like 2026-03-01 10:00:00").error()
                                 : table.problem(columns_.type, "a number").error());
      return {};
    }
    const std::string_view name = value_of(table.text(columns_.name));
    if (*type != kPageview && (*type != kNamed || name.empty())) {
      ++run_.summary.other_kinds;
      return {};
    }
    ArchiveEvent event;
    event.numbers.instant_ms = *instant_ms;
    event.numbers.is_named = *type == kNamed;
    if (columns_.id >= 0) event.numbers.id = key_of(table.text(columns_.id));
    name_ = clean_name(name);
    if (event.numbers.is_named) event.name = name_;
    const std::string_view session = table.text(columns_.session);
    put_client(table, sessions_.find(session), event);
    put_page(table, event);
    return visits_->add(event, session, value_of(table.text(columns_.visit)));
  }

  // From the event where it says so, else from the table of sessions.
  void put_client(const TableReader& table, const SessionRow* session, ArchiveEvent& event) {
    const auto told = [&](int column, uint32_t SessionRow::*word) {
      if (column >= 0) return value_of(table.text(column));
      return session == nullptr ? std::string_view() : sessions_.word(session->*word);
    };
    browser_ = printable(told(columns_.browser, &SessionRow::browser), kNameBytesMax);
    os_ = printable(told(columns_.os, &SessionRow::os), kNameBytesMax);
    const UmamiClient client = read_umami_client(browser_, os_, told(columns_.device, &SessionRow::device));
    event.browser = client.browser;
    event.os = client.os;
    event.os_version = client.os_version;
    event.numbers.app = client.app;
    event.numbers.device = client.device;
    host_ = printable(lower(told(columns_.hostname, &SessionRow::host)), kHostBytesMax);
    if (host_.empty()) host_ = run_.options.site.domain;
    event.host = host_;
  }

  void put_page(const TableReader& table, ArchiveEvent& event) {
    query_ = value_of(table.text(columns_.query));
    if (query_.starts_with('?')) query_.erase(0, 1);
    // Umami takes the tags out of the query into columns, or leaves them in both.
    for (size_t i = 0; i < kCampaignTags.size(); ++i) add_tag(kCampaignTags[i], value_of(table.text(columns_.campaign[i])));
    for (size_t i = 0; i < kClickTags.size(); ++i) add_tag(kClickTags[i], value_of(table.text(columns_.clicks[i])));
    const std::string_view url = value_of(table.text(columns_.path));
    const size_t mark = url.find('#');
    const std::string_view fragment = mark == std::string_view::npos ? std::string_view() : url.substr(mark + 1);
    clean_page(url.substr(0, mark), query_, fragment, Routing::Hash, run_.options.site, {}, page_);
    event.path = page_.path;
    event.tags = page_.tags;
    const std::string_view domain = value_of(table.text(columns_.referrer_domain)), path = value_of(table.text(columns_.referrer_path));
    referrer_ = domain.empty() ? std::string() : clean_referrer(fmt::format("https://{}{}{}", domain, path.starts_with('/') ? "" : "/", path));
    event.referrer = referrer_;
  }

  void add_tag(std::string_view name, std::string_view value) {
    const std::string begin = fmt::format("{}=", name);
    if (query_.starts_with(begin) || query_.find("&" + begin) != std::string::npos) return;
    append_tag(name, value, query_);
  }

  ArchiveRun& run_;
  std::optional<std::string> website_;
  std::optional<ArchiveVisits> visits_;
  Sessions sessions_;
  EventColumns columns_;
  CleanPage page_;
  std::string name_, browser_, os_, host_, query_, referrer_;
};

Result<void> read_all(const ArchiveSource& source, ArchiveProgress* progress, bool (*wanted)(const TableReader&),
                      const std::function<Result<void>(TableReader&)>& read, std::vector<bool>& taken) {
  for (size_t i = 0; i < source.files().size(); ++i) {
    NOCT_TRY(TableReader table, TableReader::open(source, source.files()[i], progress));
    if (!wanted(table)) continue;
    taken[i] = true;
    if (auto done = read(table); !done) return done;
  }
  return {};
}

}  // namespace

void note_unreadable(ArchiveRun& run, const Error& error) {
  if (run.summary.unreadable++ == 0) run.summary.first_unreadable = error.message;
}

bool is_umami_events(const TableReader& table) {
  return table.find("session_id") >= 0 && table.find("url_path") >= 0 && table.find("event_type") >= 0 && table.find("created_at") >= 0;
}

bool is_umami_sessions(const TableReader& table) {
  return table.find("session_id") >= 0 && table.find("browser") >= 0 && table.find("url_path") < 0;
}

bool is_umami_totals(const TableReader& table) { return table.columns() == std::vector<std::string>{"x", "y"}; }

Result<void> import_umami(const ArchiveSource& source, ArchiveProgress& progress, ArchiveRun& run) {
  std::vector<bool> taken(source.files().size());
  UmamiImport import(run);
  auto read = read_all(source, &progress, &is_umami_sessions, [&](TableReader& table) { return import.read_sessions(table); }, taken);
  if (read) read = read_all(source, &progress, &is_umami_events, [&](TableReader& table) { return import.read_events(table); }, taken);
  if (!read) return read;
  for (size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) run.summary.files_left_out.push_back(source.files()[i].name);
  }
  return import.finish();
}

}  // namespace noctule
