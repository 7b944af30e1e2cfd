#pragma once
// SPDX-License-Identifier: Apache-2.0
// A site as each endpoint names it, for people and for programs.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "noctule/settings/site.h"

namespace noctule {

[[nodiscard]] std::string_view name_of_mode(ConsentMode mode);  // "exempt", "consented"

// url: public address of the server; empty: a placeholder that says so.
[[nodiscard]] std::string site_as_text(const Site& site, std::string_view url);
[[nodiscard]] nlohmann::ordered_json site_as_json(const Site& site, std::string_view url);

}  // namespace noctule
