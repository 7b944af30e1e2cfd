// SPDX-License-Identifier: Apache-2.0
#include "services.h"

#include <algorithm>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kIdleSettingsMax = 8;

}  // namespace

Result<SettingsPool::Lease> SettingsPool::lease() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto settings = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(settings));
    }
  }
  NOCT_TRY(Settings opened, Settings::open(folder_));
  return Lease(*this, std::make_unique<Settings>(std::move(opened)));
}

void SettingsPool::give_back(std::unique_ptr<Settings> settings) {
  if (!settings) return;
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleSettingsMax) idle_.push_back(std::move(settings));
}

std::string Services::base_url() const {
  std::string url = config.get()->base_url;
  if (url.empty() && http) url = http->addresses().front();
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Result<std::optional<Identity>> identify(const Request& request, Settings& settings, int64_t now_ms) {
  const std::string_view authorization = request.field(Field::Authorization);
  if (starts_with_ignoring_case(authorization, "Bearer ")) return settings.find_key(trim(authorization.substr(7)), now_ms);
  const std::string_view cookie = request.cookie(kSessionCookie);
  if (cookie.empty()) return std::nullopt;
  return settings.find_session(cookie, now_ms);
}

bool has_scope(const Identity& who, Scope scope) {
  if (who.key == 0) return true;  // a session: its role decides
  return std::ranges::find(who.scopes, scope) != who.scopes.end();
}

}  // namespace noctule
