// SPDX-License-Identifier: Apache-2.0
#include "writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "addresses.h"
#include "noctule/base/civil_time.h"
#include "noctule/base/hash.h"
#include "url_text.h"
#include "writers.h"

namespace noctule::sim {
namespace {

constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr WriterRow kWriters[] = {
    {"common", write_common, kShowsTarget, ""},
    {"combined", write_combined, kShowsAll, ""},
    {"vhost-combined", write_vhost_combined, kShowsAll, ""},
    {"combined-extended", write_combined_xff, kShowsAll, ""},
    {"syslog-combined", write_syslog_combined, kShowsAll, ""},
    {"traefik-clf", write_traefik_clf, kShowsAll, ""},
    {"haproxy", write_haproxy, kShowsTarget, ""},
    {"nginx-json", write_nginx_json, kShowsAll, ""},
    {"caddy-json", write_caddy_json, kShowsAll, ""},
    {"traefik-json", write_traefik_json, kShowsAll, ""},
    {"w3c", write_iis, kShowsAll, kIisHeader},
    {"cloudfront", write_cloudfront, kShowsAll, kCloudfrontHeader},
    {"alb", write_alb, kShowsAgent, ""},
    {"elb", write_elb, kShowsAgent, ""},
    {"s3", write_s3, kShowsAll, ""},
};

struct OtherName {
  std::string_view other, usual;
};
constexpr OtherName kOtherNames[] = {{"combined-xff", "combined-extended"}, {"w3c-iis", "w3c"}, {"iis", "w3c"}};

}  // namespace

void ClockText::set(int64_t instant_ms) {
  const int64_t second = instant_ms / 1'000;
  millisecond_ = static_cast<int>(instant_ms % 1'000);
  if (second == second_) return;
  second_ = second;
  const CivilTime c = civil_from_instant_ms(instant_ms, 0);
  const std::string_view month = kMonths[c.month - 1];
  clf_ = fmt::format("{:02}/{}/{:04}:{:02}:{:02}:{:02} +0000", c.day, month, c.year, c.hour, c.minute, c.second);
  iso_ = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
  syslog_ = fmt::format("{} {:2} {:02}:{:02}:{:02}", month, c.day, c.hour, c.minute, c.second);
}

// Edges pool their connections to the origin: within one visit, requests come from several of a region's edges.
Address LineContext::peer(const Hit& hit) const {
  if (!cdn_edge) return hit.client;
  const uint64_t connection = combine_hashes(hit.client.bits, static_cast<uint64_t>(hit.instant_ms) / 7'000);
  return sim::cdn_edge(hit.client, connection);
}

std::span<const WriterRow> log_writers() { return kWriters; }

const WriterRow* find_writer(std::string_view format) {
  std::string name(format);
  std::ranges::replace(name, '_', '-');
  for (const auto& [other, usual] : kOtherNames) {
    if (name == other) name = usual;
  }
  const auto row = std::ranges::find(kWriters, name, &WriterRow::name);
  return row == std::end(kWriters) ? nullptr : &*row;
}

std::string_view text_of(Method method) {
  constexpr std::string_view kTexts[] = {"GET", "HEAD", "POST", "OPTIONS"};
  return kTexts[static_cast<size_t>(method)];
}

std::string_view text_of(Protocol protocol) {
  constexpr std::string_view kTexts[] = {"HTTP/1.1", "HTTP/2.0", "HTTP/3.0", "HTTP/1.0"};
  return kTexts[static_cast<size_t>(protocol)];
}

std::string_view text_of(Purpose purpose) {
  constexpr std::string_view kTexts[] = {"", "prefetch", "prefetch;anonymous-client-ip"};
  return kTexts[static_cast<size_t>(purpose)];
}

uint32_t bytes_of(const Hit& hit) { return hit.method == Method::Head ? 0 : hit.bytes; }

uint16_t port_of(const Hit& hit) {
  constexpr uint16_t kFirstEphemeral = 32'768;  // as Linux and the phones do; others begin at 49152
  return static_cast<uint16_t>(kFirstEphemeral + combine_hashes(hit.client.bits, static_cast<uint64_t>(hit.instant_ms) / 60'000) % 28'000);
}

void append_number(std::string& out, uint64_t value) {
  char digits[20];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  NOCT_ASSERT(error == std::errc{});
  out.append(digits, end);
}

void append_or_dash(std::string& out, std::string_view text) {
  if (text.empty()) {
    out.push_back('-');
  } else {
    out += text;
  }
}

}  // namespace noctule::sim
