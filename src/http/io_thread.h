#pragma once
// SPDX-License-Identifier: Apache-2.0
// IoThread: one event loop with its listening sockets and all connections that came in through them.
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <mutex>
#include <thread>

#include "transport.h"
#include "worker_pool.h"

namespace noctule {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol, Executor>;

// What all threads of a server share.
struct Shared {
  HttpOptions options;
  Router router;
  std::unique_ptr<WorkerPool> workers;
  std::atomic<uint64_t> open{0};  // connections
};

class IoThread final : public SessionHost {
 public:
  IoThread(Shared& shared, int thread_number);
  ~IoThread() override;

  // Before run: takes a bound, listening socket.
  void add_listener(int descriptor, const Listen& listen);
  void set_tls(std::shared_ptr<boost::asio::ssl::context> context);  // any thread
  void set_proxies(ProxyPolicy policy);                              // any thread
  void run();                                                        // starts the thread
  void settle(Ticket through, bool ok);                              // any thread
  void begin_stop();                                                 // any thread: closes what is idle
  void end();                                                        // any thread: closes everything, joins

  bool submit(std::shared_ptr<Session> session, const Route& route) override;
  void hold(std::shared_ptr<Session> session, Ticket ticket) override;
  std::shared_ptr<StreamWriter> make_stream(const std::shared_ptr<Session>& session) override;
  std::string_view date_line() const override { return date_line_; }
  int64_t now_s() const override { return now_s_; }
  const ProxyPolicy& proxies() const override { return proxies_; }

 private:
  struct Listener {
    Acceptor acceptor;
    Listen listen;
  };
  struct Settlement {
    Ticket through;
    bool ok;
  };
  struct Waiting {
    std::shared_ptr<Session> session;
    Ticket ticket;
  };
  struct Stream;

  void accept(Listener& listener);
  void welcome(const Listen& listen, Socket socket);
  void start_timer();
  void tick();
  void release();

  Shared& shared_;
  boost::asio::io_context io_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor> timer_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor> pause_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::weak_ptr<Session>> sessions_;   // swept once a second; those that are gone are dropped then
  std::deque<Waiting> waiting_;                    // in order of tickets
  std::mutex settled_mutex_;
  std::vector<Settlement> settled_, settled_now_;
  bool release_posted_ = false;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  ProxyPolicy proxies_;
  std::string date_line_;
  int64_t now_s_ = 0;
  std::thread thread_;
};

}  // namespace noctule
