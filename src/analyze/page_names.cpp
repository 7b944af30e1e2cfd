// SPDX-License-Identifier: Apache-2.0
#include "page_names.h"

#include <vector>

namespace noctule {
namespace {
constexpr uint64_t kNodeBytes = 80;  // of a map node beside the text itself, as measured with libstdc++
}

void PageNames::add(uint64_t hash, std::string_view name) {
  name = name.substr(0, kNameSizeMax);
  const std::scoped_lock lock(mutex_);
  if (limit_bytes_ == 0 || memory_bytes_ < limit_bytes_) {
    if (names_.try_emplace(hash, name).second) memory_bytes_ += kNodeBytes + name.size();
    return;
  }
  if (error_ || names_.contains(hash) || spilled_.find(hash) != nullptr) return;
  if (!spill_) {
    auto opened = open_temporary_file();
    if (!opened) {
      error_ = std::move(opened).error();
      return;
    }
    spill_ = *std::move(opened);
  }
  spilled_.find_or_add(hash);
  const auto size = static_cast<uint16_t>(name.size());
  std::fwrite(&hash, sizeof hash, 1, spill_.get());
  std::fwrite(&size, sizeof size, 1, spill_.get());
  std::fwrite(name.data(), 1, name.size(), spill_.get());
}

Result<void> PageNames::load(const std::unordered_set<uint64_t>& hashes, Load how) {
  if (error_) return std::unexpected(*error_);
  if (!spill_) return {};
  if (std::fflush(spill_.get()) != 0 || std::fseek(spill_.get(), 0, SEEK_SET) != 0) {
    return fail(ErrorCode::Io, "the temporary file of page names cannot be read back: is the disk full?");
  }
  uint64_t hash = 0;
  uint16_t size = 0;
  std::vector<char> text(kNameSizeMax);
  while (std::fread(&hash, sizeof hash, 1, spill_.get()) == 1 && std::fread(&size, sizeof size, 1, spill_.get()) == 1 &&
         size <= kNameSizeMax && std::fread(text.data(), 1, size, spill_.get()) == size) {
    if (how == Load::WithinLimit && memory_bytes_ >= 2 * limit_bytes_) break;
    if (hashes.contains(hash) && names_.try_emplace(hash, text.data(), size).second) memory_bytes_ += kNodeBytes + size;
  }
  std::fseek(spill_.get(), 0, SEEK_END);
  return {};
}

std::string_view PageNames::name(uint64_t hash) const {
  const auto found = names_.find(hash);
  return found == names_.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace noctule
