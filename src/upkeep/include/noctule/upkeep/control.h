#pragma once
// SPDX-License-Identifier: Apache-2.0
// What upkeep does on request: the same for a request by the server's unix socket and for a command on a folder at rest.
//
//   check   {}                                -> {"findings": ["..."]}
//   backup  {}                                -> {"path": "DIR/staging/..."}: a backup to be copied and removed by who asked
//   export  {"site": "example.org", "format": "csv"}  -> {"path": ...}: a file, likewise; site "" is all sites
//   doctor  {"privacy": true}                 -> the checks of doctor.h
#include <string>
#include <string_view>

#include "noctule/upkeep/doctor.h"
#include "noctule/upkeep/installation.h"

namespace noctule {

inline constexpr std::string_view kUpkeepActions[] = {"check", "backup", "export", "doctor"};

// JSON. Files on their way lie in the staging folder, readable by the folder's owner; what is older than a day there goes.
// Error: InvalidInput (the request), and those of what is done.
[[nodiscard]] Result<std::string> perform_upkeep(std::string_view action, std::string_view request, const Installation& installation, const Circumstances& circumstances);

// Asks the server that owns the folder, or opens a folder at rest and does it here. Error: likewise; the server's own message.
[[nodiscard]] Result<std::string> request_upkeep(const DataFolder& folder, std::string_view action, const std::string& request, Circumstances circumstances);

}  // namespace noctule
