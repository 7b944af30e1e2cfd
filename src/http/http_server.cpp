// SPDX-License-Identifier: Apache-2.0
#include "noctule/http/http_server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "io_thread.h"
#include "listen.h"

namespace noctule {
namespace {

constexpr int kStopPollMs = 5;

}  // namespace

struct HttpServer::State {
  Shared shared;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::vector<std::string> addresses;
  bool ended = false;
};

HttpServer::HttpServer() : state_(std::make_unique<State>()) {}

HttpServer::~HttpServer() { stop(0); }

Result<std::unique_ptr<HttpServer>> HttpServer::open(HttpOptions options, Router router) {
  NOCT_ASSERT(options.threads > 0);
  std::unique_ptr<HttpServer> server(new HttpServer());
  State& state = *server->state_;
  state.shared.options = std::move(options);
  state.shared.router = std::move(router);
  HttpOptions& kept = state.shared.options;
  state.shared.workers = std::make_unique<WorkerPool>(kept.limits.workers, kept.limits.worker_queue_max);
  for (int i = 0; i < kept.threads; ++i) state.threads.push_back(std::make_unique<IoThread>(state.shared, i));
  bool tls = false;
  for (Listen& listen : kept.listen) {
    tls = tls || listen.tls;
    for (size_t i = 0; i < state.threads.size(); ++i) {
      if (i > 0 && !listen.unix_path.empty()) break;  // one is enough for the command line
      NOCT_TRY(Descriptor socket, bind_listen(listen));
      state.threads[i]->add_listener(socket.release(), listen);
    }
    state.addresses.push_back(listen_text(listen));
  }
  if (tls) {
    if (auto loaded = server->reload_tls(kept.tls); !loaded) return std::unexpected(loaded.error());
  }
  return server;
}

void HttpServer::run() {
  for (auto& thread : state_->threads) thread->run();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpOptions options, Router router) {
  NOCT_TRY(auto server, open(std::move(options), std::move(router)));
  server->run();
  return server;
}

std::vector<std::string> HttpServer::addresses() const { return state_->addresses; }

void HttpServer::settle(Ticket through, bool ok) {
  for (auto& thread : state_->threads) thread->settle(through, ok);
}

Result<void> HttpServer::reload_tls(const TlsFiles& files) {
  NOCT_TRY(const auto context, load_tls(files));
  for (auto& thread : state_->threads) thread->set_tls(context);
  return {};
}

void HttpServer::set_proxies(ProxyPolicy policy) {
  for (auto& thread : state_->threads) thread->set_proxies(policy);
}

void HttpServer::stop(int grace_ms) {
  if (std::exchange(state_->ended, true)) return;
  for (auto& thread : state_->threads) thread->begin_stop();
  for (int waited = 0; waited < grace_ms && state_->shared.open.load() > 0; waited += kStopPollMs) {
    std::this_thread::sleep_for(std::chrono::milliseconds(kStopPollMs));
  }
  state_->shared.workers->stop();
  for (auto& thread : state_->threads) thread->end();
  for (const Listen& listen : state_->shared.options.listen) {
    if (!listen.unix_path.empty()) ::unlink(listen.unix_path.c_str());
  }
}

HttpStatus HttpServer::status() const {
  HttpStatus status;
  for (const auto& thread : state_->threads) {
    const ThreadCounters& counters = thread->counters;
    status.connections += counters.connections;
    status.connections_refused += counters.refused;
    status.timeouts += counters.timeouts;
    status.unreadable += counters.unreadable;
    status.bytes_in += counters.bytes_in;
    status.bytes_out += counters.bytes_out;
    for (size_t i = 0; i < status.responses.size(); ++i) status.responses[i] += counters.responses[i];
  }
  status.connections_open = state_->shared.open;
  const WorkerPool::Load load = state_->shared.workers->load();
  status.workers_busy = load.busy;
  status.worker_waiting = load.waiting;
  status.worker_refused = load.refused;
  return status;
}

}  // namespace noctule
