// SPDX-License-Identifier: Apache-2.0
#include "noctule/server/config.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "config_file.h"
#include "noctule/base/nearest.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr uint64_t kMega = 1 << 20, kSecondsMax = 86'400;
constexpr std::string_view kVariablePrefix = "NOCTULE_";

constexpr ConfigOption kOptions[] = {
    {"data", &Config::data, Unit::Text, "DIR", "The folder that holds everything: settings, journal, events, keys"},
    {"listen", &Config::listen, Unit::List, "HOST:PORT", "Where to listen: 127.0.0.1:8000, [::1]:8000, *:80, https://*:443; port 0 takes a free one"},
    {"base_url", &Config::base_url, Unit::Text, "URL", "How browsers reach the server, as https://stats.example.org; of links that are shown", true},
    {"tls_certificate", &Config::tls_certificate, Unit::Text, "FILE", "Certificate with its chain, PEM; for https addresses", true},
    {"tls_key", &Config::tls_key, Unit::Text, "FILE", "Its private key, PEM", true},
    {"trusted_proxies", &Config::trusted_proxies, Unit::List, "NETWORK", "Proxies whose header on the client's address is believed: 127.0.0.1, 10.0.0.0/8, 2001:db8::/32", true},
    {"proxy_header", &Config::proxy_header, Unit::Text, "NAME", "The header that they write: X-Forwarded-For or Forwarded", true},
    {"metrics_networks", &Config::metrics_networks, Unit::List, "NETWORK", "Who may read /metrics", true},
    {"threads", &Config::threads, Unit::Count, "N", "Threads for connections; 0: one for each processor, at most 8", false, 0, 64},
    {"connections", &Config::connections, Unit::Count, "N", "Connections at once; beyond them 503", false, 1, 1'000'000},
    {"header_timeout", &Config::header_timeout, Unit::Seconds, "SECONDS", "For the header of a request", false, 1, kSecondsMax},
    {"body_timeout", &Config::body_timeout, Unit::Seconds, "SECONDS", "For the body of a request", false, 1, kSecondsMax},
    {"idle_timeout", &Config::idle_timeout, Unit::Seconds, "SECONDS", "Between two requests of a connection", false, 1, kSecondsMax},
    {"write_timeout", &Config::write_timeout, Unit::Seconds, "SECONDS", "For taking an answer", false, 1, kSecondsMax},
    {"stop_timeout", &Config::stop_timeout, Unit::Seconds, "SECONDS", "For finishing what is under way when stopping", false, 0, kSecondsMax},
    {"rate_address", &Config::rate_address, Unit::Count, "N", "Collecting requests a second from one client address, on average; 0: any", true},
    {"rate_address_burst", &Config::rate_address_burst, Unit::Count, "N", "And at once", true, 1},
    {"rate_site", &Config::rate_site, Unit::Count, "N", "Collecting requests a second for one site, on average; 0: any", true},
    {"rate_site_burst", &Config::rate_site_burst, Unit::Count, "N", "And at once", true, 1},
    {"query_threads", &Config::query_threads, Unit::Count, "N", "Threads for questions and accounts", false, 1, 64},
    {"query_queue", &Config::query_queue, Unit::Count, "N", "Questions that wait for them; beyond it 503", false, 1, 100'000},
    {"query_timeout", &Config::query_timeout, Unit::Seconds, "SECONDS", "For one question", false, 1, kSecondsMax},
    {"journal_pending", &Config::journal_pending, Unit::Bytes, "SIZE", "Events that wait for the disk; beyond it 503", false, kMega},
    {"journal_size", &Config::journal_size, Unit::Bytes, "SIZE", "Events on disk that wait to be loaded; beyond it 503", false, kMega},
    {"store_memory", &Config::store_memory, Unit::Bytes, "SIZE", "Memory of the event store", false, 64 * kMega},
    {"store_threads", &Config::store_threads, Unit::Count, "N", "Threads of the event store", false, 1, 64},
    {"live_readers", &Config::live_readers, Unit::Count, "N", "Who may follow live visitors at once; beyond it 503", false, 0, 100'000},
    {"ready_lag", &Config::ready_lag, Unit::Seconds, "SECONDS", "How far loading may be behind before /health/ready says no", true, 1, kSecondsMax},
    {"log", &Config::log, Unit::Text, "FILE", "Log file, opened again on SIGHUP; - is standard error", false},
    {"log_level", &Config::log_level, Unit::Text, "LEVEL", "debug, info, warning or error", true},
};

const ConfigOption* find_option(std::string_view key) {
  const auto found = std::ranges::find(kOptions, key, &ConfigOption::key);
  return found == std::end(kOptions) ? nullptr : &*found;
}

std::unexpected<Error> unknown(std::string_view where, std::string_view kind, std::string_view name, std::string (*as)(const ConfigOption&)) {
  std::vector<std::string> names;
  for (const ConfigOption& option : kOptions) names.push_back(as(option));
  const std::string_view nearest = nearest_name(name, names);
  return fail(ErrorCode::InvalidInput, fmt::format("{}: there is no {} \"{}\"{}", where, kind, printable(name, 60),
                                                   nearest.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", nearest)));
}

std::string key_of(const ConfigOption& option) { return std::string(option.key); }

Result<uint64_t> parse_number(const ConfigOption& option, std::string_view text) {
  uint64_t unit = 1;
  std::string_view digits = text;
  if (option.unit == Unit::Bytes && !digits.empty() && !is_digit(digits.back())) {
    const char letter = to_lower(digits.back());
    unit = letter == 'k' ? 1ULL << 10 : letter == 'm' ? 1ULL << 20 : letter == 'g' ? 1ULL << 30 : 0;
    digits.remove_suffix(1);
  }
  const auto number = parse_decimal(digits);
  if (!number || unit == 0 || *number > UINT64_MAX / unit || *number * unit < option.min || *number * unit > option.max) {
    const std::string range = option.max == UINT64_MAX ? fmt::format("{} or more", option.min) : fmt::format("{} to {}", option.min, option.max);
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no value for {}: expected a whole number{}, {}", printable(text, 40), option.key,
                                                     option.unit == Unit::Bytes ? " with nothing, K, M or G" : "", range));
  }
  return *number * unit;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    if (const auto part = trim(text.substr(0, comma)); !part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

Result<void> apply(Config& config, const ConfigOption& option, std::span<const std::string> values) {
  if (const auto* list = std::get_if<std::vector<std::string> Config::*>(&option.member)) {
    (config.*(*list)).assign(values.begin(), values.end());
    return {};
  }
  if (values.size() != 1) return fail(ErrorCode::InvalidInput, fmt::format("{} takes one value", option.key));
  if (const auto* text = std::get_if<std::string Config::*>(&option.member)) {
    config.*(*text) = values.front();
    return {};
  }
  NOCT_TRY(config.*std::get<uint64_t Config::*>(option.member), parse_number(option, values.front()));
  return {};
}

std::unexpected<Error> at(std::string_view where, const Error& error) { return fail(error.code, fmt::format("{}: {}", where, error.message)); }

Result<void> apply_file(Config& config, const std::string& path) {
  NOCT_TRY(const auto entries, read_config_file(path));
  for (const ConfigEntry& entry : entries) {
    const std::string where = fmt::format("{} line {}", path, entry.line);
    const ConfigOption* option = find_option(entry.key);
    if (!option) return unknown(where, "key", entry.key, &key_of);
    if (entry.is_list && option->unit != Unit::List) return fail(ErrorCode::InvalidInput, fmt::format("{}: {} takes one value, not a list", where, option->key));
    if (auto applied = apply(config, *option, entry.values); !applied) return at(where, applied.error());
  }
  return {};
}

Result<void> apply_variables(Config& config, const std::map<std::string, std::string>& variables) {
  for (const auto& [name, value] : variables) {
    if (name == kConfigFileVariable) continue;
    const auto option = std::ranges::find_if(kOptions, [&](const ConfigOption& candidate) { return variable_of(candidate) == name; });
    if (option == std::end(kOptions)) return unknown("environment", "variable", name, &variable_of);
    const auto values = option->unit == Unit::List ? split_list(value) : std::vector<std::string>{value};
    if (auto applied = apply(config, *option, values); !applied) return at(name, applied.error());
  }
  return {};
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

std::string_view source_of(const ConfigOption& option, const ConfigSources& sources, std::span<const std::string> in_file) {
  if (sources.flags.contains(std::string(option.key))) return "flag";
  if (sources.variables.contains(variable_of(option))) return "environment";
  return std::ranges::find(in_file, option.key) != in_file.end() ? "file" : "default";
}

}  // namespace

std::span<const ConfigOption> config_options() { return kOptions; }

std::string flag_of(const ConfigOption& option) {
  std::string name = "--";
  for (const char c : option.key) name += c == '_' ? '-' : c;
  return name;
}

std::string variable_of(const ConfigOption& option) {
  std::string name(kVariablePrefix);
  for (const char c : option.key) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

std::string text_of(const ConfigOption& option, const Config& config) {
  if (const auto* text = std::get_if<std::string Config::*>(&option.member)) return quoted(config.*(*text));
  if (const auto* number = std::get_if<uint64_t Config::*>(&option.member)) return fmt::to_string(config.*(*number));
  std::vector<std::string> parts;
  for (const std::string& value : config.*std::get<std::vector<std::string> Config::*>(option.member)) parts.push_back(quoted(value));
  return fmt::format("[{}]", fmt::join(parts, ", "));
}

std::map<std::string, std::string> config_variables() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (text.starts_with(kVariablePrefix) && equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

Result<Config> load_config(const ConfigSources& sources) {
  Config config;
  if (!sources.file.empty()) {
    if (auto applied = apply_file(config, sources.file); !applied) return std::unexpected(applied.error());
  }
  if (auto applied = apply_variables(config, sources.variables); !applied) return std::unexpected(applied.error());
  for (const auto& [key, values] : sources.flags) {
    const ConfigOption* option = find_option(key);
    NOCT_ASSERT(option);
    if (auto applied = apply(config, *option, values); !applied) return at(flag_of(*option), applied.error());
  }
  return config;
}

std::string print_config(const Config& config, const ConfigSources& sources) {
  std::vector<std::string> in_file;
  if (const auto entries = sources.file.empty() ? Result<std::vector<ConfigEntry>>() : read_config_file(sources.file); entries) {
    for (const ConfigEntry& entry : *entries) in_file.push_back(entry.key);
  }
  std::string out;
  for (const ConfigOption& option : kOptions) {
    out += fmt::format("# {}\n{} = {}  # {}\n", option.help, option.key, text_of(option, config), source_of(option, sources, in_file));
  }
  return out;
}

}  // namespace noctule
