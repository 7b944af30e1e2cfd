// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/control_client.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "noctule/base/text.h"
#include "noctule/settings/data_folder.h"

namespace noctule {
namespace {

class Connection {
 public:
  explicit Connection(int descriptor) : descriptor_(descriptor) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

std::unexpected<Error> failure(const std::string& path, std::string_view doing) {
  const int error = errno;
  const bool nobody = error == ENOENT || error == ECONNREFUSED;
  return fail(nobody ? ErrorCode::NotFound : ErrorCode::Io, fmt::format("{}: {}: {}", path, doing, std::strerror(error)));
}

Result<void> send_all(const Connection& connection, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(connection.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(path, "the server does not take the request");
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

Result<std::string> receive_all(const Connection& connection, const std::string& path) {
  std::string answer, piece(64 * 1024, '\0');
  for (;;) {
    const ssize_t count = ::recv(connection.descriptor(), piece.data(), piece.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(path, "no answer");
    if (count == 0) return answer;
    answer.append(piece, 0, static_cast<size_t>(count));
    if (answer.size() > kControlAnswerBytesMax) return fail(ErrorCode::Corrupt, fmt::format("{}: the answer is longer than {} bytes", path, kControlAnswerBytesMax));
  }
}

// "HTTP/1.1 200 OK", header lines, a blank line, a body of the length that was said.
Result<ControlAnswer> parse_answer(const std::string& path, std::string_view text) {
  const auto broken = [&](std::string_view why) { return fail(ErrorCode::Corrupt, fmt::format("{}: the answer {}", path, why)); };
  const size_t head_end = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.1 ") || head_end == std::string_view::npos) return broken("is not HTTP, or broke off");
  const auto status = parse_decimal(text.substr(9, 3));
  if (!status) return broken("has no status");
  ControlAnswer answer{.status = static_cast<int>(*status), .body = std::string(text.substr(head_end + 4))};
  const std::string head = lower(text.substr(0, head_end));
  const size_t length_at = head.find("\r\ncontent-length:");
  if (length_at != std::string::npos) {
    const size_t from = length_at + std::strlen("\r\ncontent-length:");
    const auto length = parse_decimal(trim(std::string_view(head).substr(from, head.find("\r\n", from) - from)));
    if (length && answer.body.size() != *length) return broken(fmt::format("broke off after {} of {} bytes", answer.body.size(), *length));
  }
  return answer;
}

}  // namespace

Result<ControlAnswer> ask_server(const std::string& folder, std::string_view method, std::string_view target, std::string_view body) {
  const std::string path = DataFolder(folder).control_socket();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fail(ErrorCode::InvalidInput, fmt::format("{}: is too long a path for a socket", path));
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const Connection connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connection.descriptor() < 0) return failure(path, "no socket");
  if (::connect(connection.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return failure(path, "nobody answers");
  const std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: control\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                                       method, target, body.size());
  if (auto sent = send_all(connection, path, head + std::string(body)); !sent) return std::unexpected(std::move(sent).error());
  NOCT_TRY(const std::string text, receive_all(connection, path));
  return parse_answer(path, text);
}

}  // namespace noctule
