// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "noctule/base/text.h"
#include "noctule/privacy/secret.h"
#include "settings_fixture.h"

namespace noctule {
namespace {

using testing::HasSubstr;

constexpr const char* kWrong = "wrong e-mail address, password or code";

class LogInTest : public SettingsTest {
 protected:
  LogInTest() : settings_(open()), ada_(add_user(settings_, "ada@example.org", true)) {}

  // The 20 bytes behind an otpauth address.
  static std::string secret_in(const std::string& address) {
    const size_t at = address.find("secret=") + 7;
    std::string bytes;
    uint32_t buffer = 0;
    int bits = 0;
    for (const char c : address.substr(at, address.find('&', at) - at)) {
      const int value = is_digit(c) ? c - '2' + 26 : c - 'A';
      if (value < 0 || value > 31) continue;
      buffer = buffer << 5 | static_cast<uint32_t>(value);
      bits += 5;
      if (bits < 8) continue;
      bits -= 8;
      bytes.push_back(static_cast<char>(buffer >> bits & 0xFF));
    }
    return bytes;
  }
  std::string turn_on_totp(int64_t now_ms) {
    const std::string secret = secret_in(settings_.begin_totp(ada_).value());
    EXPECT_TRUE(settings_.confirm_totp(ada_, totp_code(secret, now_ms), now_ms));
    return secret;
  }
  std::string raw_file() {
    EXPECT_TRUE(settings_.backup_to(folder_ + "/copy.db"));
    std::ifstream in(folder_ + "/copy.db", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  Settings settings_;
  UserId ada_;
};

TEST_F(LogInTest, the_right_password_opens_a_session_that_log_out_ends) {
  const auto login = settings_.log_in("ADA@example.org", kPassword, "", kNow).value();
  const auto who = settings_.find_session(login.cookie, kNow + 1).value();
  ASSERT_TRUE(who);
  EXPECT_EQ(who->user, ada_);
  EXPECT_TRUE(who->administrator);
  EXPECT_EQ(who->csrf, login.csrf);
  EXPECT_NE(login.csrf, login.cookie);
  EXPECT_EQ(who->actor(), "user 1");
  EXPECT_EQ(settings_.users().value()[0].last_login_ms, kNow);
  ASSERT_TRUE(settings_.log_out(login.cookie));
  EXPECT_FALSE(settings_.find_session(login.cookie, kNow + 1).value());
}

TEST_F(LogInTest, every_refusal_has_the_same_words) {
  EXPECT_EQ(message_of(settings_.log_in("ada@example.org", "wrong horse battery", "", kNow)), kWrong);
  EXPECT_EQ(message_of(settings_.log_in("nobody@example.org", kPassword, "", kNow)), kWrong);
  EXPECT_EQ(message_of(settings_.log_in("", "", "", kNow)), kWrong);
  EXPECT_EQ(message_of(settings_.log_in("ada@example.org", std::string(100'000, 'x'), "", kNow)), kWrong);
  EXPECT_EQ(message_of(settings_.log_in("' OR '1'='1", kPassword, "", kNow)), kWrong);
}

TEST_F(LogInTest, a_session_ends_when_it_is_not_used_and_at_the_latest_after_its_life) {
  const auto idle = settings_.log_in("ada@example.org", kPassword, "", kNow).value();
  EXPECT_TRUE(settings_.find_session(idle.cookie, kNow + kSessionIdleMs - 1).value());  // and so it is used
  EXPECT_TRUE(settings_.find_session(idle.cookie, kNow + kSessionIdleMs + kDay).value());
  EXPECT_FALSE(settings_.find_session(idle.cookie, kNow + 2 * kSessionIdleMs + kDay).value());
  const auto busy = settings_.log_in("ada@example.org", kPassword, "", kNow).value();
  for (int64_t day = 1; day < kSessionLifeMs / kDay; ++day) ASSERT_TRUE(settings_.find_session(busy.cookie, kNow + day * kDay).value()) << day;
  EXPECT_FALSE(settings_.find_session(busy.cookie, kNow + kSessionLifeMs).value());
  EXPECT_FALSE(settings_.find_session(busy.cookie, kNow).value());  // it does not come back with the clock
}

TEST_F(LogInTest, made_up_cookies_are_no_sessions) {
  const auto login = settings_.log_in("ada@example.org", kPassword, "", kNow).value();
  for (const std::string& cookie : {std::string(), std::string("x"), login.csrf, login.cookie + "x", hash_token(login.cookie)}) {
    EXPECT_FALSE(settings_.find_session(cookie, kNow).value()) << cookie;
  }
}

TEST_F(LogInTest, the_file_holds_neither_cookie_nor_password_nor_key_nor_tokens) {
  const auto login = settings_.log_in("ada@example.org", kPassword, "", kNow).value();
  const SiteId site = add_site(settings_, "example.org");
  ApiKey wanted;
  wanted.scopes = {Scope::Query};
  const std::string key = settings_.add_key(wanted, kNow).value();
  SharedLink link;
  link.site = site;
  const std::string token = settings_.add_shared_link(link, "link password", kNow).value();
  const std::string bytes = raw_file();
  ASSERT_THAT(bytes, HasSubstr("ada@example.org"));  // the search does find what is there
  for (const std::string& secret : {login.cookie, login.csrf, std::string(kPassword), key, key.substr(12), token, std::string("link password")}) {
    EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
  }
}

TEST_F(LogInTest, after_too_many_failures_even_the_right_password_waits) {
  for (int i = 0; i < kLoginFailuresMax; ++i) ASSERT_FALSE(settings_.log_in("ada@example.org", "wrong horse battery", "", kNow + i));
  EXPECT_EQ(message_of(settings_.log_in("Ada@Example.org", kPassword, "", kNow + kMinute)), kWrong);
  EXPECT_FALSE(settings_.log_in("ada@example.org", kPassword, "", kNow + kLoginWindowMs - 1));
  EXPECT_TRUE(settings_.log_in("ada@example.org", kPassword, "", kNow + kLoginWindowMs + kLoginFailuresMax));
}

TEST_F(LogInTest, one_who_is_throttled_does_not_stop_others_nor_do_successes_count) {
  add_user(settings_, "ben@example.org");
  for (int i = 0; i < kLoginFailuresMax; ++i) ASSERT_FALSE(settings_.log_in("ada@example.org", "wrong horse battery", "", kNow));
  for (int i = 0; i < kLoginFailuresMax + 2; ++i) ASSERT_TRUE(settings_.log_in("ben@example.org", kPassword, "", kNow)) << i;
}

TEST_F(LogInTest, a_clock_set_back_locks_nobody_out) {
  for (int i = 0; i < kLoginFailuresMax; ++i) ASSERT_FALSE(settings_.log_in("ada@example.org", "wrong horse battery", "", kNow + 3650 * kDay));
  EXPECT_TRUE(settings_.log_in("ada@example.org", kPassword, "", kNow));
}

TEST_F(LogInTest, a_new_password_ends_all_sessions) {
  const auto login = settings_.log_in("ada@example.org", kPassword, "", kNow).value();
  ASSERT_TRUE(settings_.set_password(ada_, "another long password"));
  EXPECT_FALSE(settings_.find_session(login.cookie, kNow).value());
  EXPECT_FALSE(settings_.log_in("ada@example.org", kPassword, "", kNow));
  EXPECT_TRUE(settings_.log_in("ada@example.org", "another long password", "", kNow));
  EXPECT_EQ(settings_.check_password(ada_, "another long password", kNow), true);
  EXPECT_EQ(settings_.check_password(ada_, kPassword, kNow), false);
  EXPECT_EQ(settings_.check_password(UserId{99}, kPassword, kNow), false);
}

TEST_F(LogInTest, guesses_at_the_password_within_a_session_are_throttled_too) {
  for (int i = 0; i < kLoginFailuresMax; ++i) ASSERT_EQ(settings_.check_password(ada_, "wrong horse battery", kNow), false);
  EXPECT_EQ(settings_.check_password(ada_, kPassword, kNow), false);
  EXPECT_EQ(settings_.check_password(ada_, kPassword, kNow + kLoginWindowMs), true);
}

TEST_F(LogInTest, a_removed_users_session_is_over) {
  add_user(settings_, "root@example.org", true);
  const auto login = settings_.log_in("ada@example.org", kPassword, "", kNow).value();
  ASSERT_TRUE(open().remove_user(ada_));
  EXPECT_FALSE(settings_.find_session(login.cookie, kNow).value());
}

TEST_F(LogInTest, a_one_time_code_is_asked_for_once_confirmed_and_taken_once) {
  const std::string pending = secret_in(settings_.begin_totp(ada_).value());
  EXPECT_TRUE(settings_.log_in("ada@example.org", kPassword, "", kNow));  // begun is not in force
  EXPECT_THAT(message_of(settings_.confirm_totp(ada_, "000000x", kNow)), HasSubstr("wrong code"));
  ASSERT_TRUE(settings_.confirm_totp(ada_, totp_code(pending, kNow), kNow));
  EXPECT_TRUE(settings_.users().value()[0].totp);
  EXPECT_EQ(message_of(settings_.log_in("ada@example.org", kPassword, "", kNow)), kWrong);
  EXPECT_EQ(message_of(settings_.log_in("ada@example.org", kPassword, totp_code(pending, kNow), kNow)), kWrong);  // used to confirm
  const int64_t later = kNow + kMinute;
  const std::string code = totp_code(pending, later);
  EXPECT_TRUE(settings_.log_in("ada@example.org", kPassword, code, later));
  EXPECT_EQ(message_of(settings_.log_in("ada@example.org", kPassword, code, later + 1)), kWrong);
  ASSERT_TRUE(settings_.remove_totp(ada_));
  EXPECT_TRUE(settings_.log_in("ada@example.org", kPassword, "", later + 1));
}

TEST_F(LogInTest, a_wrong_password_does_not_use_a_code_up) {
  const std::string secret = turn_on_totp(kNow);
  const int64_t later = kNow + kMinute;
  const std::string code = totp_code(secret, later);
  EXPECT_FALSE(settings_.log_in("ada@example.org", "wrong horse battery", code, later));
  EXPECT_TRUE(settings_.log_in("ada@example.org", kPassword, code, later));
}

TEST_F(LogInTest, a_code_cannot_be_confirmed_that_was_never_begun) {
  EXPECT_THAT(message_of(settings_.confirm_totp(ada_, "123456", kNow)), HasSubstr("wrong code"));
  EXPECT_FALSE(settings_.begin_totp(UserId{99}));
}

}  // namespace
}  // namespace noctule
