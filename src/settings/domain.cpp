// SPDX-License-Identifier: Apache-2.0
#include "noctule/settings/domain.h"

#include <date/tz.h>
#include <fmt/format.h>
#include <locale.h>  // newlocale and the _l functions are POSIX's, which <clocale> does not bring
#include <sys/random.h>
#include <wctype.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "noctule/base/text.h"
#include "noctule/settings/settings.h"

namespace noctule {
namespace {

constexpr size_t kDomainBytesMax = 253, kLabelBytesMax = 63;  // RFC 1035, section 2.3.4
constexpr size_t kTypedBytesMax = 2048;
constexpr size_t kParameterBytesMax = 64;

// Punycode's parameters for host names (RFC 3492, section 5).
constexpr uint32_t kBase = 36, kTMin = 1, kTMax = 26, kSkew = 38, kDamp = 700, kInitialBias = 72, kInitialN = 128;

char punycode_digit(uint32_t value) { return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26)); }

uint32_t adapt_bias(uint32_t delta, uint32_t count, bool first) {  // section 6.1
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / count;
  uint32_t k = 0;
  for (; delta > ((kBase - kTMin) * kTMax) / 2; k += kBase) delta /= kBase - kTMin;
  return k + (kBase - kTMin + 1) * delta / (delta + kSkew);
}

void append_variable_length(uint32_t delta, uint32_t bias, std::string& out) {  // section 6.3, the inner loop
  for (uint32_t k = kBase;; k += kBase) {
    const uint32_t threshold = k <= bias ? kTMin : k >= bias + kTMax ? kTMax : k - bias;
    if (delta < threshold) break;
    out.push_back(punycode_digit(threshold + (delta - threshold) % (kBase - threshold)));
    delta = (delta - threshold) / (kBase - threshold);
  }
  out.push_back(punycode_digit(delta));
}

// A label of at most 63 code points cannot overflow 32 bits: 0x10FFFF * 64 < 2^27.
std::string encode_punycode(std::u32string_view label) {  // section 6.3
  std::string out;
  for (const char32_t c : label) {
    if (c < 128) out.push_back(static_cast<char>(c));
  }
  auto handled = static_cast<uint32_t>(out.size());
  const uint32_t basic = handled;
  if (basic > 0) out.push_back('-');
  uint32_t n = kInitialN, delta = 0, bias = kInitialBias;
  while (handled < label.size()) {
    uint32_t next = std::numeric_limits<uint32_t>::max();
    for (const char32_t c : label) {
      if (c >= n) next = std::min(next, static_cast<uint32_t>(c));
    }
    delta += (next - n) * (handled + 1);
    n = next;
    for (const char32_t c : label) {
      if (c < n) ++delta;
      if (c != n) continue;
      append_variable_length(delta, bias, out);
      bias = adapt_bias(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return out;
}

// Letters of all scripts by the C library's own table; C.UTF-8 is part of glibc and needs no locale installed.
locale_t letters() {
  static const locale_t kLocale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return kLocale;
}

// The code points of a label in lower case; nullopt: no UTF-8, or something that is neither letter nor digit nor hyphen.
std::optional<std::u32string> lower_letters(std::string_view label) {
  std::u32string out;
  while (!label.empty()) {
    const size_t length = utf8_length(label);
    if (length == 0) return std::nullopt;
    const auto lead = static_cast<unsigned char>(label[0]);
    char32_t c = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; ++i) c = (c << 6) | (static_cast<unsigned char>(label[i]) & 0x3FU);
    label.remove_prefix(length);
    if (length > 1 && letters() != nullptr) {
      if (::iswalnum_l(static_cast<wint_t>(c), letters()) == 0) return std::nullopt;
      c = static_cast<char32_t>(::towlower_l(static_cast<wint_t>(c), letters()));
    } else {
      const char ascii = to_lower(static_cast<char>(c));
      if (!is_alpha(ascii) && !is_digit(ascii) && ascii != '-') return std::nullopt;
      c = static_cast<unsigned char>(ascii);
    }
    out.push_back(c);
  }
  return out;
}

Result<std::string> normalize_label(std::string_view label, std::string_view typed) {
  const auto at_fault = [&](std::string_view why) {
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no domain: {} (expected like example.org)", printable(typed, 80), why));
  };
  if (label.empty()) return at_fault("a part between dots is empty");
  if (label.size() > kLabelBytesMax * 4) return at_fault("a part is longer than 63 characters");
  const auto letters = lower_letters(label);
  if (!letters) {
    return at_fault(fmt::format("\"{}\" has a character that is neither letter, digit nor hyphen; accented letters are written as one character",
                                printable(label, 40)));
  }
  if (letters->front() == '-' || letters->back() == '-') return at_fault("a part begins or ends with a hyphen");
  const bool ascii = std::ranges::all_of(*letters, [](char32_t c) { return c < 128; });
  std::string out = ascii ? std::string(letters->begin(), letters->end()) : fmt::format("xn--{}", encode_punycode(*letters));
  if (out.size() > kLabelBytesMax) return at_fault("a part is longer than 63 characters");
  return out;
}

// Without scheme, path and port: people paste addresses.
std::string_view host_of(std::string_view typed) {
  std::string_view host = trim(typed);
  if (const size_t scheme = host.find("://"); scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  return without_port(host);
}

bool is_time_zone(const std::string& name) {
  try {
    return date::locate_zone(name)->name() == name;
  } catch (const std::runtime_error&) {  // the library's word for "no such zone"
    return false;
  }
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : hex_value(text[i]) < 0) return false;
  }
  return true;
}

bool is_parameter_name(std::string_view name) {
  return !name.empty() && name.size() <= kParameterBytesMax &&
         std::ranges::all_of(name, [](char c) { return is_alpha(c) || is_digit(c) || std::string_view("_-.[]").contains(c); });
}

std::unexpected<Error> refuse(const Site& site, std::string_view why) {
  return fail(ErrorCode::InvalidInput, fmt::format("site {}: {}", site.domain, why));
}

Result<void> check_limits(const Site& site) {
  const int retention_max = site.mode == ConsentMode::Exempt ? kRetentionDaysMaxExempt : kRetentionDaysMax;
  if (site.retention_days < 1 || site.retention_days > retention_max) {
    return refuse(site, fmt::format("data can be kept 1 to {} days in mode {}, not {}", retention_max,
                                    site.mode == ConsentMode::Exempt ? "exempt (25 months)" : "consented", site.retention_days));
  }
  if (site.k_threshold < 1 || site.k_threshold > 1'000'000) return refuse(site, fmt::format("the threshold is 1 to 1000000, not {}", site.k_threshold));
  if (!is_time_zone(site.time_zone)) return refuse(site, fmt::format("there is no time zone \"{}\" (expected like Europe/Paris)", printable(site.time_zone, 60)));
  if (!is_uuid(site.umami_id)) return refuse(site, fmt::format("\"{}\" is no UUID", printable(site.umami_id, 60)));
  if (site.hosts.size() > kSiteHostsMax) return refuse(site, fmt::format("at most {} further hosts, not {}", kSiteHostsMax, site.hosts.size()));
  if (site.query_parameters.size() > kSiteParametersMax) {
    return refuse(site, fmt::format("at most {} query parameters, not {}", kSiteParametersMax, site.query_parameters.size()));
  }
  for (const std::string& name : site.query_parameters) {
    if (!is_parameter_name(name)) {
      return refuse(site, fmt::format("\"{}\" is no name of a query parameter: expected 1 to {} letters, digits, and _-.[]", printable(name, 80), kParameterBytesMax));
    }
  }
  return {};
}

}  // namespace

Result<std::string> normalize_domain(std::string_view typed) {
  if (typed.size() > kTypedBytesMax) return fail(ErrorCode::InvalidInput, fmt::format("a domain has at most {} characters", kDomainBytesMax));
  std::string_view rest = host_of(typed);
  if (rest.ends_with('.')) rest.remove_suffix(1);
  if (starts_with_ignoring_case(rest, "www.")) rest.remove_prefix(4);
  std::string out;
  size_t labels = 0;
  for (bool more = true; more; ++labels) {
    const size_t dot = rest.find('.');
    NOCT_TRY(const std::string label, normalize_label(rest.substr(0, dot), typed));
    if (labels > 0) out.push_back('.');
    out.append(label);
    more = dot != std::string_view::npos;
    if (more) rest.remove_prefix(dot + 1);
  }
  const std::string_view top = std::string_view(out).substr(out.rfind('.') == std::string::npos ? 0 : out.rfind('.') + 1);
  const bool address = std::ranges::all_of(top, is_digit);
  if (out.size() > kDomainBytesMax || address || (labels < 2 && out != "localhost")) {
    const std::string why = address ? "it is an address" : labels < 2 ? "it has one part only" : fmt::format("it has more than {} characters", kDomainBytesMax);
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no domain: {} (expected like example.org)", printable(typed, 80), why));
  }
  return out;
}

Result<Site> check_site(Site site) {
  NOCT_TRY(site.domain, normalize_domain(site.domain));
  for (std::string& host : site.hosts) {
    NOCT_TRY(host, normalize_domain(host));
  }
  std::ranges::sort(site.hosts);
  site.hosts.erase(std::ranges::unique(site.hosts).begin(), site.hosts.end());
  std::erase(site.hosts, site.domain);
  std::ranges::sort(site.query_parameters);
  site.query_parameters.erase(std::ranges::unique(site.query_parameters).begin(), site.query_parameters.end());
  site.umami_id = lower(site.umami_id);
  if (auto checked = check_limits(site); !checked) return std::unexpected(std::move(checked).error());
  return site;
}

std::string make_uuid() {
  std::array<unsigned char, 16> bytes{};
  NOCT_ASSERT(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string out;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    out.append(fmt::format("{:02x}", bytes[i]));
  }
  return out;
}

}  // namespace noctule
