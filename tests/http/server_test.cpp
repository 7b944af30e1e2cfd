// SPDX-License-Identifier: Apache-2.0
#include "noctule/http/http_server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "client.h"

namespace noctule {
namespace {

using testing::Connection;
using ::testing::HasSubstr;
using ::testing::StartsWith;

HttpOptions local(int threads = 1) {
  HttpOptions options;
  options.listen.push_back(*parse_listen("127.0.0.1:0"));
  options.threads = threads;
  options.unsettled = prepare_reply(503, "Retry-After: 1\r\n", "");
  return options;
}

std::unique_ptr<HttpServer> run(HttpOptions options, Router router) {
  auto server = HttpServer::start(std::move(options), std::move(router));
  EXPECT_TRUE(server) << server.error().message;
  return std::move(*server);
}

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

Router hello() {
  Router router;
  router.add(Method::Get, "/hello", [](const Request& request, Response& response) { response.text(200, "text/plain", std::string(request.address)); });
  return router;
}

TEST(HttpServer, many_connections_on_several_threads_get_their_own_answers) {
  Router router;
  router.add(Method::Post, "/echo", [](const Request& request, Response& response) { response.text(200, "text/plain", std::string(request.body)); });
  const auto server = run(local(2), std::move(router));
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&, c] {
      for (int i = 0; i < 10; ++i) {
        Connection connection(server->addresses().front());
        for (int j = 0; j < 10; ++j) {
          const std::string body = fmt::format("{}-{}-{}", c, i, j);
          const std::string answer = connection.ask(fmt::format("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{}", body.size(), body));
          if (answer.ends_with("\r\n\r\n" + body)) ++right;
        }
      }
    });
  }
  for (auto& thread : clients) thread.join();
  EXPECT_EQ(right, 400);
  EXPECT_EQ(server->status().responses[2], 400u);
  EXPECT_EQ(server->status().connections, 40u);
}

TEST(HttpServer, the_peers_address_is_the_clients_and_a_stranger_cannot_forge_it) {
  const auto server = run(local(), hello());
  Connection connection(server->addresses().front());
  EXPECT_TRUE(connection.ask("GET /hello HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n").ends_with("\r\n\r\n127.0.0.1"));
  ProxyPolicy policy;
  const std::vector<std::string> loopback = {"127.0.0.0/8"};
  policy.trusted = *NetworkList::parse(loopback);
  server->set_proxies(policy);
  std::string answer;
  do {  // the thread takes the new list up between two requests
    answer = connection.ask("GET /hello HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n");
  } while (answer.ends_with("127.0.0.1"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n203.0.113.9"));
}

TEST(HttpServer, held_answers_are_given_once_the_ticket_is_settled_and_503_when_it_failed) {
  Router router;
  std::atomic<Ticket> last{0};
  router.add(Method::Post, "/keep", [&](const Request&, Response& response) {
    response.status = 202;
    response.hold = ++last;
  });
  const auto server = run(local(2), std::move(router));
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < 8; ++i) {
    connections.push_back(std::make_unique<Connection>(server->addresses().front()));
    connections.back()->send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  }
  while (last < 8) std::this_thread::yield();
  server->settle(8, true);
  for (auto& connection : connections) EXPECT_THAT(connection->receive(), StartsWith("HTTP/1.1 202 "));
  connections[0]->send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  while (last < 9) std::this_thread::yield();
  server->settle(9, false);
  EXPECT_THAT(connections[0]->receive(), StartsWith("HTTP/1.1 503 "));
}

TEST(HttpServer, a_slow_handler_holds_up_nobody_and_a_full_queue_answers_503) {
  Router router = hello();
  std::promise<void> gate;
  auto opened = gate.get_future().share();
  std::atomic<int> inside{0};
  router.add(Method::Get, "/slow", [&, opened](const Request&, Response& response) {
    ++inside;
    opened.wait();
    response.text(200, "text/plain", "done");
  }, {.where = Where::Worker});
  HttpOptions options = local();
  options.limits.workers = 1;
  options.limits.worker_queue_max = 1;
  const auto server = run(std::move(options), std::move(router));
  constexpr std::string_view kSlow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
  Connection first(server->addresses().front()), second(server->addresses().front()), third(server->addresses().front());
  first.send(kSlow);
  while (inside < 1) std::this_thread::yield();
  second.send(kSlow);
  while (server->status().worker_waiting < 1) std::this_thread::yield();
  EXPECT_THAT(third.ask(kSlow), ::testing::AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Retry-After: ")));
  EXPECT_THAT(third.ask(kGet), StartsWith("HTTP/1.1 200 "));
  gate.set_value();
  EXPECT_TRUE(first.receive().ends_with("done"));
  EXPECT_TRUE(second.receive().ends_with("done"));
}

TEST(HttpServer, connections_beyond_the_limit_are_told_to_come_back) {
  HttpOptions options = local();
  options.limits.connections_max = 1;
  const auto server = run(std::move(options), hello());
  Connection first(server->addresses().front());
  EXPECT_THAT(first.ask(kGet), StartsWith("HTTP/1.1 200 "));
  Connection second(server->addresses().front());
  EXPECT_THAT(second.receive(), ::testing::AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Connection: close\r\n")));
  EXPECT_EQ(server->status().connections_refused, 1u);
}

TEST(HttpServer, a_refused_body_does_not_reset_the_connection_before_the_answer_is_read) {
  Router router;
  router.add(Method::Post, "/small", [](const Request&, Response&) {}, {.body_max = 10});
  const auto server = run(local(), std::move(router));
  Connection connection(server->addresses().front());
  connection.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
  connection.send(std::string(3'000'000, 'x'));
  EXPECT_THAT(connection.receive(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, an_answer_larger_than_the_sockets_buffer_arrives_whole) {
  Router router;
  router.add(Method::Get, "/large", [](const Request&, Response& response) { response.text(200, "text/plain", std::string(8'000'000, 'y')); });
  const auto server = run(local(), std::move(router));
  Connection connection(server->addresses().front());
  EXPECT_GT(connection.ask("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").size(), 8'000'000u);
}

TEST(HttpServer, pieces_of_a_stream_reach_the_reader_and_a_reader_that_left_is_noticed) {
  Router router;
  std::promise<std::shared_ptr<StreamWriter>> began;
  router.add(Method::Get, "/live", [&](const Request&, Response& response) {
    response.content_type = "text/event-stream";
    response.stream = [&](std::shared_ptr<StreamWriter> writer) { began.set_value(std::move(writer)); };
  });
  const auto server = run(local(), std::move(router));
  std::shared_ptr<StreamWriter> writer;
  {
    Connection connection(server->addresses().front());
    connection.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    writer = began.get_future().get();
    EXPECT_TRUE(writer->send("data: 1\n\n"));
    EXPECT_THAT(connection.receive_until("data: 1\n\n"), HasSubstr("text/event-stream"));
  }
  while (writer->send(": still there?\n\n")) std::this_thread::yield();
}

TEST(HttpServer, a_reader_of_a_stream_who_does_not_read_is_given_up_and_costs_bounded_memory) {
  Router router;
  std::promise<std::shared_ptr<StreamWriter>> began;
  router.add(Method::Get, "/live", [&](const Request&, Response& response) {
    response.stream = [&](std::shared_ptr<StreamWriter> writer) { began.set_value(std::move(writer)); };
  });
  const auto server = run(local(), std::move(router));
  Connection connection(server->addresses().front());
  connection.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto writer = began.get_future().get();
  size_t sent = 0;
  while (writer->send(std::string(64 * 1024, 'x'))) sent += 64 * 1024;
  EXPECT_LT(sent, 64u * 1024 * 1024) << "what the kernel's buffers take, and the limit";
}

TEST(HttpServer, stopping_waits_for_the_answer_that_is_under_way) {
  Router router;
  std::atomic<Ticket> last{0};
  router.add(Method::Post, "/keep", [&](const Request&, Response& response) { response.hold = ++last; });
  auto server = run(local(), std::move(router));
  Connection busy(server->addresses().front()), idle(server->addresses().front());
  busy.send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  while (last < 1) std::this_thread::yield();
  std::thread stopper([&] { server->stop(20'000); });
  EXPECT_EQ(idle.receive(), "");
  server->settle(1, true);
  EXPECT_THAT(busy.receive(), StartsWith("HTTP/1.1 200 "));
  stopper.join();
  EXPECT_FALSE(Connection(server->addresses().front()).is_open());
}

TEST(HttpServer, a_taken_port_is_an_error_that_names_it) {
  Connection holder("http://127.0.0.1:1");
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(socket, static_cast<const sockaddr*>(static_cast<const void*>(&v4)), sizeof v4), 0);
  ASSERT_EQ(::listen(socket, 1), 0);
  socklen_t size = sizeof v4;
  ::getsockname(socket, static_cast<sockaddr*>(static_cast<void*>(&v4)), &size);
  HttpOptions options = local();
  options.listen.front().port = ntohs(v4.sin_port);
  const auto server = HttpServer::start(std::move(options), {});
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr(std::to_string(ntohs(v4.sin_port))));
  ::close(socket);
}

TEST(HttpServer, a_unix_socket_is_for_its_owner_alone_and_is_gone_afterwards) {
  std::string folder = (std::filesystem::temp_directory_path() / "noctule-http-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  HttpOptions options;
  Listen control;
  control.unix_path = folder + "/control.sock";
  control.door = Door::Control;
  options.listen.push_back(control);
  Router router;
  router.add(Method::Get, "/control/x", [](const Request&, Response& response) { response.text(200, "text/plain", "x"); }, {.door = Door::Control});
  {
    const auto server = run(std::move(options), std::move(router));
    struct stat info{};
    ASSERT_EQ(::stat((folder + "/control.sock").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    Connection connection(server->addresses().front());
    EXPECT_THAT(connection.ask("GET /control/x HTTP/1.1\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_FALSE(std::filesystem::exists(folder + "/control.sock"));
  std::filesystem::remove_all(folder);
}

TEST(ParseListen, takes_what_operators_write_and_names_what_it_cannot) {
  EXPECT_EQ(parse_listen("[::1]:80")->host, "::1");
  EXPECT_EQ(parse_listen(":80")->host, "*");
  EXPECT_EQ(parse_listen("localhost:80")->host, "127.0.0.1");
  EXPECT_TRUE(parse_listen("https://*:443")->tls);
  for (const char* wrong : {"", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "example.org:80", "::1:80", "ftp://127.0.0.1:1"}) {
    EXPECT_FALSE(parse_listen(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace noctule
