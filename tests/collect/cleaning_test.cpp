// SPDX-License-Identifier: Apache-2.0
#include "noctule/collect/cleaning.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "instants.h"
#include "json.h"
#include "noctule/base/text.h"
#include "noctule/collect/collector.h"
#include "noctule/detect/knowledge.h"
#include "opaque.h"
#include "requests.h"
#include "text_cleaning.h"

namespace noctule {
namespace {

const Site& site_of(uint32_t id) {
  static const SiteBook sites = test_sites();
  return *sites.find(SiteId{id});
}

CleanPage cleaned(std::string_view path, std::string_view query = {}, uint32_t site = 1) {
  CleanPage page;
  clean_page(path, query, {}, Routing::Path, site_of(site), test_keys(), page);
  return page;
}

bool is_shown(unsigned char c) { return c >= 0x20 && c != 0x7F; }

TEST(TextCleaning, what_is_kept_is_utf8_without_control_characters_and_within_its_limit) {
  EXPECT_TRUE(rc::check([](const std::string& bytes, uint8_t limit) {
    std::string out;
    append_clean(bytes, limit, out);
    RC_ASSERT(out.size() <= limit);
    for (std::string_view rest = out; !rest.empty(); rest.remove_prefix(utf8_length(rest))) RC_ASSERT(utf8_length(rest) > 0U);
    for (const char c : out) RC_ASSERT(is_shown(static_cast<unsigned char>(c)));
    std::string again;
    append_clean(out, limit, again);
    RC_ASSERT(again == out);
  }));
}

TEST(TextCleaning, marks_that_turn_the_direction_of_writing_are_left_out) {
  std::string out;
  append_clean("a\u202Eb\u2066c\u200Fd\uFEFFe\u0085f\u2028g\u00E9\U0001F987", 100, out);
  EXPECT_EQ(out, "abcdefg\u00E9\U0001F987");
}

TEST(TextCleaning, a_letter_is_cut_whole) {
  std::string out;
  append_clean("ab\U0001F987", 5, out);
  EXPECT_EQ(out, "ab");
}

TEST(Opaque, tokens_digests_and_ids_are_told_from_words) {
  for (const std::string_view token :
       {"6f1c2a9b-5d3e-4c8f-9a7b-0e1d2c3b4a5f", "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "Zk9xYq2Lm4Pw7Rt1Vb8Nc3", "AKIAIOSFODNN7EXAMPLE12x9Q2z", "k3j9x7q2m8w4z6v1b5n0p3r7",
        "00000000001111111111", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"}) {
    EXPECT_TRUE(is_opaque(token)) << token;
  }
  for (const std::string_view words :
       {"how-to-make-a-pumpkin-pie-in-2023", "Top-10-Things-To-Do-In-Paris-2024", "TheRoadToGDPR2023Explained", "1234567890123456789", "internationalisation",
        "iphone-15-pro-max-256gb-titanium", "2026-05-01-release-notes-v1.2.3", "Donaudampfschifffahrtsgesellschaft", "short9Token", "covid19vaccinationcentre",
        "ISO-8601-2004-representation", "the_quick_brown_fox_jumps"}) {
    EXPECT_FALSE(is_opaque(words)) << words;
  }
}

TEST(Page, has_one_spelling) {
  EXPECT_EQ(cleaned("/%61/%C3%A9").path, "/a/é");
  EXPECT_EQ(cleaned("").path, "/");
  EXPECT_EQ(cleaned("a").path, "/a");
}

TEST(Page, of_the_query_only_listed_parameters_stay_in_the_path) {
  EXPECT_EQ(cleaned("/p", "x=1&page=2&id=7&page2=3").path, "/p?page=2&id=7");
  EXPECT_EQ(cleaned("/p", "x=1").path, "/p");
  EXPECT_EQ(cleaned("/p", "id=ada@example.org").path, "/p");
  EXPECT_EQ(cleaned("/p", "id=6f1c2a9b-5d3e-4c8f-9a7b-0e1d2c3b4a5f").path, "/p");
}

TEST(Page, segments_that_name_a_person_or_let_one_in_are_hidden) {
  EXPECT_EQ(cleaned("/u/ada@example.org/x").path, "/u/***/x");
  EXPECT_EQ(cleaned("/u/ada%2540example.org").path, "/u/***");
  EXPECT_EQ(cleaned("/reset-password/Zk9").path, "/reset-password/***");
  EXPECT_EQ(cleaned("/confirm/order").path, "/confirm/order");
  EXPECT_EQ(cleaned("/whois/203.0.113.9").path, "/whois/***");
  EXPECT_EQ(cleaned("/whois/2001:db8::1").path, "/whois/***");
  EXPECT_EQ(cleaned("/s;jsessionid=5").path, "/s");
}

TEST(Page, control_characters_and_broken_utf8_do_not_stay) {
  EXPECT_TRUE(rc::check([](const std::string& path, const std::string& query) {
    const CleanPage page = cleaned(path, query);
    RC_ASSERT(page.path.starts_with('/'));
    RC_ASSERT(page.tags.size() <= kTagsSizeMax);
    for (const std::string* text : {&page.path, &page.tags}) {
      for (std::string_view rest = *text; !rest.empty(); rest.remove_prefix(utf8_length(rest))) RC_ASSERT(utf8_length(rest) > 0U);
      for (const char c : *text) RC_ASSERT(is_shown(static_cast<unsigned char>(c)));
    }
  }));
}

TEST(Page, cleaning_twice_changes_nothing) {
  EXPECT_TRUE(rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("/abcdef0123456789@.-_=&é")));
    const std::string once = cleaned("/" + text).path;
    RC_ASSERT(cleaned(once).path == once);
  }));
}

// What the store will read of the tags says what it would read of the query, but for the ids.
TEST(Tags, are_classified_as_the_query_was) {
  for (const std::string_view query :
       {"fbclid=IwAR0123456789abcdefABCDEF", "igsh=MzRlODBiNWFlZA==", "gclid=Cj0KCQjw0123456789abcdef", "utm_source=whatsapp&utm_medium=chat",
        "utm_term=0_1234567890-abcdef0123-987654321", "mc_eid=0123456789", "from=groupmessage", "mibextid=Zxz2cZ", "utm_source=newsletter&mc_cid=abc",
        "msclkid=0123456789abcdef0123456789abcdef", "si=abcdefghijklmnop", "ref=hackernews", "mtm_campaign=x", "nt=abc"}) {
    const CleanPage page = cleaned("/", query);
    QueryVerdict before = Knowledge::builtin().classify_query(query), after = Knowledge::builtin().classify_query(page.tags);
    before.click_id = before.recipient_id = after.click_id = after.recipient_id = 0;
    EXPECT_EQ(before, after) << query << " -> " << page.tags;
  }
}

TEST(Tags, hold_no_value_of_an_id_and_no_parameter_that_says_nothing) {
  EXPECT_EQ(cleaned("/", "q=bats&session=9").tags, "");
  EXPECT_EQ(cleaned("/", "fbclid=IwAR0123456789abcdefABCDEF&utm_campaign=spring").tags, "fbclid=xxxxxxxxxxxxxxxxxxxxxxxx&utm_campaign=spring");
  EXPECT_EQ(cleaned("/", "utm_content=ada@example.org").tags, "");
  EXPECT_EQ(cleaned("/", "utm_content=6f1c2a9b-5d3e-4c8f-9a7b-0e1d2c3b4a5f").tags, "utm_content=xxxxxxxxxxxxxxxxxxxxxxxx");
}

TEST(Tags, hashes_of_ids_are_kept_where_visitors_agreed) {
  const std::string_view query = "fbclid=IwAR0123456789abcdefABCDEF&mc_eid=0123456789";
  const CleanPage exempt = cleaned("/", query), consented = cleaned("/", query, 2);
  EXPECT_EQ(exempt.click_hash, 0U);
  EXPECT_EQ(exempt.recipient_hash, 0U);
  EXPECT_EQ(consented.click_hash, hash_echo(test_keys(), SiteId{2}, "fbclid", "IwAR0123456789abcdefABCDEF"));
  EXPECT_EQ(consented.recipient_hash, hash_echo(test_keys(), SiteId{2}, "mc_eid", "0123456789"));
  EXPECT_EQ(exempt.tags, consented.tags);
}

TEST(Referrer, keeps_scheme_host_and_clean_path) {
  EXPECT_EQ(clean_referrer("https://User:pw@News.Example.com:8443/a/b?q=1#c"), "https://news.example.com/a/b");
  EXPECT_EQ(clean_referrer("https://example.com"), "https://example.com/");
  EXPECT_EQ(clean_referrer("android-app://com.slack/https/example.org"), "android-app://com.slack");
  EXPECT_EQ(clean_referrer("https://mail.example.com/u/ada@example.org"), "https://mail.example.com/u/***");
  EXPECT_EQ(clean_referrer("https://203.0.113.9/router"), "");
  EXPECT_EQ(clean_referrer("http://[2001:db8::1]/"), "");
  EXPECT_EQ(clean_referrer("javascript:alert(1)"), "");
  EXPECT_EQ(clean_referrer("/relative"), "");
  EXPECT_EQ(clean_referrer("data://x/y"), "");
  EXPECT_EQ(clean_referrer("https://exa mple.com/"), "");
  EXPECT_EQ(clean_referrer("https://example.com/" + std::string(kUrlSizeMax, 'a')), "https://example.com/");
}

TEST(Instants, are_read_as_clients_write_them) {
  EXPECT_EQ(parse_instant("2026-05-01T12:00:00Z"), kTestNowMs);
  EXPECT_EQ(parse_instant("2026-05-01 12:00:00"), kTestNowMs);
  EXPECT_EQ(parse_instant("2026-05-01T14:00:00.250+02:00"), kTestNowMs + 250);
  EXPECT_EQ(parse_instant("2026-05-01T07:00:00-0500"), kTestNowMs);
  EXPECT_EQ(parse_instant("1777636800"), kTestNowMs);
  EXPECT_EQ(parse_instant("1777636800123"), kTestNowMs + 123);
  for (const std::string_view text : {"", "now", "2026-13-01T00:00:00Z", "2026-02-30 00:00:00", "2026-05-01", "2026-05-01T12:00:00+99:00",
                                      "999999999999999999", "-5", "2026-05-01T12:00:00Zx"}) {
    EXPECT_EQ(parse_instant(text), std::nullopt) << text;
  }
}

TEST(Instants, no_text_breaks_the_reader) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    const auto instant = parse_instant(text);
    RC_ASSERT(!instant || *instant >= -86'400'000);
  }));
}

}  // namespace
}  // namespace noctule
