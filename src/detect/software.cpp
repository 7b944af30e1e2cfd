// SPDX-License-Identifier: Apache-2.0
#include "noctule/detect/software.h"

#include <optional>
#include <vector>

#include "embedded_tables.h"
#include "noctule/base/result.h"
#include "noctule/base/text.h"
#include "tsv.h"

namespace noctule {
namespace {

struct Row {
  std::string_view name, token, version;
  DeviceKind device;
};

struct SoftwareTable {
  std::vector<Row> browsers, systems, devices;
};

std::optional<DeviceKind> parse_device(std::string_view name) {
  if (name == "-") return DeviceKind::Unknown;
  for (const DeviceKind device : {DeviceKind::Desktop, DeviceKind::Mobile, DeviceKind::Tablet}) {
    if (name_of(device) == name) return device;
  }
  return std::nullopt;
}

std::string_view unless_dash(std::string_view cell) { return cell == "-" ? std::string_view() : cell; }

SoftwareTable read_table() {
  const auto table = TsvTable::parse("software", kTable_software, {"kind", "name", "token", "version", "device", "source"});
  NOCT_ASSERT(table.has_value());
  SoftwareTable out;
  for (const auto& row : table->rows()) {
    const auto device = parse_device(row[4]);
    auto* rows = row[0] == "browser" ? &out.browsers : row[0] == "os" ? &out.systems : row[0] == "device" ? &out.devices : nullptr;
    NOCT_ASSERT(rows != nullptr && device && !row[2].empty());
    rows->push_back({unless_dash(row[1]), row[2], unless_dash(row[3]), *device});
  }
  return out;
}

const Row* find(const std::vector<Row>& rows, std::string_view user_agent) {
  for (const Row& row : rows) {
    if (user_agent.find(row.token) != std::string_view::npos) return &row;
  }
  return nullptr;
}

// The digits after the text, but no more than a version has.
std::string_view major_after(std::string_view user_agent, std::string_view text) {
  constexpr size_t kDigitsMax = 5;
  const size_t at = text.empty() ? std::string_view::npos : user_agent.find(text);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = user_agent.substr(at + text.size());
  size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[digits])) ++digits;
  return digits <= kDigitsMax ? rest.substr(0, digits) : std::string_view();
}

}  // namespace

std::string_view name_of(DeviceKind device) {
  switch (device) {
    case DeviceKind::Unknown: return "";
    case DeviceKind::Desktop: return "desktop";
    case DeviceKind::Mobile: return "mobile";
    case DeviceKind::Tablet: return "tablet";
  }
  return "";
}

Software read_software(std::string_view user_agent) {
  static const SoftwareTable table = read_table();
  Software software;
  if (const Row* browser = find(table.browsers, user_agent)) {
    software.browser = browser->name;
    software.browser_version = major_after(user_agent, browser->version);
  }
  if (const Row* system = find(table.systems, user_agent)) {
    software.os = system->name;
    software.os_version = major_after(user_agent, system->version);
    software.device = system->device;
  }
  const Row* device = find(table.devices, user_agent);
  // An iPad says Mobile as well.
  if (device != nullptr && (software.device == DeviceKind::Unknown || software.os == "Android")) software.device = device->device;
  return software;
}

}  // namespace noctule
