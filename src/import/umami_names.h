#pragma once
// SPDX-License-Identifier: Apache-2.0
// Umami's words for browsers, systems and devices, in ours (data/software.tsv, data/apps.tsv).
#include <string_view>

#include "noctule/detect/knowledge.h"
#include "noctule/detect/software.h"

namespace noctule {

struct UmamiClient {
  std::string_view browser, os, os_version;  // of a table, or views into what was asked
  AppId app = AppId::None;                   // whose own browser it is
  DeviceKind device = DeviceKind::Unknown;
};

[[nodiscard]] UmamiClient read_umami_client(std::string_view browser, std::string_view os, std::string_view device);

}  // namespace noctule
