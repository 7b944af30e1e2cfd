#pragma once
// SPDX-License-Identifier: Apache-2.0
// Session: one connection, from bytes to answers. It is always in one state, and only ever on its I/O thread; how bytes come and go is
// its subclass's business (transport.h), so that it can be driven without a socket in tests and by the fuzzer.
//
//   Reading -> (parse, route, handle) -> Working (a worker has it) -> Holding (its ticket is not settled) -> Writing -> Reading
//                                                                                       Streaming, Draining -> Closed
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "noctule/http/http_server.h"
#include "request_parser.h"

namespace noctule {

class Session;

// Counted by one thread, read by others.
struct ThreadCounters {
  std::atomic<uint64_t> connections{0}, refused{0}, timeouts{0}, unreadable{0}, bytes_in{0}, bytes_out{0};
  std::array<std::atomic<uint64_t>, 6> responses{};
};
inline void count(std::atomic<uint64_t>& counter, uint64_t by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

// What a session needs from its thread.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  virtual bool submit(std::shared_ptr<Session> session, const Route& route) = 0;   // to a worker; false: the queue is full
  virtual void hold(std::shared_ptr<Session> session, Ticket ticket) = 0;          // calls on_settled later, in the same order
  [[nodiscard]] virtual std::shared_ptr<StreamWriter> make_stream(const std::shared_ptr<Session>& session) = 0;
  [[nodiscard]] virtual std::string_view date_line() const = 0;                    // "Date: ...\r\n"
  [[nodiscard]] virtual int64_t now_s() const = 0;                                 // coarse, monotonic
  [[nodiscard]] virtual const ProxyPolicy& proxies() const = 0;

  const Router* router = nullptr;
  const HttpOptions* options = nullptr;
  ThreadCounters counters;
  std::atomic<uint64_t>* open = nullptr;  // connections of all threads
  int number = 0;
  bool stopping = false;
};

struct Peer {
  std::string address;
  bool secure = false;
  Door door = Door::Public;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(SessionHost& host, Peer peer);
  virtual ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  // From the transport.
  void on_read(size_t count);      // 0: the other side has ended
  void on_read_failed();
  void on_written(bool ok);
  // From the host.
  void on_settled(Ticket ticket, bool ok);
  void on_worked(Response response);
  void on_stream(std::string piece);
  void end_stream();
  void sweep();                    // once a second: deadlines
  void stop_soon();
  void refuse();                   // instead of start(): 503 and the end

  [[nodiscard]] const Request& request() { return parser_.request(); }

 protected:
  // Asks for bytes into room; answers with on_read or on_read_failed, never before it returns.
  virtual void begin_read(std::span<char> room) = 0;
  // True: written at once. False: on_written will come.
  virtual bool begin_write(std::string_view bytes) = 0;
  virtual void end_sending() = 0;
  virtual void close() = 0;

 private:
  enum class State : uint8_t { Reading, Working, Holding, Writing, Streaming, Draining, Closed };
  struct Held {
    size_t at;       // of the answer in out_
    Ticket ticket;
    bool keep_alive;
  };

  void read();
  void ask_for_bytes();
  void go_on();
  bool take_request();             // false: nothing more can be done with what is buffered
  bool check_body(size_t size);
  void handle();
  void handle_unrouted(const Router::Match& match);
  void answer(const Response& response);
  void answer_failure(int status, std::string_view message);
  void append_built(const Response& response);
  void append_reply(const Prepared& reply, bool keep_alive);
  void finish_head(bool keep_alive);
  void flush();
  void after_write();
  void drain();
  void start_stream();
  void shut();
  void set_deadline(int seconds);
  [[nodiscard]] bool keeps_alive() const;

  SessionHost& host_;
  Peer peer_;
  RequestParser parser_;
  std::string client_address_;
  State state_ = State::Reading;
  int64_t deadline_s_ = 0;
  const Route* route_ = nullptr;   // of the request at hand
  bool head_only_ = false, closing_ = false;
  bool reading_ = false;           // a read is under way: the parser's buffer must stay where it is
  size_t answered_ = 0;            // requests in out_
  std::string out_, stream_waiting_;
  std::deque<Held> held_;          // answers in out_ that wait, in order
  size_t held_end_ = 0;            // of the last of them
  std::function<void(std::shared_ptr<StreamWriter>)> stream_;
  bool stream_writing_ = false;
};

}  // namespace noctule
