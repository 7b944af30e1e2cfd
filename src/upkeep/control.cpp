// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/control.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "noctule/base/text.h"
#include "noctule/privacy/secret.h"
#include "noctule/upkeep/backup.h"
#include "noctule/upkeep/control_client.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr auto kStagingKept = std::chrono::hours(24);

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n'; }

// A new name in the staging folder.
Result<std::string> stage(const DataFolder& folder, std::string_view what) {
  const std::string staging = fmt::format("{}/{}", folder.path(), kStagingFolder);
  if (::mkdir(staging.c_str(), 0700) != 0 && errno != EEXIST) return fail(ErrorCode::Io, fmt::format("{}: cannot be made: {}", staging, std::strerror(errno)));
  std::error_code ignored;  // what cannot be removed is found by the doctor
  for (const auto& entry : fs::directory_iterator(staging, ignored)) {
    const auto changed = fs::last_write_time(entry.path(), ignored);
    if (!ignored && fs::file_time_type::clock::now() - changed > kStagingKept) fs::remove_all(entry.path(), ignored);
  }
  return fmt::format("{}/{}-{}", staging, what, make_token());
}

Result<std::string> check(const Installation& installation) {
  NOCT_TRY(const auto findings, check_installation(installation));
  return dump({{"findings", findings}});
}

Result<std::string> backup(const Installation& installation, const Circumstances& circumstances) {
  NOCT_TRY(const std::string path, stage(installation.folder, "backup"));
  NOCT_TRY([[maybe_unused]] const Manifest made, make_backup(installation, path, circumstances.now_ms, circumstances.program));
  return dump({{"path", path}});
}

Result<std::string> export_events(const Json& request, const Installation& installation) {
  const std::string site = request.value("site", std::string()), format = request.value("format", std::string());
  if (format != "csv" && format != "parquet") return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no format: expected csv or parquet", printable(format, 40)));
  SiteId id = SiteId::None;
  if (!site.empty()) {
    NOCT_TRY(const Site found, installation.settings.find_site(site));
    id = found.id;
  }
  NOCT_TRY(const std::string path, stage(installation.folder, "export"));
  if (auto exported = installation.store.export_to(export_statement(id), path, format); !exported) return std::unexpected(std::move(exported).error());
  return dump({{"path", path}});
}

// {"error": "..."} of an answer that is none.
std::string error_of(const ControlAnswer& answer) {
  const auto document = Json::parse(answer.body, nullptr, false);
  if (document.is_object() && document.contains("error") && document["error"].is_string()) return document["error"];
  return fmt::format("the server answered with {}", answer.status);
}

}  // namespace

Result<std::string> perform_upkeep(std::string_view action, std::string_view request, const Installation& installation, const Circumstances& circumstances) {
  const auto parsed = Json::parse(request.empty() ? std::string_view("{}") : request, nullptr, false);
  if (!parsed.is_object()) return fail(ErrorCode::InvalidInput, "the request is no JSON object");
  try {
    if (action == "check") return check(installation);
    if (action == "backup") return backup(installation, circumstances);
    if (action == "export") return export_events(parsed, installation);
    if (action == "doctor") return to_json(parsed.value("privacy", false) ? examine_privacy(installation, circumstances) : examine_operation(installation, circumstances));
  } catch (const nlohmann::json::exception&) {
    return fail(ErrorCode::InvalidInput, "a member of the request has another type than expected");
  }
  return fail(ErrorCode::NotFound, fmt::format("there is no action \"{}\"", printable(action, 40)));
}

Result<std::string> request_upkeep(const DataFolder& folder, std::string_view action, const std::string& request, Circumstances circumstances) {
  if (DataFolderLock::is_held(folder)) {
    auto answer = ask_server(folder.path(), "POST", fmt::format("/control/{}", action), request);
    if (!answer && answer.error().code == ErrorCode::NotFound) {
      return fail(ErrorCode::Io, fmt::format("{}: another process owns this folder, and none answers on its control.sock: a server that starts or stops, or another command", folder.path()));
    }
    if (!answer) return std::unexpected(std::move(answer).error());
    if (answer->status != 200) return fail(answer->status == 400 ? ErrorCode::InvalidInput : ErrorCode::Io, error_of(*answer));
    return std::move(answer->body);
  }
  NOCT_TRY(InstallationAtRest opened, InstallationAtRest::open(folder));
  circumstances.running = false;
  return perform_upkeep(action, request, opened.view(), circumstances);
}

}  // namespace noctule
