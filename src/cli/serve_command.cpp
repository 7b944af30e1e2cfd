// SPDX-License-Identifier: Apache-2.0
// noctule serve
#include <fmt/format.h>
#include <signal.h>

#include <cstdlib>

#include "command.h"
#include "noctule/base/text.h"
#include "noctule/server/server.h"

namespace noctule {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  noctule serve --data /var/lib/noctule\n"
    "  noctule serve --data DIR --listen 127.0.0.1:8000 --trusted-proxies 127.0.0.1\n"
    "  noctule serve --config /etc/noctule/noctule.toml\n"
    "  noctule serve --config noctule.toml --print-config";

// What the command line said, by key of the configuration.
struct Flags {
  std::string config;
  bool print = false;
  std::map<std::string, std::vector<std::string>> values;
};

Result<ConfigSources> gather(const Flags& flags) {
  ConfigSources sources{.file = flags.config, .variables = config_variables(), .flags = {}};
  if (const char* file = std::getenv("NOCTULE_CONFIG"); sources.file.empty() && file) sources.file = file;
  for (const auto& [key, values] : flags.values) {
    if (!values.empty()) sources.flags.emplace(key, values);
  }
  return sources;
}

// Signals come to this thread alone; the server's threads are started with them blocked.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void print_start(const Server& server) {
  for (const std::string& address : server.addresses()) fmt::print("listening on {}\n", address);
  if (const std::string setup = server.setup_address(); !setup.empty()) {
    fmt::print("nobody has an account yet; make the first one, once, within a day: {}\n", setup);
  }
  std::fflush(stdout);
}

Result<void> reload(Server& server, const Flags& flags) {
  NOCT_TRY(const ConfigSources sources, gather(flags));
  NOCT_TRY(const Config config, load_config(sources));
  return server.reload(config);
}

Result<int> serve(const Flags& flags) {
  NOCT_TRY(const ConfigSources sources, gather(flags));
  NOCT_TRY(const Config config, load_config(sources));
  if (flags.print) {
    fmt::print("{}", print_config(config, sources));
    return kExitOk;
  }
  const sigset_t signals = block_signals();
  NOCT_TRY(const auto server, Server::start(config));
  print_start(*server);
  for (;;) {
    int number = 0;
    if (sigwait(&signals, &number) != 0) continue;
    if (number != SIGHUP) break;
    // What is wrong in the new configuration is said, and the old one stays in force.
    if (auto reloaded = reload(*server, flags); !reloaded) complain(reloaded.error());
  }
  server->stop();
  return kExitOk;
}

}  // namespace

RunCommand add_serve(CLI::App& app) {
  CLI::App& command = *app.add_subcommand("serve", "Collect live traffic and answer questions about it, until SIGTERM");
  const auto flags = std::make_shared<Flags>();  // shared by the parser and what runs
  command.footer(kExamples);
  command.add_option("--config", flags->config, "TOML file with any of the values below; else NOCTULE_CONFIG")->option_text("FILE");
  command.add_flag("--print-config", flags->print, "Print the whole configuration and where each value came from, and end");
  for (const ConfigOption& option : config_options()) {
    auto* added = command.add_option(flag_of(option), flags->values[std::string(option.key)], fmt::format("{} [{}]", option.help, text_of(option, Config{})));
    added->option_text(std::string(option.value))->allow_extra_args(false);
  }
  return [flags] {
    const auto served = serve(*flags);
    return served ? *served : complain(served.error());
  };
}

}  // namespace noctule
