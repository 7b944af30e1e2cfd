#pragma once
// SPDX-License-Identifier: Apache-2.0
// A folder with a settings.db of its own, and an instant to count from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "noctule/settings/settings.h"

namespace noctule {

constexpr int64_t kNow = 1'790'000'000'000;  // 2026-09-21
constexpr int64_t kMinute = 60'000, kDay = 86'400'000;
constexpr const char* kPassword = "correct horse battery";

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "noctule-settings-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SettingsTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] Settings open() const {
    Result<Settings> opened = Settings::open(folder_);
    if (!opened) ADD_FAILURE() << opened.error().message;
    return std::move(opened).value();
  }
  static SiteId add_site(Settings& settings, const char* domain) { return settings.add_site(domain, {}).value().id; }
  static UserId add_user(Settings& settings, const char* email, bool administrator = false) {
    return settings.add_user({.email = email, .password = kPassword, .name = {}, .administrator = administrator, .now_ms = kNow}).value().id;
  }

  std::string folder_;
};

template <typename T>
std::string message_of(const Result<T>& result) {
  return result ? "no error" : result.error().message;
}

}  // namespace noctule
