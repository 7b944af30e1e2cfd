// SPDX-License-Identifier: Apache-2.0
// noctule user add | list | remove | role | admin | password | totp
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command_group.h"
#include "settings_access.h"
#include "password_input.h"

namespace noctule {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kCodeBytesMax = 32;

struct UserFlags {
  std::string data, email, name, site, role;
  bool administrator = false, password_stdin = false, json = false, off = false;
  [[nodiscard]] PasswordSource source() const { return password_stdin ? PasswordSource::StandardInput : PasswordSource::Prompt; }
};

Result<void> note(Settings& settings, std::string_view action, std::string_view object) {
  return settings.audit(kCommandLineActor, action, object, now_ms());
}

// E-mail addresses stay out of the audit log: the number says who, as long as the user exists.
std::string object_of(const User& user) { return fmt::format("user {}", static_cast<int64_t>(user.id)); }

Json as_json(const User& user, const std::vector<SiteRole>& roles, const SiteBook& sites) {
  Json list = Json::array();
  for (const SiteRole& role : roles) {
    const Site* site = sites.find(role.site);
    if (role.user == user.id && site != nullptr) list.push_back({{"site", site->domain}, {"role", name_of(role.role)}});
  }
  return {{"id", static_cast<int64_t>(user.id)}, {"email", user.email},           {"name", user.name},
          {"administrator", user.administrator}, {"totp", user.totp},             {"roles", list},
          {"created_ms", user.created_ms},       {"last_login_ms", user.last_login_ms}};
}

Result<void> add_user(const UserFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::Create));
  NOCT_TRY(const std::string password, read_password(flags.source(), fmt::format("Password of {}", flags.email)));
  NOCT_TRY(const User user,
           settings.add_user({.email = flags.email, .password = password, .name = flags.name, .administrator = flags.administrator, .now_ms = now_ms()}));
  if (auto noted = note(settings, "user add", object_of(user)); !noted) return noted;
  if (flags.json) fmt::print("{}\n", as_json(user, {}, SiteBook({})).dump(2));
  else fmt::print("{} is user {}{}.\n", user.email, static_cast<int64_t>(user.id), user.administrator ? ", an administrator" : "; \"noctule user role\" says what they may see");
  return {};
}

Result<void> list_users(const UserFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  NOCT_TRY(const std::vector<User> users, settings.users());
  NOCT_TRY(const std::vector<SiteRole> roles, settings.roles());
  NOCT_TRY(std::vector<Site> sites, settings.sites());
  const SiteBook book(std::move(sites));
  Json list = Json::array();
  for (const User& user : users) list.push_back(as_json(user, roles, book));
  if (flags.json) {
    fmt::print("{}\n", list.dump(2));
    return {};
  }
  for (const Json& user : list) {
    std::string rights = user["administrator"].get<bool>() ? "administrator" : "";
    for (const Json& role : user["roles"]) {
      rights.append(rights.empty() ? "" : ", ").append(fmt::format("{} of {}", role["role"].get<std::string>(), role["site"].get<std::string>()));
    }
    fmt::print("{:>6}  {:<40}  {:<8}  last login {:<10}  {}\n", user["id"].get<int64_t>(), user["email"].get<std::string>(),
               user["totp"].get<bool>() ? "totp" : "no totp", day_or_never(user["last_login_ms"].get<int64_t>()), rights.empty() ? "sees nothing yet" : rights);
  }
  return {};
}

Result<void> remove_user(const UserFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  NOCT_TRY(const User user, settings.find_user(flags.email));
  if (auto removed = settings.remove_user(user.id); !removed) return removed;
  if (auto noted = note(settings, "user remove", object_of(user)); !noted) return noted;
  fmt::print("{} is removed; their sessions are over.\n", user.email);
  return {};
}

Result<void> set_role(const UserFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  NOCT_TRY(const User user, settings.find_user(flags.email));
  NOCT_TRY(const Site site, settings.find_site(flags.site));
  const std::optional<Role> role = role_named(flags.role);  // "none" names none
  if (auto set = settings.set_role(user.id, site.id, role); !set) return set;
  if (auto noted = note(settings, fmt::format("user role {}", flags.role), fmt::format("{}, {}", object_of(user), site.domain)); !noted) return noted;
  fmt::print("{} is {} of {}.\n", user.email, role ? name_of(*role) : "no longer anything", site.domain);
  return {};
}

Result<void> set_administrator(const UserFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  NOCT_TRY(const User user, settings.find_user(flags.email));
  if (auto set = settings.set_administrator(user.id, !flags.off); !set) return set;
  if (auto noted = note(settings, flags.off ? "user admin off" : "user admin", object_of(user)); !noted) return noted;
  fmt::print("{} is {}.\n", user.email, flags.off ? "no administrator any more" : "an administrator");
  return {};
}

Result<void> set_password(const UserFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  NOCT_TRY(const User user, settings.find_user(flags.email));
  NOCT_TRY(const std::string password, read_password(flags.source(), fmt::format("New password of {}", user.email)));
  if (auto set = settings.set_password(user.id, password); !set) return set;
  if (auto noted = note(settings, "user password", object_of(user)); !noted) return noted;
  fmt::print("{} has a new password; their sessions are over.\n", user.email);
  return {};
}

Result<void> set_totp(const UserFlags& flags) {
  NOCT_TRY(Settings settings, open_settings_in(flags.data, Missing::MustExist));
  NOCT_TRY(const User user, settings.find_user(flags.email));
  if (flags.off) {
    if (auto removed = settings.remove_totp(user.id); !removed) return removed;
    fmt::print("{} logs in without a one-time code from now on.\n", user.email);
    return note(settings, "user totp off", object_of(user));
  }
  NOCT_TRY(const std::string address, settings.begin_totp(user.id));
  fmt::print("Add this address to an authenticator app, then type the code that it shows:\n  {}\n", address);
  std::fflush(stdout);
  NOCT_TRY(const std::string code, read_line(kCodeBytesMax));
  if (auto confirmed = settings.confirm_totp(user.id, code, now_ms()); !confirmed) return confirmed;
  fmt::print("{} logs in with a one-time code from now on.\n", user.email);
  return note(settings, "user totp", object_of(user));
}

using Flags = std::shared_ptr<UserFlags>;
using Action = Result<void> (*)(const UserFlags&);

CLI::App& add_child(CommandGroup& group, const Flags& flags, const char* name, const char* description, Action action) {
  CLI::App& command = group.add(name, description);
  add_data_option(command, flags->data);
  group.when_chosen(command, [flags, action] {
    const auto done = action(*flags);
    return done ? kExitOk : complain(done.error());
  });
  return command;
}

void add_email(CLI::App& command, UserFlags& flags) { command.add_option("EMAIL", flags.email, "the user's e-mail address")->required(); }
void add_password_flag(CLI::App& command, UserFlags& flags) {
  command.add_flag("--password-stdin", flags.password_stdin, "the first line of standard input is the password, instead of a prompt");
}

}  // namespace

RunCommand add_user_command(CLI::App& app) {
  CommandGroup group(app, "user", "Add, list and remove users, their roles, passwords and one-time codes");
  group.footer("Examples:\n"
               "  noctule user add ada@example.org --data /var/lib/noctule --administrator\n"
               "  noctule user role ben@example.org example.org viewer --data /var/lib/noctule");
  const auto flags = std::make_shared<UserFlags>();  // shared by the parser's slots and the calls
  CLI::App& add = add_child(group, flags, "add", "Add a user; the password is asked for", &add_user);
  add_email(add, *flags);
  add.add_option("--name", flags->name, "what they are called")->option_text("NAME");
  add.add_flag("--administrator", flags->administrator, "may do everything on every site");
  add_password_flag(add, *flags);
  add.add_flag("--json", flags->json, "JSON for programs");
  CLI::App& list = add_child(group, flags, "list", "List the users and their roles", &list_users);
  list.add_flag("--json", flags->json, "JSON for programs");
  add_email(add_child(group, flags, "remove", "Remove a user and end their sessions", &remove_user), *flags);
  CLI::App& role = add_child(group, flags, "role", "Say what a user may do on a site", &set_role);
  add_email(role, *flags);
  role.add_option("SITE", flags->site, "domain, number or Umami id")->required();
  role.add_option("ROLE", flags->role, "viewer sees, editor changes rules and goals, owner also people and keys; none takes it away")
      ->required()
      ->check(CLI::IsMember({"viewer", "editor", "owner", "none"}));
  CLI::App& admin = add_child(group, flags, "admin", "Make a user an administrator", &set_administrator);
  add_email(admin, *flags);
  admin.add_flag("--off", flags->off, "cease to be one");
  CLI::App& password = add_child(group, flags, "password", "Set a user's password and end their sessions", &set_password);
  add_email(password, *flags);
  add_password_flag(password, *flags);
  CLI::App& totp = add_child(group, flags, "totp", "Ask for a one-time code at every login (TOTP); the code comes from standard input", &set_totp);
  add_email(totp, *flags);
  totp.add_flag("--off", flags->off, "no longer ask");
  return group.runner();
}

}  // namespace noctule
