// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include "settings_fixture.h"

namespace noctule {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SitesTest : public SettingsTest {};

TEST_F(SitesTest, what_was_added_comes_back_also_after_reopening) {
  Site wanted;
  wanted.hosts = {"www.Shop.example.org", "blog.example.org", "example.org"};
  wanted.time_zone = "Europe/Paris";
  wanted.mode = ConsentMode::Consented;
  wanted.retention_days = 3650;
  wanted.k_threshold = 12;
  wanted.query_parameters = {"p", "id", "p"};
  wanted.created_ms = kNow;
  const Site added = open().add_site("https://WWW.Example.org/", wanted).value();
  EXPECT_NE(added.id, SiteId::None);
  const std::vector<Site> sites = open().sites().value();
  ASSERT_EQ(sites.size(), 1u);
  EXPECT_EQ(sites[0].id, added.id);
  EXPECT_EQ(sites[0].domain, "example.org");
  EXPECT_THAT(sites[0].hosts, ElementsAre("blog.example.org", "shop.example.org"));
  EXPECT_EQ(sites[0].umami_id, added.umami_id);
  EXPECT_EQ(sites[0].umami_id.size(), 36u);
  EXPECT_EQ(sites[0].time_zone, "Europe/Paris");
  EXPECT_EQ(sites[0].mode, ConsentMode::Consented);
  EXPECT_EQ(sites[0].retention_days, 3650);
  EXPECT_EQ(sites[0].k_threshold, 12u);
  EXPECT_THAT(sites[0].query_parameters, ElementsAre("id", "p"));
  EXPECT_EQ(sites[0].created_ms, kNow);
}

TEST_F(SitesTest, one_name_is_one_sites) {
  Settings settings = open();
  Site wanted;
  wanted.hosts = {"blog.example.org"};
  ASSERT_TRUE(settings.add_site("example.org", wanted));
  EXPECT_THAT(message_of(settings.add_site("www.example.org", {})), HasSubstr("site example.org exists already"));
  EXPECT_THAT(message_of(settings.add_site("blog.example.org", {})), HasSubstr("blog.example.org is a further host of site example.org already"));
  EXPECT_THAT(message_of(settings.add_site("example.com", wanted)), HasSubstr("further host of site example.org"));
  Site same_umami;
  same_umami.umami_id = settings.sites().value()[0].umami_id;
  EXPECT_THAT(message_of(settings.add_site("example.com", same_umami)), HasSubstr("is site example.org's Umami id"));
  EXPECT_EQ(settings.sites().value().size(), 1u);
}

TEST_F(SitesTest, each_limit_is_told_with_what_is_allowed) {
  Settings settings = open();
  const auto refusal = [&](auto change) {
    Site site;
    change(site);
    return message_of(settings.add_site("example.org", site));
  };
  EXPECT_THAT(refusal([](Site& s) { s.retention_days = 761; }), HasSubstr("1 to 760 days in mode exempt (25 months), not 761"));
  EXPECT_THAT(refusal([](Site& s) { s.retention_days = 0; }), HasSubstr("1 to 760 days"));
  EXPECT_THAT(refusal([](Site& s) { s.mode = ConsentMode::Consented; s.retention_days = 99'999; }), HasSubstr("1 to 36525 days in mode consented"));
  EXPECT_THAT(refusal([](Site& s) { s.k_threshold = 0; }), HasSubstr("1 to 1000000, not 0"));
  EXPECT_THAT(refusal([](Site& s) { s.time_zone = "Europe/Pariss"; }), HasSubstr("no time zone \"Europe/Pariss\""));
  EXPECT_THAT(refusal([](Site& s) { s.time_zone = "../../etc/passwd"; }), HasSubstr("no time zone"));
  EXPECT_THAT(refusal([](Site& s) { s.umami_id = "42"; }), HasSubstr("\"42\" is no UUID"));
  EXPECT_THAT(refusal([](Site& s) { s.query_parameters = {"a b"}; }), HasSubstr("\"a b\" is no name of a query parameter"));
  EXPECT_THAT(refusal([](Site& s) { s.hosts = {"nowhere"}; }), HasSubstr("\"nowhere\" is no domain"));
  EXPECT_THAT(refusal([](Site& s) { for (int i = 0; i < 101; ++i) s.hosts.push_back("h" + std::to_string(i) + ".example"); }), HasSubstr("at most 100 further hosts"));
  EXPECT_TRUE(settings.sites().value().empty());
}

TEST_F(SitesTest, a_site_changes_whole_or_not_at_all) {
  Settings settings = open();
  add_site(settings, "example.com");
  Site site = settings.add_site("example.org", {}).value();
  site.hosts = {"blog.example.org"};
  site.k_threshold = 9;
  ASSERT_TRUE(settings.change_site(site));
  site.hosts = {"shop.example.org", "example.com"};
  site.k_threshold = 10;
  EXPECT_THAT(message_of(settings.change_site(site)), HasSubstr("site example.com exists already"));
  const Site after = settings.find_site("example.org").value();
  EXPECT_EQ(after.k_threshold, 9u);
  EXPECT_THAT(after.hosts, ElementsAre("blog.example.org"));
  site.id = SiteId{99};
  site.hosts = {};
  site.domain = "example.net";
  site.umami_id = "00000000-0000-4000-8000-000000000000";
  EXPECT_THAT(message_of(settings.change_site(site)), HasSubstr("there is no site 99"));
}

TEST_F(SitesTest, a_removed_sites_number_is_never_given_again) {
  Settings settings = open();
  const SiteId first = add_site(settings, "example.org");
  ASSERT_TRUE(settings.remove_site(first));
  EXPECT_THAT(message_of(settings.remove_site(first)), HasSubstr("there is no site"));
  EXPECT_GT(add_site(settings, "example.org"), first);
}

TEST_F(SitesTest, a_site_is_found_by_each_of_its_names_and_a_slip_is_answered_with_the_nearest) {
  Settings settings = open();
  EXPECT_THAT(message_of(settings.find_site("example.org")), HasSubstr("none has been added yet"));
  const Site site = settings.add_site("example.org", {}).value();
  add_site(settings, "other.example");
  for (const std::string& name : {std::string("example.org"), std::string("www.EXAMPLE.org"), std::to_string(static_cast<uint32_t>(site.id)), site.umami_id}) {
    EXPECT_EQ(settings.find_site(name).value().id, site.id) << name;
  }
  const auto missing = settings.find_site("exmaple.org");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("the nearest is example.org"));
  EXPECT_THAT(message_of(settings.find_site("' OR 1=1 --")), HasSubstr("there is no site \"' OR 1=1 --\""));
}

TEST_F(SitesTest, two_who_have_the_file_open_see_each_others_changes) {
  Settings server = open(), command_line = open();
  const int64_t before = server.version().value();
  const SiteId site = add_site(command_line, "example.org");
  EXPECT_NE(server.version().value(), before);
  EXPECT_EQ(server.sites().value().size(), 1u);
  const int64_t with_site = command_line.version().value();
  ASSERT_TRUE(server.remove_site(site));
  EXPECT_NE(command_line.version().value(), with_site);
  EXPECT_TRUE(command_line.sites().value().empty());
}

TEST_F(SitesTest, what_is_no_configuration_leaves_the_version_alone) {
  Settings settings = open();
  const SiteId site = add_site(settings, "example.org");
  const int64_t before = settings.version().value();
  ASSERT_TRUE(settings.audit("command line", "site add", "example.org", kNow));
  ASSERT_TRUE(settings.add_drops({{site, 20'000, "bot", 1}}));
  EXPECT_EQ(settings.version().value(), before);
}

TEST_F(SitesTest, drops_add_up_by_day_and_reason) {
  Settings settings = open(), other = open();
  const SiteId site = add_site(settings, "example.org");
  ASSERT_TRUE(settings.add_drops({{site, 100, "bot", 2}, {site, 100, "rate", 1}, {SiteId{77}, 100, "bot", 50}}));
  ASSERT_TRUE(other.add_drops({{site, 100, "bot", 3}, {site, 101, "bot", 4}, {site, 200, "bot", 9}}));
  const auto drops = settings.drops(site, 100, 150).value();
  ASSERT_EQ(drops.size(), 3u);
  EXPECT_EQ(drops[0].reason, "bot");
  EXPECT_EQ(drops[0].count, 5u);
  EXPECT_EQ(drops[1].reason, "rate");
  EXPECT_EQ(drops[2].day_number, 101);
}

TEST_F(SitesTest, the_audit_log_is_newest_first_and_holds_no_control_characters) {
  Settings settings = open();
  ASSERT_TRUE(settings.audit("user 1", "site add", "example.org", kNow));
  ASSERT_TRUE(settings.audit("command line", "key remove", "evil\x1b[2J\nname", kNow + 1));
  const auto log = settings.audit_log(10).value();
  ASSERT_EQ(log.size(), 2u);
  EXPECT_EQ(log[0].object, "evil\\x1B[2J\\x0Aname");
  EXPECT_EQ(log[1].actor, "user 1");
  EXPECT_EQ(settings.audit_log(1).value().size(), 1u);
}

TEST_F(SitesTest, a_backup_is_a_file_that_opens_and_holds_the_same) {
  Settings settings = open();
  add_site(settings, "example.org");
  const std::string copy_folder = folder_ + "/copy";
  std::filesystem::create_directory(copy_folder);
  ASSERT_TRUE(settings.backup_to(copy_folder + "/settings.db"));
  add_site(settings, "later.example");
  Settings copy = Settings::open(copy_folder).value();
  ASSERT_EQ(copy.sites().value().size(), 1u);
  EXPECT_TRUE(copy.check().value().empty());
}

TEST_F(SitesTest, the_file_is_its_owners_alone) {
  const Settings settings = open();
  struct stat status{};
  ASSERT_EQ(::stat((folder_ + "/settings.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

}  // namespace
}  // namespace noctule
