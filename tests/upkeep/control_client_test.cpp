// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/control_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "folder.h"

namespace noctule {
namespace {

using testing::HasSubstr;

// Listens on the control socket, takes one request whose body is "body", answers with given bytes and closes.
class OneAnswer {
 public:
  OneAnswer(const TestFolder& folder, std::string answer) : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder / "control.sock";
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    thread_ = std::thread([this, text = std::move(answer)] {
      const int peer = ::accept(listener_, nullptr, nullptr);
      std::string piece(1024, '\0');
      while (!request_.ends_with("body")) {
        const ssize_t count = ::recv(peer, piece.data(), piece.size(), 0);
        if (count <= 0) break;
        request_.append(piece, 0, static_cast<size_t>(count));
      }
      EXPECT_EQ(::send(peer, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
      ::close(peer);
    });
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;
  ~OneAnswer() {
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  const std::string& request() {
    thread_.join();
    return request_;
  }

 private:
  int listener_;
  std::string request_;
  std::thread thread_;
};

TEST(ControlClient, request_and_answer_pass) {
  const TestFolder folder;
  OneAnswer server(folder, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nlater");
  const auto answer = ask_server(folder.path(), "POST", "/control/backup", "body");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "later");
  EXPECT_THAT(server.request(), testing::StartsWith("POST /control/backup HTTP/1.1\r\n"));
}

TEST(ControlClient, an_answer_that_breaks_off_is_an_error) {
  for (const char* bytes : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 xyz\r\n\r\n"}) {
    const TestFolder folder;
    const OneAnswer server(folder, bytes);
    const auto answer = ask_server(folder.path(), "GET", "/", "body");
    ASSERT_FALSE(answer) << bytes;
    EXPECT_EQ(answer.error().code, ErrorCode::Corrupt);
  }
}

TEST(ControlClient, where_nobody_listens_nothing_is_found) {
  const TestFolder folder;
  const auto answer = ask_server(folder.path(), "GET", "/", "");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::NotFound);
  EXPECT_THAT(answer.error().message, HasSubstr("control.sock"));
}

}  // namespace
}  // namespace noctule
