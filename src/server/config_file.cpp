// SPDX-License-Identifier: Apache-2.0
#include "config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <toml++/toml.h>

namespace noctule {
namespace {

std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

Result<ConfigEntry> read_entry(const std::string& path, std::string_view key, const toml::node& node) {
  ConfigEntry entry;
  entry.key = key;
  entry.line = node.source().begin.line;
  const auto refuse = [&] {
    return fail(ErrorCode::InvalidInput, fmt::format("{} line {}: the value of {} is neither text nor a whole number, nor a list of these", path, entry.line, key));
  };
  if (const auto* list = node.as_array()) {
    entry.is_list = true;
    for (const toml::node& item : *list) {
      const auto text = scalar_text(item);
      if (!text) return refuse();
      entry.values.push_back(*text);
    }
    return entry;
  }
  const auto text = scalar_text(node);
  if (!text) return refuse();
  entry.values.push_back(*text);
  return entry;
}

}  // namespace

Result<std::vector<ConfigEntry>> read_config_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kConfigFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || file.gcount() == 0) {
    if (!file.is_open() || file.bad()) return fail(ErrorCode::Io, fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kConfigFileBytesMax) return fail(ErrorCode::InvalidInput, fmt::format("{}: larger than {} bytes", path, kConfigFileBytesMax));
  std::vector<ConfigEntry> entries;
  try {
    const toml::table table = toml::parse(text, path);
    for (const auto& [key, node] : table) {
      NOCT_TRY(auto entry, read_entry(path, key.str(), node));
      entries.push_back(std::move(entry));
    }
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::InvalidInput, fmt::format("{} line {}: {}", path, error.source().begin.line, error.description()));
  }
  std::ranges::stable_sort(entries, {}, &ConfigEntry::line);
  return entries;
}

}  // namespace noctule
