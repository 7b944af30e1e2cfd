// SPDX-License-Identifier: Apache-2.0
// docs/openapi.json and the router say the same, and the document is sound in itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "embedded_tables.h"
#include "routes.h"

namespace noctule {
namespace {

using nlohmann::json;
using testing::IsEmpty;

// "GET /path" of each operation.
std::set<std::string> documented() {
  std::set<std::string> routes;
  const json document = json::parse(kTable_openapi);
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      std::string name = method;
      for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      routes.insert(name + " " + path);
    }
  }
  return routes;
}

// What the router of a whole server has, without the routes of its unix socket.
std::set<std::string> routed() {
  std::string folder = (std::filesystem::temp_directory_path() / "noctule-openapi-XXXXXX").string();
  EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  std::set<std::string> routes;
  {
    Config config;
    config.data = folder;
    Metrics metrics(1);
    const auto log = EventLog::open(folder + "/log", LogLevel::Debug).value();
    Services services(config, metrics, *log);
    CollectService collect(services, KeyRing::open(folder, 1'790'000'000'000).value(), 1);
    LiveHub live;
    for (std::string& route : make_router(services, collect, live).list()) {
      if (route.find(" /control/") == std::string::npos) routes.insert(std::move(route));
    }
  }
  std::filesystem::remove_all(folder);
  return routes;
}

std::vector<std::string> only_in(const std::set<std::string>& one, const std::set<std::string>& other) {
  std::vector<std::string> out;
  std::ranges::set_difference(one, other, std::back_inserter(out));
  return out;
}

void visit(const json& value, const std::function<void(const json&)>& visitor) {
  visitor(value);
  if (value.is_structured()) {
    for (const json& below : value) visit(below, visitor);
  }
}

TEST(OpenApi, every_route_of_the_router_is_in_the_document_and_every_one_there_is_in_the_router) {
  const std::set<std::string> in_document = documented(), in_router = routed();
  EXPECT_GT(in_router.size(), 50u);
  EXPECT_THAT(only_in(in_router, in_document), IsEmpty());
  EXPECT_THAT(only_in(in_document, in_router), IsEmpty());
}

TEST(OpenApi, every_reference_leads_somewhere_and_every_operation_has_an_id_of_its_own) {
  const json document = json::parse(kTable_openapi);
  std::set<std::string> ids;
  visit(document, [&](const json& value) {
    if (!value.is_object()) return;
    if (value.contains("$ref")) { EXPECT_TRUE(document.contains(json::json_pointer(value["$ref"].get<std::string>().substr(1)))) << value; }
    if (value.contains("operationId")) { EXPECT_TRUE(ids.insert(value["operationId"]).second) << value["operationId"]; }
    if (value.contains("responses") && value.contains("operationId")) { EXPECT_FALSE(value["summary"].get<std::string>().empty()); }
  });
  EXPECT_EQ(ids.size(), documented().size());
}

TEST(OpenApi, the_document_in_the_program_is_the_one_in_docs) {
  std::ifstream in(NOCTULE_SOURCE_DIR "/docs/openapi.json");
  EXPECT_EQ(std::string(kTable_openapi), std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace
}  // namespace noctule
