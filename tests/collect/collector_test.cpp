// SPDX-License-Identifier: Apache-2.0
#include "noctule/collect/collector.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "client_memo.h"
#include "requests.h"

namespace noctule {
namespace {

TestRequest pageview(std::string_view url, std::string_view domain = "example.org") {
  return TestRequest(Protocol::Plausible, fmt::format(R"({{"n":"pageview","u":"{}","d":"{}"}})", url, domain));
}

Drop drop_of(const TestRequest& request) { return collect(request).first_drop; }

TEST(Collector, every_reason_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int i = 0; i < kDrops; ++i) names.insert(name_of(static_cast<Drop>(i)));
  EXPECT_EQ(names.size(), static_cast<size_t>(kDrops));
}

TEST(Collector, pages_of_a_sites_own_hosts_and_of_hosts_below_them_are_its) {
  for (const char* url : {"https://example.org/", "https://www.example.org/", "https://EXAMPLE.org./", "https://www.example.com/", "https://example.com/",
                          "https://blog.example.org/", "http://example.org:8080/"}) {
    EXPECT_EQ(drop_of(pageview(url)), Drop::None) << url;
  }
  for (const char* url : {"https://example.net/", "https://notexample.org/", "https://example.org.evil.example/", "https://org/"}) {
    EXPECT_EQ(drop_of(pageview(url)), Drop::ForeignHost) << url;
  }
  EXPECT_EQ(drop_of(pageview("https://a.shop.example.org/")), Drop::ForeignHost) << "it belongs to the site shop.example.org";
  EXPECT_EQ(drop_of(pageview("https://a.shop.example.org/", "shop.example.org")), Drop::None);
}

TEST(Collector, pages_under_development_are_told_from_foreign_ones) {
  for (const char* url : {"http://localhost:3000/", "http://app.localhost/", "http://127.0.0.1/", "http://[::1]:80/", "http://192.168.1.5/", "http://10.0.0.1/",
                          "http://172.16.0.1/", "http://172.31.0.1/", "http://printer.local/", "file:///tmp/x.html"}) {
    EXPECT_EQ(drop_of(pageview(url)), Drop::LocalPage) << url;
  }
  EXPECT_EQ(drop_of(pageview("http://172.32.0.1/")), Drop::ForeignHost);
  EXPECT_EQ(drop_of(pageview("http://localhost:3000/", "localhost")), Drop::None) << "a site may be a local one";
}

TEST(Collector, addresses_that_are_none_are_invalid) {
  for (const char* url : {"", "about:blank", "data:text/html,x", "javascript:1", "ftp://example.org/", "blob:https://example.org/x", "https://"}) {
    const Drop drop = drop_of(pageview(url));
    EXPECT_TRUE(drop == Drop::Invalid || (std::string_view(url) == "https://" && drop == Drop::None)) << url;
  }
}

TEST(Collector, a_path_beyond_its_limit_is_dropped_and_a_long_query_is_not) {
  EXPECT_EQ(drop_of(pageview("https://example.org/" + std::string(kUrlSizeMax, 'a'))), Drop::TooLarge);
  EXPECT_EQ(drop_of(pageview("https://example.org/?x=" + std::string(20'000, 'a'))), Drop::None);
}

TEST(Collector, an_objection_is_counted_for_the_site_and_nothing_else_is_kept) {
  for (const bool gpc : {true, false}) {
    TestRequest request = pageview("https://example.org/secret");
    request.gpc = gpc;
    request.dnt = !gpc;
    const CollectOutcome outcome = collect(request);
    EXPECT_EQ(outcome.first_drop, gpc ? Drop::Gpc : Drop::Dnt);
    EXPECT_EQ(outcome.events, "");
    EXPECT_THAT(outcome.debug, testing::Not(testing::HasSubstr("secret")));
    EXPECT_THAT(outcome.drops, testing::ElementsAre(testing::Pair(SiteId{1}, gpc ? Drop::Gpc : Drop::Dnt)));
  }
}

TEST(Collector, an_objection_of_the_script_is_counted_by_what_the_browser_says) {
  TestRequest request(Protocol::Events, R"({"type":"objection","site":"example.org"})");
  EXPECT_EQ(drop_of(request), Drop::Gpc);
  request.dnt = true;
  EXPECT_EQ(drop_of(request), Drop::Dnt);
}

TEST(Collector, a_visitor_is_one_for_a_network_a_browser_and_a_site) {
  const auto visitor_of = [](std::string_view address, std::string_view user_agent, std::string_view domain) {
    TestRequest request = pageview(fmt::format("https://{}/", domain), domain);
    request.address = address;
    request.user_agent = user_agent;
    const CollectOutcome outcome = collect(request);
    return events_of(outcome).at(0).visitor;
  };
  const Pseudonym here = visitor_of("192.0.2.1", kTestBrowser, "example.org");
  EXPECT_EQ(here, visitor_of("192.0.2.99", kTestBrowser, "example.org"));
  EXPECT_NE(here, visitor_of("198.51.100.1", kTestBrowser, "example.org"));
  EXPECT_NE(here, visitor_of("192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0", "example.org"));
  EXPECT_NE(here, visitor_of("192.0.2.1", kTestBrowser, "shop.example.org"));
}

TEST(Collector, nobody_speaks_for_others_without_a_key) {
  const std::string body = R"({"hits":[{"path":"/","ip":"198.51.100.1"}]})";
  TestRequest plain(Protocol::GoatCounterCount, body), keyed(Protocol::GoatCounterCount, body), other(Protocol::GoatCounterCount, body);
  plain.referer = keyed.referer = other.referer = "https://example.org/";
  plain.key_site = keyed.key_site = SiteId{1};
  keyed.api_key_ok = other.api_key_ok = true;
  other.key_site = SiteId{2};
  other.set_body(R"({"hits":[{"path":"/","host":"example.org","ip":"198.51.100.1","created_at":"2026-03-01T00:00:00Z"}]})");
  const CollectOutcome by_key = collect(keyed);
  TestRequest direct = pageview("https://example.org/");
  direct.address = "198.51.100.1";
  const CollectOutcome asked = collect(direct);
  EXPECT_EQ(events_of(by_key).at(0).visitor, events_of(asked).at(0).visitor);
  EXPECT_EQ(collect(other).kept, 0U) << "a key for one site sends to no other";
}

TEST(Collector, events_of_one_id_are_one_and_ids_are_kept_as_hashes) {
  const CollectOutcome outcome = collect(TestRequest(
      Protocol::Events, R"({"events":[{"type":"pageview","id":"x","url":"https://example.org/"},{"type":"pageview","id":"x","url":"https://example.org/2"},
                                      {"type":"pageview","id":"y","url":"https://example.org/"},{"type":"pageview","url":"https://example.org/"},{"type":"pageview","url":"https://example.org/"}]})"));
  EXPECT_EQ(outcome.kept, 4U);
  EXPECT_EQ(outcome.first_drop, Drop::Duplicate);
  EXPECT_EQ(events_of(outcome).at(0).id, hash_event_id(test_keys(), SiteId{1}, "x"));
  EXPECT_EQ(events_of(outcome).at(3).id, 0U);
  EXPECT_EQ(drop_of(TestRequest(Protocol::Events, fmt::format(R"({{"type":"pageview","url":"https://example.org/","id":"{}"}})", std::string(kEventIdSizeMax + 1, 'a')))), Drop::Invalid);
}

TEST(Collector, a_name_that_is_an_address_of_a_person_is_hidden) {
  const CollectOutcome outcome = collect(TestRequest(Protocol::Plausible, R"({"n":"login ada@example.org","u":"https://example.org/","d":"example.org"})"));
  EXPECT_EQ(events_of(outcome).at(0).name, "***");
}

TEST(Collector, outcomes_are_cleared_and_used_again) {
  const SiteBook sites = test_sites();
  Collector collector;
  CollectOutcome outcome;
  const TestRequest good = pageview("https://example.org/"), bad(Protocol::Plausible, "nothing");
  collector.collect(good.view(), sites, test_keys(), kTestNowMs, outcome);
  const std::string first = outcome.events;
  collector.collect(bad.view(), sites, test_keys(), kTestNowMs, outcome);
  EXPECT_FALSE(outcome.readable);
  EXPECT_EQ(outcome.kept, 0U);
  collector.collect(good.view(), sites, test_keys(), kTestNowMs, outcome);
  EXPECT_EQ(outcome.events, first);
  EXPECT_TRUE(outcome.readable);
}

TEST(Collector, more_user_agents_than_are_remembered_are_judged_all_the_same) {
  ClientMemo memo;
  for (size_t i = 0; i < kClientsMax + 10; ++i) EXPECT_EQ(memo.find(fmt::format("Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0", i, i)).kind, Kind::Browser);
  EXPECT_EQ(memo.find("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)").kind, Kind::Bot);
}

TEST(ApiKey, is_found_where_each_protocol_puts_it) {
  TestRequest request(Protocol::Events);
  EXPECT_EQ(api_key_of(request.view()), "");
  request.authorization = "Bearer abc123";
  EXPECT_EQ(api_key_of(request.view()), "abc123");
  request.authorization = "basic OmFiYzEyMw==";
  EXPECT_EQ(api_key_of(request.view()), "abc123");
  request.authorization = "Basic YWRhOnB3";  // with a name: a person's password is none of our business
  EXPECT_EQ(api_key_of(request.view()), "");
  TestRequest bulk(Protocol::Matomo, R"({"requests":["?idsite=1"], "token_auth" : "abc123"})");
  EXPECT_EQ(api_key_of(bulk.view()), "abc123");
  TestRequest single(Protocol::Matomo);
  single.query = "idsite=1&token_auth=abc123";
  EXPECT_EQ(api_key_of(single.view()), "abc123");
  TestRequest form(Protocol::Matomo, "idsite=1&token_auth=abc123");
  EXPECT_EQ(api_key_of(form.view()), "abc123");
  TestRequest broken(Protocol::Matomo, R"({"token_auth":)");
  EXPECT_EQ(api_key_of(broken.view()), "");
}

}  // namespace
}  // namespace noctule
