// SPDX-License-Identifier: Apache-2.0
// Who may call what: each route with each kind of asker, and the refusals.
#include "account_fixture.h"

namespace noctule {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccountAccessTest : public AccountTest {
 protected:
  AccountAccessTest() : site_(add_site("example.org")), other_(add_site("other.example")) { add_user("root@example.org", true); }

  SiteId site_, other_;
};

// A column per asker: what a GET or an empty body gives. 400 and 422 mean that the guard let the call through.
struct Row {
  Method method;
  const char* path;
  int nobody, stranger, viewer, editor, owner, administrator, query_key, manage_key, manage_all_key;
};
constexpr Row kRows[] = {
    {Method::Get, "/api/v1/me", 401, 200, 200, 200, 200, 200, 200, 200, 200},
    {Method::Get, "/api/v1/sites", 401, 200, 200, 200, 200, 200, 200, 200, 200},
    {Method::Post, "/api/v1/sites", 401, 403, 403, 403, 403, 400, 403, 403, 400},
    {Method::Get, "/api/v1/sites/example.org", 401, 404, 200, 200, 200, 200, 200, 200, 200},
    {Method::Patch, "/api/v1/sites/example.org", 401, 404, 403, 403, 400, 400, 403, 400, 400},
    {Method::Get, "/api/v1/sites/example.org/members", 401, 404, 403, 403, 200, 200, 403, 403, 403},
    {Method::Put, "/api/v1/sites/example.org/members", 401, 404, 403, 403, 400, 400, 403, 403, 403},
    {Method::Get, "/api/v1/sites/example.org/keys", 401, 404, 403, 403, 200, 200, 403, 403, 403},
    {Method::Post, "/api/v1/sites/example.org/keys", 401, 404, 403, 403, 400, 400, 403, 403, 403},
    {Method::Delete, "/api/v1/sites/example.org/keys/99", 401, 404, 403, 403, 404, 404, 403, 403, 403},
    {Method::Get, "/api/v1/sites/example.org/shared-links", 401, 404, 403, 403, 200, 200, 403, 200, 200},
    {Method::Post, "/api/v1/sites/example.org/shared-links", 401, 404, 403, 403, 400, 400, 403, 400, 400},
    {Method::Get, "/api/v1/sites/example.org/channel-rules", 401, 404, 200, 200, 200, 200, 200, 200, 200},
    {Method::Put, "/api/v1/sites/example.org/channel-rules", 401, 404, 403, 400, 400, 400, 403, 400, 400},
    {Method::Get, "/api/v1/sites/example.org/drops", 401, 404, 200, 200, 200, 200, 200, 200, 200},
    {Method::Get, "/api/v1/sites/other.example", 401, 404, 404, 404, 404, 200, 404, 404, 200},
    {Method::Get, "/api/v1/sites/none.example", 401, 404, 404, 404, 404, 404, 404, 404, 404},
    {Method::Post, "/api/v1/sites/example.org/channel-rules/apply", 401, 404, 403, 503, 503, 503, 403, 503, 503},  // nothing is loaded here
    {Method::Post, "/api/v1/sites/example.org/pastes/apply", 401, 404, 403, 503, 503, 503, 403, 503, 503},
    {Method::Get, "/api/v1/channel-rules", 401, 403, 403, 403, 403, 200, 403, 403, 200},
    {Method::Put, "/api/v1/channel-rules", 401, 403, 403, 403, 403, 400, 403, 403, 400},
    {Method::Get, "/api/v1/users", 401, 403, 403, 403, 403, 200, 403, 403, 403},
    {Method::Post, "/api/v1/users", 401, 403, 403, 403, 403, 400, 403, 403, 403},
    {Method::Patch, "/api/v1/users/1", 401, 403, 403, 403, 403, 400, 403, 403, 403},
    {Method::Delete, "/api/v1/users/99", 401, 403, 403, 403, 403, 404, 403, 403, 403},
    {Method::Get, "/api/v1/keys", 401, 403, 403, 403, 403, 200, 403, 403, 403},
    {Method::Post, "/api/v1/keys", 401, 403, 403, 403, 403, 400, 403, 403, 403},
    {Method::Delete, "/api/v1/keys/99", 401, 403, 403, 403, 403, 404, 403, 403, 403},
    {Method::Get, "/api/v1/audit", 401, 403, 403, 403, 403, 200, 403, 403, 403},
    {Method::Post, "/api/v1/me/password", 401, 400, 400, 400, 400, 400, 403, 403, 403},
    {Method::Post, "/api/v1/me/totp", 401, 400, 400, 400, 400, 400, 403, 403, 403},
    {Method::Post, "/api/v1/me/totp/confirm", 401, 400, 400, 400, 400, 400, 403, 403, 403},
    {Method::Post, "/api/v1/me/totp/remove", 401, 400, 400, 400, 400, 400, 403, 403, 403},
};

TEST_F(AccountAccessTest, each_asker_may_do_what_their_role_says_and_nothing_else) {
  const Asking nobody, stranger = user_with("stranger@example.org", std::nullopt, site_), viewer = user_with("viewer@example.org", Role::Viewer, site_),
                       editor = user_with("editor@example.org", Role::Editor, site_), owner = user_with("owner@example.org", Role::Owner, site_),
                       administrator = log_in("root@example.org"), query_key = key_with({Scope::Query}, site_), manage_key = key_with({Scope::Manage}, site_),
                       manage_all_key = key_with({Scope::Manage});
  for (const Row& row : kRows) {
    const std::pair<const Asking*, int> kColumns[] = {{&nobody, row.nobody}, {&stranger, row.stranger}, {&viewer, row.viewer}, {&editor, row.editor},
                                                      {&owner, row.owner}, {&administrator, row.administrator}, {&query_key, row.query_key},
                                                      {&manage_key, row.manage_key}, {&manage_all_key, row.manage_all_key}};
    int column = 0;
    for (const auto& [asking, expected] : kColumns) {
      // A member that no route knows: whoever is let through is told so, and nothing changes.
      EXPECT_EQ(ask(row.method, row.path, R"({"unknown member":1})", *asking).status, expected) << name_of(row.method) << " " << row.path << " column " << column;
      ++column;
    }
  }
}

TEST_F(AccountAccessTest, every_route_but_those_before_a_login_is_in_the_table) {
  size_t open = 0;
  for (const std::string& route : router_.list()) {
    const bool for_anybody = route == "POST /api/v1/login" || route.find(" /api/") == std::string::npos;
    open += for_anybody ? 1 : 0;
    if (for_anybody) continue;
    const size_t space = route.find(' ');
    Asking nobody;
    std::string path = route.substr(space + 1);
    for (size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) path.replace(at, path.find('}') - at + 1, "1");
    for (const Method method : {Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete}) {
      if (name_of(method) != route.substr(0, space)) continue;
      EXPECT_EQ(ask(method, path, "{}", nobody).status, 401) << route;
    }
  }
  EXPECT_EQ(open, 10u);  // log-in by JSON, and the pages of set-up, log-in, start, log-out and shared links with their style
}

TEST_F(AccountAccessTest, a_session_changes_nothing_without_its_csrf_token) {
  const Asking root = log_in("root@example.org");
  const std::string body = R"({"domain":"new.example"})";
  Asking bare = root;
  bare.csrf.clear();
  EXPECT_THAT(error_of(ask(Method::Post, "/api/v1/sites", body, bare)), HasSubstr("X-CSRF-Token"));
  bare.csrf = log_in("root@example.org").csrf;  // of another session of the same user
  EXPECT_EQ(ask(Method::Post, "/api/v1/sites", body, bare).status, 403);
  EXPECT_EQ(ask(Method::Delete, "/api/v1/sites/example.org", "", bare).status, 403);
  EXPECT_EQ(ask(Method::Post, "/api/v1/logout", "", bare).status, 403);
  EXPECT_EQ(settings().sites().value().size(), 2u);
  EXPECT_EQ(ask(Method::Post, "/api/v1/sites", body, root).status, 201);
}

TEST_F(AccountAccessTest, a_body_that_is_not_called_json_is_not_read) {
  Asking root = log_in("root@example.org");
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"}) {
    root.content_type = type;
    EXPECT_EQ(ask(Method::Post, "/api/v1/sites", R"({"domain":"new.example"})", root).status, 415) << type;
  }
  root.content_type = "Application/JSON; charset=utf-8";
  EXPECT_EQ(ask(Method::Post, "/api/v1/sites", R"({"domain":"new.example"})", root).status, 201);
}

TEST_F(AccountAccessTest, a_stranger_cannot_tell_a_foreign_site_from_none) {
  const Asking stranger = user_with("stranger@example.org", std::nullopt, site_);
  const Response there = ask(Method::Get, "/api/v1/sites/example.org", "", stranger), not_there = ask(Method::Get, "/api/v1/sites/examble.org", "", stranger);
  EXPECT_EQ(there.status, not_there.status);
  EXPECT_EQ(there.body, not_there.body);
}

TEST_F(AccountAccessTest, a_bearer_that_is_no_key_is_nobody_even_beside_a_good_session) {
  Asking root = log_in("root@example.org");
  root.bearer = "nok_wrong";
  const Response refused = ask(Method::Get, "/api/v1/me", "", root);
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.headers, HasSubstr("WWW-Authenticate: Bearer"));
}

TEST_F(AccountAccessTest, a_shared_links_session_sees_its_site_and_changes_nothing) {
  SharedLink wanted;
  wanted.site = site_;
  const std::string token = settings().add_shared_link(wanted, "", clock_ms_).value();
  Asking link;
  link.content_type = "application/x-www-form-urlencoded";
  const Response opened = ask(Method::Post, "/share/" + token, "", link);
  ASSERT_EQ(opened.status, 303);
  link.cookie = cookie_of(opened);
  const nlohmann::json me = json_of(ask(Method::Get, "/api/v1/me", "", link));
  EXPECT_EQ(me["user"], nullptr);
  EXPECT_EQ(me["site"], static_cast<uint32_t>(site_));
  link.csrf = me["csrf"];
  link.content_type = "application/json";
  EXPECT_EQ(ask(Method::Get, "/api/v1/sites/example.org", "", link).status, 200);
  EXPECT_EQ(ask(Method::Get, "/api/v1/sites/other.example", "", link).status, 404);
  EXPECT_EQ(ask(Method::Put, "/api/v1/sites/example.org/channel-rules", R"({"rules":[]})", link).status, 403);
  EXPECT_EQ(ask(Method::Post, "/api/v1/me/totp", R"({"password":"x"})", link).status, 403);
  EXPECT_EQ(json_of(ask(Method::Get, "/api/v1/sites", "", link))["sites"].size(), 1u);
}

TEST_F(AccountAccessTest, answers_are_never_cached) {
  const Asking root = log_in("root@example.org");
  for (const char* path : {"/api/v1/me", "/login", "/api/v1/sites", "/share/x", "/setup/x"}) {
    EXPECT_THAT(ask(Method::Get, path, "", root).headers, HasSubstr("Cache-Control: no-store")) << path;
  }
}

TEST_F(AccountAccessTest, what_looks_like_sql_is_a_name_like_any_other) {
  const Asking root = log_in("root@example.org");
  for (const std::string& evil : {std::string("'; DROP TABLE site; --"), std::string("1 OR 1=1"), std::string("\" UNION SELECT * FROM user --")}) {
    const std::string body = nlohmann::json({{"email", evil + "@example.org"}, {"password", kPassword}}).dump();
    const int made = ask(Method::Post, "/api/v1/login", body, root).status;
    EXPECT_EQ(made, 401) << evil;
    const std::string label = nlohmann::json({{"label", evil}, {"scopes", {"query"}}}).dump();
    EXPECT_EQ(ask(Method::Post, "/api/v1/keys", label, root).status, 201);
    EXPECT_EQ(json_of(ask(Method::Get, "/api/v1/keys", "", root))["keys"].back()["label"], evil);
  }
  EXPECT_EQ(settings().sites().value().size(), 2u);
}

TEST_F(AccountAccessTest, the_log_holds_no_address_of_anybody) {
  const Asking root = log_in("root@example.org");
  ask(Method::Post, "/api/v1/users", R"({"email":"new@example.org","password":"correct horse battery"})", root);
  const nlohmann::json log = json_of(ask(Method::Get, "/api/v1/audit", "", root));
  EXPECT_GE(log["entries"].size(), 2u);
  EXPECT_THAT(log.dump(), Not(HasSubstr("@")));
}

}  // namespace
}  // namespace noctule
