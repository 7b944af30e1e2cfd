#pragma once
// SPDX-License-Identifier: Apache-2.0
// Writes hits as lines of an access log: one row of a table for each format. A row's function appends one line with its
// line end. A context belongs to one log.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hit.h"

namespace noctule::sim {

// The parts of an instant as text, kept from line to line: most lines share their second with the one before.
class ClockText {
 public:
  void set(int64_t instant_ms);
  [[nodiscard]] std::string_view clf() const { return clf_; }          // 05/Jan/2026:06:26:48 +0000
  [[nodiscard]] std::string_view iso() const { return iso_; }          // 2026-01-05T06:26:48
  [[nodiscard]] std::string_view date() const { return std::string_view(iso_).substr(0, 10); }
  [[nodiscard]] std::string_view time() const { return std::string_view(iso_).substr(11); }
  [[nodiscard]] std::string_view syslog() const { return syslog_; }    // Jan  5 06:26:48
  [[nodiscard]] int millisecond() const { return millisecond_; }
  [[nodiscard]] int64_t second() const { return second_; }

 private:
  int64_t second_ = INT64_MIN;
  int millisecond_ = 0;
  std::string clf_, iso_, syslog_;
};

struct LineContext;
using WriteLine = void (*)(LineContext& context, const Hit& hit, std::string& out);

// A piece of a format that is given as a string: what a variable says, or the fixed text where append is null.
struct PatternPart {
  WriteLine append = nullptr;
  std::string text;
};

struct LineContext {
  const TextTable& texts;
  std::string host;
  bool cdn_edge = false;   // the peer is an edge; the visitor stands in X-Forwarded-For, where a format has it
  std::vector<PatternPart> pattern{};  // empty unless the format is a string
  ClockText clock{};
  uint64_t line = 0;       // of this log, 1-based, header lines counted

  [[nodiscard]] Address peer(const Hit& hit) const;
};

// The columns of Trace that a format has.
inline constexpr uint8_t kShowsTarget = 1, kShowsAgent = 5, kShowsAll = 7;

struct WriterRow {
  std::string_view name;
  WriteLine write;
  uint8_t shows;            // bits of Trace
  std::string_view header;  // whole lines before the first hit; mostly empty
};

[[nodiscard]] std::span<const WriterRow> log_writers();
// Null: no such format. Underscores stand for hyphens, and what a format is called elsewhere is known too.
[[nodiscard]] const WriterRow* find_writer(std::string_view format);

// The parts that formats share.
[[nodiscard]] std::string_view text_of(Method method);
[[nodiscard]] std::string_view text_of(Protocol protocol);
[[nodiscard]] std::string_view text_of(Purpose purpose);
[[nodiscard]] uint32_t bytes_of(const Hit& hit);  // of the body sent
[[nodiscard]] uint16_t port_of(const Hit& hit);   // of the client, for formats that have it
void append_number(std::string& out, uint64_t value);
void append_or_dash(std::string& out, std::string_view text);

}  // namespace noctule::sim
