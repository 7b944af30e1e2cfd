// SPDX-License-Identifier: Apache-2.0
#include "io_thread.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>

#include <boost/asio/post.hpp>
#include <ctime>

namespace noctule {
namespace {

namespace net = boost::asio;
constexpr auto kTick = std::chrono::seconds(1);
constexpr auto kAcceptPause = std::chrono::milliseconds(100);  // after accept failed, as without descriptors: no busy loop

std::string make_date_line() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n", kDays[parts.tm_wday], parts.tm_mday, kMonths[parts.tm_mon],
                     parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

int64_t coarse_seconds() {
  std::timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec;
}

Peer peer_of(const Listen& listen, const Socket& socket) {
  Peer peer{{}, listen.tls, listen.door};
  IoError ec;
  const auto endpoint = socket.remote_endpoint(ec);
  if (ec || !listen.unix_path.empty()) return peer;
  AddressBytes bytes{};
  const auto* address = static_cast<const sockaddr*>(static_cast<const void*>(endpoint.data()));
  if (address->sa_family == AF_INET6) {
    const auto* v6 = static_cast<const sockaddr_in6*>(static_cast<const void*>(endpoint.data()));
    std::copy_n(v6->sin6_addr.s6_addr, 16, bytes.begin());
  } else {
    const auto* v4 = static_cast<const sockaddr_in*>(static_cast<const void*>(endpoint.data()));
    bytes[10] = bytes[11] = 0xff;
    std::copy_n(static_cast<const uint8_t*>(static_cast<const void*>(&v4->sin_addr)), 4, bytes.begin() + 12);
  }
  peer.address = address_text(bytes);
  return peer;
}

}  // namespace

// Pieces are carried to the connection's thread; what waits is counted here, so that a reader who is slow costs no memory.
struct IoThread::Stream final : StreamWriter {
  Stream(net::io_context& its_io, const std::shared_ptr<Session>& its_session) : io(its_io), session(its_session) {}
  bool send(std::string piece) override {
    const size_t size = piece.size();
    if (session.expired() || *waiting + size > kStreamPendingMax) return false;
    *waiting += size;
    net::post(io.get_executor(), [target = session, pending = waiting, text = std::move(piece)]() mutable {
      *pending -= text.size();
      if (const auto alive = target.lock()) alive->on_stream(std::move(text));
    });
    return true;
  }
  net::io_context& io;
  std::weak_ptr<Session> session;
  std::shared_ptr<std::atomic<size_t>> waiting = std::make_shared<std::atomic<size_t>>(0);  // shared with what was posted
};

IoThread::IoThread(Shared& shared, int thread_number)
    : shared_(shared), io_(1), timer_(io_.get_executor()), pause_(io_.get_executor()), proxies_(shared.options.proxies),
      date_line_(make_date_line()), now_s_(coarse_seconds()) {
  router = &shared.router;
  options = &shared.options;
  open = &shared.open;
  number = thread_number;
}

IoThread::~IoThread() { end(); }

void IoThread::add_listener(int descriptor, const Listen& listen) {
  const int family = listen.unix_path.empty() ? (listen.host.find(':') == std::string::npos ? AF_INET : AF_INET6) : AF_UNIX;
  auto listener = std::make_unique<Listener>(Listener{Acceptor(io_.get_executor()), listen});
  listener->acceptor.assign(net::generic::stream_protocol(family, 0), descriptor);
  listeners_.push_back(std::move(listener));
}

void IoThread::set_tls(std::shared_ptr<net::ssl::context> context) {
  net::post(io_.get_executor(), [this, context = std::move(context)]() mutable { tls_ = std::move(context); });
}

void IoThread::set_proxies(ProxyPolicy policy) {
  net::post(io_.get_executor(), [this, policy = std::move(policy)]() mutable { proxies_ = std::move(policy); });
}

void IoThread::run() {
  for (auto& listener : listeners_) accept(*listener);
  start_timer();
  thread_ = std::thread([this] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);  // signals are for the main thread
    io_.run();
  });
}

void IoThread::accept(Listener& listener) {
  listener.acceptor.async_accept([this, &listener](IoError ec, Socket socket) {
    if (stopping || ec == net::error::operation_aborted) return;
    if (!ec) {
      welcome(listener.listen, std::move(socket));
      return accept(listener);
    }
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this, &listener](IoError failed) {
      if (!failed && !stopping) accept(listener);
    });
  });
}

void IoThread::welcome(const Listen& listen, Socket socket) {
  Peer peer = peer_of(listen, socket);
  if (listen.unix_path.empty()) {
    const int on = 1;
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const bool full = shared_.open.load(std::memory_order_relaxed) >= options->limits.connections_max;
  if (listen.tls && !tls_) return;
  const auto session = listen.tls ? make_tls_session(*this, std::move(peer), std::move(socket), tls_)
                                  : make_plain_session(*this, std::move(peer), std::move(socket));
  sessions_.push_back(session);
  full ? session->refuse() : session->start();
}

void IoThread::start_timer() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](IoError ec) {
    if (ec) return;
    tick();
    start_timer();
  });
}

void IoThread::tick() {
  now_s_ = coarse_seconds();
  date_line_ = make_date_line();
  size_t kept = 0;
  for (size_t i = 0; i < sessions_.size(); ++i) {
    const auto session = sessions_[i].lock();
    if (!session) continue;
    session->sweep();
    if (kept != i) sessions_[kept] = std::move(sessions_[i]);
    ++kept;
  }
  sessions_.resize(kept);
}

bool IoThread::submit(std::shared_ptr<Session> session, const Route& route) {
  return shared_.workers->submit([this, session = std::move(session), &route]() mutable {
    Response response;
    route.handler(session->request(), response);
    net::post(io_.get_executor(), [session = std::move(session), response = std::move(response)]() mutable { session->on_worked(std::move(response)); });
  });
}

void IoThread::hold(std::shared_ptr<Session> session, Ticket ticket) { waiting_.push_back({std::move(session), ticket}); }

void IoThread::settle(Ticket through, bool ok) {
  {
    const std::lock_guard lock(settled_mutex_);
    settled_.push_back({through, ok});
    if (std::exchange(release_posted_, true)) return;
  }
  net::post(io_.get_executor(), [this] { release(); });
}

void IoThread::release() {
  {
    const std::lock_guard lock(settled_mutex_);
    settled_now_.swap(settled_);
    release_posted_ = false;
  }
  for (const Settlement& settlement : settled_now_) {
    while (!waiting_.empty() && waiting_.front().ticket <= settlement.through) {
      const Waiting waiting = std::move(waiting_.front());
      waiting_.pop_front();
      waiting.session->on_settled(waiting.ticket, settlement.ok);
    }
  }
  settled_now_.clear();
}

std::shared_ptr<StreamWriter> IoThread::make_stream(const std::shared_ptr<Session>& session) { return std::make_shared<Stream>(io_, session); }

void IoThread::begin_stop() {
  net::post(io_.get_executor(), [this] {
    stopping = true;
    IoError ignored;  // closing cannot fail in a way that matters
    for (auto& listener : listeners_) listener->acceptor.close(ignored);
    pause_.cancel();
    for (const auto& weak : sessions_) {
      if (const auto session = weak.lock()) session->stop_soon();
    }
  });
}

void IoThread::end() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace noctule
