#pragma once
// SPDX-License-Identifier: Apache-2.0
// The values of a line's fields: what makes one valid, and where it goes in the record. Every format uses these, so that
// a status or an address means the same in all of them.
#include <cstdint>
#include <string>
#include <string_view>

#include "noctule/model/log_record.h"

namespace noctule {

// Text that had to be unescaped, for as long as its line's record is valid. It never grows while a line is read, so that
// views into it stay valid; unescaping only shortens.
class Scratch {
 public:
  void begin_line(size_t line_size) {
    bytes_.clear();
    // A field may be decoded in up to four steps, each leaving its result here.
    if (bytes_.capacity() < 4 * line_size + kSlack) bytes_.reserve(4 * line_size + kSlack);
  }
  [[nodiscard]] bool fits(size_t size) const { return bytes_.size() + size <= bytes_.capacity(); }
  // \xHH, \", \\, \n and their kind, as Apache and nginx write them. The same view where there is nothing to do.
  std::string_view unescape(std::string_view raw);
  // \uXXXX and the rest of JSON's escapes; an escape that JSON does not know stays as it is.
  std::string_view unescape_json(std::string_view raw);
  // The user agent of a W3C log, where blanks were written as '+' or %20, or (CloudFront before 2020) %2520.
  std::string_view decode_w3c_agent(std::string_view raw);
  // Each of that decoding's steps: %XX to a byte, '+' to a blank, and, before them, the next one.
  std::string_view decode_percent(std::string_view raw);
  std::string_view decode_plus(std::string_view raw);
  // "%2520" -> "%20": one layer of percent escapes on the escape sign itself.
  std::string_view undo_double_percent(std::string_view raw);
  // "" -> " inside a quoted value (IIS Advanced Logging)
  std::string_view undouble_quotes(std::string_view raw);
  // A copy, for values whose own bytes will not last as long.
  std::string_view keep(std::string_view text);
  // stem "?" query
  std::string_view join_target(std::string_view stem, std::string_view query);

 private:
  static constexpr size_t kSlack = 64;
  std::string bytes_;
};

[[nodiscard]] inline std::string_view empty_if_dash(std::string_view value) {
  return value.size() == 1 && value[0] == '-' ? std::string_view{} : value;
}

// Three digits, or "-" and 0 (no answer was sent): not said.
[[nodiscard]] bool read_status(std::string_view text, uint16_t& status);
// Digits, or "-": not said.
[[nodiscard]] bool read_bytes(std::string_view text, int64_t& bytes);
// An address or a host name, without or with port; "-" and "unix:": none. A list "client, proxy, proxy" is what stands
// in the first column of logs that put X-Forwarded-For there: its first part is the address, all of it forwarded_for.
[[nodiscard]] bool read_address(std::string_view text, LogRecord& record);
[[nodiscard]] bool is_ip_address(std::string_view text);
// "a.b.c.d, e.f.g.h": every part an address, "unknown" or "_".
[[nodiscard]] bool is_address_list(std::string_view text);
// A host name without port; empty where the text is none ("-", "_", "*").
[[nodiscard]] std::string_view read_host(std::string_view text);
// A name with a dot, or localhost: what a virtual host's column holds and an identd's does not.
[[nodiscard]] bool looks_like_host(std::string_view text);
[[nodiscard]] bool is_method(std::string_view text);
// "GET /x HTTP/1.1". A line that is no HTTP request (TLS bytes, "-") leaves method and target empty.
void read_request(std::string_view request, LogRecord& record);
// A target as sent; scheme and host of an absolute form go where they belong.
void read_target(std::string_view target, LogRecord& record);

}  // namespace noctule
