// SPDX-License-Identifier: Apache-2.0
// What the routes do for those who may call them.
#include "account_fixture.h"
#include "noctule/privacy/secret.h"

namespace noctule {
namespace {

using testing::HasSubstr;

class AccountApiTest : public AccountTest {
 protected:
  AccountApiTest() : site_(add_site("example.org")), root_id_(add_user("root@example.org", true)), root_(log_in("root@example.org")) {}

  nlohmann::json get(const std::string& path) { return json_of(ask(Method::Get, path, "", root_)); }
  Response send(Method method, const std::string& path, const nlohmann::json& body) { return ask(method, path, body.dump(), root_); }

  SiteId site_;
  UserId root_id_;
  Asking root_;
};

TEST_F(AccountApiTest, logging_in_and_out_by_json) {
  const Response wrong = ask(Method::Post, "/api/v1/login", R"({"email":"root@example.org","password":"wrong horse"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(error_of(wrong), "wrong e-mail address, password or code");
  EXPECT_EQ(get("/api/v1/me")["actor"], "user 1");
  const Response out = ask(Method::Post, "/api/v1/logout", "", root_);
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(out.headers, HasSubstr("noctule_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
  EXPECT_EQ(ask(Method::Get, "/api/v1/me", "", root_).status, 401);
}

TEST_F(AccountApiTest, a_site_is_made_changed_and_removed) {
  const Response made = send(Method::Post, "/api/v1/sites", {{"domain", "https://www.New.example/"}, {"time_zone", "Europe/Paris"}, {"hosts", {"a.new.example"}}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(json_of(made)["domain"], "new.example");
  EXPECT_EQ(json_of(made)["role"], "owner");
  const Response changed = send(Method::Patch, "/api/v1/sites/new.example", {{"domain", "newer.example"}, {"mode", "consented"}, {"retention_days", 2000}, {"k_threshold", 7}});
  EXPECT_EQ(changed.status, 200) << changed.body;
  const nlohmann::json site = get("/api/v1/sites/newer.example");
  EXPECT_EQ(site["id"], json_of(made)["id"]);
  EXPECT_EQ(site["retention_days"], 2000);
  EXPECT_EQ(site["hosts"], nlohmann::json({"a.new.example"}));
  EXPECT_EQ(site["time_zone"], "Europe/Paris");
  EXPECT_EQ(ask(Method::Delete, "/api/v1/sites/newer.example", "", root_).status, 204);
  EXPECT_EQ(ask(Method::Get, "/api/v1/sites/newer.example", "", root_).status, 404);
}

TEST_F(AccountApiTest, what_a_body_may_not_say_is_named) {
  const std::pair<nlohmann::json, const char*> kCases[] = {
      {nlohmann::json::array(), "expected a JSON object"},        {{{"domian", "x.example"}}, "did you mean \"domain\"?"},
      {{{"time_zone", "UTC"}}, "the member \"domain\" lacks"},     {{{"domain", 5}}, "\"domain\" must be a text"},
      {{{"domain", "x.example"}, {"hosts", "y.example"}}, "array of at most"}, {{{"domain", "x.example"}, {"k_threshold", 1.5}}, "whole number from 1"},
      {{{"domain", "x.example"}, {"k_threshold", 1e300}}, "whole number from 1"}, {{{"domain", "x.example"}, {"mode", "spy"}}, "exempt or consented"}};
  for (const auto& [body, expected] : kCases) {
    const Response refused = send(Method::Post, "/api/v1/sites", body);
    EXPECT_EQ(refused.status, 400) << body;
    EXPECT_THAT(error_of(refused), HasSubstr(expected));
  }
  for (const char* body : {"", "{", "{\"domain\":\"\xFF\"}", "null"}) EXPECT_EQ(ask(Method::Post, "/api/v1/sites", body, root_).status, 400) << body;
  EXPECT_EQ(send(Method::Post, "/api/v1/sites", {{"domain", "192.0.2.1"}}).status, 422);
  EXPECT_EQ(send(Method::Post, "/api/v1/sites", {{"domain", "example.org"}}).status, 422);
  EXPECT_EQ(send(Method::Patch, "/api/v1/sites/example.org", {{"retention_days", 800}}).status, 422);
}

TEST_F(AccountApiTest, lists_of_sites_come_in_pages) {
  for (int i = 0; i < 5; ++i) add_site(fmt::format("s{}.example", i).c_str());
  EXPECT_EQ(get("/api/v1/sites")["sites"].size(), 6u);
  const nlohmann::json page = get("/api/v1/sites?limit=2&offset=1");
  ASSERT_EQ(page["sites"].size(), 2u);
  EXPECT_EQ(page["sites"][0]["domain"], "s0.example");
  EXPECT_EQ(ask(Method::Get, "/api/v1/sites?limit=x", "", root_).status, 400);
  EXPECT_EQ(ask(Method::Get, "/api/v1/sites?limit=1001", "", root_).status, 400);
}

TEST_F(AccountApiTest, members_come_and_go) {
  const UserId ben = add_user("ben@example.org");
  EXPECT_EQ(send(Method::Put, "/api/v1/sites/example.org/members", {{"email", "ben@example.org"}, {"role", "editor"}}).status, 204);
  const nlohmann::json members = get("/api/v1/sites/example.org/members");
  ASSERT_EQ(members["members"].size(), 1u);
  EXPECT_EQ(members["members"][0]["role"], "editor");
  const Response unknown = send(Method::Put, "/api/v1/sites/example.org/members", {{"email", "bem@example.org"}, {"role", "editor"}});
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, testing::Not(HasSubstr("ben@")));  // an owner is not told who else has an account
  EXPECT_EQ(send(Method::Put, "/api/v1/sites/example.org/members", {{"email", "ben@example.org"}, {"role", "king"}}).status, 400);
  EXPECT_EQ(ask(Method::Delete, fmt::format("/api/v1/sites/example.org/members/{}", static_cast<int64_t>(ben)), "", root_).status, 204);
  EXPECT_TRUE(get("/api/v1/sites/example.org/members")["members"].empty());
}

TEST_F(AccountApiTest, a_key_is_told_once_and_opens_what_it_says) {
  const Response made = send(Method::Post, "/api/v1/sites/example.org/keys", {{"label", "r"}, {"scopes", {"query"}}, {"expires_at", "2027-01-31"}});
  ASSERT_EQ(made.status, 201) << made.body;
  Asking key;
  key.bearer = json_of(made)["key"];
  EXPECT_EQ(json_of(ask(Method::Get, "/api/v1/me", "", key))["scopes"], nlohmann::json({"query"}));
  const nlohmann::json keys = get("/api/v1/sites/example.org/keys");
  ASSERT_EQ(keys["keys"].size(), 1u);
  EXPECT_EQ(keys["keys"][0]["expires_at"], "2027-01-31T00:00:00Z");
  EXPECT_EQ(keys.dump().find(key.bearer), std::string::npos);
  EXPECT_EQ(send(Method::Post, "/api/v1/keys", {{"label", "r"}, {"scopes", {"root"}}}).status, 400);
  EXPECT_EQ(send(Method::Post, "/api/v1/keys", {{"label", "r"}, {"scopes", {"query"}}, {"expires_at", "soon"}}).status, 400);
  EXPECT_EQ(send(Method::Post, "/api/v1/keys", {{"label", "r"}, {"scopes", nlohmann::json::array()}}).status, 422);
  add_site("other.example");
  EXPECT_EQ(ask(Method::Delete, "/api/v1/sites/other.example/keys/1", "", root_).status, 404);  // it is another site's
  EXPECT_EQ(ask(Method::Delete, "/api/v1/sites/example.org/keys/1", "", root_).status, 204);
  EXPECT_EQ(ask(Method::Get, "/api/v1/me", "", key).status, 401);
}

TEST_F(AccountApiTest, a_shared_link_is_told_as_an_address_and_can_be_removed) {
  const Response made = send(Method::Post, "/api/v1/sites/example.org/shared-links", {{"name", "board"}, {"password", "sesame"}});
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string url = json_of(made)["url"];
  EXPECT_TRUE(url.starts_with("https://stats.example.org/share/"));
  const nlohmann::json links = get("/api/v1/sites/example.org/shared-links");
  EXPECT_EQ(links["links"][0]["has_password"], true);
  EXPECT_EQ(ask(Method::Delete, "/api/v1/sites/example.org/shared-links/1", "", root_).status, 204);
  EXPECT_EQ(ask(Method::Delete, "/api/v1/sites/example.org/shared-links/1", "", root_).status, 404);
}

TEST_F(AccountApiTest, channel_rules_come_back_as_they_were_put) {
  const nlohmann::json rule = {{"field", "source"}, {"op", "contains"}, {"value", "letter"}, {"channel", "Email"}};
  EXPECT_EQ(send(Method::Put, "/api/v1/channel-rules", {{"rules", {rule}}}).status, 200);
  EXPECT_EQ(send(Method::Put, "/api/v1/sites/example.org/channel-rules", {{"rules", {rule, rule}}}).status, 200);
  const nlohmann::json rules = get("/api/v1/sites/example.org/channel-rules");
  ASSERT_EQ(rules["rules"].size(), 3u);
  EXPECT_EQ(rules["rules"][0]["all_sites"], false);
  EXPECT_EQ(rules["rules"][2]["all_sites"], true);
  EXPECT_EQ(send(Method::Put, "/api/v1/sites/example.org/channel-rules", rules).status, 200);  // what was read can be written
  EXPECT_EQ(get("/api/v1/sites/example.org/channel-rules"), rules);
  const nlohmann::json of_all = get("/api/v1/channel-rules");
  ASSERT_EQ(of_all["rules"].size(), 1u);
  EXPECT_EQ(send(Method::Put, "/api/v1/channel-rules", of_all).status, 200);
  EXPECT_EQ(get("/api/v1/channel-rules"), of_all);
  nlohmann::json foreign = rule;
  foreign["all_sites"] = true;
  foreign["channel"] = "Social";  // none of those of all sites
  EXPECT_EQ(send(Method::Put, "/api/v1/sites/example.org/channel-rules", {{"rules", {foreign}}}).status, 422);
  EXPECT_EQ(get("/api/v1/sites/example.org/channel-rules"), rules);
  EXPECT_EQ(send(Method::Put, "/api/v1/channel-rules", {{"rules", {{{"field", "x"}, {"op", "is"}, {"value", ""}, {"channel", "c"}}}}}).status, 422);
}

TEST_F(AccountApiTest, drops_are_told_by_day_and_reason) {
  const int64_t today = clock_ms_ / 86'400'000;
  ASSERT_TRUE(settings().add_drops({{site_, today, "bot", 3}, {site_, today - 100, "bot", 9}}));
  const nlohmann::json drops = get("/api/v1/sites/example.org/drops");
  ASSERT_EQ(drops["drops"].size(), 1u);
  EXPECT_EQ(drops["drops"][0]["count"], 3);
  EXPECT_EQ(get("/api/v1/sites/example.org/drops?from=2000-01-01")["drops"].size(), 2u);
  EXPECT_EQ(ask(Method::Get, "/api/v1/sites/example.org/drops?from=2026-02-30", "", root_).status, 400);
}

TEST_F(AccountApiTest, a_user_changes_their_password_only_with_the_old_one) {
  EXPECT_EQ(send(Method::Post, "/api/v1/me/password", {{"password", "wrong horse"}, {"new_password", "another long password"}}).status, 422);
  EXPECT_EQ(send(Method::Post, "/api/v1/me/password", {{"password", kPassword}, {"new_password", "short"}}).status, 422);
  EXPECT_EQ(send(Method::Post, "/api/v1/me/password", {{"password", kPassword}, {"new_password", "another long password"}}).status, 204);
  EXPECT_EQ(ask(Method::Get, "/api/v1/me", "", root_).status, 401);  // all sessions are over
  (void)log_in("root@example.org", "another long password");
}

TEST_F(AccountApiTest, one_time_codes_are_turned_on_with_password_and_code) {
  EXPECT_EQ(send(Method::Post, "/api/v1/me/totp", {{"password", "wrong horse"}}).status, 422);
  const Response begun = send(Method::Post, "/api/v1/me/totp", {{"password", kPassword}});
  EXPECT_THAT(std::string(json_of(begun)["otpauth"]), HasSubstr("otpauth://totp/"));
  EXPECT_EQ(send(Method::Post, "/api/v1/me/totp/confirm", {{"code", "abcdef"}}).status, 422);
  EXPECT_EQ(send(Method::Post, "/api/v1/me/totp/remove", {{"password", kPassword}}).status, 204);
}

TEST_F(AccountApiTest, administrators_manage_users) {
  const Response made = send(Method::Post, "/api/v1/users", {{"email", "Ben@example.org"}, {"password", kPassword}, {"name", "Ben"}});
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = fmt::format("/api/v1/users/{}", json_of(made)["id"].get<int64_t>());
  EXPECT_EQ(send(Method::Patch, path, {{"administrator", true}, {"password", "another long password"}}).status, 204);
  EXPECT_EQ(get("/api/v1/users")["users"][0]["administrator"], true);
  (void)log_in("ben@example.org", "another long password");
  EXPECT_EQ(ask(Method::Delete, path, "", root_).status, 204);
  EXPECT_EQ(ask(Method::Delete, path, "", root_).status, 404);
  EXPECT_EQ(ask(Method::Delete, "/api/v1/users/1", "", root_).status, 422);  // the last administrator
  EXPECT_EQ(ask(Method::Delete, "/api/v1/users/abc", "", root_).status, 404);
}

TEST_F(AccountApiTest, what_was_done_is_in_the_audit_log_with_who_did_it) {
  send(Method::Patch, "/api/v1/sites/example.org", {{"k_threshold", 9}});
  const nlohmann::json log = get("/api/v1/audit?limit=1");
  ASSERT_EQ(log["entries"].size(), 1u);
  EXPECT_EQ(log["entries"][0]["actor"], "user 1");
  EXPECT_EQ(log["entries"][0]["action"], "site set");
  EXPECT_EQ(log["entries"][0]["object"], "example.org");
  EXPECT_EQ(ask(Method::Get, "/api/v1/audit?limit=9999", "", root_).status, 400);
}

}  // namespace
}  // namespace noctule
