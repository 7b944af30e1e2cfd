#pragma once
// SPDX-License-Identifier: Apache-2.0
// What can be configured: one table from which flags, environment variables, TOML keys, --print-config and the check of
// docs/configuration.md come. Later sources win: defaults, the TOML file, NOCTULE_* variables, flags.
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "noctule/base/result.h"

namespace noctule {

struct Config {
  std::string data;
  std::vector<std::string> listen = {"127.0.0.1:8000"};
  std::string base_url;
  std::string tls_certificate, tls_key;
  std::vector<std::string> trusted_proxies;
  std::string proxy_header = "X-Forwarded-For";
  std::vector<std::string> metrics_networks = {"127.0.0.0/8", "::1"};
  uint64_t threads = 0;
  uint64_t connections = 10'000;
  uint64_t header_timeout = 10, body_timeout = 30, idle_timeout = 75, write_timeout = 30, stop_timeout = 20;
  uint64_t rate_address = 100, rate_address_burst = 1'000, rate_site = 5'000, rate_site_burst = 20'000;
  uint64_t query_threads = 2, query_queue = 64, query_timeout = 30;
  uint64_t journal_pending = 8 << 20, journal_size = uint64_t{4} << 30;
  uint64_t store_memory = 384 << 20, store_threads = 2;
  uint64_t live_readers = 200;
  uint64_t ready_lag = 300;
  std::string log = "-", log_level = "info";
};

enum class Unit : uint8_t { Text, Count, Bytes, Seconds, List };

struct ConfigOption {
  using Member = std::variant<std::string Config::*, uint64_t Config::*, std::vector<std::string> Config::*>;
  std::string_view key;      // of TOML; the flag is "--" and this with '-' for '_', the variable NOCTULE_ and this in capitals
  Member member;
  Unit unit;
  std::string_view value;    // a word for the value, in help: "HOST:PORT"
  std::string_view help;
  bool live = false;         // SIGHUP takes a change up; else a restart does
  uint64_t min = 0, max = UINT64_MAX;
};
[[nodiscard]] std::span<const ConfigOption> config_options();
[[nodiscard]] std::string flag_of(const ConfigOption& option);         // "--rate-address"
[[nodiscard]] std::string variable_of(const ConfigOption& option);     // "NOCTULE_RATE_ADDRESS"
[[nodiscard]] std::string text_of(const ConfigOption& option, const Config& config);  // as TOML would have it: "5", "\"a\"", "[\"a\"]"

// Where values came from, beside the defaults.
struct ConfigSources {
  std::string file = {};                                   // TOML; empty: none
  std::map<std::string, std::string> variables = {};       // of the environment, those that begin with NOCTULE_
  std::map<std::string, std::vector<std::string>> flags = {};  // by key
};
// The variables of this process.
[[nodiscard]] std::map<std::string, std::string> config_variables();
// Error: InvalidInput: "FILE line 3: there is no key \"lisen\"; did you mean \"listen\"?", a value that is none, a file that cannot be read.
[[nodiscard]] Result<Config> load_config(const ConfigSources& sources);
// TOML of the whole configuration, each key with its help and where its value came from.
[[nodiscard]] std::string print_config(const Config& config, const ConfigSources& sources);

}  // namespace noctule
