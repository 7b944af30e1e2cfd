#pragma once
// SPDX-License-Identifier: Apache-2.0
// The routes of accounts on a folder of their own, asked without a socket: a request is made, the router finds its handler,
// and the response is what the test reads. The clock stands where the test puts it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "account_routes.h"

namespace noctule {

constexpr const char* kPassword = "correct horse battery";

// What the next request carries beside method, path and body.
struct Asking {
  std::string cookie, csrf, bearer, content_type = "application/json", language, fetch_site, origin, host = "stats.example.org";
  bool secure = true;
};

class AccountTest : public testing::Test {
 protected:
  AccountTest() : metrics_(1) {
    std::string pattern = (std::filesystem::temp_directory_path() / "noctule-account-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    log_ = EventLog::open(folder_ + "/log", LogLevel::Debug).value();
    Config config;
    config.data = folder_;
    config.base_url = "https://stats.example.org";
    services_ = std::make_unique<Services>(config, metrics_, *log_);
    services_->now_ms = [] { return clock_ms_; };
    clock_ms_ = 1'790'000'000'000;
    add_account_routes(router_, *services_);
  }
  ~AccountTest() override {
    services_.reset();
    std::filesystem::remove_all(folder_);
  }

  Response ask(Method method, const std::string& target, const std::string& body = "", const Asking& asking = {}) {
    Request request;
    request.method = method;
    request.secure = asking.secure;
    request.target = target;
    request.path = std::string_view(target).substr(0, target.find('?'));
    request.query = target.find('?') == std::string::npos ? std::string_view() : std::string_view(target).substr(target.find('?') + 1);
    const std::string padded = body + std::string(kRequestPadding, '\0');
    request.body = std::string_view(padded).substr(0, body.size());
    const std::string cookie = fmt::format("other=1; noctule_session={}", asking.cookie), authorization = fmt::format("Bearer {}", asking.bearer);
    const auto set = [&](Field field, std::string_view name, const std::string& value) {
      request.fields[static_cast<size_t>(field)] = value;
      request.headers.push_back({name, value});
    };
    if (!asking.cookie.empty()) set(Field::Cookie, "Cookie", cookie);
    if (!asking.csrf.empty()) set(Field::XCsrfToken, "X-CSRF-Token", asking.csrf);
    if (!asking.bearer.empty()) set(Field::Authorization, "Authorization", authorization);
    if (!asking.content_type.empty()) set(Field::ContentType, "Content-Type", asking.content_type);
    if (!asking.language.empty()) set(Field::AcceptLanguage, "Accept-Language", asking.language);
    if (!asking.fetch_site.empty()) set(Field::SecFetchSite, "Sec-Fetch-Site", asking.fetch_site);
    if (!asking.origin.empty()) set(Field::Origin, "Origin", asking.origin);
    set(Field::Host, "Host", asking.host);
    const Router::Match match = router_.find(request);
    Response response;
    if (match.outcome != Router::Outcome::Found) {
      response.status = match.outcome == Router::Outcome::MethodNotAllowed ? 405 : 404;
      return response;
    }
    match.route->handler(request, response);
    return response;
  }

  static nlohmann::json json_of(const Response& response) { return nlohmann::json::parse(response.body); }
  static std::string error_of(const Response& response) { return json_of(response).value("error", "no error"); }
  // The session in Set-Cookie; empty: none was set.
  static std::string cookie_of(const Response& response) {
    const std::string mark = "noctule_session=";
    const size_t at = response.headers.find(mark);
    if (at == std::string::npos) return {};
    return response.headers.substr(at + mark.size(), response.headers.find(';', at) - at - mark.size());
  }

  Settings settings() { return Settings::open(folder_).value(); }
  UserId add_user(const char* email, bool administrator = false) {
    return settings().add_user({.email = email, .password = kPassword, .name = {}, .administrator = administrator, .now_ms = clock_ms_}).value().id;
  }
  SiteId add_site(const char* domain) { return settings().add_site(domain, {}).value().id; }
  // Logged in through the API.
  Asking log_in(const char* email, const char* password = kPassword) {
    const Response response = ask(Method::Post, "/api/v1/login", fmt::format(R"({{"email":"{}","password":"{}"}})", email, password));
    EXPECT_EQ(response.status, 200) << response.body;
    Asking asking;
    asking.cookie = cookie_of(response);
    asking.csrf = json_of(response)["csrf"];
    return asking;
  }
  Asking user_with(const char* email, std::optional<Role> role, SiteId site) {
    const UserId user = add_user(email);
    EXPECT_TRUE(settings().set_role(user, site, role));
    return log_in(email);
  }
  Asking key_with(std::vector<Scope> scopes, SiteId site = SiteId::None) {
    ApiKey wanted;
    wanted.scopes = std::move(scopes);
    wanted.site = site;
    Asking asking;
    asking.bearer = settings().add_key(wanted, clock_ms_).value();
    return asking;
  }

  inline static int64_t clock_ms_ = 0;
  std::string folder_;
  Metrics metrics_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<Services> services_;
  Router router_;
};

}  // namespace noctule
