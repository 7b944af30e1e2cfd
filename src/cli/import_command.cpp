// SPDX-License-Identifier: Apache-2.0
// `noctule import`: access logs and exports of other products into the store of a data folder, beside a running server or without one.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "archive_command.h"
#include "command.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"
#include "noctule/import/log_import.h"
#include "noctule/import/row_loader.h"
#include "noctule/report/messages.h"
#include "noctule/settings/data_folder.h"
#include "noctule/settings/settings.h"
#include "noctule/store/store.h"
#include "progress_line.h"
#include "terminal.h"

namespace noctule {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  noctule import /var/log/nginx/access.log* --site example.org --data /var/lib/noctule\n"
    "  noctule import access.log --site example.org --data DIR --follow\n"
    "  noctule import plausible-export.zip --site example.org --data DIR --before 2026-03-01\n"
    "What was imported before is left out, so that the same log may be named again when it has grown or was rotated.";

struct Flags {
  std::vector<std::string> paths;
  std::string site, data, format, time_zone, before, website;
  int threads = 2;
  double every = 60;
  bool follow = false, quiet = false;
};

volatile std::sig_atomic_t g_stop = 0;
void ask_to_stop(int) { g_stop = 1; }

void handle_signals() {
  struct sigaction action {};
  action.sa_handler = ask_to_stop;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Result<Site> find_site(const Flags& flags) {
  if (!std::filesystem::is_directory(flags.data)) return fail(ErrorCode::InvalidInput, fmt::format("{}: is no data folder", flags.data));
  NOCT_TRY(Settings settings, Settings::open(flags.data));
  NOCT_TRY(std::vector<Site> sites, settings.sites());
  const SiteBook book(std::move(sites));
  if (const Site* site = book.find_domain(flags.site)) return *site;
  std::string names;
  for (const Site& site : book.sites()) names.append(names.empty() ? "" : ", ").append(site.domain);
  return fail(ErrorCode::InvalidInput, fmt::format("--site: there is no site {}; {}", printable(flags.site, 100),
                                                   names.empty() ? "add it with: noctule site add" : fmt::format("there are {}", names)));
}

// The rotated logs whose first part was read under the name that another file has now.
class Rotations {
 public:
  explicit Rotations(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) inodes_[path] = inode_of(path);
  }

  // The files to read now: the logs, and before each the file that had its name until now, wherever it is in the same folder.
  std::vector<std::string> files() {
    std::vector<std::string> all;
    for (auto& [path, known] : inodes_) {
      const ino_t now = inode_of(path);
      if (known != 0 && now != known) {
        if (const std::string old = find_inode(path, known); !old.empty()) all.push_back(old);
      }
      known = now;
      if (now != 0) all.push_back(path);
    }
    return all;
  }

 private:
  static ino_t inode_of(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
  }
  static std::string find_inode(const std::string& path, ino_t inode) {
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::absolute(path).parent_path(), failed)) {
      if (inode_of(entry.path()) == inode) return entry.path();
    }
    return {};
  }
  std::map<std::string, ino_t> inodes_;
};

void tell_summary(const ImportSummary& summary) {
  std::string text = fmt::format("{} visits, {} page views and {} pastes of {} requests", summary.visits, summary.views, summary.pastes, summary.hits);
  if (summary.first_ms != 0) text += fmt::format(", {} to {}", format_iso_instant(summary.first_ms), format_iso_instant(summary.last_ms));
  text += "\n";
  if (summary.visits_before > 0) text += fmt::format("left out: {} visits that were imported before\n", summary.visits_before);
  if (summary.visits_open > 0) text += fmt::format("left for later: {} visits that may go on\n", summary.visits_open);
  if (summary.unparsed > 0) text += fmt::format("{} of {} lines could not be read; `noctule analyze` shows which\n", summary.unparsed, summary.lines);
  if (!summary.refused_hosts.empty()) text += fmt::format("left out: views on {}: no host of the site (noctule site set --host)\n", fmt::join(summary.refused_hosts, ", "));
  tell(text);
}

class Importer {
 public:
  Importer(const Flags& flags, Site site) : flags_(flags), folder_(flags.data), site_(std::move(site)) {}

  Result<void> import(const std::vector<std::string>& paths, bool settled_only) {
    NOCT_TRY(const bool archive, flags_.format.empty() && !settled_only ? is_archive(paths) : Result<bool>(false));
    if (archive) return import_export(paths);
    if (!flags_.before.empty() || !flags_.website.empty()) {
      return fail(ErrorCode::InvalidInput, "--before and --website are for exports of other products, and these files are none that is known");
    }
    NOCT_TRY(Ledger ledger, Ledger::open(flags_.data));
    NOCT_TRY(RowFileWriter writer, RowFileWriter::create(ledger.next_file()));
    LogImportOptions options;
    options.analyze.paths = paths;
    options.analyze.format = flags_.format;
    options.analyze.time_zone = flags_.time_zone;
    options.analyze.threads = flags_.threads;
    options.site = site_;
    options.now_ms = now_ms();
    options.settled_only = settled_only;
    ProgressLine line;
    if (!flags_.quiet && is_terminal(STDERR_FILENO)) options.analyze.on_progress = [&](const ReadProgress& progress) { line.draw(progress); };
    NOCT_TRY(const ImportSummary summary, import_logs(options, ledger, writer));
    line.clear();
    if (!flags_.quiet && (!settled_only || summary.views + summary.pastes > 0)) {
      tell_summary(summary);
      tell_warnings(summary.warnings);
    }
    return {};
  }

  // Into the store: by the server that owns it, or here.
  Result<void> load(bool wait) {
    auto lock = DataFolderLock::take(folder_);
    if (lock) return load_here();
    if (lock.error().code != ErrorCode::Exhausted) return std::unexpected(std::move(lock).error());
    return wait ? wait_for_server() : Result<void>{};
  }

 private:
  Result<void> import_export(const std::vector<std::string>& paths) const {
    NOCT_TRY(Ledger ledger, Ledger::open(flags_.data));
    ArchiveOptions options;
    options.paths = paths;
    options.site = site_;
    options.now_ms = now_ms();
    options.umami_website = flags_.website;
    if (!flags_.before.empty()) {
      NOCT_TRY(options.before_ms, parse_before(flags_.before));
    }
    return run_archive_import(std::move(options), ledger, flags_.quiet);
  }

  // Each once, also where a log is followed.
  void tell_warnings(const std::vector<Warning>& warnings) {
    for (const Warning& warning : warnings) {
      if (!told_.insert(warning.code).second) continue;
      tell(fmt::format("mind: {}\n", message_of_code(Language::English, "warning", warning.code, warning.args)));
    }
  }

  Result<void> load_here() {
    if (waiting_row_files(flags_.data).empty()) return {};
    NOCT_TRY(const std::unique_ptr<Store> store, open_duckdb({.path = folder_.events(), .backup_folder = folder_.backups()}));
    for (const std::string& path : waiting_row_files(flags_.data)) {
      NOCT_TRY(const LoadedRows loaded, load_row_file(*store, flags_.data, path));
      if (!flags_.quiet && loaded.visits_seen_by_script > 0) tell(fmt::format("{} visits were seen by the script as well and count once\n", loaded.visits_seen_by_script));
    }
    return {};
  }

  Result<void> wait_for_server() {
    const std::vector<std::string> files = waiting_row_files(flags_.data);
    if (!files.empty() && !flags_.quiet) tell("a server owns the data folder: waiting for it to load\n");
    for (const std::string& path : files) {
      while (std::filesystem::exists(path)) {
        if (g_stop != 0) return fail(ErrorCode::Io, fmt::format("stopped; {} is loaded by the server later", path));
        if (!DataFolderLock::is_held(folder_)) return load(true);  // the server has gone
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
      if (std::filesystem::exists(path + ".bad")) return fail(ErrorCode::Corrupt, fmt::format("{}.bad: the server could not read it", path));
    }
    return {};
  }

  const Flags& flags_;
  DataFolder folder_;
  Site site_;
  std::set<std::string> told_;
};

// Waits that long, or until a signal asks to stop. True: go on.
bool wait_seconds(double seconds) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(seconds);
  time.tv_nsec = static_cast<long>((seconds - static_cast<double>(time.tv_sec)) * 1e9);
  ::nanosleep(&time, nullptr);
  return g_stop == 0;
}

Result<void> run(const Flags& flags) {
  NOCT_TRY(Site site, find_site(flags));
  Importer importer(flags, std::move(site));
  handle_signals();
  Rotations rotations(flags.paths);
  std::vector<std::string> paths = flags.paths;
  do {
    if (auto imported = importer.import(paths, flags.follow); !imported) return imported;
    if (auto loaded = importer.load(!flags.follow); !loaded) return loaded;
    if (!flags.follow || !wait_seconds(flags.every)) return {};
    paths = rotations.files();
  } while (g_stop == 0);
  return {};
}

}  // namespace

RunCommand add_import(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("import", "Bring access logs, or exports of other products, into the store of a data folder");
  command->footer(kExamples);
  command->add_option("FILES", flags->paths, "Log files; plain, gz, bz2, xz or zst. Or an export of Plausible, Umami or GoatCounter: a zip, a folder, CSV files")->required();
  command->add_option("--site", flags->site, "Domain of the site that the logs are of")->required();
  command->add_option("--data", flags->data, "The data folder")->required()->envname("NOCTULE_DATA");
  command->add_option("--format", flags->format, "A name (see `noctule formats`), or an nginx log_format or Apache LogFormat string; found out by itself when left out");
  command->add_option("--time-zone", flags->time_zone, "Of logs that do not say theirs, e.g. Europe/Paris (default UTC)");
  command->add_option("--threads", flags->threads, "Threads that work")->check(CLI::Range(1, 64))->capture_default_str();
  command->add_flag("--follow,-f", flags->follow, "Keep importing from growing logs, across rotation; a visit comes when it is over, a paste after two minutes");
  command->add_option("--every", flags->every, "Seconds between two looks with --follow")->check(CLI::Range(1.0, 86'400.0))->capture_default_str();
  command->add_option("--before", flags->before, "Of an export: only what is before this day (UTC), from which on noctule has counted itself")->option_text("DAY");
  command->add_option("--website", flags->website, "Of Umami's table: the id of the website, where it holds several")->option_text("ID");
  command->add_flag("--quiet,-q", flags->quiet, "Say nothing but errors");
  return [flags] {
    const Result<void> done = run(*flags);
    return done ? kExitOk : complain(done.error());
  };
}

}  // namespace noctule
