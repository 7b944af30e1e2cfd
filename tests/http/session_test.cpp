// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fake_session.h"

namespace noctule {
namespace {

using testing::count_of;
using testing::FakeHost;
using testing::FakeSession;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    options.unsettled = prepare_reply(503, "Retry-After: 1\r\n", "not kept");
    options.common_headers = "X-Content-Type-Options: nosniff\r\n";
    routes.add(Method::Get, "/hello", [](const Request&, Response& response) { response.text(200, "text/plain", "hello"); });
    routes.add(Method::Post, "/echo", [](const Request& request, Response& response) { response.text(200, "text/plain", std::string(request.body)); },
               {.body_max = 100, .cors = true});
    routes.add(Method::Post, "/keep", [this](const Request& request, Response& response) {
      response.text(202, "text/plain", std::string(request.body));
      response.hold = ++ticket;
    });
    routes.add(Method::Get, "/slow/{name}", [](const Request& request, Response& response) { response.text(200, "text/plain", request.parameters.at(0)); },
               {.where = Where::Worker});
    routes.add(Method::Get, "/stream", [this](const Request&, Response& response) {
      response.content_type = "text/event-stream";
      response.stream = [this](std::shared_ptr<StreamWriter> its_writer) { writer = std::move(its_writer); };
    });
    routes.add(Method::Get, "/control/stop", [](const Request&, Response& response) { response.text(200, "text/plain", "stopped"); }, {.door = Door::Control});
  }
  ~SessionTest() override { writer.reset(); }

  std::shared_ptr<FakeSession> open(Peer peer = {"192.0.2.1", false, Door::Public}) {
    auto session = std::make_shared<FakeSession>(host, std::move(peer));
    session->start();
    return session;
  }
  std::string ask(std::string_view bytes) {
    const auto session = open();
    session->feed(bytes);
    return session->output;
  }

  HttpOptions options;
  Router routes;
  FakeHost host{routes, options};
  Ticket ticket = 0;
  std::shared_ptr<StreamWriter> writer;
};

TEST_F(SessionTest, a_request_gets_its_answer_with_length_date_and_the_common_headers) {
  EXPECT_EQ(ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nX-Content-Type-Options: nosniff\r\nDate: now\r\n\r\nhello");
}

TEST_F(SessionTest, head_gets_the_length_and_no_body) {
  const std::string answer = ask("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(SessionTest, pipelined_requests_are_answered_in_order) {
  const std::string answers = ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /none HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(count_of(answers, "HTTP/1.1 "), 3u);
  EXPECT_LT(answers.find("hello"), answers.find("abc"));
  EXPECT_LT(answers.find("abc"), answers.find("404"));
}

TEST_F(SessionTest, http_1_0_and_connection_close_end_the_connection_after_the_answer) {
  for (const std::string_view request : {"GET /hello HTTP/1.0\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"}) {
    const auto session = open();
    session->feed(request);
    EXPECT_THAT(session->output, HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(session->ended_sending);
    EXPECT_FALSE(session->closed) << "what still comes is drained first";
    session->on_read(0);
    EXPECT_TRUE(session->closed);
  }
}

TEST_F(SessionTest, the_wrong_method_is_told_the_right_ones_and_options_too) {
  EXPECT_THAT(ask("DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n"), ::testing::AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: POST, OPTIONS\r\n")));
  EXPECT_THAT(ask("OPTIONS /hello HTTP/1.1\r\nHost: a\r\n\r\n"), ::testing::AllOf(StartsWith("HTTP/1.1 204 "), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n")));
}

TEST_F(SessionTest, a_preflight_of_another_origin_is_allowed_where_the_route_says_so) {
  const std::string answer = ask("OPTIONS /echo HTTP/1.1\r\nHost: a\r\nOrigin: https://example.org\r\nAccess-Control-Request-Method: POST\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Access-Control-Allow-Origin: https://example.org\r\n"));
  EXPECT_THAT(answer, HasSubstr("Access-Control-Allow-Methods: POST, OPTIONS\r\n"));
  EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: a\r\nOrigin: https://example.org\r\nContent-Length: 0\r\n\r\n"), HasSubstr("Access-Control-Allow-Origin: *\r\n"));
  EXPECT_THAT(ask("OPTIONS /hello HTTP/1.1\r\nHost: a\r\nOrigin: https://example.org\r\n\r\n"), Not(HasSubstr("Access-Control")));
}

TEST_F(SessionTest, control_routes_are_not_there_for_the_public) {
  constexpr std::string_view kRequest = "GET /control/stop HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_THAT(ask(kRequest), StartsWith("HTTP/1.1 404 "));
  const auto session = open({"", false, Door::Control});
  session->feed(kRequest);
  EXPECT_THAT(session->output, StartsWith("HTTP/1.1 200 "));
}

TEST_F(SessionTest, a_body_beyond_the_routes_limit_is_refused_before_it_is_read) {
  EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n70\r\n" + std::string(0x70, 'x') + "\r\n"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x')), StartsWith("HTTP/1.1 200 "));
}

TEST_F(SessionTest, a_client_that_asks_first_is_told_to_go_on) {
  const auto session = open();
  session->feed("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(session->take_output(), "HTTP/1.1 100 Continue\r\n\r\n");
  session->feed("abc");
  EXPECT_THAT(session->output, ::testing::EndsWith("abc"));
}

TEST_F(SessionTest, an_answer_with_a_ticket_waits_until_it_is_settled) {
  const auto session = open();
  session->feed("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none");
  EXPECT_EQ(session->output, "");
  EXPECT_FALSE(session->wants_bytes());
  host.settle(1, true);
  EXPECT_THAT(session->output, ::testing::AllOf(StartsWith("HTTP/1.1 202 "), ::testing::EndsWith("one")));
  EXPECT_TRUE(session->wants_bytes());
}

TEST_F(SessionTest, of_pipelined_answers_only_those_whose_ticket_failed_are_replaced) {
  const auto session = open();
  std::string requests;
  for (const char* body : {"one", "two", "six"}) requests += fmt::format("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n{}", body);
  session->feed(requests + "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  host.settle(1, true);
  host.settle(2, false);
  EXPECT_EQ(session->output, "");
  host.settle(3, true);
  EXPECT_THAT(session->output, ::testing::ContainsRegex("202 Accepted.*"));
  EXPECT_EQ(count_of(session->output, "HTTP/1.1 "), 4u);
  EXPECT_EQ(count_of(session->output, "503 Service"), 1u);
  const size_t one = session->output.find("one"), lost = session->output.find("not kept"), six = session->output.find("six"), last = session->output.find("hello");
  EXPECT_TRUE(one < lost && lost < six && six < last && last != std::string::npos) << session->output;
  EXPECT_THAT(session->output, Not(HasSubstr("two")));
}

TEST_F(SessionTest, a_slow_handler_runs_elsewhere_and_its_queue_is_bounded) {
  const auto session = open();
  session->feed("GET /slow/a%20b HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(session->output, "");
  host.finish_work();
  EXPECT_THAT(session->take_output(), ::testing::EndsWith("a b"));
  host.queue_full = true;
  session->feed("GET /slow/x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(session->output, ::testing::AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Retry-After: ")));
}

TEST_F(SessionTest, a_ticket_settled_while_a_worker_is_busy_is_not_forgotten) {
  const auto session = open();
  session->feed("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\noneGET /slow/x HTTP/1.1\r\nHost: a\r\n\r\n");
  host.settle(1, true);
  EXPECT_EQ(session->output, "");
  host.finish_work();
  EXPECT_EQ(count_of(session->output, "HTTP/1.1 20"), 2u);
}

TEST_F(SessionTest, a_stream_sends_pieces_and_ends_when_the_reader_goes) {
  const auto session = open();
  session->feed("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(session->output, Not(HasSubstr("Content-Length")));
  ASSERT_TRUE(writer);
  session->take_output();
  writer->send("data: 1\n\n");
  EXPECT_EQ(session->output, "data: 1\n\n");
  session->on_read(0);
  EXPECT_TRUE(session->closed);
}

TEST_F(SessionTest, a_header_that_does_not_come_is_a_timeout_and_an_idle_connection_just_ends) {
  const auto slow = open(), idle = open();
  slow->feed("GET /hello HT");
  idle->feed("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  idle->take_output();
  host.clock_s += options.limits.header_timeout_s + 1;
  slow->sweep();
  idle->sweep();
  EXPECT_THAT(slow->output, StartsWith("HTTP/1.1 408 "));
  EXPECT_FALSE(idle->closed);
  host.clock_s += options.limits.idle_timeout_s;
  idle->sweep();
  EXPECT_TRUE(idle->closed);
  EXPECT_EQ(idle->output, "");
}

TEST_F(SessionTest, bytes_that_trickle_do_not_move_the_headers_deadline) {
  const auto session = open();
  for (int second = 0; second <= options.limits.header_timeout_s; ++second) {
    session->feed("G");
    ++host.clock_s;
    session->sweep();
  }
  EXPECT_THAT(session->output, StartsWith("HTTP/1.1 408 "));
}

TEST_F(SessionTest, stopping_closes_the_idle_and_lets_the_busy_answer) {
  const auto idle = open(), busy = open();
  busy->feed("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none");
  host.stopping = true;
  idle->stop_soon();
  busy->stop_soon();
  EXPECT_TRUE(idle->closed);
  EXPECT_FALSE(busy->closed);
  host.settle(1, true);
  EXPECT_THAT(busy->output, ::testing::EndsWith("one"));
  EXPECT_TRUE(busy->closed);
}

// However the bytes are cut, the answers are the same.
RC_GTEST_FIXTURE_PROP(SessionTest, any_split_of_the_bytes_gives_the_same_answers, ()) {
  std::string requests;
  const int count = *rc::gen::inRange(1, 6);
  for (int i = 0; i < count; ++i) {
    const std::string body(*rc::gen::inRange<size_t>(0, 100), 'x');
    switch (*rc::gen::inRange(0, 4)) {
      case 0: requests += "GET /hello?a=b HTTP/1.1\r\nHost: a\r\nX-Long: " + body + "\r\n\r\n"; break;
      case 1: requests += fmt::format("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{}", body.size(), body); break;
      case 2: requests += "HEAD /none HTTP/1.1\r\nHost: a\r\n\r\n"; break;
      default: requests += fmt::format("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{0:x}\r\n{1}\r\n1;a=b\r\ny\r\n0\r\nX-Trailer: t\r\n\r\n",
                                       body.size() + 1, body.substr(0, 90).append(body.size() + 1 - std::min<size_t>(body.size(), 90), 'z').substr(0, body.size() + 1)); break;
    }
  }
  const std::string whole = ask(requests);
  const auto session = open();
  for (size_t at = 0; at < requests.size();) {
    const size_t size = *rc::gen::inRange<size_t>(1, 60);
    session->feed(std::string_view(requests).substr(at, size));
    at += size;
  }
  RC_ASSERT(session->output == whole);
}

// Whatever comes, memory stays within the limits and the connection ends or waits.
RC_GTEST_FIXTURE_PROP(SessionTest, arbitrary_bytes_are_survived, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
    "GET ", "POST ", "/echo", " HTTP/1.1", "\r\n", "\n", "\r", "Host: a", "Content-Length: ", "5", "-1", "Transfer-Encoding: chunked", "0", ":", " ", "\t", std::string(1, '\0'),
    "\xff", "a", "%00", "Connection: close", "Expect: 100-continue", "abc", "HTTP/9.9", "*"));
  std::string bytes;
  for (const auto& piece : pieces) bytes += piece;
  const auto session = open();
  session->feed(bytes);
  RC_ASSERT(session->closed || session->wants_bytes() || session->ended_sending);
}

}  // namespace
}  // namespace noctule
