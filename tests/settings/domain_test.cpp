// SPDX-License-Identifier: Apache-2.0
#include "noctule/settings/domain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace noctule {
namespace {

TEST(Domain, what_people_paste_becomes_the_plain_name) {
  for (const char* typed : {"example.org", " EXAMPLE.org ", "www.example.org", "https://www.example.org/a?b=c", "example.org:8080", "example.org.", "http://example.org"}) {
    EXPECT_EQ(normalize_domain(typed).value_or("refused"), "example.org") << typed;
  }
  EXPECT_EQ(normalize_domain("localhost:8000").value_or("refused"), "localhost");
  EXPECT_EQ(normalize_domain("a-b.c1.example").value_or("refused"), "a-b.c1.example");
}

// The strings of RFC 3492, section 7.1, that are letters only, and words of other scripts whose encodings are well known.
TEST(Domain, labels_beyond_ascii_become_punycode) {
  const std::pair<const char*, const char*> kPairs[] = {
      {"b\u00fccher.example", "xn--bcher-kva.example"},
      {"B\u00dcCHER.example", "xn--bcher-kva.example"},
      {"m\u00fcnchen.example", "xn--mnchen-3ya.example"},
      {"\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587.example", "xn--ihqwcrb4cv8a8dqg056pqjye.example"},
      {"\u043f\u043e\u0447\u0435\u043c\u0443\u0436\u0435\u043e\u043d\u0438\u043d\u0435\u0433\u043e\u0432\u043e\u0440\u044f\u0442\u043f\u043e\u0440\u0443\u0441\u0441\u043a\u0438.example",
       "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l.example"},
      {"3\u5e74b\u7d44\u91d1\u516b\u5148\u751f.example", "xn--3b-ww4c5e180e575a65lsy2b.example"},
      {"\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "xn--e1afmkfd.xn--p1ai"},
      {"\u0395\u039b\u039b\u0391\u0394\u0391.example", "xn--mxaaic4aa.example"}};
  for (const auto& [typed, expected] : kPairs) EXPECT_EQ(normalize_domain(typed).value_or("refused"), expected) << typed;
}

TEST(Domain, what_is_no_domain_is_refused_with_the_reason) {
  const std::pair<std::string, const char*> kRefused[] = {
      {"", "a part between dots is empty"},       {"example", "one part only"},
      {"a..example", "between dots is empty"},     {".example.org", "between dots is empty"},
      {"192.0.2.1", "it is an address"},           {"-a.example", "begins or ends with a hyphen"},
      {"a_b.example", "neither letter"},           {"a b.example", "neither letter"},
      {"\xFF\xFE.example", "neither letter"},      {"cafe\u0301.example", "written as one character"},
      {"\u2603.example", "neither letter"},        {std::string(64, 'a') + ".example", "longer than 63"},
      {"https://", "between dots is empty"},       {"www.", "one part only"},
      {std::string(3000, 'a'), "at most 253"}};
  for (const auto& [typed, reason] : kRefused) {
    const auto refused = normalize_domain(typed);
    ASSERT_FALSE(refused) << typed;
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(refused.error().message, testing::HasSubstr(reason)) << typed;
  }
}

RC_GTEST_PROP(Domain, whatever_is_typed_comes_out_as_a_host_name_that_stays_as_it_is, (const std::string& head, const std::string& tail)) {
  const auto domain = normalize_domain(head + "." + tail);
  if (!domain) return;
  RC_ASSERT(domain->size() <= 253u);
  RC_ASSERT(domain->find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos);
  const bool stays = normalize_domain(*domain) == *domain || domain->starts_with("www.");  // www.www.x loses one at a time
  RC_ASSERT(stays);
}

TEST(Uuid, is_of_version_four_and_new_each_time) {
  const std::string uuid = make_uuid();
  EXPECT_THAT(uuid, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(uuid, make_uuid());
}

}  // namespace
}  // namespace noctule
