#pragma once
// SPDX-License-Identifier: Apache-2.0
// Backups: a folder with copies of settings.db, journal.db and events.duckdb (and the marks of imports), each consistent in
// itself, taken in the order in which no event can be missed, and a manifest with their sums. The keys behind pseudonyms are
// never in it: they are to be destroyed, and a key in a backup would outlive its day. After a restore the day has a new key.
#include <string>

#include "noctule/upkeep/installation.h"
#include "noctule/upkeep/manifest.h"

namespace noctule {

// Under the data folder: files on their way to a place that the server itself may not write to.
inline constexpr std::string_view kStagingFolder = "staging";
// In a data folder: a restore that was not finished.
inline constexpr std::string_view kRestoringFolder = "restoring";

// target: a folder that is empty or not there yet; made with mode 0700. While others read and append. What was written is removed
// again when it fails. Error: InvalidInput (something is there), Exhausted (disk full), Io.
[[nodiscard]] Result<Manifest> make_backup(const Installation& installation, const std::string& target, int64_t now_ms, const std::string& program);

// Reads every byte. Error: Corrupt (names the file that differs), NotFound (no manifest: it was broken off), Io.
[[nodiscard]] Result<Manifest> verify_backup(const std::string& backup);

// Copies a backup (verified on the way) to another place; what is there must be empty. Error: as above.
[[nodiscard]] Result<Manifest> copy_backup(const std::string& from, const std::string& target);

enum class Replace { No, Yes };

// Puts a backup in place. Nothing of what is there changes before all of the backup was copied and verified. Error: Exhausted (a
// server runs), InvalidInput (there is data, and replace is No), and those of verify_backup.
[[nodiscard]] Result<Manifest> restore_backup(const std::string& backup, const DataFolder& folder, Replace replace);

}  // namespace noctule
