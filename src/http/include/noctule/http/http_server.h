#pragma once
// SPDX-License-Identifier: Apache-2.0
// HttpServer: HTTP/1.1 over TCP, TLS and a unix socket, with one event loop per thread. Each thread has a listening socket of its own
// (SO_REUSEPORT), so that a connection stays on its thread for life and nothing on its way is locked.
//
// Requests are read as RFC 9112 says and strictly: what two servers could understand differently (a length and chunks, two
// lengths, a folded header, two hosts) is refused with 400 and the connection closed.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/http/message.h"
#include "noctule/http/networks.h"
#include "noctule/http/router.h"

namespace noctule {

// Every limit of a connection; docs/configuration.md names those that can be set.
struct HttpLimits {
  size_t header_bytes_max = 16 * 1024;   // 431
  size_t target_bytes_max = 8 * 1024;    // 414
  size_t headers_max = 100;              // 431
  size_t body_bytes_max = 16 * 1024 * 1024;  // 413; each route sets a lower one
  size_t connections_max = 10'000;       // of all threads; beyond it 503 and closed
  size_t pipelined_max = 64;             // requests answered with one write
  int header_timeout_s = 10;             // from the first byte to the end of the header: 408
  int body_timeout_s = 30;               // from there to the end of the body: 408
  int idle_timeout_s = 75;               // between requests: closed
  int write_timeout_s = 30;              // of one write: closed
  int drain_timeout_s = 2;               // what still comes after the last answer is thrown away for so long
  int workers = 2;                       // threads for slow handlers
  size_t worker_queue_max = 64;          // beyond it 503
};

struct Listen {
  std::string host;          // address or "*"; empty: unix
  uint16_t port = 0;         // 0: any free one
  bool tls = false;
  std::string unix_path;     // a socket of mode 0600; what stood there is replaced
  Door door = Door::Public;
};
// "127.0.0.1:8000", "[::1]:8000", "*:80", ":8000", "https://0.0.0.0:443". Error: InvalidInput.
[[nodiscard]] Result<Listen> parse_listen(std::string_view text);

struct TlsFiles {
  std::string certificate, key;  // PEM; the certificate with its chain
};

struct HttpOptions {
  std::vector<Listen> listen;
  int threads = 1;
  HttpLimits limits;
  TlsFiles tls;
  ProxyPolicy proxies;
  std::string common_headers;  // complete lines, on every response with page_security
  Prepared unsettled;          // instead of an answer whose ticket failed
};

struct HttpStatus {
  uint64_t connections_open = 0, connections = 0, connections_refused = 0;
  std::array<uint64_t, 6> responses{};  // by hundreds of the status; [0] is not used
  uint64_t timeouts = 0, unreadable = 0, worker_refused = 0, workers_busy = 0, worker_waiting = 0;
  uint64_t bytes_in = 0, bytes_out = 0;
};

class HttpServer {
 public:
  // Binds all addresses. Connections wait until run(). Error: Io (an address is taken, no right to it), InvalidInput (certificate).
  static Result<std::unique_ptr<HttpServer>> open(HttpOptions options, Router router);
  void run();     // starts the threads
  static Result<std::unique_ptr<HttpServer>> start(HttpOptions options, Router router);  // both
  ~HttpServer();  // stop(0)
  // "http://127.0.0.1:41234", in the order of HttpOptions::listen, with the ports really taken.
  [[nodiscard]] std::vector<std::string> addresses() const;
  // Any thread. Answers with tickets up to this one may go (ok) or have failed. Tickets of one call follow those of the last.
  void settle(Ticket through, bool ok);
  // New connections use the files as they are now. Error: InvalidInput, and the old ones stay in use.
  Result<void> reload_tls(const TlsFiles& files);
  void set_proxies(ProxyPolicy policy);
  // No new connections; open ones end after the answer they wait for, at the latest after grace_ms. Then all threads end.
  void stop(int grace_ms);
  [[nodiscard]] HttpStatus status() const;

 private:
  HttpServer();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noctule
