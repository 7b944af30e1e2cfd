// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/web_probe.h"

#include <fmt/format.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "noctule/base/text.h"

namespace noctule {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};

class Socket {
 public:
  explicit Socket(int number) : number_(number) {}
  Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

Result<Socket> connect_to(const std::string& host, uint16_t port, int timeout_ms) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int failed = ::getaddrinfo(host.c_str(), fmt::format("{}", port).c_str(), &hints, &list); failed != 0) {
    return fail(ErrorCode::Io, fmt::format("{}: {}", host, ::gai_strerror(failed)));
  }
  const std::unique_ptr<addrinfo, FreeAddresses> owned(list);
  int error = ECONNREFUSED;
  const timeval patience{.tv_sec = timeout_ms / 1'000, .tv_usec = timeout_ms % 1'000 * 1'000};
  for (const addrinfo* address = list; address != nullptr; address = address->ai_next) {
    Socket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket.number() < 0) continue;
    ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);  // of connect too
    ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(socket.number(), address->ai_addr, address->ai_addrlen) == 0) return socket;
    error = errno;
  }
  return fail(ErrorCode::Io, fmt::format("{} port {}: cannot be reached: {}", host, port, std::strerror(error == EINPROGRESS ? ETIMEDOUT : error)));
}

// A connection in the clear or under TLS.
class Channel {
 public:
  static Result<Channel> open(Socket socket, const std::string& host, bool tls) {
    Channel channel(std::move(socket));
    if (!tls) return channel;
    channel.context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_verify(channel.context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_default_verify_paths(channel.context_.get());
    channel.session_.reset(SSL_new(channel.context_.get()));
    SSL* session = channel.session_.get();
    SSL_set_fd(session, channel.socket_.number());
    SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));  // the macro casts in C's way
    SSL_set1_host(session, host.c_str());
    if (SSL_connect(session) == 1) return channel;
    const long verified = SSL_get_verify_result(session);
    const char* reason = verified != X509_V_OK ? X509_verify_cert_error_string(verified) : ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return fail(ErrorCode::Io, fmt::format("{}: no TLS connection: {}", host, reason == nullptr ? "it broke off" : reason));
  }
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = session_ ? static_cast<ssize_t>(SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())))
                                  : ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }
  // 0 or less: the end, or nothing came in time.
  ssize_t read(char* bytes, size_t size) {
    return session_ ? static_cast<ssize_t>(SSL_read(session_.get(), bytes, static_cast<int>(size))) : ::recv(socket_.number(), bytes, size, 0);
  }

 private:
  explicit Channel(Socket socket) : socket_(std::move(socket)) {}
  Socket socket_;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::unique_ptr<SSL, FreeSession> session_;
};

Result<WebAnswer> parse_answer(const std::string& url, std::string_view text) {
  const size_t head_end = text.find("\r\n\r\n");
  const auto status = text.starts_with("HTTP/1.") ? parse_decimal(text.substr(std::min<size_t>(9, text.size()), 3)) : std::nullopt;
  if (!status || head_end == std::string_view::npos) return fail(ErrorCode::Io, fmt::format("{}: the answer is not HTTP, or broke off", url));
  WebAnswer answer{.status = static_cast<int>(*status), .content_type = {}, .bytes = text.size() - head_end - 4};
  std::string_view head = text.substr(0, head_end + 2);
  constexpr std::string_view kType = "content-type:";
  while (!head.empty()) {
    const size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    if (starts_with_ignoring_case(line, kType)) answer.content_type = printable(trim(line.substr(kType.size())), 100);
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return answer;
}

}  // namespace

Result<WebAnswer> fetch_url(const std::string& url, int timeout_ms) {
  const auto parts = split_url(url);
  const bool tls = parts && equals_ignoring_case(parts->scheme, "https");
  if (!parts || parts->host.empty() || (!tls && !equals_ignoring_case(parts->scheme, "http"))) {
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no address: expected like https://stats.example.org/js/script.js", printable(url, 200)));
  }
  std::string host(parts->host);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const uint16_t port = parts->port != 0 ? parts->port : static_cast<uint16_t>(tls ? 443 : 80);
  NOCT_TRY(Socket socket, connect_to(host, port, timeout_ms));
  NOCT_TRY(Channel channel, Channel::open(std::move(socket), host, tls));
  const std::string target = fmt::format("{}{}{}", parts->path.empty() ? "/" : parts->path, parts->query.empty() ? "" : "?", parts->query);
  const std::string request = fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: noctule-doctor\r\nAccept: */*\r\nConnection: close\r\n\r\n", target, parts->host, port);
  if (target.find_first_of(" \r\n") != std::string::npos) return fail(ErrorCode::InvalidInput, "the address holds a space or a line's end");
  if (!channel.write(request)) return fail(ErrorCode::Io, fmt::format("{}: the request was not taken", url));
  std::string text, piece(16'384, '\0');
  for (;;) {
    const ssize_t count = channel.read(piece.data(), piece.size());
    if (count <= 0) break;
    text.append(piece, 0, static_cast<size_t>(count));
    if (text.size() > kWebAnswerBytesMax) break;
  }
  return parse_answer(url, text);
}

}  // namespace noctule
