// SPDX-License-Identifier: Apache-2.0
#include "noctule/privacy/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

namespace noctule {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Token, is_32_letters_and_digits_and_never_the_same) {
  std::set<std::string> seen;
  std::set<char> letters;
  for (int i = 0; i < 500; ++i) {
    const std::string token = make_token();
    EXPECT_EQ(token.size(), 32U);
    EXPECT_EQ(token.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos) << token;
    letters.insert(token.begin(), token.end());
    seen.insert(token);
  }
  EXPECT_EQ(seen.size(), 500U);
  EXPECT_EQ(letters.size(), 32U);
}

TEST(Token, is_stored_as_blake2b) {
  // RFC 7693 gives BLAKE2b-512; this is the 256-bit form of "abc", as `b2sum -l 256` prints it.
  EXPECT_EQ(hash_token("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(Secrets, are_equal_when_their_bytes_are) {
  EXPECT_TRUE(rc::check([](const std::string& a, const std::string& b) {
    RC_ASSERT(equal_secrets(a, a));
    RC_ASSERT(equal_secrets(a, b) == (a == b));
    RC_ASSERT(!equal_secrets(a, a + "x"));
  }));
}

TEST(Password, is_argon2id_and_only_the_right_one_matches) {
  const auto hash = hash_password("correct horse battery staple");
  ASSERT_TRUE(hash);
  EXPECT_THAT(*hash, StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
  EXPECT_TRUE(verify_password(*hash, "correct horse battery staple"));
  EXPECT_FALSE(verify_password(*hash, "correct horse battery stapl"));
  EXPECT_FALSE(verify_password(*hash, ""));
  EXPECT_NE(*hash, *hash_password("correct horse battery staple")) << "no salt";
}

TEST(Password, a_text_that_is_no_hash_matches_nothing) {
  EXPECT_FALSE(verify_password("", ""));
  EXPECT_FALSE(verify_password("correct", "correct"));
  EXPECT_FALSE(verify_password("$argon2id$v=19$m=65536,t=2,p=1$", "x"));
  EXPECT_FALSE(verify_password(std::string(4'000, '$'), "x"));
}

// RFC 6238, appendix B, cut to the last six of its eight digits.
TEST(Totp, gives_the_codes_of_the_rfc) {
  const std::string secret = "12345678901234567890";
  EXPECT_EQ(totp_code(secret, 59'000), "287082");
  EXPECT_EQ(totp_code(secret, 1'111'111'109'000), "081804");
  EXPECT_EQ(totp_code(secret, 1'111'111'111'000), "050471");
  EXPECT_EQ(totp_code(secret, 1'234'567'890'000), "005924");
  EXPECT_EQ(totp_code(secret, 2'000'000'000'000), "279037");
  EXPECT_EQ(totp_code(secret, 20'000'000'000'000), "353130");
}

TEST(Totp, a_code_matches_a_step_early_and_late_and_no_further) {
  const std::string secret = make_totp_secret();
  EXPECT_EQ(secret.size(), 20U);
  EXPECT_TRUE(rc::check([&] {
    const int64_t now_ms = *rc::gen::inRange<int64_t>(1'000'000'000'000, 2'000'000'000'000);
    const std::string code = totp_code(secret, now_ms);
    const int64_t step = now_ms / 30'000;
    RC_ASSERT(match_totp(secret, code, now_ms) == step);
    for (const int64_t off : {-30'000, 30'000}) RC_ASSERT(match_totp(secret, code, now_ms + off) >= 0);
    const int64_t far = match_totp(secret, code, now_ms + 90'000);  // by chance once in 333,333
    RC_ASSERT(far == -1 || totp_code(secret, far * 30'000) == code);
  }));
  EXPECT_EQ(match_totp(secret, "", 1'000'000'000'000), -1);
  EXPECT_EQ(match_totp(secret, "12345678", 1'000'000'000'000), -1);
}

TEST(Totp, the_address_is_what_authenticator_apps_read) {
  EXPECT_EQ(totp_address("12345678901234567890", "ada@example.org", "Noctule at home"),
            "otpauth://totp/Noctule%20at%20home:ada@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            "&issuer=Noctule%20at%20home&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
}  // namespace noctule
