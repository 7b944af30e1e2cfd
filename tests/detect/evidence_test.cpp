// SPDX-License-Identifier: Apache-2.0
// What holds for every referrer, query and address, beyond the cases of golden/.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "ga4.h"
#include "noctule/base/text.h"
#include "noctule/detect/knowledge.h"

namespace {

using namespace noctule;

const Knowledge& knowledge() { return Knowledge::builtin(); }

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (char c : text) fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return encoded;
}

const std::vector<std::string> kReferrers = {"https://l.wl.co/l?u=x",  "https://www.google.co.uk/search?q=a", "android-app://com.Slack/",
                                             "https://x.com/i/grok",   "https://mail.example.net/",           "https://orange.fr/webmail/fr",
                                             "https://example.org/p",  "https://some.example.net/a",          "https://fr.yahoo.com/",
                                             "http://[2001:db8::1]/a", "https://192.0.2.7/",                  "//t.co/abc"};
const std::vector<std::string> kQueries = {"utm_source=whatsapp", "fbclid=abc", "from=groupmessage", "mc_eid=12ab", "nt=a1", "id=42", "igsh=a",
                                           "utm_medium=cpc",      "q=a"};

RC_GTEST_PROP(Referrer, the_case_of_its_letters_changes_nothing, ()) {
  const std::string referrer = *rc::gen::elementOf(kReferrers);
  RC_ASSERT(knowledge().classify_referrer(upper(referrer), "EXAMPLE.org") == knowledge().classify_referrer(referrer, "example.org"));
}

RC_GTEST_PROP(Referrer, a_port_a_user_and_a_dot_at_the_end_of_the_host_change_nothing, ()) {
  const std::vector<std::string> hosts = {"web.whatsapp.com", "www.google.fr", "example.net", "mail.example.net"};
  const std::string host = *rc::gen::elementOf(hosts);
  const auto plain = knowledge().classify_referrer(fmt::format("https://{}/a", host));
  RC_ASSERT(knowledge().classify_referrer(fmt::format("https://{}:8443/a", host)) == plain);
  RC_ASSERT(knowledge().classify_referrer(fmt::format("https://user:secret@{}/a", host)) == plain);
  RC_ASSERT(knowledge().classify_referrer(fmt::format("https://{}./a", host)) == plain);
}

RC_GTEST_PROP(Referrer, any_bytes_are_survived_and_never_private_without_a_rule, (const std::string& bytes)) {
  const auto verdict = knowledge().classify_referrer(bytes);
  RC_ASSERT(verdict.surface != Private::Yes || verdict.rules.ids[0] != RuleId::None);
}

TEST(Referrer, a_name_that_contains_a_known_one_is_not_that_one) {
  for (const char* host : {"whatsapp.com.example.net", "notwhatsapp.com", "web-whatsapp.com", "xt.me", "l.wl.co.example.org",
                           "example.com-google.fr.example"}) {
    EXPECT_EQ(knowledge().classify_referrer(fmt::format("https://{}/", host)).cls, ReferrerClass::Referral) << host;
  }
}

TEST(Referrer, what_is_no_address_of_a_site_says_nothing) {
  for (const char* text : {"", "-", "about:blank", "null", "file:///etc/passwd", "data:text/html,x",
                           "chrome-extension://abcdef/x", "javascript:alert(1)", "https://", "https:///a", "http://..", "\xff\xfe"}) {
    EXPECT_EQ(knowledge().classify_referrer(text).cls, ReferrerClass::None) << text;
  }
}

TEST(Referrer, the_computer_itself_and_its_private_network_are_internal) {
  for (const char* text : {"localhost", "http://localhost:3000/", "https://shop.localhost/", "http://nas.local/", "http://127.0.0.1:8080/a",
                           "http://10.0.0.7/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.178.1/wiki",
                           "http://169.254.1.1/", "http://[::1]/", "http://[fd00::7]:8080/", "http://[fe80::1]/"}) {
    const auto verdict = knowledge().classify_referrer(text, "example.org");
    EXPECT_EQ(verdict.cls, ReferrerClass::Internal) << text;
    EXPECT_EQ(knowledge().rule(verdict.rules.ids[0]).id, "referrer.private_network") << text;
  }
  for (const char* text : {"http://172.32.0.1/", "http://11.0.0.1/", "http://192.169.0.1/", "http://10.example.net/", "http://10.0.0.0.1/",
                           "http://[2001:db8::1]/", "http://localhost.example.net/", "http://[ff02::1]/"}) {
    EXPECT_EQ(knowledge().classify_referrer(text, "example.org").cls, ReferrerClass::Referral) << text;
  }
  EXPECT_EQ(knowledge().rule(knowledge().classify_referrer("http://127.0.0.1/", "127.0.0.1:80").rules.ids[0]).id, "referrer.internal");
}

RC_GTEST_PROP(Referrer, an_address_that_was_percent_encoded_is_the_same_address, ()) {
  const std::string referrer = *rc::gen::elementOf(kReferrers);
  RC_PRE(referrer.find("://") != std::string::npos);
  const auto plain = knowledge().classify_referrer(referrer, "example.org");
  const std::string once = percent_encoded(referrer);
  RC_ASSERT(knowledge().classify_referrer(once, "example.org") == plain);
  RC_ASSERT(knowledge().classify_referrer(percent_encoded(once), "example.org") == plain);
}

TEST(Referrer, an_escape_in_the_scheme_is_read_and_one_in_the_path_stays) {
  EXPECT_EQ(knowledge().app(knowledge().classify_referrer("https%3a%2f%2Fweb.whatsapp.com%2F").app).id, "whatsapp");
  EXPECT_EQ(knowledge().app(knowledge().classify_referrer("android-app%3A%2F%2Forg.telegram.messenger").app).id, "telegram");
  EXPECT_EQ(knowledge().classify_referrer("https://example.net/r?u=https%3A%2F%2Fweb.whatsapp.com%2F").cls, ReferrerClass::Referral);
  EXPECT_EQ(knowledge().classify_referrer("%68%69").cls, ReferrerClass::None);
}

TEST(Referrer, a_path_stands_for_itself_and_what_lies_below_it) {
  const auto surface = [](const char* referrer) { return knowledge().classify_referrer(referrer).surface; };
  EXPECT_EQ(surface("https://vk.com/im"), Private::Yes);
  EXPECT_EQ(surface("https://vk.com/im?sel=1"), Private::Yes);
  EXPECT_EQ(surface("https://m.vk.com/im/7"), Private::Yes);
  EXPECT_EQ(surface("https://vk.com/immortals"), Private::Unknown);
  EXPECT_EQ(surface("https://vk.com/"), Private::Unknown);
}

TEST(Referrer, a_part_of_a_network_where_people_write_to_each_other_is_private) {
  for (const char* referrer : {"https://vk.com/im", "https://vk.me/a", "https://www.linkedin.com/messaging/thread/2", "https://www.instagram.com/direct/inbox/",
                               "https://m.facebook.com/messages/", "https://www.facebook.com/messages/t/7", "https://x.com/messages/7", "https://x.com/i/chat/7",
                               "https://discord.com/channels/@me/7", "https://chat.reddit.com/", "https://www.reddit.com/message/inbox/",
                               "https://web.snapchat.com/", "https://slack-redir.net/link?url=x", "https://t.me/+abc", "https://t.me/joinchat/abc",
                               "https://t.me/c/1/2", "https://t.me/", "https://t.me"}) {
    const auto verdict = knowledge().classify_referrer(referrer);
    EXPECT_EQ(verdict.cls, ReferrerClass::PrivateMessage) << referrer;
    EXPECT_EQ(verdict.surface, Private::Yes) << referrer;
  }
}

TEST(Referrer, a_messenger_s_or_mail_provider_s_public_page_is_not_private) {
  for (const char* referrer : {"https://t.me/s/example", "https://t.me/example/12", "https://telegram.me/example", "https://www.whatsapp.com/channel/0029a",
                               "https://web.de/magazine/politik/", "https://www.gmx.net/magazine/", "https://gmx.at/magazine/", "https://www.mail.com/news/"}) {
    EXPECT_EQ(knowledge().classify_referrer(referrer).surface, Private::No) << referrer;
  }
  for (const char* portal : {"https://web.de/", "https://www.gmx.net/", "https://gmx.ch", "https://www.mail.com/"}) {
    EXPECT_EQ(knowledge().classify_referrer(portal).cls, ReferrerClass::Email) << portal;
    EXPECT_EQ(knowledge().classify_referrer(portal).surface, Private::Unknown) << portal;
  }
  for (const char* mail : {"https://deref-web.de/", "https://3c.web.de/", "https://navigator.gmx.net/", "https://lightmailer-bs.gmx.net/"}) {
    EXPECT_EQ(knowledge().classify_referrer(mail).surface, Private::Yes) << mail;
  }
}

TEST(Referrer, a_numbered_host_of_webmail_is_webmail) {
  for (const char* host : {"webmail1e.orange.fr", "webmail1e22.orange.fr", "webmail05.example.net", "mail2.example.net", "mail-3.example.net",
                           "webmail1b-2.example.net"}) {
    EXPECT_EQ(knowledge().classify_referrer(fmt::format("https://{}/", host)).cls, ReferrerClass::Email) << host;
  }
  for (const char* host : {"mailorder.example.net", "mail2buy.example.net", "webmails.example.net"}) {
    EXPECT_EQ(knowledge().classify_referrer(fmt::format("https://{}/", host)).cls, ReferrerClass::Referral) << host;
  }
}

TEST(Referrer, what_lies_below_a_host_makes_no_difference_to_ga4) {
  for (const auto& [below, host] : {std::pair("https://mail.google.com/chat/u/0/", "https://mail.google.com/"), {"https://www.bing.com/chat?q=a", "https://www.bing.com/"},
                                    {"https://www.bing.com/images/search?q=a", "https://www.bing.com/"}, {"https://x.com/i/grok", "https://x.com/"},
                                    {"https://www.facebook.com/messages/t/7", "https://www.facebook.com/"}, {"https://www.google.fr/maps", "https://www.google.fr/"},
                                    {"https://example.net/roundcube/", "https://example.net/"}, {"https://vk.com/im", "https://vk.com/"}}) {
    EXPECT_EQ(name_of(knowledge().classify_referrer(below).ga4), name_of(knowledge().classify_referrer(host).ga4)) << below;
    EXPECT_NE(knowledge().classify_referrer(below).rules, knowledge().classify_referrer(host).rules) << below;
  }
}

TEST(Referrer, a_host_without_a_dot_and_an_ipv6_address_are_other_sites) {
  for (const char* text : {"http://wiki/page", "http://intranet:8080/", "https://[2001:db8::1]/a", "https://192.0.2.7/"}) {
    EXPECT_EQ(knowledge().classify_referrer(text).cls, ReferrerClass::Referral) << text;
  }
}

TEST(Referrer, every_signal_of_a_messenger_names_it) {
  const std::pair<const char*, const char*> signals[] = {
      {"https://wa.me/", "whatsapp"}, {"android-app://com.whatsapp", "whatsapp"}, {"https://messenger.com/", "messenger"},
      {"https://t.me/", "telegram"}, {"android-app://org.telegram.messenger.web/", "telegram"}, {"https://app.slack.com/", "slack"},
      {"https://teams.microsoft.com/", "teams"}, {"https://web.skype.com/", "skype"}, {"https://messages.google.com/", "google_messages"},
      {"https://qun.qq.com/", "qq"}, {"https://url.cn/a", "qq"}, {"https://chat.zalo.me/", "zalo"}};
  for (const auto& [referrer, app] : signals) {
    const auto verdict = knowledge().classify_referrer(referrer);
    EXPECT_EQ(knowledge().app(verdict.app).id, app) << referrer;
    EXPECT_EQ(verdict.cls, ReferrerClass::PrivateMessage) << referrer;
    EXPECT_EQ(verdict.surface, Private::Yes) << referrer;
  }
  for (const auto& [referrer, app] : {std::pair("https://ptb.discord.com/", "discord"), {"https://away.vk.com/", "vk"}, {"https://lm.facebook.com/", "facebook"},
                                      {"android-app://com.instagram.android/", "instagram"}, {"https://www.linkedin.com/", "linkedin"}}) {
    const auto verdict = knowledge().classify_referrer(referrer);
    EXPECT_EQ(knowledge().app(verdict.app).id, app) << referrer;
    EXPECT_EQ(verdict.surface, Private::Unknown) << referrer;
  }
}

RC_GTEST_PROP(Query, how_a_name_and_a_value_are_encoded_changes_nothing, ()) {
  const std::string query = *rc::gen::elementOf(kQueries);
  const size_t equals = query.find('=');
  const auto encoded = percent_encoded(query.substr(0, equals)).append("=").append(percent_encoded(query.substr(equals + 1)));
  RC_ASSERT(knowledge().classify_query(encoded) == knowledge().classify_query(query));
}

RC_GTEST_PROP(Query, a_page_s_own_parameters_around_it_change_nothing, ()) {
  const std::string query = *rc::gen::elementOf(kQueries);
  const auto own = *rc::gen::container<std::string>(rc::gen::inRange('a', 'z'));
  RC_ASSERT(knowledge().classify_query(fmt::format("x{}=1&{}&&page=2&=&y", own, query)) == knowledge().classify_query(query));
}

RC_GTEST_PROP(Query, any_bytes_are_survived, (const std::string& bytes)) {
  RC_ASSERT(knowledge().classify_query(bytes) == knowledge().classify_query(bytes));
}

TEST(Query, a_page_s_own_parameters_say_nothing) {
  for (const char* query : {"", "id=42", "q=bats&page=3", "from=home", "ref=menu", "source=list", "si=3", "t=20", "share_id=7", "trk=1",
                            "utm_source=", "fbclid", "fbclid="}) {
    EXPECT_EQ(knowledge().classify_query(query), QueryVerdict{}) << query;
  }
}

TEST(Query, an_id_is_known_again_and_told_from_another) {
  const auto first = knowledge().classify_query("a=1&fbclid=IwAR0x");
  EXPECT_NE(first.click_id, 0U);
  EXPECT_EQ(first.click_id, knowledge().classify_query("FBCLID=IwAR0x&utm_source=x").click_id);
  EXPECT_NE(first.click_id, knowledge().classify_query("fbclid=IwAR0y").click_id);
  EXPECT_NE(first.click_id, knowledge().classify_query("gclid=IwAR0x").click_id);
  EXPECT_NE(knowledge().classify_query("utm_term=0_1234567890-abcdef0123-987654321").recipient_id,
            knowledge().classify_query("utm_term=0_1234567890-abcdef0123-987654322").recipient_id);
  EXPECT_EQ(knowledge().classify_query("utm_term=0_1234567890-abcdef0123-[LIST_EMAIL_ID]").recipient_id, 0U);
}

TEST(Query, the_first_of_repeated_tags_counts_and_utm_goes_before_other_tools) {
  EXPECT_EQ(knowledge().app(knowledge().classify_query("utm_source=whatsapp&utm_source=telegram").utm_app).id, "whatsapp");
  EXPECT_EQ(knowledge().app(knowledge().classify_query("mtm_source=whatsapp&utm_source=telegram").utm_app).id, "telegram");
  EXPECT_EQ(knowledge().app(knowledge().classify_query("x=1&amp;utm_source=whatsapp").utm_app).id, "whatsapp");
  EXPECT_EQ(knowledge().classify_query("utm_source=news+letter&utm_medium=e%20mail").utm_channel, Channel::Newsletter);
}

TEST(Query, a_hostile_query_is_read_in_part) {
  for (const char* piece : {"&", "%", "a=1&", "utm_source=x&", "%25%32%35=", "from=", "="}) {
    std::string query;
    while (query.size() < (size_t{4} << 20)) query.append(piece);
    static_cast<void>(knowledge().classify_query(query));
  }
  std::string deep(10'000, 'a');
  EXPECT_EQ(knowledge().classify_query(deep.append("=1&utm_source=whatsapp")).utm_app, AppId::None);  // behind the part that is read
}

TEST(Address, ranges_hold_their_addresses_in_every_way_of_writing) {
  EXPECT_EQ(knowledge().classify_address("104.16.0.0"), NetworkKind::CdnEdge);
  EXPECT_EQ(knowledge().classify_address("104.23.255.255"), NetworkKind::CdnEdge);
  EXPECT_EQ(knowledge().classify_address("104.28.0.0"), NetworkKind::None);
  EXPECT_EQ(knowledge().classify_address("::ffff:104.16.1.2"), NetworkKind::CdnEdge);
  EXPECT_EQ(knowledge().classify_address("2606:4700:10::1"), NetworkKind::CdnEdge);
  EXPECT_EQ(knowledge().classify_address("[2606:4700:10::1]"), NetworkKind::CdnEdge);
  EXPECT_EQ(knowledge().classify_address("2A03:2880:f0ff::1"), NetworkKind::MetaCrawler);
  EXPECT_EQ(knowledge().classify_address("149.154.161.4"), NetworkKind::TelegramCrawler);
  for (const char* other : {"192.0.2.1", "2001:db8::1", "", "-", "104.16.0", "104.16.0.0.0", "example.org", "::ffff:", "fe80::1%eth0"}) {
    EXPECT_EQ(knowledge().classify_address(other), NetworkKind::None) << other;
  }
}

TEST(Ga4, its_rules_hold_in_google_s_order) {
  using enum Ga4Channel;
  struct Case { CampaignTags tags; Ga4Channel channel; };
  const Case cases[] = {
      {{"", "", ""}, Direct},
      {{"(direct)", "(none)", ""}, Direct},
      {{"google", "cpc", "cross-network", SourceCategory::Search}, CrossNetwork},
      {{"shop", "retargeting", "", SourceCategory::Shopping}, PaidShopping},
      {{"x", "paid-social", "eshop"}, PaidShopping},
      {{"bing", "ppc", "", SourceCategory::Search}, PaidSearch},
      {{"facebook", "cpm", "", SourceCategory::Social}, PaidSocial},
      {{"youtube", "paidvideo", "", SourceCategory::Video}, PaidVideo},
      {{"x", "cpm", ""}, Display},
      {{"x", "interstitial", ""}, Display},
      {{"x", "cpa", ""}, PaidOther},
      {{"etsy", "referral", "", SourceCategory::Shopping}, OrganicShopping},
      {{"x", "", "shopping-guide"}, OrganicShopping},
      {{"x", "social-network", ""}, OrganicSocial},
      {{"x", "sm", ""}, OrganicSocial},
      {{"x", "my-video-ad", ""}, OrganicVideo},
      {{"x", "organic", ""}, OrganicSearch},
      {{"x", "ai-assistant", ""}, AiAssistant},
      {{"e-mail", "x", ""}, Email},
      {{"x", "e mail", ""}, Email},
      {{"x", "affiliate", ""}, Affiliates},
      {{"x", "app", ""}, Referral},
      {{"x", "audio", ""}, Audio},
      {{"sms", "x", ""}, Sms},
      {{"x", "web-push", ""}, MobilePushNotifications},
      {{"firebase", "x", ""}, MobilePushNotifications},
      {{"x", "newsletter", ""}, Unassigned},
      {{"x", "affiliates", ""}, Unassigned},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(name_of(ga4_channel_of(one.tags)), name_of(one.channel)) << one.tags.source << " / " << one.tags.medium << " / " << one.tags.campaign;
  }
}

}  // namespace
