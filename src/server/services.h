#pragma once
// SPDX-License-Identifier: Apache-2.0
// Services: what routes work with. A file of routes declares a function that adds its routes to the router:
//
//   void add_account_routes(Router& router, Services& services);
//
// and is called in routes.cpp. Handlers that touch the disk (settings, store) run with .where = Where::Worker and lease a Settings
// for as long as they run. `services` outlives the router.
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "event_log.h"
#include "metrics.h"
#include "noctule/http/http_server.h"
#include "noctule/journal/journal.h"
#include "noctule/query/query.h"
#include "noctule/server/config.h"
#include "noctule/settings/data_folder.h"
#include "noctule/settings/settings.h"
#include "noctule/store/loader.h"
#include "noctule/store/store.h"

namespace noctule {

// Settings for whoever needs one for a moment: a handle of SQLite belongs to one thread at a time.
class SettingsPool {
 public:
  explicit SettingsPool(std::string folder) : folder_(std::move(folder)) {}
  class Lease {
   public:
    Lease(SettingsPool& pool, std::unique_ptr<Settings> settings) : pool_(pool), settings_(std::move(settings)) {}
    ~Lease() { pool_.give_back(std::move(settings_)); }
    Lease(Lease&&) = default;
    Settings* operator->() const { return settings_.get(); }
    Settings& operator*() const { return *settings_; }

   private:
    SettingsPool& pool_;
    std::unique_ptr<Settings> settings_;
  };
  // Error: as Settings::open.
  Result<Lease> lease();

 private:
  void give_back(std::unique_ptr<Settings> settings);
  std::string folder_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Settings>> idle_;
};

// What changes while the server runs: replaced whole, read by any thread.
template <typename T>
class Current {
 public:
  void set(T value) {
    auto made = std::make_shared<const T>(std::move(value));  // shared with whoever still reads it
    const std::lock_guard lock(mutex_);
    value_ = std::move(made);
    generation_.fetch_add(1, std::memory_order_release);
  }
  [[nodiscard]] std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  // Another number after each set: cheaper to ask than get.
  [[nodiscard]] uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
  std::atomic<uint64_t> generation_{0};
};

struct Services {
  Services(const Config& its_config, Metrics& its_metrics, EventLog& its_log)
      : folder(its_config.data), settings(its_config.data), metrics(its_metrics), log(its_log) {
    config.set(its_config);
  }
  Current<Config> config;           // config.get()->base_url
  Current<NetworkList> metrics_networks;
  Current<SiteBook> sites;
  DataFolder folder;
  SettingsPool settings;
  Metrics& metrics;
  EventLog& log;
  Journal* journal = nullptr;
  Store* store = nullptr;
  // Held while rows of an import are added, and while a version of a site's attribution is made: rows that came under the version before
  // would not be seen.
  std::mutex attribution;
  Loader* loader = nullptr;
  QueryEngine* query = nullptr;
  HttpServer* http = nullptr;       // null until it listens
  int64_t (*now_ms)() = nullptr;    // wall clock
  int64_t started_ms = 0;
  // "https://stats.example.org", without a slash at its end: of links that are shown.
  [[nodiscard]] std::string base_url() const;
};

// Who asks: "Authorization: Bearer KEY", else the session cookie. nullopt: nobody that is known. A session says nothing about
// CSRF: routes that change something compare Identity::csrf with the X-CSRF-Token header.
[[nodiscard]] Result<std::optional<Identity>> identify(const Request& request, Settings& settings, int64_t now_ms);
inline constexpr std::string_view kSessionCookie = "noctule_session";
[[nodiscard]] bool has_scope(const Identity& who, Scope scope);

}  // namespace noctule
