#pragma once
// SPDX-License-Identifier: Apache-2.0
// A blocking connection to a server under test.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <string_view>

#include "noctule/base/text.h"

namespace noctule::testing {

class Connection {
 public:
  // "http://127.0.0.1:1234" or "unix:/path".
  explicit Connection(std::string_view address) {
    if (address.starts_with("unix:")) {
      sockaddr_un path{};
      path.sun_family = AF_UNIX;
      std::memcpy(path.sun_path, address.data() + 5, address.size() - 5);
      socket_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
      open_ = ::connect(socket_, static_cast<const sockaddr*>(static_cast<const void*>(&path)), sizeof path) == 0;
      return;
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<uint16_t>(parse_decimal(address.substr(address.rfind(':') + 1)).value_or(0)));
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    timeval limit{20, 0};  // so that a test that fails ends
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    open_ = ::connect(socket_, static_cast<const sockaddr*>(static_cast<const void*>(&v4)), sizeof v4) == 0;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(socket_); }

  [[nodiscard]] bool is_open() const { return open_; }
  [[nodiscard]] int descriptor() const { return socket_; }
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  void end_sending() const { ::shutdown(socket_, SHUT_WR); }
  // One answer: header, and a body by its Content-Length. Empty: the connection ended.
  std::string receive() {
    size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more()) return std::exchange(buffer_, {});
    }
    size_t size = 0;
    if (const size_t at = buffer_.find("Content-Length: "); at < end) size = std::stoul(buffer_.substr(at + 16));
    while (buffer_.size() < end + 4 + size) {
      if (!read_more()) return std::exchange(buffer_, {});
    }
    std::string answer = buffer_.substr(0, end + 4 + size);
    buffer_.erase(0, answer.size());
    return answer;
  }
  std::string ask(std::string_view bytes) {
    send(bytes);
    return receive();
  }
  // Until this text came, or the end.
  std::string receive_until(std::string_view text) {
    while (buffer_.find(text) == std::string::npos && read_more()) {}
    return std::exchange(buffer_, {});
  }
  std::string receive_all() {
    while (read_more()) {}
    return std::exchange(buffer_, {});
  }

 private:
  bool read_more() {
    char bytes[16384];
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
    if (size <= 0) return false;
    buffer_.append(bytes, static_cast<size_t>(size));
    return true;
  }
  int socket_ = -1;
  bool open_ = false;
  std::string buffer_;
};

}  // namespace noctule::testing
