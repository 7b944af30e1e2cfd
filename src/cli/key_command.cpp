// SPDX-License-Identifier: Apache-2.0
// noctule key add | list | remove
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "command_group.h"
#include "settings_access.h"

namespace noctule {
namespace {

using Json = nlohmann::ordered_json;

struct KeyFlags {
  std::string data, label, site, expires;
  std::vector<std::string> scopes;
  int64_t id = 0;
  bool json = false;
};

Json as_json(const ApiKey& key, const SiteBook& sites) {
  Json scopes = Json::array();
  for (const Scope scope : key.scopes) scopes.push_back(name_of(scope));
  const Site* site = sites.find(key.site);
  return {{"id", key.id}, {"label", key.label}, {"prefix", key.prefix}, {"scopes", scopes}, {"site", site == nullptr ? Json() : Json(site->domain)},
          {"created_ms", key.created_ms}, {"last_used_ms", key.last_used_ms}, {"expires_ms", key.expires_ms}};
}

Result<void> add_key(const KeyFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  ApiKey wanted;
  wanted.label = flags.label;
  for (const std::string& name : flags.scopes) wanted.scopes.push_back(*scope_named(name));  // the parser lets no other name through
  if (!flags.site.empty()) {
    NOCT_TRY(const Site site, settings.find_site(flags.site));
    wanted.site = site.id;
  }
  NOCT_TRY(wanted.expires_ms, parse_expiry(flags.expires, now_ms()));
  NOCT_TRY(const std::string key, settings.add_key(wanted, now_ms()));
  if (auto noted = settings.audit(kCommandLineActor, "key add", flags.label, now_ms()); !noted) return noted;
  if (flags.json) fmt::print("{}\n", Json({{"key", key}, {"label", flags.label}}).dump(2));
  else fmt::print("{}\n", key);
  tell("noctule: this key is shown once; only a hash of it is kept\n");
  return {};
}

Result<void> list_keys(const KeyFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  NOCT_TRY(const std::vector<ApiKey> keys, settings.keys());
  NOCT_TRY(std::vector<Site> sites, settings.sites());
  const SiteBook book(std::move(sites));
  if (flags.json) {
    Json list = Json::array();
    for (const ApiKey& key : keys) list.push_back(as_json(key, book));
    fmt::print("{}\n", list.dump(2));
    return {};
  }
  for (const ApiKey& key : keys) {
    std::string scopes;
    for (const Scope scope : key.scopes) scopes.append(scopes.empty() ? "" : ",").append(name_of(scope));
    const Site* site = book.find(key.site);
    fmt::print("{:>6}  {}...  {:<20}  {:<24}  used {:<10}  ends {:<10}  {}\n", key.id, key.prefix, scopes, site == nullptr ? "all sites" : site->domain,
               day_or_never(key.last_used_ms), day_or_never(key.expires_ms), key.label);
  }
  return {};
}

Result<void> remove_key(const KeyFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  if (auto removed = settings.remove_key(flags.id); !removed) return removed;
  fmt::print("key {} opens nothing any more.\n", flags.id);
  return settings.audit(kCommandLineActor, "key remove", fmt::format("key {}", flags.id), now_ms());
}

using Action = Result<void> (*)(const KeyFlags&);

CLI::App& add_child(CommandGroup& group, const std::shared_ptr<KeyFlags>& flags, const char* name, const char* description, Action action) {
  CLI::App& command = group.add(name, description);
  add_data_option(command, flags->data);
  group.when_chosen(command, [flags, action] {
    const auto done = action(*flags);
    return done ? kExitOk : complain(done.error());
  });
  return command;
}

}  // namespace

RunCommand add_key_command(CLI::App& app) {
  CommandGroup group(app, "key", "Add, list and remove API keys");
  group.footer("Examples:\n"
               "  noctule key add reports --scope query --site example.org --data /var/lib/noctule\n"
               "  noctule key add backend --scope collect --expires 365d --data /var/lib/noctule");
  const auto flags = std::make_shared<KeyFlags>();  // shared by the parser's slots and the calls
  CLI::App& add = add_child(group, flags, "add", "Make a key and print it, once", &add_key);
  add.add_option("LABEL", flags->label, "what it is for")->required();
  add.add_option("--scope", flags->scopes, "what it opens: collect (send events for visitors), query (read), manage (sites and rules); may be repeated")
      ->required()
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"collect", "query", "manage"}));
  add.add_option("--site", flags->site, "one site only; all when left out")->option_text("SITE");
  add.add_option("--expires", flags->expires, "when it ends: 30d, 12h or 2027-01-31; never when left out")->option_text("WHEN");
  add.add_flag("--json", flags->json, "JSON for programs");
  CLI::App& list = add_child(group, flags, "list", "List the keys by their first characters", &list_keys);
  list.add_flag("--json", flags->json, "JSON for programs");
  CLI::App& remove = add_child(group, flags, "remove", "Remove a key", &remove_key);
  remove.add_option("KEY", flags->id, "its number in the list")->required();
  return group.runner();
}

}  // namespace noctule
