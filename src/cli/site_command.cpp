// SPDX-License-Identifier: Apache-2.0
// noctule site add | list | set | remove
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "command_group.h"
#include "settings_access.h"
#include "noctule/base/text.h"
#include "site_ids.h"

namespace noctule {
namespace {

using Json = nlohmann::ordered_json;

// What the flags of add and set say; what was not said stays as it is.
struct SiteFlags {
  std::string data, domain, new_domain, url, time_zone, mode;
  std::vector<std::string> hosts, parameters;
  int retention_days = 0;
  int64_t k_threshold = 0;
  bool json = false, hosts_none = false, parameters_none = false;
};

constexpr int64_t kThresholdUnset = 0;

void apply(const SiteFlags& flags, Site& site) {
  if (!flags.hosts.empty() || flags.hosts_none) site.hosts = flags.hosts;
  if (!flags.parameters.empty() || flags.parameters_none) site.query_parameters = flags.parameters;
  if (!flags.time_zone.empty()) site.time_zone = flags.time_zone;
  if (!flags.mode.empty()) site.mode = flags.mode == "consented" ? ConsentMode::Consented : ConsentMode::Exempt;
  if (flags.retention_days != 0) site.retention_days = flags.retention_days;
  if (flags.k_threshold != kThresholdUnset) site.k_threshold = static_cast<uint32_t>(flags.k_threshold);
  if (!flags.new_domain.empty()) site.domain = flags.new_domain;
}

void print_json(const Json& json) { fmt::print("{}\n", json.dump(2)); }

Result<void> add_site(const SiteFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::Create));
  Site wanted;
  apply(flags, wanted);
  wanted.created_ms = now_ms();
  NOCT_TRY(const Site site, settings.add_site(flags.domain, wanted));
  if (auto noted = settings.audit(kCommandLineActor, "site add", site.domain, now_ms()); !noted) return noted;
  if (flags.json) print_json(site_as_json(site, flags.url));
  else fmt::print("{}", site_as_text(site, flags.url));
  return {};
}

Result<void> list_sites(const SiteFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  NOCT_TRY(std::vector<Site> sites, settings.sites());
  if (!flags.domain.empty()) {
    NOCT_TRY(Site one, settings.find_site(flags.domain));
    if (!flags.json) {
      fmt::print("{}", site_as_text(one, flags.url));
      return {};
    }
    sites = {std::move(one)};
  }
  if (flags.json) {
    Json list = Json::array();
    for (const Site& site : sites) list.push_back(site_as_json(site, flags.url));
    print_json(list);
    return {};
  }
  for (const Site& site : sites) {
    fmt::print("{:>6}  {:<40}  {:<9}  {} days  {}\n", static_cast<uint32_t>(site.id), site.domain, name_of_mode(site.mode), site.retention_days, site.time_zone);
  }
  return {};
}

Result<void> set_site(const SiteFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  NOCT_TRY(Site site, settings.find_site(flags.domain));
  apply(flags, site);
  if (auto changed = settings.change_site(site); !changed) return changed;
  if (auto noted = settings.audit(kCommandLineActor, "site set", site.domain, now_ms()); !noted) return noted;
  NOCT_TRY(const Site after, settings.find_site(fmt::format("{}", static_cast<uint32_t>(site.id))));
  if (flags.json) print_json(site_as_json(after, flags.url));
  else fmt::print("{}", site_as_text(after, flags.url));
  return {};
}

Result<void> remove_site(const SiteFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  NOCT_TRY(const Site site, settings.find_site(flags.domain));
  if (auto removed = settings.remove_site(site.id); !removed) return removed;
  if (auto noted = settings.audit(kCommandLineActor, "site remove", site.domain, now_ms()); !noted) return noted;
  if (flags.json) print_json({{"removed", site.domain}, {"id", static_cast<uint32_t>(site.id)}});
  else fmt::print("{} is removed: its events are no longer collected nor shown.\n", site.domain);
  return {};
}

void add_configuration_flags(CLI::App& command, SiteFlags& flags) {
  command.add_option("--host", flags.hosts, "a further host whose pages belong to the site; may be repeated")->option_text("NAME")->take_all()->expected(1)->allow_extra_args(false);
  command.add_option("--time-zone", flags.time_zone, "IANA time zone of the days in reports (default UTC)")->option_text("ZONE");
  command.add_option("--mode", flags.mode, "what may be kept: exempt (anonymous statistics) or consented (visitors agree to more)")
      ->check(CLI::IsMember({"exempt", "consented"}));
  command.add_option("--retention", flags.retention_days, "days that data are kept; at most 760 in mode exempt (default 760)")->option_text("DAYS")->check(CLI::Range(1, kRetentionDaysMax));
  command.add_option("--k-threshold", flags.k_threshold, "numbers of people below it are withheld (default 5)")->option_text("N")->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  command.add_option("--parameter", flags.parameters, "a query parameter that tells pages apart, such as id; may be repeated")->option_text("NAME")->take_all()->expected(1)->allow_extra_args(false);
}

void add_output_flags(CLI::App& command, SiteFlags& flags) {
  command.add_option("--url", flags.url, "public address of the server, for the lines to paste")->option_text("URL");
  command.add_flag("--json", flags.json, "JSON for programs");
}

using Action = Result<void> (*)(const SiteFlags&);

RunCommand run_with(const std::shared_ptr<SiteFlags>& flags, Action action) {
  return [flags, action] {
    const auto done = action(*flags);
    return done ? kExitOk : complain(done.error());
  };
}

}  // namespace

RunCommand add_site_command(CLI::App& app) {
  CommandGroup group(app, "site", "Add, list, change and remove sites, also beside a running server");
  group.footer("Examples:\n"
               "  noctule site add example.org --data /var/lib/noctule --url https://stats.example.org\n"
               "  noctule site set example.org --data /var/lib/noctule --retention 365 --host blog.example.org");
  const auto flags = std::make_shared<SiteFlags>();  // shared by the parser's slots and the calls below
  CLI::App& add = group.add("add", "Add a site and print its ids as each endpoint wants them");
  add.add_option("DOMAIN", flags->domain, "the site's domain, such as example.org")->required();
  add_data_option(add, flags->data);
  add_configuration_flags(add, *flags);
  add_output_flags(add, *flags);
  group.when_chosen(add, run_with(flags, &add_site));

  CLI::App& list = group.add("list", "List the sites; of one, its ids and the lines to paste");
  list.add_option("SITE", flags->domain, "domain, number or Umami id of one");
  add_data_option(list, flags->data);
  add_output_flags(list, *flags);
  group.when_chosen(list, run_with(flags, &list_sites));

  CLI::App& set = group.add("set", "Change what is configured for a site; what is not named stays");
  set.add_option("SITE", flags->domain, "domain, number or Umami id")->required();
  add_data_option(set, flags->data);
  set.add_option("--domain", flags->new_domain, "its new domain; its data stay its own")->option_text("DOMAIN");
  add_configuration_flags(set, *flags);
  set.add_flag("--no-hosts", flags->hosts_none, "no further hosts any more");
  set.add_flag("--no-parameters", flags->parameters_none, "no query parameter tells pages apart any more");
  add_output_flags(set, *flags);
  group.when_chosen(set, run_with(flags, &set_site));

  CLI::App& remove = group.add("remove", "Remove a site with its roles, keys, links and rules");
  remove.add_option("SITE", flags->domain, "domain, number or Umami id")->required();
  add_data_option(remove, flags->data);
  remove.add_flag("--json", flags->json, "JSON for programs");
  group.when_chosen(remove, run_with(flags, &remove_site));
  return group.runner();
}

}  // namespace noctule
