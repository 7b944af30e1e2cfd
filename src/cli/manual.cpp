// SPDX-License-Identifier: Apache-2.0
// noctule manual: the man page, in roff with the macros of man(7), from the same table as --help. It has no date, so that one
// version gives one text.
#include <fmt/format.h>

#include "command_tree.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

// Text as roff shows it: backslashes, hyphens that are minus signs, letters beyond ASCII; what a line must not begin with.
std::string escape(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    const bool line_begins = at == 0 || text[at - 1] == '\n';
    if (line_begins && (c == '.' || c == '\'')) out.append("\\&");
    const size_t length = utf8_length(text.substr(at));
    if (length > 1) {
      uint32_t code = static_cast<unsigned char>(c) & (0x7FU >> length);
      for (size_t i = 1; i < length; ++i) code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
      out.append(fmt::format("\\[u{:04X}]", code));
      at += length;
      continue;
    }
    switch (c) {
      case '\\': out.append("\\e"); break;
      case '-': out.append("\\-"); break;
      case '\'': out.append("\\(aq"); break;
      case '`': out.append("\\(ga"); break;
      case '^': out.append("\\(ha"); break;
      case '~': out.append("\\(ti"); break;
      case '"': out.append("\\(dq"); break;
      default: out.push_back(c);
    }
    ++at;
  }
  return out;
}

std::string bold(std::string_view text) { return fmt::format("\\fB{}\\fR", escape(text)); }
std::string italic(std::string_view text) { return fmt::format("\\fI{}\\fR", escape(text)); }

std::string synopsis(const CommandEntry& command) {
  std::string line = bold(command.path);
  if (!command.flags.empty()) line.append(" [").append(italic("flags")).append("]");
  for (const FlagEntry& positional : command.positionals) {
    const std::string name = italic(positional.names.front()) + (positional.repeatable ? " ..." : "");
    line.append(" ").append(positional.required ? name : fmt::format("[{}]", name));
  }
  if (!command.commands.empty()) line.append(" ").append(italic("COMMAND"));
  return line;
}

std::string flag_heading(const FlagEntry& flag, bool positional) {
  if (positional) return italic(flag.names.front());
  std::string names;
  for (const std::string& name : flag.names) names.append(names.empty() ? "" : ", ").append(bold(name));
  if (flag.value.empty()) return names;
  if (flag.value_optional) return fmt::format("{}[={}]", names, italic(flag.value));
  return fmt::format("{} {}", names, italic(flag.value));
}

void add_flag_entry(std::string& out, const FlagEntry& flag, bool positional) {
  out.append(fmt::format(".TP\n{}\n{}", flag_heading(flag, positional), escape(flag.description)));
  const bool no_default = flag.default_value.empty() || flag.default_value == "[]" || flag.default_value == "{}";
  if (!no_default) out.append(fmt::format(" (default {})", escape(flag.default_value)));
  out.push_back('\n');
}

// What stands in a footer is set as it is: examples keep their columns.
void add_footer(std::string& out, std::string_view footer) {
  if (footer.empty()) return;
  out.append(fmt::format(".PP\n.nf\n{}\n.fi\n", escape(footer)));
}

void add_command(std::string& out, const CommandEntry& command) {
  out.append(fmt::format(".SS {}\n{}\n.PP\n{}\n", escape(command.path), synopsis(command), escape(command.description)));
  for (const FlagEntry& positional : command.positionals) add_flag_entry(out, positional, true);
  for (const FlagEntry& flag : command.flags) {
    if (flag.names.back() != "--help") add_flag_entry(out, flag, false);
  }
  add_footer(out, command.footer);
}

constexpr const char* kFiles = R"(.SH FILES
.TP
.I /etc/noctule/noctule.toml
Settings of the service that the Debian package installs.
.TP
.I /var/lib/noctule
Its data folder: settings.db, journal.db, events.duckdb and the keys of the day.
)";

struct Shell {
  const char* name;
  std::string (*render)(const CommandEntry& program);
};
constexpr Shell kShells[] = {{"bash", render_bash_completion}, {"zsh", render_zsh_completion}, {"fish", render_fish_completion}};

int write(const std::string& text) {
  const auto written = write_output("-", text);
  return written ? kExitOk : complain(written.error());
}

}  // namespace

std::string render_manual(const CommandEntry& program, const std::string& version) {
  std::string out = fmt::format(".TH NOCTULE 1 \"\" \"noctule {}\" \"User Commands\"\n.nh\n.ad l\n", escape(version));
  out.append(fmt::format(".SH NAME\nnoctule \\- {}\n", escape("finds the private shares that analytics file under \"direct\"")));
  out.append(fmt::format(".SH SYNOPSIS\n{} {} [{}]\n", bold(program.name), italic("COMMAND"), italic("flags")));
  out.append(fmt::format(".SH DESCRIPTION\n{}\n", escape(program.description)));
  for (const FlagEntry& flag : program.flags) add_flag_entry(out, flag, false);
  out.append(".SH COMMANDS\n");
  for (const CommandEntry& first : program.commands) {
    for_each_command(first, [&](const CommandEntry& command) { add_command(out, command); });
  }
  out.append(fmt::format(".SH EXAMPLES AND EXIT STATUS\n.nf\n{}\n.fi\n", escape(program.footer)));
  return out.append(kFiles);
}

RunCommand add_manual(CLI::App& app) {
  app.add_subcommand("manual", "Write the man page")->footer("Example:\n  noctule manual | man -l -");
  return [&app] { return write(render_manual(read_command_tree(app), NOCTULE_VERSION)); };
}

RunCommand add_completion(CLI::App& app) {
  CLI::App* command = app.add_subcommand("completion", "Write the completion of commands and flags for a shell");
  command->footer("Examples:\n"
                  "  source <(noctule completion bash)\n"
                  "  noctule completion fish > ~/.config/fish/completions/noctule.fish");
  const auto name = std::make_shared<std::string>();  // shared by the parser's slot and the call below
  command->add_option("SHELL", *name, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return [&app, name] {
    for (const Shell& shell : kShells) {
      if (*name == shell.name) return write(shell.render(read_command_tree(app)));
    }
    return kExitUsage;
  };
}

}  // namespace noctule
