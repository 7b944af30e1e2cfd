// SPDX-License-Identifier: Apache-2.0
// No row of a table is dead: each has an example, given in the row or made from it, on which exactly this row fires.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "knowledge_tables.h"
#include "noctule/base/text.h"
#include "token_index.h"

namespace {

using namespace noctule;

const std::vector<std::string_view> kUserAgentColumns = {"id", "pattern", "kind", "app", "purpose", "example", "source"};
const std::vector<std::string_view> kReferrerColumns = {"host", "class", "name", "app", "surface", "ga4", "example", "source"};
const std::vector<std::string_view> kParameterColumns = {"name", "value", "role", "app", "surface", "text", "example", "source"};
const std::vector<std::string_view> kCampaignColumns = {"value", "field", "app", "channel", "name", "ga4", "word", "source"};
const std::vector<std::string_view> kPackageColumns = {"package", "app", "source"};

const Knowledge& knowledge() { return Knowledge::builtin(); }

std::vector<TsvTable::Row> rows_of(std::string_view name, std::string_view text, std::vector<std::string_view> columns) {
  auto table = TsvTable::parse(name, text, std::move(columns));
  EXPECT_TRUE(table.has_value()) << (table ? "" : table.error().message);
  return table ? table->rows() : std::vector<TsvTable::Row>();
}

std::set<std::string>& fired() {
  static std::set<std::string> ids;
  return ids;
}

bool has_rule(std::span<const RuleId> rules, std::string_view id) {
  bool found = false;
  for (RuleId rule : rules) {
    if (rule == RuleId::None) continue;
    fired().insert(knowledge().rule(rule).id);
    found |= knowledge().rule(rule).id == id;
  }
  return found;
}

// A text that a pattern of user_agents.tsv matches: its literals in order, the one that must begin first.
std::string text_of(std::string_view pattern) {
  const auto parsed = TokenPattern::parse(pattern);
  EXPECT_TRUE(parsed.has_value()) << pattern;
  std::string begin, middle, end;
  for (const TokenLiteral& literal : parsed->required) {
    std::string& place = literal.at_start ? begin : literal.at_end ? end : middle;
    if (!literal.at_start) place += ' ';
    place.append(literal.text).append(literal.digit_follows ? "1" : "");
  }
  return (begin.empty() ? begin.append("x") : begin).append(middle).append(end);
}

TEST(Tables, every_user_agent_row_fires_on_its_example) {
  for (const auto& row : rows_of("user_agents", TableTexts::builtin().user_agents, kUserAgentColumns)) {
    const std::string example = row[5].empty() ? text_of(row[1]) : std::string(row[5]);
    const auto verdict = knowledge().classify_user_agent(example);
    EXPECT_TRUE(has_rule(verdict.rules.ids, std::string("ua.").append(row[0])))
        << row[0] << " on '" << example << "': " << knowledge().rule(verdict.rules.ids[0]).id;
  }
}

// Addresses that a host of referrers.tsv may mean.
std::vector<std::string> hosts_of(std::string host) {
  if (host.starts_with('=')) host.erase(0, 1);
  if (host.starts_with("{}.")) return {std::string("fr").append(host.substr(2))};
  if (host == "*") return {"example.net"};
  if (host.ends_with(".*")) return {host.substr(0, host.size() - 1).append("example.net")};
  std::vector<std::string> hosts;
  if (host.ends_with("{}")) {
    for (const char* ending : {"fr", "com", "co.uk", "cat"}) hosts.push_back(host.substr(0, host.size() - 2).append(ending));
  } else {
    hosts.push_back(host);
  }
  const size_t count = hosts.size();
  for (size_t i = 0; i < count; ++i) hosts.push_back(std::string("some.").append(hosts[i]));  // a host below it
  return hosts;
}

TEST(Tables, every_referrer_row_fires_on_its_example) {
  for (const auto& row : rows_of("referrers", TableTexts::builtin().referrers, kReferrerColumns)) {
    const size_t slash = std::min(row[0].find('/'), row[0].size());
    const auto rule = std::string("referrer.").append(row[0]);
    bool found = row[6] != "-" && has_rule(knowledge().classify_referrer(row[6]).rules.ids, rule);
    for (const std::string& host : hosts_of(std::string(row[0].substr(0, slash)))) {
      const auto address = std::string("https://").append(host).append(slash < row[0].size() ? row[0].substr(slash) : "/");
      found = found || (row[6] == "-" && has_rule(knowledge().classify_referrer(address).rules.ids, rule));
    }
    EXPECT_TRUE(found) << row[0];
  }
}

TEST(Tables, every_package_row_fires_as_referrer_and_as_header) {
  for (const auto& row : rows_of("packages", TableTexts::builtin().packages, kPackageColumns)) {
    std::string package(row[0]);
    if (package.ends_with('*')) package.replace(package.size() - 1, 1, "example");
    const auto rule = std::string("package.").append(row[0]);
    const auto referrer = std::string("android-app://").append(package).append("/");
    EXPECT_TRUE(has_rule(knowledge().classify_referrer(referrer).rules.ids, rule)) << package;
    EXPECT_TRUE(has_rule(knowledge().classify_user_agent("Mozilla/5.0 (Linux; Android 14; wv)", package).rules.ids, rule)) << package;
  }
}

TEST(Tables, every_parameter_row_fires_on_its_example) {
  for (const auto& row : rows_of("parameters", TableTexts::builtin().parameters, kParameterColumns)) {
    std::string example(row[6]);
    if (example == "-") example = std::string(row[0]).append(row[2] == "ref" ? "=whatsapp" : "=1");
    auto rule = std::string("param.").append(row[0]);
    if (row[1] != "-") rule.append("=").append(row[1]);
    EXPECT_TRUE(has_rule(knowledge().classify_query(example).rules.ids, rule)) << example;
  }
}

TEST(Tables, every_campaign_value_fires) {
  for (const auto& row : rows_of("utm_sources", TableTexts::builtin().utm_sources, kCampaignColumns)) {
    const auto example = std::string("utm_").append(row[1]).append("=").append(row[0]);
    const auto rule = std::string("utm_").append(row[1]).append(".").append(row[0]);
    EXPECT_TRUE(has_rule(knowledge().classify_query(example).rules.ids, rule)) << example;
  }
}

TEST(Tables, every_network_holds_its_first_address_and_overlaps_no_other) {
  const std::map<std::string_view, NetworkKind> kinds = {{"cdn_edge", NetworkKind::CdnEdge},
                                                         {"meta_crawler", NetworkKind::MetaCrawler},
                                                         {"telegram_crawler", NetworkKind::TelegramCrawler}};
  for (const auto& row : rows_of("networks", TableTexts::builtin().networks, {"range", "kind", "owner", "source"})) {
    ASSERT_TRUE(kinds.contains(row[1])) << row[1];
    EXPECT_EQ(knowledge().classify_address(row[0].substr(0, row[0].find('/'))), kinds.at(row[1])) << row[0];
  }
}

TEST(Tables, what_is_built_in_is_what_stands_in_the_data_folder) {
  const TableTexts texts = TableTexts::builtin();
  for (const auto& [name, text] : {std::pair("apps", texts.apps), {"rules", texts.rules}, {"user_agents", texts.user_agents},
                                   {"packages", texts.packages}, {"referrers", texts.referrers}, {"parameters", texts.parameters},
                                   {"utm_sources", texts.utm_sources}, {"networks", texts.networks}}) {
    std::ifstream in(std::string(NOCTULE_SOURCE_DIR "/data/").append(name).append(".tsv"), std::ios::binary);
    EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {})) << name;
  }
}

struct Example { const char* rule; const char* user_agent; const char* referrer; const char* query; ArrivalContext context; };

TEST(Tables, every_rule_that_is_no_row_of_another_table_fires) {
  const auto app = [](const char* id) { return knowledge().find_app(id); };
  const ArrivalContext deep, home{.deep_page = false}, returning{.returning = true}, echo{.click_echo = true};
  const char* browser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
  const Example examples[] = {
      {"ua.empty", "", "", "", deep},
      {"ua.bot_word", "ExampleBot/1.0", "", "", deep},
      {"ua.bot_url", "Example/1.0 (https://example.org/about)", "", "", deep},
      {"ua.library", "example-lib/2.0", "", "", deep},
      {"ua.bare_bot", "Mozilla/5.0 (compatible; Example/1.0)", "", "", deep},
      {"ua.cfnetwork", "Example/1 CFNetwork/1335.0.3 Darwin/21.6.0", "", "", deep},
      {"ua.bare_app", "Example/1.0 (iPhone; iOS 17.5)", "", "", deep},
      {"ua.bare_device", "iPhone14", "", "", deep},
      {"ua.webview_android", "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Chrome/125.0.0.0 Mobile Safari/537.36", "", "", deep},
      {"ua.webview_ios", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "", "", deep},
      {"ua.electron", "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 Example/1 Chrome/120.0.0.0 Electron/28.0.0 Safari/537.36", "", "", deep},
      {"ua.browser", browser, "", "", deep},
      {"referrer.internal", browser, "https://example.org/", "", deep},
      {"referrer.private_network", browser, "http://192.168.1.7/wiki", "", deep},
      {"referrer.search_shape", browser, "https://find.example.net/search?q=a", "", deep},
      {"referrer.other_site", browser, "https://blog.example.net/", "", deep},
      {"referrer.other_app", browser, "android-app://com.example.reader/", "", deep},
      {"referrer.malformed", browser, "about:blank", "", deep},
      {"utm_medium.paid", browser, "", "utm_medium=cpc", deep},
      {"decide.token", browser, "", "nt=a", deep},
      {"decide.echo", browser, "", "fbclid=a", echo},
      {"decide.mail_campaign", browser, "https://mail.google.com/", "utm_medium=email", deep},
      {"decide.passed_on", browser, "", "igsh=a", deep},
      {"decide.unfurl", browser, "", "", {.unfurl_app = app("signal")}},
      {"decide.lost_click", browser, "", "fbclid=a", deep},
      {"decide.returning", browser, "", "", returning},
      {"decide.home", browser, "", "", home},
      {"decide.deep", browser, "", "", deep},
  };
  std::set<std::string> covered = {"request.prefetch", "request.method"};  // of the classifier by itself, in classify_test.cpp
  for (const Example& example : examples) {
    covered.insert(example.rule);
    const auto verdict = knowledge().decide(knowledge().classify_user_agent(example.user_agent),
                                            knowledge().classify_referrer(example.referrer, "example.org"),
                                            knowledge().classify_query(example.query), example.context);
    EXPECT_TRUE(has_rule(verdict.rules, example.rule)) << example.rule << ", but " << knowledge().rule(verdict.rules[0]).id;
  }
  for (const auto& row : rows_of("rules", TableTexts::builtin().rules, {"id", "text", "source"})) {
    EXPECT_TRUE(covered.contains(std::string(row[0]))) << row[0] << " has no example";
  }
}

TEST(Tables, every_app_is_named_by_a_row_of_another_table) {
  std::set<std::string> named;
  const TableTexts texts = TableTexts::builtin();
  const auto collect = [&](auto rows, size_t column) {
    for (const auto& row : rows) named.insert(std::string(row[column]));
  };
  collect(rows_of("user_agents", texts.user_agents, kUserAgentColumns), 3);
  collect(rows_of("packages", texts.packages, kPackageColumns), 1);
  collect(rows_of("referrers", texts.referrers, kReferrerColumns), 3);
  collect(rows_of("parameters", texts.parameters, kParameterColumns), 3);
  collect(rows_of("utm_sources", texts.utm_sources, kCampaignColumns), 2);
  named.insert("meta");  // what a preview by Meta's common fetcher becomes, see decision.cpp
  for (size_t i = 1; i < knowledge().app_count(); ++i) {
    EXPECT_TRUE(named.contains(knowledge().app(static_cast<AppId>(i)).id)) << knowledge().app(static_cast<AppId>(i)).id;
  }
}

TEST(Tables, every_rule_says_something_and_where_it_is_from) {
  for (size_t i = 1; i < knowledge().rule_count(); ++i) {
    const RuleInfo& rule = knowledge().rule(static_cast<RuleId>(i));
    EXPECT_FALSE(rule.id.empty());
    EXPECT_GE(rule.text.size(), 8U) << rule.id;
    EXPECT_GE(rule.source.size(), 3U) << rule.id;
  }
}

TEST(Tables, a_table_with_a_bad_row_is_refused_by_name) {
  const TableTexts good = TableTexts::builtin();
  const auto refused = [&](auto member, const char* text) {
    TableTexts texts = good;
    texts.*member = text;
    const auto read = KnowledgeTables::read(texts);
    return read.has_value() ? std::string() : read.error().message;
  };
  const auto names = [&](auto member, const char* text, const char* what) {
    const std::string message = refused(member, text);
    EXPECT_NE(message.find(what), std::string::npos) << message;
  };
  const std::string networks = "range\tkind\towner\tsource\n", referrers = "host\tclass\tname\tapp\tsurface\tga4\texample\tsource\n";
  names(&TableTexts::networks, (networks + "10.0.0.0/33\tcdn_edge\tx\ty\n").c_str(), "10.0.0.0/33");
  names(&TableTexts::networks, (networks + "10.0.0.0/8\tcdn_edge\tx\ty\n10.1.0.0/16\tcdn_edge\tx\ty\n").c_str(), "overlap");
  names(&TableTexts::referrers, (referrers + "a.b\tnothing\tx\t-\t-\t-\t-\ty\n").c_str(), "a.b");
  names(&TableTexts::referrers, (referrers + "a.b\tsocial\tx\tnoapp\t-\t-\t-\ty\n").c_str(), "noapp");
  names(&TableTexts::referrers, (referrers + "a.b/c\tsocial\tx\t-\t-\tsocial\t-\ty\n").c_str(), "GA4 knows hosts");
  names(&TableTexts::parameters, "name\tvalue\trole\tapp\tsurface\ttext\texample\tsource\nq\t-\tnothing\t-\t-\tx\t-\ty\n", "'q'");
  names(&TableTexts::utm_sources, "value\tfield\n", "utm_sources");
  names(&TableTexts::apps, "id\tname\tcategory\tsurface\tpreviews_by\tsource\na\tA\tnothing\tyes\tserver\tx\n", "'a'");
}

}  // namespace
