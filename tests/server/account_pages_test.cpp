// SPDX-License-Identifier: Apache-2.0
#include "account_fixture.h"

namespace noctule {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccountPagesTest : public AccountTest {
 protected:
  static Asking form(const char* fetch_site = "same-origin") {
    Asking asking;
    asking.content_type = "application/x-www-form-urlencoded";
    asking.fetch_site = fetch_site;
    return asking;
  }
};

constexpr const char* kFilledIn = "email=ada%40example.org&password=correct+horse+battery";

TEST_F(AccountPagesTest, the_set_up_link_makes_one_administrator_and_logs_in) {
  const std::string path = "/setup/" + settings().make_setup_token(clock_ms_).value();
  const Response page = ask(Method::Get, path, "");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("<form method=\"post\">"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  const Response done = ask(Method::Post, path, kFilledIn, form());
  EXPECT_EQ(done.status, 303);
  EXPECT_THAT(done.headers, HasSubstr("Location: /\r\n"));
  Asking asking;
  asking.cookie = cookie_of(done);
  EXPECT_EQ(json_of(ask(Method::Get, "/api/v1/me", "", asking))["user"]["administrator"], true);
  EXPECT_EQ(ask(Method::Get, path, "").status, 404);
  EXPECT_EQ(ask(Method::Post, path, kFilledIn, form()).status, 404);
  EXPECT_EQ(settings().users().value().size(), 1u);
}

TEST_F(AccountPagesTest, what_is_wrong_on_the_set_up_form_is_said_on_it_and_the_link_stays_good) {
  const std::string path = "/setup/" + settings().make_setup_token(clock_ms_).value();
  const Response refused = ask(Method::Post, path, "email=%22%3E%3Cb%3E&password=short", form());
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("role=\"alert\""));
  EXPECT_THAT(refused.body, Not(HasSubstr("<b>")));  // what was typed comes back as text
  EXPECT_THAT(refused.body, HasSubstr("&quot;&gt;&lt;b&gt;"));
  EXPECT_EQ(ask(Method::Post, path, kFilledIn, form()).status, 303);
}

TEST_F(AccountPagesTest, a_form_sent_by_another_sites_page_is_not_taken) {
  const std::string setup = "/setup/" + settings().make_setup_token(clock_ms_).value();
  EXPECT_EQ(ask(Method::Post, setup, kFilledIn, form("cross-site")).status, 403);
  EXPECT_EQ(ask(Method::Post, setup, kFilledIn, form("same-site")).status, 403);
  EXPECT_TRUE(settings().users().value().empty());
  add_user("ada@example.org", true);
  EXPECT_EQ(ask(Method::Post, "/login", kFilledIn, form("cross-site")).status, 403);
  Asking old_browser = form("");
  old_browser.origin = "https://evil.example";
  EXPECT_EQ(ask(Method::Post, "/login", kFilledIn, old_browser).status, 403);
  old_browser.origin = "null";
  EXPECT_EQ(ask(Method::Post, "/login", kFilledIn, old_browser).status, 403);
  old_browser.origin = "https://stats.example.org";
  EXPECT_EQ(ask(Method::Post, "/login", kFilledIn, old_browser).status, 303);
}

TEST_F(AccountPagesTest, logging_in_leads_to_the_start_page_whatever_the_request_says) {
  add_user("ada@example.org", true);
  for (const char* path : {"/login", "/login?next=https://evil.example", "/login?next=//evil.example", "/login?redirect=%2F%2Fevil.example"}) {
    const Response done = ask(Method::Post, path, std::string(kFilledIn) + "&next=https%3A%2F%2Fevil.example", form());
    EXPECT_EQ(done.status, 303);
    EXPECT_THAT(done.headers, HasSubstr("Location: /\r\n")) << path;
  }
  const Response refused = ask(Method::Post, "/login", "email=ada%40example.org&password=wrong", form());
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(cookie_of(refused), "");
}

TEST_F(AccountPagesTest, pages_speak_french_to_those_who_like_it_better) {
  const std::pair<const char*, const char*> kCases[] = {{"fr-FR,fr;q=0.9,en;q=0.8", "Se connecter"}, {"fr", "Se connecter"}, {"en;q=0.5,fr;q=0.7", "Se connecter"},
                                                        {"en-GB,fr;q=0.9", ">Log in<"}, {"de", ">Log in<"}, {"", ">Log in<"}, {"fr;q=0", ">Log in<"}};
  for (const auto& [language, expected] : kCases) {
    Asking asking;
    asking.language = language;
    EXPECT_THAT(ask(Method::Get, "/login", "", asking).body, HasSubstr(expected)) << language;
  }
}

TEST_F(AccountPagesTest, the_cookie_is_for_this_server_alone_and_secure_where_the_connection_is) {
  add_user("ada@example.org");
  const Response done = ask(Method::Post, "/login", kFilledIn, form());
  EXPECT_THAT(done.headers, HasSubstr("; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000; Secure\r\n"));
  Config plain = *services_->config.get();
  plain.base_url = "http://127.0.0.1:8000";
  services_->config.set(plain);
  Asking insecure = form();
  insecure.secure = false;
  EXPECT_THAT(ask(Method::Post, "/login", kFilledIn, insecure).headers, Not(HasSubstr("Secure")));
}

TEST_F(AccountPagesTest, the_start_page_lists_what_one_may_see_and_logs_out) {
  const SiteId site = add_site("example.org");
  add_site("other.example");
  EXPECT_THAT(ask(Method::Get, "/", "").headers, HasSubstr("Location: /login\r\n"));
  Asking viewer = user_with("ben@example.org", Role::Viewer, site);
  const Response page = ask(Method::Get, "/", "", viewer);
  EXPECT_THAT(page.body, HasSubstr("<li>example.org <small>(viewer)</small></li>"));
  EXPECT_THAT(page.body, Not(HasSubstr("other.example")));
  EXPECT_THAT(page.body, HasSubstr("value=\"" + viewer.csrf + "\""));
  EXPECT_EQ(ask(Method::Post, "/logout", "csrf=wrong", viewer).status, 403);
  EXPECT_EQ(ask(Method::Get, "/api/v1/me", "", viewer).status, 200);
  EXPECT_EQ(ask(Method::Post, "/logout", "csrf=" + viewer.csrf, viewer).status, 303);
  EXPECT_EQ(ask(Method::Get, "/api/v1/me", "", viewer).status, 401);
}

TEST_F(AccountPagesTest, a_shared_link_with_a_password_asks_for_it) {
  SharedLink wanted;
  wanted.site = add_site("example.org");
  const std::string path = "/share/" + settings().add_shared_link(wanted, "sesame", clock_ms_).value();
  const Response page = ask(Method::Get, path, "");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(cookie_of(page), "");
  EXPECT_EQ(ask(Method::Post, path, "password=", form()).status, 401);
  EXPECT_EQ(ask(Method::Post, path, "password=wrong", form()).status, 401);
  EXPECT_EQ(ask(Method::Post, path, "password=sesame", form()).status, 303);
  EXPECT_EQ(ask(Method::Post, "/share/made-up", "password=sesame", form()).status, 401);
}

TEST_F(AccountPagesTest, the_page_of_a_link_does_not_say_whether_the_link_exists) {
  SharedLink wanted;
  wanted.site = add_site("example.org");
  const std::string token = settings().add_shared_link(wanted, "sesame", clock_ms_).value();
  EXPECT_EQ(ask(Method::Get, "/share/" + token, "").body, ask(Method::Get, "/share/made-up", "").body);
}

}  // namespace
}  // namespace noctule
