// SPDX-License-Identifier: Apache-2.0
#include "request_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

namespace noctule {
namespace {

struct Parsed {
  RequestParser::Step step = RequestParser::Step::NeedMore;
  int status = 0;
  std::string path, query, body;
};

Parsed parse(std::string_view bytes, const HttpLimits& limits = {}) {
  RequestParser parser(limits);
  Parsed parsed;
  while (!bytes.empty() && (parsed.step == RequestParser::Step::NeedMore || parsed.step == RequestParser::Step::Head)) {
    const auto room = parser.room();
    const size_t size = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), size);
    bytes.remove_prefix(size);
    parser.commit(size);
    parsed.step = parser.parse();
  }
  if (parsed.step == RequestParser::Step::Failed) parsed.status = parser.failure().status;
  if (parsed.step == RequestParser::Step::Done) {
    parsed.path = parser.request().path;
    parsed.query = parser.request().query;
    parsed.body = parser.request().body;
  }
  return parsed;
}

// What two servers on the way could understand differently.
struct Smuggling {
  const char* name;
  std::string_view bytes;
  int status;
};
class SmugglingTest : public ::testing::TestWithParam<Smuggling> {};

TEST_P(SmugglingTest, is_refused) { EXPECT_EQ(parse(GetParam().bytes).status, GetParam().status); }

INSTANTIATE_TEST_SUITE_P(
  cases, SmugglingTest,
  ::testing::Values(
    Smuggling{"length_then_chunks", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    Smuggling{"chunks_then_length", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400},
    Smuggling{"two_lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400},
    Smuggling{"two_equal_lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400},
    Smuggling{"list_of_lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 5\r\n\r\nabcde", 400},
    Smuggling{"signed_length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd", 400},
    Smuggling{"negative_length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\nabcd", 400},
    Smuggling{"hexadecimal_length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x4\r\n\r\nabcd", 400},
    Smuggling{"overflowing_length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\nabcd", 400},
    Smuggling{"other_coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
    Smuggling{"coding_after_chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501},
    Smuggling{"gzip_then_chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
    Smuggling{"two_codings", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    Smuggling{"space_before_colon", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 4\r\n\r\nabcd", 400},
    Smuggling{"folded_header", "POST / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n", 400},
    Smuggling{"folded_coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400},
    Smuggling{"bare_line_feed", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400},
    Smuggling{"nul_in_header", std::string_view("GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", 36), 400},
    Smuggling{"two_hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    Smuggling{"no_host", "GET / HTTP/1.1\r\n\r\n", 400},
    Smuggling{"chunks_in_http_1_0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    Smuggling{"bad_chunk_size", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
    Smuggling{"signed_chunk_size", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n", 400},
    Smuggling{"chunk_without_line_end", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400},
    Smuggling{"http_2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    Smuggling{"no_slash", "GET hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    Smuggling{"tls_hello_on_a_plain_port", std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400}),
  [](const auto& test_case) { return test_case.param.name; });

TEST(RequestParser, absolute_addresses_and_blank_lines_before_the_request_are_understood) {
  const Parsed parsed = parse("\r\n\r\nGET http://example.org/a/b?c=d#e HTTP/1.1\r\nHost: example.org\r\n\r\n");
  EXPECT_EQ(parsed.step, RequestParser::Step::Done);
  EXPECT_EQ(parsed.path, "/a/b");
  EXPECT_EQ(parsed.query, "c=d");
}

TEST(RequestParser, chunks_are_joined_and_their_extensions_and_trailers_are_no_headers) {
  const Parsed parsed = parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n");
  EXPECT_EQ(parsed.step, RequestParser::Step::Done);
  EXPECT_EQ(parsed.body, "abcde");
}

TEST(RequestParser, limits_have_their_own_answers) {
  const HttpLimits limits;
  EXPECT_EQ(parse("GET /" + std::string(limits.target_bytes_max, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n").status, 414);
  EXPECT_EQ(parse("GET /" + std::string(limits.header_bytes_max, 'a')).status, 414);
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nX: " + std::string(limits.header_bytes_max, 'a')).status, 431);
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (size_t i = 0; i < limits.headers_max; ++i) many += fmt::format("X{}: a\r\n", i);
  EXPECT_EQ(parse(many + "\r\n").status, 431);
  EXPECT_EQ(parse(fmt::format("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", limits.body_bytes_max + 1)).status, 413);
  EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;" + std::string(8000, 'x')).status, 400);
}

TEST(RequestParser, a_long_body_in_tiny_chunks_needs_no_more_room_than_its_bytes) {
  HttpLimits limits;
  RequestParser parser(limits);
  std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100'000; ++i) bytes += "1\r\nx\r\n";
  bytes += "0\r\n\r\n";
  std::string_view rest = bytes;
  size_t room_max = 0;
  auto step = RequestParser::Step::NeedMore;
  while (!rest.empty()) {
    const auto room = parser.room();
    room_max = std::max(room_max, room.size());
    const size_t size = std::min(room.size(), rest.size());
    std::memcpy(room.data(), rest.data(), size);
    rest.remove_prefix(size);
    parser.commit(size);
    step = parser.parse();
  }
  EXPECT_EQ(step, RequestParser::Step::Done);
  EXPECT_EQ(parser.request().body.size(), 100'000u);
  EXPECT_LE(room_max, 4 * kReadSize);
}

}  // namespace
}  // namespace noctule
