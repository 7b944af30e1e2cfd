// SPDX-License-Identifier: Apache-2.0
// A log that is imported beside a running server, and what its pastes say about visits that the script tells of afterwards.
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>

#include "noctule/base/civil_time.h"
#include "noctule/import/ledger.h"
#include "noctule/import/log_import.h"
#include "running_server.h"

namespace noctule {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string line(int64_t instant_ms, std::string_view target, std::string_view agent, std::string_view referrer = "-") {
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime t = civil_from_instant_ms(instant_ms, 0);
  return fmt::format("192.0.2.{} - - [{:02}/{}/{:04}:{:02}:{:02}:{:02} +0000] \"GET {} HTTP/1.1\" 200 512 \"{}\" \"{}\"\n", 1 + target.size() % 200, t.day,
                     kMonths[t.month - 1], t.year, t.hour, t.minute, t.second, target, referrer, agent);
}

class ImportedLog : public testing::RunningServer {
 protected:
  void import(const std::string& log) const {
    const std::string path = folder + "/access.log";
    std::ofstream(path) << log;
    auto ledger = Ledger::open(config.data);
    ASSERT_TRUE(ledger) << ledger.error().message;
    auto writer = RowFileWriter::create(ledger->next_file());
    ASSERT_TRUE(writer) << writer.error().message;
    LogImportOptions options;
    options.analyze.paths = {path};
    options.site = site;
    options.now_ms = now();
    const auto imported = import_logs(options, *ledger, *writer);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_EQ(imported->pastes, 1u);
  }
  // Another browser each, so that it is another visit. A script on the www twin, of which a log without hosts does not know.
  void visit(std::string_view path) {
    const std::string body = fmt::format(R"({{"n":"pageview","d":"example.org","u":"https://www.example.org{}"}})", path);
    EXPECT_THAT(ask(fmt::format("POST /api/event HTTP/1.1\r\nHost: x\r\nUser-Agent: {}{}\r\nContent-Length: {}\r\n\r\n{}", kBrowser, ++browsers_, body.size(), body)),
                StartsWith("HTTP/1.1 202 "));
  }
  std::string answer(std::string_view dimensions) const {
    return post("/api/v2/query", fmt::format(R"({{"site_id":"example.org","metrics":["visits","unfurls"],"dimensions":[{}],"date_range":"all"}})", dimensions),
                fmt::format("Authorization: Bearer {}\r\n", key_));
  }

  std::string key_ = make_key(Scope::Query);
  int browsers_ = 0;
};

TEST_F(ImportedLog, its_pastes_explain_visits_of_the_script_without_a_restart) {
  start();
  visit("/p/42");
  ASSERT_TRUE(until([&] { return answer("").find("[1,0]") != std::string::npos; })) << answer("");
  import(line(now() - 300'000, "/p/42", "WhatsApp/2.23.20.0"));
  ASSERT_TRUE(until([&] { return answer("").find("[1,1]") != std::string::npos; })) << answer("");
  EXPECT_THAT(answer(R"("visit:app","visit:evidence")"), Not(HasSubstr("inferred"))) << "what was judged stays as it was";
  // The paste is known a moment after its row is stored: from then on each visit is explained by it.
  EXPECT_TRUE(until([&] { return visit("/p/42"), answer(R"("visit:app","visit:evidence")").find(R"(["whatsapp","inferred"])") != std::string::npos; }))
      << answer(R"("visit:app","visit:evidence")");
  EXPECT_THAT(answer(R"("event:page","visit:evidence")"), HasSubstr(R"(["/p/42","estimated"])")) << "the first visit";
  EXPECT_THAT(post("/api/v1/sites/example.org/pastes/apply", "", fmt::format("Authorization: Bearer {}\r\n", make_key(Scope::Manage))),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\"attribution\":2"), Not(HasSubstr("\"visits\":0"))));
  EXPECT_THAT(answer(R"("event:page","visit:evidence")"), AllOf(HasSubstr(R"(["/p/42","inferred"])"), Not(HasSubstr("estimated")))) << "the first visit as well, in a version";
  EXPECT_THAT(post("/api/v1/sites/example.org/pastes/apply", "", fmt::format("Authorization: Bearer {}\r\n", make_key(Scope::Manage))),
              AllOf(HasSubstr("\"attribution\":2"), HasSubstr("\"visits\":0"))) << "there is nothing left to judge";
  visit("/p/43");
  EXPECT_TRUE(until([&] { return answer(R"("event:page")").find("/p/43") != std::string::npos; }));
  EXPECT_THAT(answer(R"("event:page","visit:evidence")"), AllOf(HasSubstr(R"(["/p/42","inferred"])"), Not(HasSubstr(R"(["/p/43","inferred"])"))));
}

}  // namespace
}  // namespace noctule
