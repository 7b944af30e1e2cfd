// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "metrics.h"
#include "running_server.h"

namespace noctule {
namespace {

using testing::Connection;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ServerTest : public testing::RunningServer {};

TEST_F(ServerTest, each_protocol_gets_its_own_products_answer) {
  start();
  EXPECT_THAT(post_event(), AllOf(StartsWith("HTTP/1.1 202 "), EndsWith("\r\n\r\nok"), HasSubstr("Access-Control-Allow-Origin: *\r\n")));
  EXPECT_THAT(post("/api/v1/events", R"({"site":"example.org","events":[{"type":"pageview","url":"https://example.org/a"}]})"),
              AllOf(StartsWith("HTTP/1.1 202 "), HasSubstr("accepted")));
  EXPECT_THAT(post("/api/send", fmt::format(R"({{"type":"event","payload":{{"website":"{}","hostname":"example.org","url":"/a"}}}})", site.umami_id)),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("sessionId")));
  EXPECT_THAT(get("/count?p=/a&r=", "Referer: https://example.org/a\r\n"), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("image/gif"), HasSubstr("GIF89a")));
  EXPECT_THAT(get(fmt::format("/matomo.php?idsite={}&rec=1&url=https%3A%2F%2Fexample.org%2Fa", static_cast<uint32_t>(site.id))),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("GIF89a"), Not(HasSubstr("X-Noctule-Dropped: "))));
  EXPECT_THAT(get(fmt::format("/matomo.php?idsite={}&rec=1&send_image=0&url=https%3A%2F%2Fexample.org%2Fa", static_cast<uint32_t>(site.id))), StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(get("/pixel.gif?site=example.org", "Referer: https://example.org/a\r\n"), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Cache-Control: no-store")));
}

TEST_F(ServerTest, a_dropped_event_is_answered_as_a_success_and_named_in_a_header_and_counted) {
  start();
  const std::string unknown = post("/api/event", R"({"n":"pageview","d":"example.net","u":"https://example.net/"})");
  EXPECT_THAT(unknown, AllOf(StartsWith("HTTP/1.1 202 "), HasSubstr("X-Noctule-Dropped: unknown_site\r\n"), HasSubstr("x-plausible-dropped: 1\r\n")));
  EXPECT_THAT(post("/api/event", R"({"n":"pageview","d":"example.org","u":"https://example.org/"})", "Sec-GPC: 1\r\n"), HasSubstr("X-Noctule-Dropped: gpc\r\n"));
  EXPECT_THAT(get("/metrics"), AllOf(HasSubstr("noctule_collect_dropped_total{reason=\"unknown_site\"} 1\n"), HasSubstr("noctule_collect_dropped_total{reason=\"gpc\"} 1\n")));
  server.reset();
  const auto drops = settings().drops(site.id, 0, 1'000'000);
  ASSERT_TRUE(drops);
  ASSERT_EQ(drops->size(), 1u) << "what is of no site is in the metrics alone";
  EXPECT_EQ(drops->front().reason, "gpc");
}

TEST_F(ServerTest, a_debug_request_says_what_was_understood_without_the_address) {
  start();
  const std::string answer = post("/api/event", R"({"n":"pageview","d":"example.org","u":"https://example.org/a?utm_source=b"})", "X-Debug-Request: 1\r\n");
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 202 "), HasSubstr("application/json"), HasSubstr("example.org"), Not(HasSubstr("127.0.0.1"))));
}

TEST_F(ServerTest, what_is_no_request_of_the_protocol_is_a_400_that_says_why) {
  start();
  EXPECT_THAT(post("/api/v1/events", "{"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(post("/api/v1/events", std::string(kBodySizeMax + 1, ' ')), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(get("/api/v1/events"), AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: POST, OPTIONS")));
}

TEST_F(ServerTest, an_event_is_in_an_answer_to_a_question_and_survives_a_restart) {
  start();
  const std::string key = make_key(Scope::Query);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(post_event(fmt::format("/{}", i)), StartsWith("HTTP/1.1 202 "));
  EXPECT_TRUE(until([&] { return count_pageviews(key).find("[1,3]") != std::string::npos; })) << count_pageviews(key);
  server.reset();
  start();
  EXPECT_THAT(count_pageviews(key), HasSubstr("[1,3]"));
}

TEST_F(ServerTest, a_channel_rule_holds_for_new_visits_at_once_and_for_old_ones_on_request) {
  start();
  const std::string key = make_key(Scope::Query), manager = make_key(Scope::Manage);
  const auto channels = [&] {
    return post("/api/v2/query", R"({"site_id":"example.org","metrics":["visits"],"dimensions":["visit:channel"],"date_range":"day"})",
                fmt::format("Authorization: Bearer {}\r\n", key));
  };
  const auto visit = [&](int number) {  // another browser each, so that it is another visit
    const std::string body = R"({"n":"pageview","d":"example.org","u":"https://example.org/deep/page?utm_source=leaflet"})";
    return ask(fmt::format("POST /api/event HTTP/1.1\r\nHost: x\r\nUser-Agent: {}{}\r\nContent-Length: {}\r\n\r\n{}", kBrowser, number, body.size(), body));
  };
  EXPECT_THAT(visit(1), StartsWith("HTTP/1.1 202 "));
  EXPECT_TRUE(until([&] { return channels().find("[1]") != std::string::npos; })) << channels();
  EXPECT_THAT(channels(), Not(HasSubstr("newsletter")));
  ASSERT_TRUE(settings().set_channel_rules(site.id, {{.field = "utm_source", .op = "is", .value = "leaflet", .channel = "newsletter"}}));
  // The server looks at its settings every second: from then on visits are judged by the rule.
  int number = 1;
  EXPECT_TRUE(until([&] { return visit(++number), channels().find("newsletter") != std::string::npos; })) << channels();
  EXPECT_THAT(channels(), Not(HasSubstr(fmt::format("[{}]", number)))) << "the first visit keeps its channel";
  EXPECT_THAT(post("/api/v1/sites/example.org/channel-rules/apply", "", fmt::format("Authorization: Bearer {}\r\n", manager)),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\"attribution\":2")));
  EXPECT_TRUE(until([&] { return channels().find(fmt::format("[{}]", number)) != std::string::npos; })) << channels();
}

TEST_F(ServerTest, questions_need_a_key_with_the_scope_and_do_not_tell_which_sites_exist) {
  start();
  EXPECT_THAT(count_pageviews("wrong"), AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("WWW-Authenticate: Bearer")));
  EXPECT_THAT(count_pageviews(make_key(Scope::Collect)), StartsWith("HTTP/1.1 403 "));
  const std::string authorization = fmt::format("Authorization: Bearer {}\r\n", make_key(Scope::Query));
  EXPECT_THAT(post("/api/v2/query", R"({"site_id":"example.net","metrics":["visitors"],"date_range":"day"})", authorization), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(post("/api/v2/query", R"({"site_id":"example.org","metrics":["nothing"],"date_range":"day"})", authorization), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(post("/api/v2/query?format=csv", R"({"site_id":"example.org","metrics":["visitors"],"date_range":"day"})", authorization),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Content-Type: text/csv"), HasSubstr("visitors")));
}

TEST_F(ServerTest, a_page_view_reaches_who_follows_live_visitors) {
  start();
  Connection reader(server->addresses().front());
  reader.send(fmt::format("GET /api/v1/sites/example.org/live HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\r\n", make_key(Scope::Query)));
  EXPECT_THAT(reader.receive_until("\"pages\":[]"), AllOf(HasSubstr("text/event-stream"), HasSubstr("\"visitors\":0")));
  post_event("/seen");
  EXPECT_THAT(reader.receive_until("/seen"), HasSubstr("\"visitors\":1"));
}

TEST_F(ServerTest, a_site_that_another_process_adds_is_known_soon) {
  start();
  ASSERT_TRUE(settings().add_site("example.net", {}));
  EXPECT_TRUE(until([&] {
    return post("/api/event", R"({"n":"pageview","d":"example.net","u":"https://example.net/"})").find("X-Noctule-Dropped: ") == std::string::npos;
  }));
}

TEST_F(ServerTest, one_folder_has_one_server) {
  start();
  const auto second = Server::start(config);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Exhausted);
}

TEST_F(ServerTest, the_first_start_names_the_way_to_the_first_account_and_later_ones_do_not) {
  start();
  EXPECT_THAT(server->setup_address(), HasSubstr("/setup/"));
  server.reset();
  ASSERT_TRUE(settings().add_user({.email = "a@example.org", .password = "correct horse battery", .name = "A", .administrator = true, .now_ms = 1}));
  start();
  EXPECT_EQ(server->setup_address(), "");
}

TEST_F(ServerTest, clients_beyond_their_rate_are_told_to_slow_down) {
  config.rate_address = 1;
  config.rate_address_burst = 2;
  start();
  EXPECT_THAT(post_event(), StartsWith("HTTP/1.1 202 "));
  EXPECT_THAT(post_event(), StartsWith("HTTP/1.1 202 "));
  EXPECT_THAT(post_event(), AllOf(StartsWith("HTTP/1.1 429 "), HasSubstr("Retry-After: ")));
  Config wider = config;
  wider.rate_address = 0;
  ASSERT_TRUE(server->reload(wider));
  EXPECT_THAT(post_event(), StartsWith("HTTP/1.1 202 "));
}

TEST_F(ServerTest, a_configuration_that_is_wrong_changes_nothing) {
  start();
  Config wrong = config;
  wrong.trusted_proxies = {"everybody"};
  wrong.log_level = "debug";
  const auto reloaded = server->reload(wrong);
  ASSERT_FALSE(reloaded);
  EXPECT_THAT(reloaded.error().message, HasSubstr("everybody"));
  wrong = config;
  wrong.listen = {"https://127.0.0.1:0"};
  wrong.data = folder + "/other";
  EXPECT_FALSE(Server::start(wrong)) << "https without a certificate";
}

TEST_F(ServerTest, the_trackers_script_comes_in_the_coding_that_the_client_takes_and_only_once) {
  start();
  const std::string plain = get("/js/script.js"), brotli = get("/noctule.js", "Accept-Encoding: gzip, br\r\n"), gzip = get("/noctule.js", "Accept-Encoding: gzip, br;q=0\r\n");
  EXPECT_THAT(plain, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("text/javascript"), Not(HasSubstr("Content-Encoding"))));
  EXPECT_THAT(brotli, AllOf(HasSubstr("Content-Encoding: br\r\n"), HasSubstr("Vary: Accept-Encoding")));
  EXPECT_THAT(gzip, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_LT(brotli.size(), plain.size());
  const size_t at = plain.find("ETag: ") + 6;
  const std::string etag = plain.substr(at, plain.find("\r\n", at) - at);
  EXPECT_THAT(get("/noctule.js", fmt::format("If-None-Match: {}\r\n", etag)), AllOf(StartsWith("HTTP/1.1 304 "), EndsWith("\r\n\r\n")));
  EXPECT_THAT(get("/noctule.js", "If-None-Match: \"other\"\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, it_is_live_and_ready_and_pages_carry_security_headers) {
  start();
  EXPECT_THAT(get("/health/live"), StartsWith("HTTP/1.1 200 "));
  const std::string ready = get("/health/ready");
  EXPECT_THAT(ready, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\"status\":\"ready\""), HasSubstr("Content-Security-Policy: "), HasSubstr("X-Frame-Options: DENY"),
                           Not(HasSubstr("unsafe-inline"))));
}

TEST_F(ServerTest, metrics_are_for_the_networks_named_alone) {
  config.metrics_networks = {"192.0.2.0/24"};
  start();
  EXPECT_THAT(get("/metrics"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(Connection("unix:" + config.data + "/control.sock").ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, metrics_are_not_told_to_who_asks_through_a_proxy_that_is_not_trusted) {
  start();
  EXPECT_THAT(get("/metrics"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/metrics", "X-Forwarded-For: 198.51.100.4\r\n"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(ServerTest, commands_of_the_operator_go_through_the_unix_socket_alone) {
  start();
  constexpr std::string_view kRequest = "POST /control/check HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";
  EXPECT_THAT(ask(kRequest), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Connection("unix:" + config.data + "/control.sock").ask(kRequest), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("findings")));
}

// Each family that is told stands in the table, each of the table is told, and each is documented.
TEST_F(ServerTest, every_metric_is_told_and_documented) {
  start();
  post_event();
  const std::string text = get("/metrics");
  std::ifstream file(NOCTULE_SOURCE_DIR "/docs/metrics.md");
  std::stringstream document;
  document << file.rdbuf();
  for (const MetricFamily& family : metric_families()) {
    EXPECT_THAT(text, HasSubstr(fmt::format("# TYPE {} {}\n", family.name, family.type)));
    EXPECT_THAT(document.str(), HasSubstr(fmt::format("| `{}` | {} |", family.name, family.type)));
  }
}

TEST_F(ServerTest, nothing_that_tells_who_somebody_is_stands_in_the_log) {
  start();
  post_event("/secret-page");
  get("/none", "Cookie: noctule_session=x\r\n");
  post("/api/v2/query", "{", "Authorization: Bearer secret-key\r\n");
  server.reset();
  std::ifstream file(config.log);
  std::stringstream log;
  log << file.rdbuf();
  EXPECT_THAT(log.str(), AllOf(HasSubstr("\"event\":\"started\""), HasSubstr("\"event\":\"stopped\""), HasSubstr("\"all_loaded\":1")));
  for (const char* personal : {"secret", "Firefox", "noctule_session"}) EXPECT_THAT(log.str(), Not(HasSubstr(personal)));
}

}  // namespace
}  // namespace noctule
