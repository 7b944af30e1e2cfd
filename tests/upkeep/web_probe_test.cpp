// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/web_probe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace noctule {
namespace {

constexpr int kTimeout_ms = 20'000;

// Answers one connection on the loopback with given bytes.
class OnePage {
 public:
  explicit OnePage(std::string answer) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, text = std::move(answer)] {
      const int peer = ::accept(listener_, nullptr, nullptr);
      std::string request(4'096, '\0');
      const ssize_t count = ::recv(peer, request.data(), request.size(), 0);
      request_.assign(request, 0, static_cast<size_t>(std::max<ssize_t>(count, 0)));
      ::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
      ::close(peer);
    });
  }
  OnePage(const OnePage&) = delete;
  OnePage& operator=(const OnePage&) = delete;
  ~OnePage() {
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  [[nodiscard]] std::string url(const char* scheme, const char* path) const { return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_) + path; }
  std::string request() {
    thread_.join();
    return request_;
  }

 private:
  int listener_;
  uint16_t port_ = 0;
  std::string request_;
  std::thread thread_;
};

TEST(WebProbe, status_type_and_size_are_told) {
  OnePage page("HTTP/1.1 200 OK\r\ncontent-TYPE: text/javascript; charset=utf-8\r\n\r\n12345");
  const auto answer = fetch_url(page.url("http", "/script.js?v=1"), kTimeout_ms);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(answer->bytes, 5U);
  EXPECT_TRUE(page.request().starts_with("GET /script.js?v=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
}

TEST(WebProbe, what_is_not_http_is_an_error) {
  for (const char* bytes : {"", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\n"}) {
    const OnePage page(bytes);
    EXPECT_FALSE(fetch_url(page.url("http", "/"), kTimeout_ms)) << bytes;
  }
}

TEST(WebProbe, a_server_in_the_clear_is_no_https) {
  const OnePage page("HTTP/1.1 400 Bad Request\r\n\r\n");
  const auto answer = fetch_url(page.url("https", "/"), kTimeout_ms);
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message.find("TLS"), std::string::npos) << answer.error().message;
}

TEST(WebProbe, what_is_no_address_is_refused) {
  for (const char* url : {"", "example.org", "ftp://example.org/", "http://", "http://127.0.0.1:1/a b"}) EXPECT_FALSE(fetch_url(url, kTimeout_ms)) << url;
}

}  // namespace
}  // namespace noctule
