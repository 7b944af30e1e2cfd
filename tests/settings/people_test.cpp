// SPDX-License-Identifier: Apache-2.0
#include "settings_fixture.h"

namespace noctule {
namespace {

using testing::HasSubstr;

class PeopleTest : public SettingsTest {
 protected:
  static Identity session_of(UserId user, bool administrator = false) {
    Identity who;
    who.user = user;
    who.administrator = administrator;
    return who;
  }
  static Identity key_with(std::vector<Scope> scopes, SiteId site = SiteId::None) {
    Identity who;
    who.key = 1;
    who.scopes = std::move(scopes);
    who.only_site = site;
    return who;
  }
};

TEST_F(PeopleTest, addresses_are_kept_in_lower_case_and_found_in_any) {
  Settings settings = open();
  const UserId id = add_user(settings, " Ada@Example.org ");
  EXPECT_EQ(settings.users().value().at(0).email, "ada@example.org");
  EXPECT_EQ(settings.find_user("ADA@example.ORG").value().id, id);
  EXPECT_THAT(message_of(settings.find_user("adda@example.org")), HasSubstr("the nearest is ada@example.org"));
  EXPECT_THAT(message_of(settings.add_user({.email = "ada@EXAMPLE.org", .password = kPassword, .name = {}, .administrator = false, .now_ms = kNow})), HasSubstr("exists already"));
}

TEST_F(PeopleTest, what_is_no_address_and_what_is_no_password_is_refused) {
  Settings settings = open();
  for (const char* email : {"", "ada", "@example.org", "ada@", "a@b@c", "a b@example.org", "ada@example.org\n", "<ada@example.org>"}) {
    const auto refused = settings.add_user({.email = email, .password = kPassword, .name = {}, .administrator = false, .now_ms = kNow});
    if (std::string_view(email).ends_with('\n')) continue;  // a line end around an address is trimmed
    EXPECT_FALSE(refused) << email;
  }
  EXPECT_THAT(message_of(settings.add_user({.email = "b@example.org", .password = "too short", .name = {}, .administrator = false, .now_ms = kNow})), HasSubstr("10 to 1024"));
  EXPECT_THAT(message_of(settings.add_user({.email = "b@example.org", .password = std::string(1025, 'x'), .name = {}, .administrator = false, .now_ms = kNow})), HasSubstr("10 to 1024"));
}

TEST_F(PeopleTest, the_last_administrator_stays) {
  Settings settings = open();
  const UserId first = add_user(settings, "first@example.org", true);
  add_user(settings, "viewer@example.org");
  EXPECT_THAT(message_of(settings.remove_user(first)), HasSubstr("first@example.org is the last administrator"));
  EXPECT_THAT(message_of(settings.set_administrator(first, false)), HasSubstr("is the last administrator"));
  const UserId second = add_user(settings, "second@example.org", true);
  EXPECT_TRUE(settings.remove_user(first));
  EXPECT_THAT(message_of(settings.remove_user(first)), HasSubstr("there is no user"));
  EXPECT_FALSE(settings.remove_user(second));
}

TEST_F(PeopleTest, a_role_is_of_one_site_and_can_be_taken_away) {
  Settings settings = open();
  const SiteId site = add_site(settings, "example.org"), other = add_site(settings, "other.example");
  const UserId user = add_user(settings, "ada@example.org");
  EXPECT_EQ(settings.role_of(session_of(user), site), std::nullopt);
  ASSERT_TRUE(settings.set_role(user, site, Role::Viewer));
  ASSERT_TRUE(settings.set_role(user, site, Role::Editor));
  EXPECT_EQ(settings.role_of(session_of(user), site), Role::Editor);
  EXPECT_EQ(settings.role_of(session_of(user), other), std::nullopt);
  EXPECT_EQ(settings.roles().value().size(), 1u);
  ASSERT_TRUE(settings.set_role(user, site, std::nullopt));
  EXPECT_EQ(settings.role_of(session_of(user), site), std::nullopt);
  EXPECT_THAT(message_of(settings.set_role(user, SiteId{99}, Role::Owner)), HasSubstr("no site 99"));
  EXPECT_THAT(message_of(settings.set_role(UserId{99}, site, Role::Owner)), HasSubstr("no user 99"));
}

TEST_F(PeopleTest, each_kind_of_identity_has_what_it_was_given_and_no_more) {
  Settings settings = open();
  const SiteId site = add_site(settings, "example.org"), other = add_site(settings, "other.example");
  const UserId administrator = add_user(settings, "root@example.org", true);
  Identity link;
  link.link = 1;
  link.only_site = site;
  EXPECT_EQ(settings.role_of(session_of(administrator, true), other), Role::Owner);
  EXPECT_EQ(settings.role_of(session_of(administrator, true), SiteId{99}), std::nullopt);
  EXPECT_EQ(settings.role_of(Identity{}, site), std::nullopt);
  EXPECT_EQ(settings.role_of(link, site), Role::Viewer);
  EXPECT_EQ(settings.role_of(link, other), std::nullopt);
  EXPECT_EQ(settings.role_of(key_with({Scope::Collect}), site), std::nullopt);
  EXPECT_EQ(settings.role_of(key_with({Scope::Collect, Scope::Query}), site), Role::Viewer);
  EXPECT_EQ(settings.role_of(key_with({Scope::Manage}), site), Role::Owner);
  EXPECT_EQ(settings.role_of(key_with({Scope::Manage}, other), site), std::nullopt);
}

TEST_F(PeopleTest, set_up_works_once_in_time_and_only_while_there_is_nobody) {
  Settings settings = open();
  const std::string early = settings.make_setup_token(kNow).value();
  const std::string token = settings.make_setup_token(kNow).value();
  EXPECT_EQ(settings.is_setup_token(early, kNow), false);  // the later one is in its place
  EXPECT_EQ(settings.is_setup_token(token, kNow + kSetupTokenLifeMs), false);
  EXPECT_EQ(settings.is_setup_token("", kNow), false);
  EXPECT_THAT(message_of(settings.set_up(early, "ada@example.org", kPassword, kNow)), HasSubstr("was used, is over or never was"));
  EXPECT_THAT(message_of(settings.set_up(token, "ada@example.org", "short", kNow)), HasSubstr("10 to 1024"));
  const User user = settings.set_up(token, "ada@example.org", kPassword, kNow + 1).value();
  EXPECT_TRUE(user.administrator);
  EXPECT_EQ(user.created_ms, kNow + 1);
  EXPECT_THAT(message_of(settings.set_up(token, "eve@example.org", kPassword, kNow)), HasSubstr("was used"));
  EXPECT_THAT(message_of(settings.make_setup_token(kNow)), HasSubstr("there is a user already"));
  EXPECT_EQ(settings.users().value().size(), 1u);
}

TEST_F(PeopleTest, a_user_added_otherwise_ends_the_set_up) {
  Settings settings = open();
  const std::string token = settings.make_setup_token(kNow).value();
  add_user(settings, "root@example.org", true);
  EXPECT_THAT(message_of(settings.set_up(token, "eve@example.org", kPassword, kNow)), HasSubstr("was used"));
}

TEST_F(PeopleTest, with_a_user_go_roles_and_with_a_site_too) {
  Settings settings = open();
  add_user(settings, "root@example.org", true);
  const UserId ada = add_user(settings, "ada@example.org"), ben = add_user(settings, "ben@example.org");
  const SiteId site = add_site(settings, "example.org");
  ASSERT_TRUE(settings.set_role(ada, site, Role::Owner) && settings.set_role(ben, site, Role::Viewer));
  ASSERT_TRUE(settings.remove_user(ada));
  EXPECT_EQ(settings.roles().value().size(), 1u);
  ASSERT_TRUE(settings.remove_site(site));
  EXPECT_TRUE(settings.roles().value().empty());
}

}  // namespace
}  // namespace noctule
