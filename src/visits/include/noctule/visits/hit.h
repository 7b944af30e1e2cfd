#pragma once
// SPDX-License-Identifier: Apache-2.0
// Hit: one request of a log, reduced to what the rest of the analysis needs. Fixed size, no texts: identities are 64-bit
// hashes that live as long as the analysis, verdicts are indexes into the lists of distinct verdicts.
#include <cstdint>

#include "noctule/model/evidence.h"
#include "noctule/visits/target.h"

namespace noctule {

enum class Method : uint8_t { Get, Head, Post, Other };

enum class HitFlag : uint8_t {
  Prefetch = 1,         // Sec-Purpose, Purpose or X-Moz says so
  NoUserAgent = 2,      // the column is there and says nothing
  ReferrerUnknown = 4,  // the log has no such column
  EdgeAddress = 8,      // the address belongs to a CDN
  MailGateway = 16      // the address belongs to a mail gateway
};

struct Hit {
  int64_t instant_ms = 0;
  uint64_t visitor = 0;         // address (IPv6: its /64) and user agent
  uint64_t address = 0;         // the address as logged
  uint64_t page = 0;            // host, path, and the query where pages differ by it
  uint64_t path = 0;            // path alone, to compare with a referrer's
  uint64_t referrer_path = 0;   // path of a referrer on the site itself; host of any other; 0: none
  uint64_t click_id = 0, recipient_id = 0;  // 0: none
  uint64_t origin = 0;          // file index << 40 | line number
  uint32_t agent = 0;           // hash of the user agent alone
  uint32_t agent_family = 0;    // the same without its digits: one browser through its updates
  uint16_t user_agent = 0, referrer = 0, query = 0;  // indexes into the distinct verdicts
  uint16_t status = 0;
  int16_t offset_minutes = 0;   // of the log's clock ahead of UTC
  Method method = Method::Get;
  Target target = Target::Data;
  uint8_t flags = 0;
  Kind kind = Kind::Browser;    // of the user agent's verdict, copied for speed
  uint8_t machine = 0;          // MachinePurpose of the verdict
  uint8_t referrer_class = 0;   // ReferrerClass of the verdict

  [[nodiscard]] bool has(HitFlag flag) const { return (flags & static_cast<uint8_t>(flag)) != 0; }
  void set(HitFlag flag) { flags = static_cast<uint8_t>(flags | static_cast<uint8_t>(flag)); }
};

inline constexpr uint64_t kLineBits = 40;
[[nodiscard]] constexpr uint64_t make_origin(uint64_t file, uint64_t line) { return file << kLineBits | line; }
[[nodiscard]] constexpr uint64_t file_of(uint64_t origin) { return origin >> kLineBits; }
[[nodiscard]] constexpr uint64_t line_of(uint64_t origin) { return origin & ((uint64_t{1} << kLineBits) - 1); }

}  // namespace noctule
