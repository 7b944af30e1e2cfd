// SPDX-License-Identifier: Apache-2.0
// noctule db check | backup | restore | export
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "command_group.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"
#include "noctule/upkeep/backup.h"
#include "noctule/upkeep/control.h"
#include "settings_access.h"

namespace noctule {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Flags {
  std::string data, target, format, site;
  bool replace = false, json = false;
};

// What is done in the data folder is done with its owner's rights; what is written elsewhere, with the caller's.
class AsOwner {
 public:
  static Result<AsOwner> of(const std::string& folder) {
    AsOwner rights(::geteuid(), ::getegid());
    if (auto acting = act_as_owner_of(folder); !acting) return std::unexpected(std::move(acting).error());
    return rights;
  }
  // Back to what the caller may do.
  [[nodiscard]] Result<void> end() const {
    if (::seteuid(user_) == 0 && ::setegid(group_) == 0) return {};
    return fail(ErrorCode::Io, "the rights of who called could not be taken back");
  }

 private:
  AsOwner(uid_t user, gid_t group) : user_(user), group_(group) {}
  uid_t user_;
  gid_t group_;
};

Result<Json> ask(const Flags& flags, std::string_view action, const Json& request) {
  NOCT_TRY(const AsOwner rights, AsOwner::of(flags.data));
  const Circumstances circumstances{.now_ms = now_ms(), .running = true, .program = NOCTULE_VERSION, .log_file = {}};
  auto answer = request_upkeep(DataFolder(flags.data), action, request.dump(), circumstances);
  if (auto ended = rights.end(); !ended) return std::unexpected(std::move(ended).error());
  if (!answer) return std::unexpected(std::move(answer).error());
  auto document = Json::parse(*answer, nullptr, false);
  if (!document.is_object()) return fail(ErrorCode::Corrupt, "the server's answer is no JSON object");
  return document;
}

// A staged file or folder, removed when it was copied or could not be.
class Staged {
 public:
  explicit Staged(const Json& answer) : path_(answer.value("path", std::string())) {}
  Staged(const Staged&) = delete;
  Staged& operator=(const Staged&) = delete;
  ~Staged() {
    std::error_code ignored;  // it goes with the next one, a day later
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string describe(const Manifest& manifest) {
  uint64_t bytes = 0;
  for (const ManifestEntry& file : manifest.files) bytes += file.bytes;
  return fmt::format("{} files of {} bytes, made {} by noctule {}", manifest.files.size(), bytes, format_iso_instant(manifest.made_ms), printable(manifest.program, 40));
}

Result<int> check(const Flags& flags) {
  NOCT_TRY(const Json answer, ask(flags, "check", Json::object()));
  const Json findings = answer.value("findings", Json::array());
  if (flags.json) {
    fmt::print("{}\n", answer.dump(2));
  } else if (findings.empty()) {
    fmt::print("{}: settings.db, journal.db and events.duckdb are sound\n", printable(flags.data, 400));
  } else {
    for (const auto& finding : findings) fmt::print("{}\n", printable(finding.is_string() ? finding.get<std::string>() : finding.dump(), 1'000));
  }
  return findings.empty() ? kExitOk : kExitFailed;
}

Result<int> backup(const Flags& flags) {
  NOCT_TRY(const Json answer, ask(flags, "backup", Json::object()));
  const Staged staged(answer);
  NOCT_TRY(const Manifest manifest, copy_backup(staged.path(), flags.target));
  fmt::print("{}: {}\n", printable(flags.target, 400), describe(manifest));
  return kExitOk;
}

Result<int> restore(const Flags& flags) {
  NOCT_TRY(const Manifest manifest, restore_backup(flags.target, DataFolder(flags.data), flags.replace ? Replace::Yes : Replace::No));
  fmt::print("{}: {}\n", printable(flags.data, 400), describe(manifest));
  return check(flags);  // brings the files to this version's schema, too
}

Result<std::string> format_of(const Flags& flags) {
  if (!flags.format.empty()) return flags.format;
  for (const char* format : {"parquet", "csv"}) {
    if (flags.target.ends_with(fmt::format(".{}", format))) return std::string(format);
  }
  return fail(ErrorCode::InvalidInput, fmt::format("{}: say --format parquet or csv, or give the file's name that ending", printable(flags.target, 400)));
}

Result<int> export_events(const Flags& flags) {
  NOCT_TRY(const std::string format, format_of(flags));
  NOCT_TRY(const Json answer, ask(flags, "export", {{"site", flags.site}, {"format", format}}));
  const Staged staged(answer);
  const fs::path target(flags.target);
  const std::string folder = target.parent_path().empty() ? "." : target.parent_path().string();
  const std::string part = fmt::format("{}.{}.part", target.filename().string(), ::getpid());
  auto copied = copy_measured(staged.path(), folder, part);
  std::error_code error;
  if (copied) fs::rename(fs::path(folder) / part, target, error);
  if (copied && error) copied = fail(ErrorCode::Io, fmt::format("{}: cannot be written: {}", printable(flags.target, 400), error.message()));
  if (!copied) {
    std::error_code ignored;  // the first error is the one that is told
    fs::remove(fs::path(folder) / part, ignored);
    return std::unexpected(std::move(copied).error());
  }
  fmt::print("{}: {} bytes\n", printable(flags.target, 400), copied->bytes);
  return kExitOk;
}

RunCommand runner(const std::shared_ptr<Flags>& flags, Result<int> (*run)(const Flags&)) {
  return [flags, run] {
    const Result<int> done = run(*flags);
    return done ? *done : complain(done.error());
  };
}

}  // namespace

RunCommand add_db(CLI::App& app) {
  const auto flags = std::make_shared<Flags>();  // shared by the parser's slots and the calls below
  CommandGroup group(app, "db", "Check, back up, restore and export what a server keeps, also while it runs");
  group.footer("Examples:\n"
               "  noctule db check --data /var/lib/noctule\n"
               "  noctule db backup /backup/noctule-monday --data /var/lib/noctule\n"
               "  noctule db restore /backup/noctule-monday --data /var/lib/noctule --replace\n"
               "  noctule db export events.parquet --site example.org --data /var/lib/noctule");
  CLI::App& checking = group.add("check", "Read every page and row, and say what is wrong");
  add_data_option(checking, flags->data);
  checking.add_flag("--json", flags->json, "JSON for programs");
  group.when_chosen(checking, runner(flags, check));

  CLI::App& backing_up = group.add("backup", "Copy settings, journal and events, without the keys, into a new folder");
  backing_up.add_option("FOLDER", flags->target, "A folder that is not there yet, or empty")->required();
  add_data_option(backing_up, flags->data);
  group.when_chosen(backing_up, runner(flags, backup));

  CLI::App& restoring = group.add("restore", "Verify a backup and put it in place; the server must be stopped");
  restoring.add_option("FOLDER", flags->target, "The backup")->required();
  add_data_option(restoring, flags->data);
  restoring.add_flag("--replace", flags->replace, "Replace the data that is there");
  group.when_chosen(restoring, runner(flags, restore));

  CLI::App& exporting = group.add("export", "Write the events to a Parquet or CSV file");
  exporting.add_option("FILE", flags->target, "Where to; what is there is replaced")->required();
  exporting.add_option("--format", flags->format, "parquet or csv (default: the ending of FILE)")->check(CLI::IsMember({"parquet", "csv"}));
  exporting.add_option("--site", flags->site, "Domain or id of a site (default: all sites)");
  add_data_option(exporting, flags->data);
  group.when_chosen(exporting, runner(flags, export_events));
  return group.runner();
}

}  // namespace noctule
