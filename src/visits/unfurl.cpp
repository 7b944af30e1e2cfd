// SPDX-License-Identifier: Apache-2.0
#include "noctule/visits/unfurl.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace noctule {
namespace {

struct Fetch {
  const PreviewFetch* fetch;
  AppId app;
  bool from_device;
  uint64_t group;  // fetches of one paste share it: the device's address, or the page
  int64_t window_ms;
};

bool is_success(const PreviewFetch& fetch) { return fetch.status == 0 || fetch.status < 400; }

// "/p/4" was typed on the way to "/p/42".
bool extends(std::string_view longer, std::string_view shorter) {
  return !shorter.empty() && longer.size() >= shorter.size() && longer.starts_with(shorter);
}

int64_t server_window(const AppInfo& app) {
  if (app.previews_by == PreviewsBy::Instances) return kFederatedPasteWindow_ms;
  return app.surface == Private::Yes ? kPasteWindow_ms : kRefreshWindow_ms;
}

class Joiner {
 public:
  Joiner(const Knowledge& knowledge, const std::function<std::string_view(uint64_t)>& name_of)
      : knowledge_(knowledge), name_of_(name_of) {}

  void add(const Fetch& item) {
    const PreviewFetch& fetch = *item.fetch;
    const bool same_group = open_ && group_ == item.group && unfurl_.app == item.app;
    const bool in_time = same_group && fetch.instant_ms - since_ms_ <= item.window_ms;
    if (!is_page(fetch.target)) {  // a picture of the page
      if (in_time) join(fetch);
      return;
    }
    if (in_time && (fetch.page == unfurl_.page || is_typed_prefix(fetch))) {
      if (is_success(fetch) && (!success_ || name_of_(fetch.page).size() >= name_of_(unfurl_.page).size())) {
        unfurl_.page = fetch.page;
        success_ = true;
      }
      join(fetch);
      return;
    }
    close();
    begin(item);
  }

  void close() {
    if (open_ && success_) unfurls_.push_back(unfurl_);
    open_ = false;
  }

  std::vector<Unfurl> take() {
    close();
    std::ranges::sort(unfurls_, {}, [](const Unfurl& u) { return std::tuple(u.instant_ms, u.origin); });
    return std::move(unfurls_);
  }

 private:
  bool is_typed_prefix(const PreviewFetch& fetch) const {
    if (!unfurl_.from_device) return false;
    const std::string_view now = name_of_(fetch.page), before = name_of_(unfurl_.page);
    return extends(now, before) || extends(before, now) || !success_;
  }

  void join(const PreviewFetch& fetch) {
    ++unfurl_.fetches;
    // As long as the address is being typed, or a network goes on refreshing its copy.
    if (window_ms_ == kRefreshWindow_ms || unfurl_.from_device) since_ms_ = fetch.instant_ms;
  }

  void begin(const Fetch& item) {
    const PreviewFetch& fetch = *item.fetch;
    unfurl_ = Unfurl{};
    unfurl_.instant_ms = since_ms_ = fetch.instant_ms;
    unfurl_.page = fetch.page;
    unfurl_.address = fetch.address;
    unfurl_.origin = fetch.origin;
    unfurl_.app = item.app;
    unfurl_.surface = knowledge_.app(item.app).surface;
    unfurl_.offset_minutes = fetch.offset_minutes;
    unfurl_.from_device = item.from_device;
    group_ = item.group;
    window_ms_ = item.window_ms;
    success_ = is_success(fetch);
    open_ = true;
  }

  const Knowledge& knowledge_;
  const std::function<std::string_view(uint64_t)>& name_of_;
  std::vector<Unfurl> unfurls_;
  Unfurl unfurl_;
  uint64_t group_ = 0;
  int64_t since_ms_ = 0, window_ms_ = 0;
  bool open_ = false, success_ = false;
};

}  // namespace

std::vector<Unfurl> join_previews(std::span<const PreviewFetch> previews, const Knowledge& knowledge,
                                  const std::function<const UserAgentVerdict&(uint16_t)>& verdict_of,
                                  const std::function<std::string_view(uint64_t)>& name_of) {
  std::vector<Fetch> by_device, by_server;
  for (const PreviewFetch& fetch : previews) {
    const AppId app = verdict_of(fetch.user_agent).app;
    if (app == AppId::None) continue;
    const bool from_device = knowledge.app(app).previews_by == PreviewsBy::Device;
    if (from_device) {
      by_device.push_back({&fetch, app, true, fetch.address, kPasteWindow_ms});
    } else if (is_page(fetch.target)) {
      by_server.push_back({&fetch, app, false, fetch.page, server_window(knowledge.app(app))});
    }
  }
  Joiner joiner(knowledge, name_of);
  for (std::vector<Fetch>* fetches : {&by_device, &by_server}) {
    std::ranges::sort(*fetches, {}, [](const Fetch& f) {
      return std::tuple(f.app, f.group, f.fetch->instant_ms, f.fetch->origin);
    });
    for (const Fetch& fetch : *fetches) joiner.add(fetch);
    joiner.close();
  }
  return joiner.take();
}

void tie_to_sharers(std::span<Unfurl> unfurls, std::span<const Arrival> arrivals) {
  const auto place = [](const Unfurl* unfurl) { return std::pair(unfurl->address, unfurl->instant_ms); };
  std::vector<Unfurl*> devices;
  for (Unfurl& unfurl : unfurls) {
    if (unfurl.from_device) devices.push_back(&unfurl);
  }
  std::ranges::sort(devices, {}, place);
  struct Address {
    uint64_t key;
  };
  FlatTable<Address> addresses(devices.size());
  for (const Unfurl* device : devices) addresses.find_or_add(device->address | 1);
  // Visits open and close over stretches of the list: sums of those give for each unfurl how many visits it fell into.
  std::vector<int64_t> steps(devices.size() + 1);
  for (const Arrival& arrival : arrivals) {
    if (addresses.find(arrival.address | 1) == nullptr) continue;  // most visitors pasted nothing
    const auto from = std::ranges::lower_bound(devices, std::pair(arrival.address, arrival.instant_ms), {}, place);
    const auto to = std::ranges::upper_bound(devices, std::pair(arrival.address, arrival.visit_end_ms + kVisitPause_ms), {}, place);
    ++steps[static_cast<size_t>(from - devices.begin())];
    --steps[static_cast<size_t>(to - devices.begin())];
  }
  int64_t visits = 0;
  for (size_t i = 0; i < devices.size(); ++i) {
    visits += steps[i];
    if (visits > 0) devices[i]->same_device = true;
  }
}

}  // namespace noctule
