#pragma once
// SPDX-License-Identifier: Apache-2.0
// Writes the lines of a small combined log by hand: who asked for what, when, coming from where.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "noctule/base/civil_time.h"

namespace noctule::testing {

inline constexpr std::string_view kSafariPhone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
inline constexpr std::string_view kFirefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
inline constexpr int64_t kStart_ms = 1'775'000'000'000;  // 2026-03-31T23:33:20Z
inline constexpr int64_t kSecond = 1'000, kMinute = 60'000, kHour = 3'600'000, kDay = 86'400'000;

struct Line {
  int64_t at_ms = 0;  // after kStart_ms
  std::string_view target = "/";
  std::string_view referrer = "-";
  std::string_view agent = kFirefox;
  std::string_view address = "192.0.2.1";
  int status = 200;
  std::string_view method = "GET";
};

inline std::string stamp(int64_t at_ms) {
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime t = civil_from_instant_ms(kStart_ms + at_ms, 0);
  return fmt::format("{:02}/{}/{:04}:{:02}:{:02}:{:02} +0000", t.day, kMonths[t.month - 1], t.year, t.hour, t.minute, t.second);
}

inline std::string text(const Line& line) {
  return fmt::format("{} - - [{}] \"{} {} HTTP/1.1\" {} 512 \"{}\" \"{}\"\n", line.address, stamp(line.at_ms), line.method, line.target,
                     line.status, line.referrer, line.agent);
}

// A page view by a person: the page, and a second later the style sheet that it needs.
inline std::string view(const Line& line, std::string_view host = "www.example.org") {
  Line style = line;
  const std::string referrer = fmt::format("https://{}{}", host, line.target);
  style.at_ms += kSecond;
  style.target = "/style.css";
  style.referrer = referrer;
  return text(line) + text(style);
}

}  // namespace noctule::testing
