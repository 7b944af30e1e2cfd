#pragma once
// SPDX-License-Identifier: Apache-2.0
// The folder of a server's data as the commands beside a running server use it: --data DIR, its owner, its settings.
#include <string>

#include "command.h"
#include "noctule/settings/settings.h"

namespace noctule {

// --data DIR, or NOCTULE_DATA of the environment; required.
void add_data_option(CLI::App& command, std::string& folder);

// Goes on with the rights of the folder's owner when root started the program: what it writes there must remain readable for a
// server that runs as nobody special. Error: NotFound (no such folder), Io.
[[nodiscard]] Result<void> act_as_owner_of(const std::string& folder);

// Create makes folder (mode 0700) and file where they are missing; MustExist says how they come into being.
enum class Missing { Create, MustExist };
[[nodiscard]] Result<Settings> open_settings_in(const std::string& folder, Missing missing);

// What the audit log calls who works here.
inline constexpr const char* kCommandLineActor = "command line";
[[nodiscard]] int64_t now_ms();

// "2026-09-21" in UTC, or "never".
[[nodiscard]] std::string day_or_never(int64_t instant_ms);
// "30d", "12h", "2027-01-31": the instant in milliseconds; empty: 0, for never. Error: InvalidInput.
[[nodiscard]] Result<int64_t> parse_expiry(std::string_view text, int64_t now);

}  // namespace noctule
