#pragma once
// SPDX-License-Identifier: Apache-2.0
// A session without a socket: bytes are fed by hand, answers are kept, the clock stands until it is moved.
#include <cstring>
#include <string>
#include <string_view>

#include "session.h"

namespace noctule::testing {

class FakeHost final : public SessionHost {
 public:
  FakeHost(const Router& routes, const HttpOptions& http) {
    router = &routes;
    options = &http;
    open = &connections;
  }
  bool submit(std::shared_ptr<Session> session, const Route& route) override {
    if (queue_full) return false;
    working = std::move(session);
    work = &route;
    return true;
  }
  // Runs what a worker would.
  void finish_work() {
    Response response;
    work->handler(working->request(), response);
    auto session = std::move(working);
    session->on_worked(std::move(response));
  }
  void hold(std::shared_ptr<Session> session, Ticket ticket) override { held.emplace_back(std::move(session), ticket); }
  void settle(Ticket through, bool ok) {
    while (!held.empty() && held.front().second <= through) {
      auto [session, ticket] = held.front();
      held.erase(held.begin());
      session->on_settled(ticket, ok);
    }
  }
  std::shared_ptr<StreamWriter> make_stream(const std::shared_ptr<Session>& session) override {
    struct Direct final : StreamWriter {
      explicit Direct(std::shared_ptr<Session> its_session) : session(std::move(its_session)) {}
      bool send(std::string piece) override {
        session->on_stream(std::move(piece));
        return true;
      }
      std::shared_ptr<Session> session;
    };
    return std::make_shared<Direct>(session);
  }
  std::string_view date_line() const override { return "Date: now\r\n"; }
  int64_t now_s() const override { return clock_s; }
  const ProxyPolicy& proxies() const override { return options->proxies; }

  std::atomic<uint64_t> connections{0};
  int64_t clock_s = 1'000;
  bool queue_full = false;
  std::shared_ptr<Session> working;
  const Route* work = nullptr;
  std::vector<std::pair<std::shared_ptr<Session>, Ticket>> held;
};

class FakeSession final : public Session {
 public:
  using Session::Session;

  // As much as the session asked room for, again and again.
  void feed(std::string_view bytes) {
    while (!bytes.empty() && wants_bytes() && !closed) {
      const size_t size = std::min(bytes.size(), room.size());
      std::memcpy(room.data(), bytes.data(), size);
      bytes.remove_prefix(size);
      room = {};
      on_read(size);
    }
  }
  [[nodiscard]] bool wants_bytes() const { return !room.empty(); }
  std::string take_output() { return std::exchange(output, {}); }

  std::string output;
  bool closed = false, ended_sending = false;

 private:
  void begin_read(std::span<char> its_room) override { room = its_room; }
  bool begin_write(std::string_view bytes) override {
    output.append(bytes);
    return true;
  }
  void end_sending() override { ended_sending = true; }
  void close() override { closed = true; }
  std::span<char> room;
};

inline size_t count_of(std::string_view text, std::string_view needle) {
  size_t count = 0;
  for (size_t at = text.find(needle); at != std::string_view::npos; at = text.find(needle, at + needle.size())) ++count;
  return count;
}

}  // namespace noctule::testing
