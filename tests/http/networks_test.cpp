// SPDX-License-Identifier: Apache-2.0
#include "noctule/http/networks.h"

#include <gtest/gtest.h>

namespace noctule {
namespace {

NetworkList networks(std::vector<std::string> texts) {
  auto list = NetworkList::parse(texts);
  EXPECT_TRUE(list) << list.error().message;
  return *list;
}

Request with_header(std::string_view name, std::string_view value) {
  Request request;
  request.headers.push_back({name, value});
  if (const auto field = find_field(name)) request.fields[static_cast<size_t>(*field)] = value;
  return request;
}

std::string client(const ProxyPolicy& policy, std::string_view peer, const Request& request) { return find_client(policy, peer, false, request).address; }

TEST(Networks, lists_hold_addresses_of_both_families) {
  const NetworkList list = networks({"10.0.0.0/9", "2001:db8::/33", "192.0.2.7"});
  const auto has = [&](std::string_view text) { return list.contains(*parse_address(text)); };
  EXPECT_TRUE(has("10.127.255.255"));
  EXPECT_FALSE(has("10.128.0.0"));
  EXPECT_TRUE(has("2001:db8:7fff::1"));
  EXPECT_FALSE(has("2001:db8:8000::1"));
  EXPECT_TRUE(has("192.0.2.7"));
  EXPECT_FALSE(has("192.0.2.6"));
  EXPECT_TRUE(has("::ffff:192.0.2.7")) << "an IPv4 address in IPv6 notation is the same one";
}

TEST(Networks, what_is_no_network_is_named) {
  for (const char* wrong : {"", "10.0.0.0/33", "2001:db8::/129", "example.org", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0"}) {
    const std::vector<std::string> texts = {wrong};
    const auto list = NetworkList::parse(texts);
    ASSERT_FALSE(list) << wrong;
    EXPECT_NE(list.error().message.find(wrong), std::string::npos);
  }
}

TEST(Networks, a_header_is_not_believed_from_a_peer_that_is_not_trusted) {
  const Request request = with_header("X-Forwarded-For", "203.0.113.5");
  EXPECT_EQ(client({}, "192.0.2.1", request), "192.0.2.1");
  EXPECT_EQ(client({networks({"10.0.0.0/8"})}, "192.0.2.1", request), "192.0.2.1");
}

TEST(Networks, the_client_is_the_right_most_hop_that_is_not_a_trusted_proxy) {
  const ProxyPolicy policy{networks({"10.0.0.0/8", "2001:db8:1::/48"})};
  EXPECT_EQ(client(policy, "10.0.0.1", with_header("X-Forwarded-For", "203.0.113.66, 198.51.100.4, 10.0.0.2")), "198.51.100.4")
    << "what the client itself wrote before is not believed";
  EXPECT_EQ(client(policy, "2001:db8:1::9", with_header("X-Forwarded-For", "2001:db8:2::7")), "2001:db8:2::7");
  EXPECT_EQ(client(policy, "10.0.0.1", with_header("X-Forwarded-For", "198.51.100.4:4711")), "198.51.100.4");
  EXPECT_EQ(client(policy, "10.0.0.1", with_header("X-Forwarded-For", "unknown, 10.0.0.3")), "10.0.0.3");
  EXPECT_EQ(client(policy, "10.0.0.1", Request{}), "10.0.0.1");
}

TEST(Networks, several_lines_of_the_header_are_one_list) {
  Request request = with_header("X-Forwarded-For", "203.0.113.66");
  request.headers.push_back({"x-forwarded-for", "198.51.100.4"});
  EXPECT_EQ(client({networks({"10.0.0.0/8"})}, "10.0.0.1", request), "198.51.100.4");
}

TEST(Networks, only_the_header_that_the_proxies_write_is_read) {
  ProxyPolicy policy{networks({"10.0.0.0/8"}), ProxyHeader::Forwarded};
  EXPECT_EQ(client(policy, "10.0.0.1", with_header("X-Forwarded-For", "203.0.113.5")), "10.0.0.1");
  const Request request = with_header("Forwarded", "for=203.0.113.66, For=\"[2001:db8::7]:4711\";proto=https;by=10.0.0.1");
  EXPECT_EQ(client(policy, "10.0.0.1", request), "2001:db8::7");
  EXPECT_TRUE(find_client(policy, "10.0.0.1", false, request).secure);
  EXPECT_FALSE(find_client(policy, "192.0.2.1", false, request).secure);
  policy.header = ProxyHeader::XForwardedFor;
  EXPECT_EQ(client(policy, "10.0.0.1", request), "10.0.0.1");
}

}  // namespace
}  // namespace noctule
