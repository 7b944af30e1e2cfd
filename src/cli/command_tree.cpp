// SPDX-License-Identifier: Apache-2.0
#include "command_tree.h"

#include <fmt/format.h>

namespace noctule {
namespace {

// "TEXT:{bash,zsh,fish}": what the braces hold. CLI11 writes so what CLI::IsMember allows.
std::vector<std::string> read_choices(const std::string& type) {
  const size_t open = type.find('{'), close = type.find('}');
  std::vector<std::string> choices;
  if (open == std::string::npos || close == std::string::npos || close < open) return choices;
  for (size_t at = open + 1; at < close;) {
    const size_t end = std::min(type.find(',', at), close);
    choices.push_back(type.substr(at, end - at));
    at = end + 1;
  }
  return choices;
}

std::string name_value(const CLI::Option& option, const std::vector<std::string>& choices) {
  if (!choices.empty()) return fmt::format("{}", fmt::join(choices, "|"));
  const std::string text = option.get_option_text();
  if (!text.empty()) {
    const size_t begin = text.find_first_not_of("[= "), end = text.find_first_of("] ", begin == std::string::npos ? 0 : begin);
    if (begin != std::string::npos) return text.substr(begin, end == std::string::npos ? end : end - begin);
  }
  const std::string type = option.get_type_name();
  return type.empty() ? "VALUE" : type.substr(0, type.find(':'));
}

// "--html{-}": may be followed by =FILE; {-} is what it means without.
bool may_have_value(const CLI::Option& option) {
  for (const std::string& name : option.get_fnames()) {
    if (option.get_flag_value(name, "") == "-") return true;
  }
  return false;
}

FlagEntry read_flag(const CLI::Option& option) {
  FlagEntry flag;
  for (const std::string& name : option.get_snames()) flag.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flag.names.push_back("--" + name);
  if (option.get_positional()) flag.names = {option.get_name(true)};
  if (option.get_items_expected_max() > 0) {
    flag.choices = read_choices(option.get_type_name());
    flag.value = name_value(option, flag.choices);
    flag.value_optional = option.get_items_expected_min() == 0 && !option.get_positional();
    flag.repeatable = option.get_expected_max() > 1 || option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    flag.default_value = option.get_default_str();
  } else if (may_have_value(option)) {
    flag.value = "FILE";
    flag.value_optional = true;
  }
  flag.required = option.get_required();
  flag.description = option.get_description();
  return flag;
}

void read_flags(const CLI::App& app, CommandEntry& entry) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    (option->get_positional() ? entry.positionals : entry.flags).push_back(read_flag(*option));
  }
}

CommandEntry read_command(const CLI::App& app, const std::string& above) {
  CommandEntry entry;
  entry.name = app.get_name();
  entry.path = above.empty() ? entry.name : fmt::format("{} {}", above, entry.name);
  entry.description = app.get_description();
  entry.footer = app.get_footer();
  read_flags(app, entry);
  for (const CLI::App* below : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (below->get_name().empty()) {
      read_flags(*below, entry);  // a group of flags
    } else if (!below->get_group().empty()) {
      entry.commands.push_back(read_command(*below, entry.path));
    }
  }
  return entry;
}

}  // namespace

CommandEntry read_command_tree(const CLI::App& app) { return read_command(app, ""); }

}  // namespace noctule
