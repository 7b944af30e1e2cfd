// SPDX-License-Identifier: Apache-2.0
#include "account_routes.h"
#include "noctule/server/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "housekeeping.h"
#include "noctule/base/text.h"
#include "routes.h"
#include "version.h"

namespace noctule {
namespace {

constexpr unsigned kThreadsMaxByItself = 8;

// Of every page and answer that is not for trackers. Scripts and styles come from this origin alone, none stands in a page.
constexpr std::string_view kCommonHeaders =
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), microphone=(), geolocation=(), browsing-topics=()\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n";

int64_t wall_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

int thread_count(const Config& config) {
  if (config.threads > 0) return static_cast<int>(config.threads);
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, kThreadsMaxByItself));
}

Result<ProxyPolicy> read_proxies(const Config& config) {
  ProxyPolicy policy;
  NOCT_TRY(policy.trusted, NetworkList::parse(config.trusted_proxies));
  if (equals_ignoring_case(config.proxy_header, "Forwarded")) {
    policy.header = ProxyHeader::Forwarded;
  } else if (!equals_ignoring_case(config.proxy_header, "X-Forwarded-For")) {
    return fail(ErrorCode::InvalidInput, fmt::format("proxy_header is \"{}\": expected X-Forwarded-For or Forwarded", printable(config.proxy_header, 40)));
  }
  return policy;
}

Result<LogLevel> read_level(const Config& config) {
  if (const auto level = log_level_named(config.log_level)) return *level;
  return fail(ErrorCode::InvalidInput, fmt::format("log_level is \"{}\": expected debug, info, warning or error", printable(config.log_level, 40)));
}

Result<HttpOptions> read_http(const Config& config) {
  HttpOptions options;
  for (const std::string& text : config.listen) {
    NOCT_TRY(const Listen listen, parse_listen(text));
    if (listen.tls && (config.tls_certificate.empty() || config.tls_key.empty())) {
      return fail(ErrorCode::InvalidInput, fmt::format("{} needs tls_certificate and tls_key", text));
    }
    options.listen.push_back(listen);
  }
  if (options.listen.empty()) return fail(ErrorCode::InvalidInput, "listen names no address");
  Listen control;
  control.unix_path = DataFolder(config.data).control_socket();
  control.door = Door::Control;
  options.listen.push_back(control);
  options.threads = thread_count(config);
  options.tls = {config.tls_certificate, config.tls_key};
  NOCT_TRY(options.proxies, read_proxies(config));
  HttpLimits& limits = options.limits;
  limits.connections_max = config.connections;
  limits.header_timeout_s = static_cast<int>(config.header_timeout);
  limits.body_timeout_s = static_cast<int>(config.body_timeout);
  limits.idle_timeout_s = static_cast<int>(config.idle_timeout);
  limits.write_timeout_s = static_cast<int>(config.write_timeout);
  limits.workers = static_cast<int>(config.query_threads);
  limits.worker_queue_max = config.query_queue;
  options.common_headers = kCommonHeaders;
  return options;
}

}  // namespace

// In the order in which things are made; they end in the other one.
struct Server::State {
  std::unique_ptr<EventLog> log;
  std::optional<DataFolderLock> lock;
  std::unique_ptr<Metrics> metrics;
  std::unique_ptr<Services> services;
  std::unique_ptr<CollectService> collect;
  LiveHub live;
  std::unique_ptr<HttpServer> http;      // before the journal, which tells it what is on disk until it ends
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Store> store;
  std::unique_ptr<QueryEngine> query;
  std::unique_ptr<Loader> loader;
  std::unique_ptr<Housekeeping> housekeeping;
  std::string setup_token;
  Config config;
  bool stopped = false;

  Result<void> open_folder();
  Result<void> open_data();
  Result<void> begin_serving(HttpOptions options);
};

Result<void> Server::State::open_folder() {
  const DataFolder folder(config.data);
  if (auto created = folder.create(); !created) return created;
  NOCT_TRY(lock, DataFolderLock::take(folder));
  services = std::make_unique<Services>(config, *metrics, *log);
  services->now_ms = &wall_clock_ms;
  services->started_ms = wall_clock_ms();
  NOCT_TRY(auto networks, NetworkList::parse(config.metrics_networks));
  services->metrics_networks.set(std::move(networks));
  NOCT_TRY(const auto settings, services->settings.lease());
  NOCT_TRY(auto sites, read_sites(*settings));
  services->sites.set(std::move(sites));
  NOCT_TRY(const auto users, settings->users());
  if (users.empty()) {
    NOCT_TRY(setup_token, settings->make_setup_token(wall_clock_ms()));
  }
  return {};
}

Result<void> Server::State::open_data() {
  const DataFolder& folder = services->folder;
  JournalOptions journal_options;
  journal_options.path = folder.journal();
  journal_options.pending_bytes_max = config.journal_pending;
  journal_options.file_bytes_max = config.journal_size;
  NOCT_TRY(journal, Journal::open(journal_options));
  DuckOptions store_options;
  store_options.path = folder.events();
  store_options.memory_bytes_max = config.store_memory;
  store_options.threads = static_cast<int>(config.store_threads);
  store_options.readers = static_cast<int>(config.query_threads);
  store_options.read_timeout_ms = static_cast<int>(config.query_timeout * 1'000);
  store_options.backup_folder = folder.backups();
  NOCT_TRY(store, open_duckdb(store_options));
  query = std::make_unique<QueryEngine>(*store);
  services->journal = journal.get();
  services->store = store.get();
  services->query = query.get();
  return {};
}

Result<void> Server::State::begin_serving(HttpOptions options) {
  const int64_t now = wall_clock_ms();
  NOCT_TRY(KeyRing keys, KeyRing::open(config.data, now));
  collect = std::make_unique<CollectService>(*services, std::move(keys), options.threads);
  options.unsettled = collect->try_later();
  NOCT_TRY(http, HttpServer::open(std::move(options), make_router(*services, *collect, live)));
  services->http = http.get();
  journal->add_listener([this](Journal::Place settled, const Result<void>& outcome) { http->settle(settled, outcome.has_value()); });
  NOCT_TRY(loader, Loader::start(*journal, *store));
  services->loader = loader.get();
  loader->set_listener([this](std::span<const EventRow> rows) { live.on_rows(rows); });
  NOCT_TRY(Settings settings, Settings::open(config.data));
  housekeeping = std::make_unique<Housekeeping>(*services, *collect, live, std::move(settings));
  http->run();
  return {};
}

Server::Server() : state_(std::make_unique<State>()) {}

Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(const Config& config) {
  if (config.data.empty()) return fail(ErrorCode::InvalidInput, "name the folder for the data: --data DIR, NOCTULE_DATA or data in the configuration file");
  NOCT_TRY(const LogLevel level, read_level(config));
  NOCT_TRY(HttpOptions options, read_http(config));
  std::unique_ptr<Server> server(new Server());
  State& state = *server->state_;
  state.config = config;
  NOCT_TRY(state.log, EventLog::open(config.log, level));
  state.metrics = std::make_unique<Metrics>(options.threads);
  if (auto opened = state.open_folder(); !opened) return std::unexpected(opened.error());
  if (auto opened = state.open_data(); !opened) return std::unexpected(opened.error());
  if (auto begun = state.begin_serving(std::move(options)); !begun) return std::unexpected(begun.error());
  state.log->write(LogLevel::Info, "started", {{"version", std::string(kVersion)}, {"addresses", fmt::format("{}", fmt::join(server->addresses(), " "))}});
  return server;
}

std::vector<std::string> Server::addresses() const {
  auto addresses = state_->http->addresses();
  addresses.pop_back();  // the control socket
  return addresses;
}

std::string Server::setup_address() const {
  if (state_->setup_token.empty()) return {};
  return fmt::format("{}{}{}", state_->services->base_url(), kSetupPath, state_->setup_token);
}

Result<void> Server::reload(const Config& config) {
  State& state = *state_;
  NOCT_TRY(const LogLevel level, read_level(config));
  NOCT_TRY(ProxyPolicy proxies, read_proxies(config));
  NOCT_TRY(NetworkList networks, NetworkList::parse(config.metrics_networks));
  const bool tls = std::ranges::any_of(state.config.listen, [](const std::string& text) { return text.starts_with("https://"); });
  if (tls) {
    if (auto loaded = state.http->reload_tls({config.tls_certificate, config.tls_key}); !loaded) return loaded;
  }
  state.log->reopen();
  state.log->set_level(level);
  state.http->set_proxies(std::move(proxies));
  state.services->metrics_networks.set(std::move(networks));
  state.services->config.set(config);
  state.collect->set_rates(config);
  state.housekeeping->look_now();
  ++state.metrics->reloads;
  state.log->write(LogLevel::Info, "reloaded");
  return {};
}

void Server::stop() {
  State& state = *state_;
  if (std::exchange(state.stopped, true) || !state.http) return;
  const int grace_ms = static_cast<int>(state.config.stop_timeout * 1'000);
  state.http->stop(grace_ms);      // answers what is under way; nothing is appended afterwards
  state.housekeeping.reset();
  state.journal->stop();           // commits the rest
  const bool loaded = state.loader && state.loader->catch_up(grace_ms);
  state.loader.reset();
  if (state.log) state.log->write(LogLevel::Info, "stopped", {{"all_loaded", static_cast<int64_t>(loaded)}});
}

}  // namespace noctule
