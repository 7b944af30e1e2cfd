// SPDX-License-Identifier: Apache-2.0
// Sites: added, changed, removed and found.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "noctule/base/nearest.h"
#include "noctule/base/text.h"
#include "noctule/settings/domain.h"
#include "noctule/settings/settings.h"
#include "settings_file.h"

namespace noctule {
namespace {

using Lists = std::map<SiteId, std::vector<std::string>>;

SiteId site_id(const sqlite::Statement& row, int column) { return SiteId{static_cast<uint32_t>(row.integer(column))}; }

Result<Lists> read_lists(SettingsFile& file, std::string_view sql) {
  NOCT_TRY(sqlite::Statement select, file.prepare(sql));
  Lists lists;
  for (;;) {
    NOCT_TRY(const bool row, select.step());
    if (!row) return lists;
    lists[site_id(select, 0)].emplace_back(select.text(1));
  }
}

// No other site has this name, be it as its domain or among its further hosts.
Result<void> check_is_free(SettingsFile& file, SiteId owner, const std::string& host) {
  NOCT_TRY(sqlite::Statement select, file.prepare("SELECT domain FROM site WHERE domain=?1 AND id<>?2 "
                                                  "UNION SELECT domain FROM site JOIN site_host ON site=id WHERE host=?1 AND id<>?2", host, owner));
  NOCT_TRY(const bool taken, select.step());
  if (!taken) return {};
  if (select.text(0) == host) return fail(ErrorCode::InvalidInput, fmt::format("site {} exists already", host));
  return fail(ErrorCode::InvalidInput, fmt::format("{} is a further host of site {} already", host, select.text(0)));
}

Result<void> check_names_are_free(SettingsFile& file, const Site& site) {
  if (auto free = check_is_free(file, site.id, site.domain); !free) return free;
  for (const std::string& host : site.hosts) {
    if (auto free = check_is_free(file, site.id, host); !free) return free;
  }
  NOCT_TRY(sqlite::Statement select, file.prepare("SELECT domain FROM site WHERE umami_id=?1 AND id<>?2", site.umami_id, site.id));
  NOCT_TRY(const bool taken, select.step());
  if (taken) return fail(ErrorCode::InvalidInput, fmt::format("{} is site {}'s Umami id", site.umami_id, select.text(0)));
  return {};
}

Result<void> write_lists(SettingsFile& file, const Site& site) {
  for (const char* sql : {"DELETE FROM site_host WHERE site=?1", "DELETE FROM site_parameter WHERE site=?1"}) {
    NOCT_TRY([[maybe_unused]] const int64_t removed, file.run(sql, site.id));
  }
  for (const std::string& host : site.hosts) {
    NOCT_TRY([[maybe_unused]] const int64_t added, file.run("INSERT INTO site_host(host, site) VALUES (?1, ?2)", host, site.id));
  }
  for (const std::string& name : site.query_parameters) {
    NOCT_TRY([[maybe_unused]] const int64_t added, file.run("INSERT INTO site_parameter(site, name) VALUES (?1, ?2)", site.id, name));
  }
  return {};
}

std::unexpected<Error> no_such_site(std::string_view name, const std::vector<Site>& sites) {
  std::vector<std::string> domains;
  for (const Site& site : sites) domains.push_back(site.domain);
  const std::string_view nearest = nearest_name(name, domains);
  return fail(ErrorCode::NotFound, fmt::format("there is no site \"{}\"{}", printable(name, 80),
                                               nearest.empty() ? sites.empty() ? "; none has been added yet (noctule site add)" : std::string()
                                                               : fmt::format("; the nearest is {}", nearest)));
}

}  // namespace

Result<Site> Settings::add_site(std::string_view domain, const Site& wanted) {
  Site site = wanted;
  site.id = SiteId::None;
  site.domain = domain;
  if (site.umami_id.empty()) site.umami_id = make_uuid();
  NOCT_TRY(site, check_site(std::move(site)));
  auto added = state_->change([&]() -> Result<void> {
    NOCT_TRY(sqlite::Statement count, state_->prepare("SELECT COUNT(*) FROM site"));
    NOCT_TRY(const int64_t sites, one_integer(std::move(count)));
    if (sites >= static_cast<int64_t>(kSitesMax)) return fail(ErrorCode::Exhausted, fmt::format("there are {} sites already, as many as can be", sites));
    if (auto free = check_names_are_free(*state_, site); !free) return free;
    NOCT_TRY([[maybe_unused]] const int64_t rows,
             state_->run("INSERT INTO site(domain, umami_id, time_zone, mode, retention_days, k_threshold, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                         site.domain, site.umami_id, site.time_zone, static_cast<int64_t>(site.mode), int64_t{site.retention_days},
                         int64_t{site.k_threshold}, site.created_ms));
    site.id = SiteId{static_cast<uint32_t>(state_->database.last_insert_id())};
    return write_lists(*state_, site);
  });
  if (!added) return std::unexpected(std::move(added).error());
  return site;
}

Result<void> Settings::change_site(const Site& wanted) {
  NOCT_TRY(const Site site, check_site(wanted));
  return state_->change([&]() -> Result<void> {
    if (auto free = check_names_are_free(*state_, site); !free) return free;
    NOCT_TRY(const int64_t rows,
             state_->run("UPDATE site SET domain=?1, umami_id=?2, time_zone=?3, mode=?4, retention_days=?5, k_threshold=?6 WHERE id=?7", site.domain,
                         site.umami_id, site.time_zone, static_cast<int64_t>(site.mode), int64_t{site.retention_days}, int64_t{site.k_threshold}, site.id));
    if (rows == 0) return fail(ErrorCode::NotFound, fmt::format("there is no site {}", static_cast<uint32_t>(site.id)));
    return write_lists(*state_, site);
  });
}

Result<void> Settings::remove_site(SiteId id) {
  return state_->change([&]() -> Result<void> {
    NOCT_TRY(const int64_t rows, state_->run("DELETE FROM site WHERE id=?1", id));
    if (rows == 0) return fail(ErrorCode::NotFound, fmt::format("there is no site {}", static_cast<uint32_t>(id)));
    return {};
  });
}

Result<std::vector<Site>> Settings::sites() {
  std::vector<Site> sites;
  // One transaction: the lists belong to the same moment as the sites.
  auto read = state_->database.transact([&]() -> Result<void> {
    NOCT_TRY(Lists hosts, read_lists(*state_, "SELECT site, host FROM site_host ORDER BY host"));
    NOCT_TRY(Lists parameters, read_lists(*state_, "SELECT site, name FROM site_parameter ORDER BY name"));
    NOCT_TRY(sqlite::Statement select,
             state_->prepare("SELECT id, domain, umami_id, time_zone, mode, retention_days, k_threshold, created_ms FROM site ORDER BY domain"));
    for (;;) {
      NOCT_TRY(const bool row, select.step());
      if (!row) return {};
      const SiteId id = site_id(select, 0);
      sites.push_back({.id = id, .domain = std::string(select.text(1)), .hosts = std::move(hosts[id]), .umami_id = std::string(select.text(2)),
                       .time_zone = std::string(select.text(3)), .mode = static_cast<ConsentMode>(select.integer(4)),
                       .retention_days = static_cast<int>(select.integer(5)), .k_threshold = static_cast<uint32_t>(select.integer(6)),
                       .query_parameters = std::move(parameters[id]), .created_ms = select.integer(7)});
    }
  });
  if (!read) return std::unexpected(std::move(read).error());
  return sites;
}

Result<Site> Settings::find_site(std::string_view name) {
  NOCT_TRY(std::vector<Site> all, sites());
  const SiteBook book(all);
  const Site* site = book.find_umami(name);
  if (const auto number = parse_decimal(name); site == nullptr && number && *number <= UINT32_MAX) site = book.find(SiteId{static_cast<uint32_t>(*number)});
  const auto domain = normalize_domain(name);
  if (site == nullptr && domain) site = book.find_domain(*domain);
  if (site == nullptr) return no_such_site(domain ? *domain : name, all);
  return *site;
}

}  // namespace noctule
