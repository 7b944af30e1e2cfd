#pragma once
// SPDX-License-Identifier: Apache-2.0
// A whole server in a folder of its own, with one site, on free ports.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "client.h"
#include "noctule/server/server.h"
#include "noctule/settings/settings.h"

namespace noctule::testing {

class RunningServer : public ::testing::Test {
 protected:
  RunningServer() {
    folder = (std::filesystem::temp_directory_path() / "noctule-server-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    config.data = folder + "/data";
    config.listen = {"127.0.0.1:0"};
    config.threads = 2;
    config.store_memory = 256 << 20;
    config.rate_address = 0;
    config.log = folder + "/log";
    std::filesystem::create_directory(config.data);
    site = *settings().add_site("example.org", {});
  }
  ~RunningServer() override {
    server.reset();
    std::filesystem::remove_all(folder);
  }

  Settings settings() const {
    auto opened = Settings::open(config.data);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  void start() {
    auto started = Server::start(config);
    ASSERT_TRUE(started) << started.error().message;
    server = std::move(*started);
  }
  std::string make_key(Scope scope) const {
    ApiKey wanted;
    wanted.label = "test";
    wanted.scopes = {scope};
    return *settings().add_key(wanted, 1'700'000'000'000);
  }
  std::string ask(std::string_view request) const { return Connection(server->addresses().front()).ask(request); }
  std::string get(std::string_view target, std::string_view headers = {}) const {
    return ask(fmt::format("GET {} HTTP/1.1\r\nHost: stats.example.org\r\nUser-Agent: {}\r\n{}\r\n", target, kBrowser, headers));
  }
  std::string post(std::string_view target, std::string_view body, std::string_view headers = {}) const {
    return ask(fmt::format("POST {} HTTP/1.1\r\nHost: stats.example.org\r\nUser-Agent: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}", target,
                           kBrowser, body.size(), headers, body));
  }
  std::string post_event(std::string_view path = "/a") const {
    return post("/api/event", fmt::format(R"({{"n":"pageview","d":"example.org","u":"https://example.org{}"}})", path));
  }
  // Asks again until this holds; a test that never sees it fails by its own time limit.
  static bool until(const std::function<bool()>& holds) {
    for (int tries = 0; tries < 2'000; ++tries) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }
  std::string count_pageviews(const std::string& key) const {
    return post("/api/v2/query", R"({"site_id":"example.org","metrics":["visitors","pageviews"],"date_range":"day"})", fmt::format("Authorization: Bearer {}\r\n", key));
  }

  static constexpr std::string_view kBrowser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  std::string folder;
  Config config;
  Site site;
  std::unique_ptr<Server> server;
};

}  // namespace noctule::testing
