// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "transport.h"

namespace noctule {
namespace {

class TlsSession final : public Session {
 public:
  TlsSession(SessionHost& host, Peer peer, Socket socket, std::shared_ptr<boost::asio::ssl::context> context)
      : Session(host, std::move(peer)), context_(std::move(context)), stream_(std::move(socket), *context_) {}

 private:
  std::shared_ptr<TlsSession> self() { return std::static_pointer_cast<TlsSession>(shared_from_this()); }

  // The handshake comes before the first read; the header's deadline covers it.
  void begin_read(std::span<char> room) override {
    if (open_) return read_some(room);
    stream_.async_handshake(boost::asio::ssl::stream_base::server, [session = self(), room](IoError ec) {
      if (ec) return session->on_read_failed();
      session->open_ = true;
      session->read_some(room);
    });
  }

  void read_some(std::span<char> room) {
    stream_.async_read_some(boost::asio::buffer(room.data(), room.size()), [session = self()](IoError ec, size_t size) {
      if (ec && ec != boost::asio::error::eof && ec != boost::asio::ssl::error::stream_truncated) return session->on_read_failed();
      session->on_read(ec ? 0 : size);
    });
  }

  bool begin_write(std::string_view bytes) override {
    if (!open_) {  // nobody to talk to: refused before the handshake
      boost::asio::post(stream_.get_executor(), [session = self()] { session->on_written(false); });
      return false;
    }
    boost::asio::async_write(stream_, boost::asio::buffer(bytes.data(), bytes.size()),
                             [session = self()](IoError ec, size_t) { session->on_written(!ec); });
    return false;
  }

  // close_notify, without waiting for the other's.
  void end_sending() override {
    stream_.async_shutdown([session = self()](IoError) {
      IoError ignored;
      session->stream_.lowest_layer().shutdown(Socket::shutdown_send, ignored);
    });
  }

  void close() override {
    IoError ignored;  // nothing can be done about it
    stream_.lowest_layer().close(ignored);
  }

  std::shared_ptr<boost::asio::ssl::context> context_;  // shared with the listener, which may have replaced it since
  boost::asio::ssl::stream<Socket> stream_;
  bool open_ = false;
};

}  // namespace

std::shared_ptr<Session> make_tls_session(SessionHost& host, Peer peer, Socket socket, std::shared_ptr<boost::asio::ssl::context> context) {
  return std::make_shared<TlsSession>(host, std::move(peer), std::move(socket), std::move(context));
}

}  // namespace noctule
