// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "transport.h"

namespace noctule {
namespace {

class PlainSession final : public Session {
 public:
  PlainSession(SessionHost& host, Peer peer, Socket socket) : Session(host, std::move(peer)), socket_(std::move(socket)) {}

 private:
  std::shared_ptr<PlainSession> self() { return std::static_pointer_cast<PlainSession>(shared_from_this()); }

  void begin_read(std::span<char> room) override {
    socket_.async_read_some(boost::asio::buffer(room.data(), room.size()), [session = self()](IoError ec, size_t size) {
      if (ec && ec != boost::asio::error::eof) return session->on_read_failed();
      session->on_read(ec ? 0 : size);
    });
  }

  // Nearly every answer fits into the socket's buffer: it is written in place, and the event loop is asked only for the rest.
  bool begin_write(std::string_view bytes) override {
    IoError ec;
    const size_t written = socket_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), ec);
    if (!ec && written == bytes.size()) return true;
    if (ec && ec != boost::asio::error::would_block) {
      boost::asio::post(socket_.get_executor(), [session = self()] { session->on_written(false); });
      return false;
    }
    bytes.remove_prefix(ec ? 0 : written);
    boost::asio::async_write(socket_, boost::asio::buffer(bytes.data(), bytes.size()),
                             [session = self()](IoError failed, size_t) { session->on_written(!failed); });
    return false;
  }

  void end_sending() override {
    IoError ignored;  // the other side may have gone
    socket_.shutdown(Socket::shutdown_send, ignored);
  }

  void close() override {
    IoError ignored;  // nothing can be done about it
    socket_.close(ignored);
  }

  Socket socket_;
};

}  // namespace

std::shared_ptr<Session> make_plain_session(SessionHost& host, Peer peer, Socket socket) {
  IoError ignored;  // a socket that cannot has gone already, which the first read says
  socket.non_blocking(true, ignored);
  return std::make_shared<PlainSession>(host, std::move(peer), std::move(socket));
}

}  // namespace noctule
