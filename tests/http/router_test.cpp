// SPDX-License-Identifier: Apache-2.0
#include "noctule/http/router.h"

#include <gtest/gtest.h>

namespace noctule {
namespace {

Router::Match find(const Router& router, Method method, std::string_view path, std::vector<std::string>* parameters = nullptr) {
  Request request;
  request.method = method;
  request.path = path;
  auto match = router.find(request);
  if (parameters) *parameters = request.parameters;
  return match;
}

void nothing(const Request&, Response&) {}

TEST(Router, segments_in_braces_match_one_segment_and_are_decoded) {
  Router router;
  router.add(Method::Get, "/sites/{domain}/live", nothing);
  router.add(Method::Get, "/sites/all/live", nothing);
  std::vector<std::string> parameters;
  EXPECT_EQ(find(router, Method::Get, "/sites/example.org%2Fa/live", &parameters).outcome, Router::Outcome::Found);
  EXPECT_EQ(parameters, std::vector<std::string>{"example.org/a"});
  EXPECT_EQ(find(router, Method::Get, "/sites/all/live", &parameters).route->pattern, "/sites/all/live") << "what is exact comes first";
  EXPECT_TRUE(parameters.empty());
  for (const char* path : {"/sites//live", "/sites/a/b/live", "/sites/a/live/", "/sites/a", "sites/a/live", ""}) {
    EXPECT_EQ(find(router, Method::Get, path).outcome, Router::Outcome::NotFound) << path;
  }
}

TEST(Router, a_fallback_takes_what_no_route_has_but_no_other_method) {
  Router router;
  router.add(Method::Post, "/a", nothing);
  router.set_fallback(nothing);
  EXPECT_EQ(find(router, Method::Get, "/view/of/the/dashboard").outcome, Router::Outcome::Found);
  EXPECT_EQ(find(router, Method::Post, "/b").outcome, Router::Outcome::NotFound);
  const auto match = find(router, Method::Get, "/a");
  EXPECT_EQ(match.outcome, Router::Outcome::MethodNotAllowed);
  EXPECT_EQ(match.allow, "POST, OPTIONS");
}

TEST(Router, a_later_route_replaces_the_earlier_one) {
  Router router;
  int called = 0;
  router.add(Method::Get, "/{a}", [&](const Request&, Response&) { called = 1; });
  router.add(Method::Get, "/{a}", [&](const Request&, Response&) { called = 2; });
  Request request;
  request.path = "/x";
  Response response;
  router.find(request).route->handler(request, response);
  EXPECT_EQ(called, 2);
  EXPECT_EQ(router.list(), std::vector<std::string>{"GET /{a}"});
}

TEST(Message, a_value_cannot_forge_a_header) {
  Response response;
  response.add("Location", "/a\r\nSet-Cookie: b=c");
  EXPECT_EQ(response.headers, "Location: /a  Set-Cookie: b=c\r\n");
}

TEST(Message, cookies_and_query_values_are_found_whole) {
  Request request;
  request.headers.push_back({"Cookie", "xsession=no; session=a=b; session=second"});
  EXPECT_EQ(request.cookie("session"), "a=b");
  EXPECT_EQ(request.cookie("sess"), "");
  request.query = "ab=no&a=1+2%26&a=3&c";
  EXPECT_EQ(request.query_value("a"), "1 2&");
  EXPECT_EQ(request.query_value("c"), "");
  EXPECT_EQ(request.query_value("d"), std::nullopt);
}

TEST(Message, json_texts_are_quoted_and_what_is_no_utf8_is_replaced) { EXPECT_EQ(json_quoted("a\"\\\n\xc3\xa9\xff"), "\"a\\\"\\\\\\u000a\xc3\xa9\\ufffd\""); }

}  // namespace
}  // namespace noctule
