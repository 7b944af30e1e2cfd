// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"
#include "noctule/collect/collector.h"
#include "page.h"
#include "text_cleaning.h"

namespace noctule {

std::string clean_referrer(std::string_view referrer) {
  const auto parts = split_url(referrer);
  if (!parts) return {};
  const std::string scheme = lower(parts->scheme);
  const bool is_web = scheme == "http" || scheme == "https";
  if (!is_web && scheme != "android-app" && scheme != "ios-app") return {};
  const std::string host = clean_host(parts->host);
  if (host.empty() || is_address_host(host)) return {};
  std::string clean = fmt::format("{}://{}", scheme, host);
  if (!is_web) return clean;
  if (parts->path.empty() || parts->path.size() > kUrlSizeMax) clean += '/';
  else append_clean_path(parts->path, clean);
  return clean;
}

}  // namespace noctule
