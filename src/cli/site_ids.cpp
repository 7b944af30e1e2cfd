// SPDX-License-Identifier: Apache-2.0
#include "site_ids.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace noctule {
namespace {

constexpr std::string_view kServerPlaceholder = "https://YOUR-SERVER";

// Without the slash at its end.
std::string_view base_of(std::string_view url) {
  if (url.empty()) return kServerPlaceholder;
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

std::string script_line(const Site& site, std::string_view base) {
  return fmt::format("<script defer src=\"{}/noctule.js\" data-site=\"{}\"></script>", base, site.domain);
}

std::string picture_line(const Site& site, std::string_view base) {
  return fmt::format("<noscript><img src=\"{}/pixel.gif?site={}\" referrerpolicy=\"no-referrer-when-downgrade\" alt=\"\"></noscript>", base, site.domain);
}

std::string listed(const std::vector<std::string>& names) { return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")); }

}  // namespace

std::string_view name_of_mode(ConsentMode mode) { return mode == ConsentMode::Exempt ? "exempt" : "consented"; }

std::string site_as_text(const Site& site, std::string_view url) {
  const std::string_view base = base_of(url);
  return fmt::format(
      "{0} is site {1}.\n"
      "  mode {2}, data kept {3} days, numbers below {4} withheld, days of {5}\n"
      "  further hosts: {6}; query parameters that tell pages apart: {7}\n\n"
      "The lines for its pages; the second counts those without a script:\n  {8}\n  {11}\n\n"
      "Or with the script of another product, its server's address changed to {9}:\n"
      "  Plausible    POST {9}/api/event     domain   {0}\n"
      "  Umami        POST {9}/api/send      website  {10}\n"
      "  GoatCounter  GET  {9}/count         code     {0}, or the page that asks\n"
      "  Matomo       POST {9}/matomo.php    idsite   {1}\n",
      site.domain, static_cast<uint32_t>(site.id), name_of_mode(site.mode), site.retention_days, site.k_threshold, site.time_zone, listed(site.hosts),
      listed(site.query_parameters), script_line(site, base), base, site.umami_id,
      picture_line(site, base));
}

nlohmann::ordered_json site_as_json(const Site& site, std::string_view url) {
  const std::string_view base = base_of(url);
  return {{"id", static_cast<uint32_t>(site.id)},
          {"domain", site.domain},
          {"hosts", site.hosts},
          {"mode", name_of_mode(site.mode)},
          {"retention_days", site.retention_days},
          {"k_threshold", site.k_threshold},
          {"time_zone", site.time_zone},
          {"query_parameters", site.query_parameters},
          {"created_ms", site.created_ms},
          {"script", script_line(site, base)},
          {"noscript", picture_line(site, base)},
          {"plausible_domain", site.domain},
          {"umami_website", site.umami_id},
          {"goatcounter_code", site.domain},
          {"matomo_idsite", static_cast<uint32_t>(site.id)}};
}

}  // namespace noctule
