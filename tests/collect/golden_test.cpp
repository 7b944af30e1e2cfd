// SPDX-License-Identifier: Apache-2.0
// One file of golden/ is one case: comments, the request as "field: value" lines, "---", and what is understood of it: the lines
// of the debug answer, one for each event, then what else the outcome says. NOCTULE_WRITE_GOLDEN=1 writes what is understood
// into the files instead of comparing: read the difference before you keep it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <nlohmann/json.hpp>

#include "noctule/base/text.h"
#include "requests.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, Protocol, std::less<>> kProtocols = {
    {"events", Protocol::Events}, {"pixel", Protocol::Pixel}, {"plausible", Protocol::Plausible}, {"umami", Protocol::UmamiSend},
    {"umami batch", Protocol::UmamiBatch}, {"goatcounter pixel", Protocol::GoatCounterPixel}, {"goatcounter", Protocol::GoatCounterCount},
    {"matomo", Protocol::Matomo}};

struct Case {
  std::string head;  // up to and with "---"
  std::map<std::string, std::string, std::less<>> fields;
  std::string expected;
};

Case read_case(const fs::path& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const size_t line = text.find("\n---\n");
  EXPECT_NE(line, std::string::npos) << path << ": expected a line ---";
  Case out{.head = text.substr(0, line + 5), .fields = {}, .expected = text.substr(line + 5)};
  std::istringstream lines(out.head);
  for (std::string one; std::getline(lines, one) && one != "---";) {
    if (one.empty() || one[0] == '#') continue;
    const size_t colon = one.find(':');
    EXPECT_NE(colon, std::string::npos) << path << ": expected 'field: value', not " << one;
    out.fields[one.substr(0, colon)] = trim(std::string_view(one).substr(colon + 1));
  }
  return out;
}

TestRequest request_of(const Case& one, const fs::path& path) {
  const auto protocol = kProtocols.find(one.fields.at("protocol"));
  EXPECT_NE(protocol, kProtocols.end()) << path << ": unknown protocol";
  TestRequest request(protocol->second);
  for (const auto& [name, value] : one.fields) {
    if (name == "protocol") continue;
    if (name == "body") request.set_body(value);
    else if (name == "query") request.query = value;
    else if (name == "user_agent") request.user_agent = value;
    else if (name == "referer") request.referer = value;
    else if (name == "origin") request.origin = value;
    else if (name == "gpc") request.gpc = value == "1";
    else if (name == "dnt") request.dnt = value == "1";
    else if (name == "prefetch") request.prefetch = value == "1";
    else if (name == "key_for") request.key_site = SiteId(static_cast<uint32_t>(*parse_decimal(value)));
    else if (name == "key") request.api_key_ok = value == "ok";
    else ADD_FAILURE() << path << ": unknown field " << name;
  }
  return request;
}

std::string describe(const CollectOutcome& outcome) {
  const auto debug = nlohmann::ordered_json::parse(outcome.debug);
  std::string text;
  for (const auto& event : debug.at("events")) text += event.dump() + "\n";
  text += fmt::format("kept {}, dropped {}{}\n", outcome.kept, outcome.dropped,
                      outcome.first_drop == Drop::None ? "" : fmt::format(", first because of {}", name_of(outcome.first_drop)));
  if (!outcome.readable) text += fmt::format("not readable: {}\n", outcome.detail);
  if (!outcome.reply_extra.empty()) text += fmt::format("reply {}\n", outcome.reply_extra);
  return text;
}

TEST(Golden, each_request_is_understood_as_its_file_says) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(NOCTULE_SOURCE_DIR "/tests/collect/golden")) paths.push_back(entry.path());
  std::ranges::sort(paths);
  ASSERT_GE(paths.size(), 20U);
  const bool writes = std::getenv("NOCTULE_WRITE_GOLDEN") != nullptr;
  for (const fs::path& path : paths) {
    SCOPED_TRACE(path.filename());
    const Case one = read_case(path);
    const std::string understood = describe(collect(request_of(one, path)));
    if (writes) std::ofstream(path) << one.head << understood;
    else EXPECT_EQ(understood, one.expected);
  }
}

}  // namespace
}  // namespace noctule
