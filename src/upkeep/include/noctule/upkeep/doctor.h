#pragma once
// SPDX-License-Identifier: Apache-2.0
// The doctor: looks at an installation and says of each thing whether it is as it should be, and what it looked at. Two lists:
// whether it runs well, and whether every promise on privacy holds on the data that is there (docs/privacy-checks in
// docs/operations.md). It changes nothing.
#include <string>
#include <string_view>
#include <vector>

#include "noctule/upkeep/installation.h"

namespace noctule {

enum class Verdict : uint8_t {
  Pass,
  Note,     // worth knowing; nothing is wrong
  Unknown,  // could not be looked at: looked_at says why
  Fail
};
[[nodiscard]] std::string_view name_of(Verdict verdict);  // "pass", "note", "unknown", "fail"

struct Check {
  std::string name;       // stable: "key_of_today"
  Verdict verdict = Verdict::Unknown;
  std::string looked_at;  // what and how much of it
  std::string found;      // for Fail and Note: what, and what to do
};

struct Circumstances {
  int64_t now_ms = 0;
  bool running = false;        // a server has it open; else it is at rest
  std::string program;         // version
  std::string log_file;        // of the running server; empty: none, "-": standard error
};

// Disk, permissions, versions, journal, configuration, clock, descriptors.
[[nodiscard]] std::vector<Check> examine_operation(const Installation& installation, const Circumstances& circumstances);
// The conditions of CNIL's exemption for audience measurement, and what noctule promises beyond them.
[[nodiscard]] std::vector<Check> examine_privacy(const Installation& installation, const Circumstances& circumstances);

// {"checks": [{"check", "verdict", "looked_at", "found"}], "pass": n, "note": n, "unknown": n, "fail": n}
[[nodiscard]] std::string to_json(const std::vector<Check>& checks);
// Error: Corrupt.
[[nodiscard]] Result<std::vector<Check>> parse_checks(std::string_view text);

// What an excerpt of text holds that no store or log of noctule's may hold; empty: nothing. "an IPv4 address", "an IPv6 address",
// "an e-mail address", "a personal parameter".
[[nodiscard]] std::string_view find_personal(std::string_view text);

}  // namespace noctule
