// SPDX-License-Identifier: Apache-2.0
#include "networks.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kMappedBits = 96;
constexpr uint64_t kBitsWrong = 1000;

std::optional<NetworkKind> parse_network_kind(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kNames = {"none",         "cdn_edge",         "mail_gateway",
                                                              "meta_crawler", "telegram_crawler", "apple_relay"};
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end() || found == kNames.begin()) return std::nullopt;
  return static_cast<NetworkKind>(found - kNames.begin());
}

// ::ffff:a.b.c.d
bool is_mapped(const NetworkTable::Bytes& bytes) {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](unsigned char byte) { return byte == 0; }) && bytes[10] == 0xFF && bytes[11] == 0xFF;
}

uint32_t last_four(const NetworkTable::Bytes& bytes) {
  return uint32_t{bytes[12]} << 24 | uint32_t{bytes[13]} << 16 | uint32_t{bytes[14]} << 8 | bytes[15];
}

}  // namespace

std::optional<NetworkTable::Bytes> NetworkTable::parse_address(std::string_view text) {
  if (text.size() > 1 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  text = text.substr(0, text.find('%'));  // a zone, as in fe80::1%eth0
  char copy[INET6_ADDRSTRLEN + 1] = {};
  if (text.empty() || text.size() > INET6_ADDRSTRLEN) return std::nullopt;
  text.copy(copy, text.size());
  Bytes bytes{};
  if (text.find(':') != std::string_view::npos) {
    if (inet_pton(AF_INET6, copy, bytes.data()) != 1) return std::nullopt;
    return bytes;
  }
  bytes[10] = bytes[11] = 0xFF;
  if (inet_pton(AF_INET, copy, bytes.data() + 12) != 1) return std::nullopt;
  return bytes;
}

Result<NetworkTable> NetworkTable::read(std::string_view text, Registry& registry) {
  NetworkTable table;
  NOCT_TRY(const TsvTable rows, TsvTable::parse("networks", text, {"range", "kind", "owner", "source"}));
  for (const auto& row : rows.rows()) {
    const size_t slash = std::min(row[0].find('/'), row[0].size());
    const auto first = parse_address(row[0].substr(0, slash));
    const uint64_t bits = parse_decimal(row[0].substr(std::min(slash + 1, row[0].size()))).value_or(kBitsWrong);
    const auto kind = parse_network_kind(row[1]);
    const bool four = row[0].find(':') == std::string_view::npos;
    if (!first || !kind || bits > (four ? 32U : 128U) || row[2].empty() || row[3].empty()) {
      return fail(ErrorCode::InvalidInput, fmt::format("networks.tsv: '{}': expected a range, a kind, an owner, a source", row[0]));
    }
    const auto rule = registry.add_rule(fmt::format("network.{}", row[0]), fmt::format("address in {}: {}", row[0], row[2]), row[3]);
    if (!rule) return std::unexpected(rule.error());
    Range range{*first, *first, *kind};
    for (size_t bit = bits + (four ? kMappedBits : 0); bit < 128; ++bit) {
      range.last[bit / 8] |= static_cast<unsigned char>(0x80U >> (bit % 8));
    }
    table.ranges_.push_back(range);
  }
  std::ranges::sort(table.ranges_, {}, &Range::first);
  for (size_t i = 1; i < table.ranges_.size(); ++i) {
    const bool overlap = table.ranges_[i].first <= table.ranges_[i - 1].last;
    if (overlap) return fail(ErrorCode::InvalidInput, "networks.tsv: two ranges overlap");
  }
  for (const Range& range : table.ranges_) {
    if (is_mapped(range.first)) table.ranges_v4_.push_back({last_four(range.first), last_four(range.last), range.kind});
  }
  return table;
}

NetworkKind NetworkTable::classify_ipv4(uint32_t address) const {
  const auto after = std::ranges::upper_bound(ranges_v4_, address, {}, &RangeV4::first);
  if (after == ranges_v4_.begin() || address > std::prev(after)->last) return NetworkKind::None;
  return std::prev(after)->kind;
}

NetworkKind NetworkTable::classify(std::string_view address) const {
  const auto bytes = parse_address(trim(address));
  if (!bytes) return NetworkKind::None;
  const auto after = std::ranges::upper_bound(ranges_, *bytes, {}, &Range::first);
  if (after == ranges_.begin()) return NetworkKind::None;
  const Range& candidate = *std::prev(after);
  return *bytes <= candidate.last ? candidate.kind : NetworkKind::None;
}

}  // namespace noctule
