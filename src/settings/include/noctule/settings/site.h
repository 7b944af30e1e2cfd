#pragma once
// SPDX-License-Identifier: Apache-2.0
// Site: what is configured for one site, and the snapshot of all sites that the collector reads.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/model/event.h"

namespace noctule {

struct Site {
  SiteId id = SiteId::None;
  std::string domain;            // lower case, without www.: the site's name, and Plausible's "domain"
  std::vector<std::string> hosts;  // further hosts whose pages belong to it; the domain and its www twin always do
  std::string umami_id;          // a UUID: Umami's "website"
  // Matomo's "idsite" is the number of id; GoatCounter's code is the domain (or its first label).
  std::string time_zone = "UTC"; // IANA; days of reports are this zone's
  ConsentMode mode = ConsentMode::Exempt;
  int retention_days = 760;      // at most 25 months (CNIL) in exempt mode
  uint32_t k_threshold = 5;      // published numbers of people below it are withheld
  std::vector<std::string> query_parameters;  // that tell pages apart ("id", "p")
  int64_t created_ms = 0;
};

// Immutable; replaced whole when configuration changes. Any number of threads may share one.
class SiteBook {
 public:
  explicit SiteBook(std::vector<Site> sites);
  [[nodiscard]] const Site* find(SiteId id) const;
  [[nodiscard]] const Site* find_domain(std::string_view domain) const;  // also www. and further hosts; case does not matter
  [[nodiscard]] const Site* find_umami(std::string_view uuid) const;
  [[nodiscard]] const std::vector<Site>& sites() const { return sites_; }

 private:
  std::vector<Site> sites_;
  std::map<std::string, size_t, std::less<>> by_domain_, by_umami_;
};

}  // namespace noctule
