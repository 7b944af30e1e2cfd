#pragma once
// SPDX-License-Identifier: Apache-2.0
// LogRecord: one request as a log line tells it. A view into the line's buffer (or the reader's scratch for fields that
// had to be unescaped): valid until the next line is parsed. Absent columns are empty and named absent in FieldSet.
#include <cstdint>
#include <string_view>

namespace noctule {

// The columns a log can have. A log whose format lacks a column differs from one whose line says "-" in it.
enum class Field : uint8_t {
  Time, Address, ForwardedFor, Method, Target, Protocol, Host, Scheme, Status, Bytes, Referrer, UserAgent,
  RequestedWith, Purpose
};

class FieldSet {
 public:
  constexpr FieldSet() = default;
  constexpr void add(Field field) { bits_ |= 1U << static_cast<unsigned>(field); }
  constexpr void remove(Field field) { bits_ &= ~(1U << static_cast<unsigned>(field)); }
  constexpr void add_all(FieldSet other) { bits_ |= other.bits_; }
  [[nodiscard]] constexpr bool has(Field field) const { return (bits_ >> static_cast<unsigned>(field)) & 1U; }
  friend constexpr bool operator==(FieldSet, FieldSet) = default;

 private:
  uint32_t bits_ = 0;
};

struct LogRecord {
  int64_t instant_ms = 0;        // since 1970 UTC
  int16_t offset_minutes = 0;    // of the log's clock ahead of UTC, as the line or the options say
  uint16_t status = 0;           // 0: not said
  int64_t bytes = -1;            // of the body sent; -1: not said
  std::string_view address;      // of the peer, as logged, without port
  std::string_view forwarded_for;  // X-Forwarded-For as logged; not yet trusted
  std::string_view method;       // as logged; empty when the request line was not HTTP
  std::string_view target;       // path and query as sent, still percent-encoded; scheme and host of an absolute form removed
  std::string_view protocol, host, scheme;
  std::string_view referrer;     // empty when the line says "-"
  std::string_view user_agent;   // empty when the line says "-"; unescaped (\x22, W3C "+", %20)
  std::string_view requested_with;  // X-Requested-With
  std::string_view purpose;      // Sec-Purpose, Purpose or X-Moz
};

}  // namespace noctule
