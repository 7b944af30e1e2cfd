#pragma once
// SPDX-License-Identifier: Apache-2.0
// The text of the tables in data/, as it was when the program was built.
#include <string_view>

namespace noctule {

extern const std::string_view kTable_apps, kTable_user_agents, kTable_referrers, kTable_parameters, kTable_packages,
    kTable_utm_sources, kTable_networks, kTable_rules, kTable_personal_parameters, kTable_software;

}  // namespace noctule
