#pragma once
// SPDX-License-Identifier: Apache-2.0
// The schema of settings.db as numbered steps. A step that was ever released is never edited: files of its version are in
// tests/settings/versions, and each must still become today's.
#include <span>
#include <string>
#include <string_view>

#include "noctule/base/result.h"
#include "noctule/sqlite/database.h"

namespace noctule {

[[nodiscard]] std::span<const std::string_view> settings_schema();

// Opens folder/settings.db and brings it to today's schema; one process at a time. An earlier file is copied first, as
// settings.db.schema-N.
[[nodiscard]] Result<sqlite::Database> open_settings(const std::string& folder);

}  // namespace noctule
