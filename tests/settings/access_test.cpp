// SPDX-License-Identifier: Apache-2.0
// API keys and shared links.
#include "noctule/privacy/secret.h"
#include "settings_fixture.h"

namespace noctule {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AccessTest : public SettingsTest {
 protected:
  AccessTest() : settings_(open()), site_(add_site(settings_, "example.org")) {}
  [[nodiscard]] ApiKey key_with(std::vector<Scope> scopes, SiteId site = SiteId::None, int64_t expires_ms = 0) const {
    ApiKey key;
    key.label = "reports";
    key.scopes = std::move(scopes);
    key.site = site;
    key.expires_ms = expires_ms;
    return key;
  }
  [[nodiscard]] SharedLink link(int64_t expires_ms = 0) const {
    SharedLink wanted;
    wanted.site = site_;
    wanted.name = "for the board";
    wanted.expires_ms = expires_ms;
    return wanted;
  }

  Settings settings_;
  SiteId site_;
};

TEST_F(AccessTest, a_key_opens_what_it_was_made_for) {
  const std::string key = settings_.add_key(key_with({Scope::Query, Scope::Collect}, site_), kNow).value();
  const auto who = settings_.find_key(key, kNow).value();
  ASSERT_TRUE(who);
  EXPECT_THAT(who->scopes, ElementsAre(Scope::Collect, Scope::Query));
  EXPECT_EQ(who->only_site, site_);
  EXPECT_EQ(who->user, UserId::None);
  EXPECT_FALSE(who->administrator);
  EXPECT_EQ(who->actor(), "key 1");
  EXPECT_EQ(settings_.role_of(*who, site_), Role::Viewer);
}

TEST_F(AccessTest, a_list_of_keys_shows_their_beginning_and_when_they_were_used) {
  const std::string key = settings_.add_key(key_with({Scope::Manage}), kNow).value();
  EXPECT_TRUE(key.starts_with("nok_"));
  ASSERT_TRUE(settings_.find_key(key, kNow + 5));
  const ApiKey listed = settings_.keys().value().at(0);
  EXPECT_EQ(listed.label, "reports");
  EXPECT_TRUE(key.starts_with(listed.prefix));
  EXPECT_LT(listed.prefix.size(), 12u);
  EXPECT_EQ(listed.created_ms, kNow);
  EXPECT_EQ(listed.last_used_ms, kNow + 5);
  EXPECT_EQ(listed.site, SiteId::None);
}

TEST_F(AccessTest, keys_that_are_wrong_over_or_removed_open_nothing) {
  const std::string key = settings_.add_key(key_with({Scope::Query}, site_, kNow + kDay), kNow).value();
  for (const std::string& wrong : {std::string(), key + "x", key.substr(0, key.size() - 1), key.substr(4), hash_token(key)}) {
    EXPECT_FALSE(settings_.find_key(wrong, kNow).value()) << wrong;
  }
  EXPECT_TRUE(settings_.find_key(key, kNow + kDay - 1).value());
  EXPECT_FALSE(settings_.find_key(key, kNow + kDay).value());
  ASSERT_TRUE(settings_.remove_key(1));
  EXPECT_FALSE(settings_.find_key(key, kNow).value());
  EXPECT_THAT(message_of(settings_.remove_key(1)), HasSubstr("there is no key 1"));
}

TEST_F(AccessTest, a_key_needs_a_scope_a_site_that_exists_and_a_future) {
  EXPECT_THAT(message_of(settings_.add_key(key_with({}), kNow)), HasSubstr("needs a scope"));
  EXPECT_THAT(message_of(settings_.add_key(key_with({Scope::Query}, SiteId{99}), kNow)), HasSubstr("there is no site 99"));
  EXPECT_THAT(message_of(settings_.add_key(key_with({Scope::Query}, site_, kNow - 1), kNow)), HasSubstr("lies in the past"));
  ApiKey odd = key_with({Scope::Query});
  odd.label = "a\nb";
  EXPECT_THAT(message_of(settings_.add_key(odd, kNow)), HasSubstr("without control characters"));
}

TEST_F(AccessTest, a_sites_keys_and_links_go_with_it) {
  const std::string key = settings_.add_key(key_with({Scope::Query}, site_), kNow).value();
  const std::string token = settings_.add_shared_link(link(), "", kNow).value();
  const auto login = settings_.log_in_shared_link(token, "", kNow).value();
  ASSERT_TRUE(login && settings_.find_session(login->cookie, kNow).value());
  ASSERT_TRUE(settings_.remove_site(site_));
  EXPECT_FALSE(settings_.find_key(key, kNow).value());
  EXPECT_FALSE(settings_.open_shared_link(token, "", kNow).value());
  EXPECT_FALSE(settings_.find_session(login->cookie, kNow).value());
}

TEST_F(AccessTest, a_shared_link_shows_its_site_to_whoever_has_it) {
  const std::string token = settings_.add_shared_link(link(), "", kNow).value();
  const auto who = settings_.open_shared_link(token, "whatever", kNow).value();
  ASSERT_TRUE(who);
  EXPECT_EQ(who->only_site, site_);
  EXPECT_EQ(who->actor(), "link 1");
  EXPECT_EQ(settings_.role_of(*who, site_), Role::Viewer);
  EXPECT_FALSE(settings_.open_shared_link("", "", kNow).value());
  EXPECT_FALSE(settings_.open_shared_link(hash_token(token), "", kNow).value());
}

TEST_F(AccessTest, a_link_with_a_password_opens_with_it_alone) {
  const std::string token = settings_.add_shared_link(link(), "sesame", kNow).value();
  EXPECT_FALSE(settings_.open_shared_link(token, "", kNow).value());
  EXPECT_FALSE(settings_.open_shared_link(token, "Sesame", kNow).value());
  EXPECT_TRUE(settings_.open_shared_link(token, "sesame", kNow).value());
  EXPECT_TRUE(settings_.shared_links(site_).value().at(0).has_password);
}

TEST_F(AccessTest, guesses_at_a_links_password_are_throttled) {
  const std::string token = settings_.add_shared_link(link(), "sesame", kNow).value();
  for (int i = 0; i < kLoginFailuresMax; ++i) ASSERT_FALSE(settings_.open_shared_link(token, "wrong", kNow).value());
  EXPECT_FALSE(settings_.open_shared_link(token, "sesame", kNow).value());
  EXPECT_TRUE(settings_.open_shared_link(token, "sesame", kNow + kLoginWindowMs).value());
}

TEST_F(AccessTest, a_link_and_its_sessions_end_at_its_end) {
  const std::string token = settings_.add_shared_link(link(kNow + kDay), "sesame", kNow).value();
  const auto login = settings_.log_in_shared_link(token, "sesame", kNow).value();
  ASSERT_TRUE(login);
  const auto who = settings_.find_session(login->cookie, kNow + kDay - 1).value();
  ASSERT_TRUE(who);
  EXPECT_EQ(who->link, 1);
  EXPECT_EQ(who->only_site, site_);
  EXPECT_FALSE(who->administrator);
  EXPECT_FALSE(settings_.find_session(login->cookie, kNow + kDay).value());
  EXPECT_FALSE(settings_.open_shared_link(token, "sesame", kNow + kDay).value());
  EXPECT_FALSE(settings_.log_in_shared_link(token, "wrong", kNow).value());
}

TEST_F(AccessTest, a_removed_link_opens_nothing_and_ends_its_sessions) {
  const std::string token = settings_.add_shared_link(link(), "", kNow).value();
  const auto login = settings_.log_in_shared_link(token, "", kNow).value();
  ASSERT_TRUE(login);
  ASSERT_TRUE(settings_.remove_shared_link(1));
  EXPECT_FALSE(settings_.open_shared_link(token, "", kNow).value());
  EXPECT_FALSE(settings_.find_session(login->cookie, kNow).value());
  EXPECT_FALSE(settings_.remove_shared_link(1));
}

TEST(Names, of_roles_and_scopes_can_be_read_back) {
  for (const Role role : {Role::Viewer, Role::Editor, Role::Owner}) EXPECT_EQ(role_named(name_of(role)), role);
  for (const Scope scope : {Scope::Collect, Scope::Query, Scope::Manage}) EXPECT_EQ(scope_named(name_of(scope)), scope);
  EXPECT_EQ(role_named("root"), std::nullopt);
  EXPECT_EQ(scope_named(""), std::nullopt);
}

}  // namespace
}  // namespace noctule
