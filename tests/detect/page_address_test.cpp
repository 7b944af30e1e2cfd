// SPDX-License-Identifier: Apache-2.0
#include "noctule/detect/page_address.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "noctule/base/text.h"

namespace noctule {
namespace {

TEST(PageAddress, one_page_has_one_spelling) {
  for (const char* text : {"/caf\xC3\xA9/a-b", "/caf%C3%A9/a-b", "/caf%c3%a9/%61%2Db"}) EXPECT_EQ(normal_path(text), "/caf\xC3\xA9/a-b") << text;
  EXPECT_EQ(normal_path("/a%2fb%20c%3F"), "/a%2Fb%20c%3F");       // what has a meaning of its own stays escaped
  EXPECT_EQ(normal_path("/\xA4\xA4"), normal_path("/%a4%A4"));    // Big5
  EXPECT_EQ(normal_path("/%E2%82"), "/%E2%82");
  EXPECT_EQ(normal_path("/100%"), "/100%");
  EXPECT_EQ(normal_path("/a;JSESSIONID=0A1B.node1/x;v=2"), "/a/x;v=2");
}

TEST(PageAddress, an_address_of_e_mail_in_a_path_is_hidden_and_a_handle_is_not) {
  EXPECT_EQ(normal_path("/unsubscribe/jane.doe@example.org/now"), "/unsubscribe/***/now");
  EXPECT_EQ(normal_path("/unsubscribe/jane%40example.org"), "/unsubscribe/***");
  EXPECT_EQ(normal_path("/unsubscribe/jane%2540example.org"), "/unsubscribe/jane%2540example.org");
  EXPECT_EQ(normal_path("/@jane.doe/first-post"), "/@jane.doe/first-post");
  EXPECT_EQ(normal_path("/logo@2x.png"), "/***");  // an asset, whose name nobody sees
}

TEST(PageAddress, spelling_is_idempotent_printable_and_keeps_slashes) {
  EXPECT_TRUE(rc::check([](const std::string& tail) {
    const std::string path = "/" + tail, normal = normal_path(path);
    RC_ASSERT(normal_path(normal) == normal);
    RC_ASSERT(!contains_email_address(normal) || normal.find('/') == std::string::npos);
    for (std::string_view rest = normal; !rest.empty();) {
      const size_t length = utf8_length(rest);
      RC_ASSERT(length > 0);
      rest.remove_prefix(length);
    }
  }));
}

TEST(PageAddress, a_query_keeps_what_tells_pages_apart_and_nothing_that_tells_people_apart) {
  const auto content = [](std::string_view query) { return content_query(query, Knowledge::builtin()); };
  EXPECT_EQ(content("id=42&utm_source=newsletter&fbclid=abc&lang=fr"), "id=42&lang=fr");
  EXPECT_EQ(content("id=42&email=jane%40example.org&Session-ID=1&user%5Bemail%5D=x&access_token=a&PHPSESSID=9"), "id=42");
  EXPECT_EQ(content("id=42&to=jane%40example.org"), "id=42");
  EXPECT_EQ(content("jane@example.org"), "");
  EXPECT_EQ(content("&&"), "");
}

TEST(PageAddress, a_query_of_very_many_parameters_is_read_no_further_than_sixty_four) {
  std::string query;
  for (int i = 0; i < 20'000; ++i) query.append("a=1&");
  EXPECT_EQ(content_query(query, Knowledge::builtin()).size(), 64 * 4 - 1);
}

}  // namespace
}  // namespace noctule
