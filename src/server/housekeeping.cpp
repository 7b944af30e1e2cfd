// SPDX-License-Identifier: Apache-2.0
#include "housekeeping.h"

#include <algorithm>
#include <iterator>

#include "noctule/import/ledger.h"
#include "noctule/import/row_loader.h"
#include "noctule/upkeep/retention.h"

namespace noctule {
namespace {

constexpr int64_t kTickMs = 1'000, kDropsEveryMs = 5'000, kKeysEveryMs = 10'000;
constexpr int64_t kJobsEveryMs = 60'000, kRetentionEveryMs = 3'600'000;
constexpr int kRollUpDaysAtOnce = 4;
constexpr int64_t kSetAsideDays = 30;

}  // namespace

Result<SiteBook> read_sites(Settings& settings) {
  NOCT_TRY(auto sites, settings.sites());
  return SiteBook(std::move(sites));
}

Housekeeping::Housekeeping(Services& services, CollectService& collect, LiveHub& live, Settings settings)
    : services_(services), collect_(collect), live_(live), settings_(std::move(settings)) {
  clock_ = std::thread([this] { run_clock(); });
  jobs_ = std::thread([this] { run_jobs(); });
}

Housekeeping::~Housekeeping() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  clock_.join();
  jobs_.join();
  write_drops();
}

void Housekeeping::look_now() {
  {
    const std::lock_guard lock(mutex_);
    look_ = true;
  }
  wake_.notify_all();
}

// An operator's rules for channels, of all sites.
Result<ChannelRules> read_channel_rules(Settings& settings, const SiteBook& book) {
  NOCT_TRY(std::vector<ChannelRule> all, settings.channel_rules(SiteId::None));
  for (const Site& site : book.sites()) {
    NOCT_TRY(std::vector<ChannelRule> rules, settings.channel_rules(site.id));
    std::ranges::copy_if(rules, std::back_inserter(all), [&](const ChannelRule& rule) { return rule.site == site.id; });
  }
  return ChannelRules(std::move(all));
}

void Housekeeping::follow_settings() {
  const auto version = settings_.version();
  if (version && *version == version_) return;
  auto book = version ? read_sites(settings_) : std::unexpected(version.error());
  if (!book) return services_.log.write(LogLevel::Error, "settings", {{"error", book.error().message}});
  services_.log.write(LogLevel::Info, "sites", {{"count", static_cast<int64_t>(book->sites().size())}});
  auto rules = read_channel_rules(settings_, *book);
  if (!rules) return services_.log.write(LogLevel::Error, "settings", {{"error", rules.error().message}});
  if (services_.loader != nullptr) services_.loader->set_channel_rules(std::move(*rules));
  services_.sites.set(std::move(*book));
  version_ = *version;
}

void Housekeeping::write_drops() {
  const auto drops = collect_.take_drops();
  if (drops.empty()) return;
  if (auto written = settings_.add_drops(drops); !written) services_.log.write(LogLevel::Warning, "drops", {{"error", written.error().message}});
}

// A line when events begin to be refused or to wait, and one when that is over.
void Housekeeping::tell_trouble() {
  const auto tell = [&](std::string_view what, const std::string& error, bool& in_trouble) {
    if (error.empty() != in_trouble) return;
    in_trouble = !error.empty();
    if (in_trouble) return services_.log.write(LogLevel::Error, what, {{"error", error}});
    services_.log.write(LogLevel::Info, what, {{"state", "goes on"}});
  };
  tell("journal", services_.journal->status().error, journal_in_trouble_);
  tell("loader", services_.loader->status().error, loader_in_trouble_);
}

void Housekeeping::run_clock() {
  int64_t drops_at = 0, keys_at = 0;
  for (;;) {
    const int64_t now = services_.now_ms();
    follow_settings();
    tell_trouble();
    live_.tell(now);
    if (now >= drops_at || now < drops_at - kDropsEveryMs) {
      write_drops();
      drops_at = now + kDropsEveryMs;
    }
    if (now >= keys_at || now < keys_at - kKeysEveryMs) {
      collect_.rotate_keys(now);
      keys_at = now + kKeysEveryMs;
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(kTickMs), [this] { return stopping_ || look_; });
    look_ = false;
    if (stopping_) return;
  }
}

void Housekeeping::sum_up_days() {
  for (;;) {
    const auto done = services_.query->roll_up(services_.sites.get()->sites(), services_.now_ms(), kRollUpDaysAtOnce);
    if (!done) return services_.log.write(LogLevel::Error, "roll-ups", {{"error", done.error().message}});
    services_.metrics.rollups += static_cast<uint64_t>(*done);
    const std::lock_guard lock(mutex_);
    if (*done == 0 || stopping_) return;
  }
}

void Housekeeping::load_imports() {
  for (const std::string& path : waiting_row_files(services_.folder.path())) {
    std::unique_lock lock(services_.attribution, std::try_to_lock);
    if (!lock) return;  // until the next second
    const auto loaded = load_row_file(*services_.store, services_.folder.path(), path);
    lock.unlock();
    if (!loaded) {
      services_.log.write(LogLevel::Error, "import", {{"error", loaded.error().message}});
      continue;
    }
    if (services_.loader != nullptr && loaded->head.origin == EventOrigin::Log) services_.loader->note_import(loaded->head.site);
    services_.log.write(LogLevel::Info, "imported", {{"rows", static_cast<int64_t>(loaded->rows)}});
  }
}

// What could not be loaded is kept for whoever looks into it, for a month, and no longer than a site keeps anything.
void Housekeeping::forget_set_aside() {
  int64_t days = kSetAsideDays;
  for (const Site& site : services_.sites.get()->sites()) {
    if (site.retention_days > 0) days = std::min<int64_t>(days, site.retention_days);
  }
  const auto forgotten = services_.journal->forget_set_aside(services_.now_ms() - days * 86'400'000);
  if (!forgotten) return services_.log.write(LogLevel::Error, "retention", {{"error", forgotten.error().message}});
  if (*forgotten > 0) services_.log.write(LogLevel::Info, "retention", {{"set_aside", *forgotten}});
}

void Housekeeping::remove_what_is_over() {
  forget_set_aside();
  const auto removed = remove_expired(*services_.store, services_.sites.get()->sites(), services_.now_ms());
  if (!removed) return services_.log.write(LogLevel::Error, "retention", {{"error", removed.error().message}});
  if (*removed > 0) services_.log.write(LogLevel::Info, "retention", {{"rows", *removed}});
}

void Housekeeping::run_jobs() {
  int64_t days_at = 0, retention_at = 0;
  for (;;) {
    load_imports();
    const int64_t now = services_.now_ms();
    if (now >= retention_at || now < retention_at - kRetentionEveryMs) {
      remove_what_is_over();
      retention_at = now + kRetentionEveryMs;
    }
    if (now >= days_at || now < days_at - kJobsEveryMs) {
      sum_up_days();
      days_at = now + kJobsEveryMs;
    }
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, std::chrono::milliseconds(kTickMs), [this] { return stopping_; })) return;
  }
}

}  // namespace noctule
