// SPDX-License-Identifier: Apache-2.0
#include "listen.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr int kBacklog = 1024;

struct Endpoint {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* address() const { return static_cast<const sockaddr*>(static_cast<const void*>(&bytes)); }
  sockaddr* address() { return static_cast<sockaddr*>(static_cast<void*>(&bytes)); }
};

Result<Endpoint> endpoint_of(const Listen& listen) {
  const auto address = parse_address(listen.host == "*" ? "::" : listen.host);
  if (!address) return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no address to listen on", printable(listen.host, 80)));
  Endpoint endpoint;
  if (listen.host.find(':') != std::string::npos || listen.host == "*") {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(listen.port);
    std::memcpy(v6.sin6_addr.s6_addr, address->data(), 16);
    std::memcpy(&endpoint.bytes, &v6, sizeof v6);
    endpoint.size = sizeof v6;
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(listen.port);
    std::memcpy(&v4.sin_addr, address->data() + 12, 4);
    std::memcpy(&endpoint.bytes, &v4, sizeof v4);
    endpoint.size = sizeof v4;
  }
  return endpoint;
}

Result<Descriptor> refuse(std::string_view what, const Listen& listen) {
  return fail(ErrorCode::Io, fmt::format("{}: {}: {}", listen_text(listen), what, std::strerror(errno)));
}

Result<Descriptor> bind_unix(const Listen& listen) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (listen.unix_path.size() >= sizeof address.sun_path) {
    return fail(ErrorCode::InvalidInput, fmt::format("{}: longer than {} bytes, which a unix socket's path may not be", listen.unix_path, sizeof address.sun_path - 1));
  }
  std::memcpy(address.sun_path, listen.unix_path.data(), listen.unix_path.size());
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return refuse("no socket", listen);
  ::unlink(listen.unix_path.c_str());  // of a process that has gone: the folder's lock says that we are the one
  const mode_t before = ::umask(0177);
  const int bound = ::bind(socket.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address);
  ::umask(before);
  if (bound != 0) return refuse("cannot be bound", listen);
  if (::listen(socket.get(), kBacklog) != 0) return refuse("cannot be listened on", listen);
  return socket;
}

}  // namespace

Descriptor::~Descriptor() {
  if (value_ >= 0) ::close(value_);
}

std::string listen_text(const Listen& listen) {
  if (!listen.unix_path.empty()) return fmt::format("unix:{}", listen.unix_path);
  const bool v6 = listen.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", listen.tls ? "https" : "http", v6 ? "[" : "", listen.host, v6 ? "]" : "", listen.port);
}

Result<Listen> parse_listen(std::string_view text) {
  Listen listen;
  std::string_view rest = text;
  if (rest.starts_with("https://")) listen.tls = true;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  }
  const size_t colon = rest.rfind(':');
  const auto port = colon == std::string_view::npos ? std::nullopt : parse_decimal(rest.substr(colon + 1));
  if (port && *port <= 65535) {
    listen.port = static_cast<uint16_t>(*port);
    std::string_view host = rest.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    listen.host = host.empty() ? "*" : host == "localhost" ? "127.0.0.1" : std::string(host);
    const bool bare_v6 = !bracketed && listen.host.find(':') != std::string::npos;
    if (!bare_v6 && (listen.host == "*" || parse_address(listen.host))) return listen;
  }
  return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no address to listen on: expected HOST:PORT with an IP address, localhost or * as host, as "
                                                   "127.0.0.1:8000, [::1]:8000 or https://*:443", printable(text, 80)));
}

Result<Descriptor> bind_listen(Listen& listen) {
  if (!listen.unix_path.empty()) return bind_unix(listen);
  NOCT_TRY(Endpoint endpoint, endpoint_of(listen));
  Descriptor socket(::socket(endpoint.address()->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return refuse("no socket", listen);
  const int on = 1, off = 0;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (endpoint.address()->sa_family == AF_INET6) {
    const int only = listen.host == "*" ? off : on;  // "*": IPv4 too
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  }
  if (::bind(socket.get(), endpoint.address(), endpoint.size) != 0) return refuse("cannot be bound", listen);
  if (::listen(socket.get(), kBacklog) != 0) return refuse("cannot be listened on", listen);
  if (::getsockname(socket.get(), endpoint.address(), &endpoint.size) == 0) {
    const auto* bytes = static_cast<const void*>(&endpoint.bytes);
    listen.port = ntohs(endpoint.address()->sa_family == AF_INET6 ? static_cast<const sockaddr_in6*>(bytes)->sin6_port
                                                                  : static_cast<const sockaddr_in*>(bytes)->sin_port);
  }
  return socket;
}

}  // namespace noctule
