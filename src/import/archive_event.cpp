// SPDX-License-Identifier: Apache-2.0
#include "archive_event.h"

#include <cstring>
#include <type_traits>

#include "noctule/base/result.h"

namespace noctule {
namespace {

static_assert(std::is_trivially_copyable_v<ArchiveEventNumbers>);

template <typename Event, typename Visit>
void for_each_text(Event& event, Visit&& visit) {
  for (auto* text : {&event.name, &event.host, &event.path, &event.referrer, &event.tags, &event.source, &event.browser,
                     &event.browser_version, &event.os, &event.os_version}) {
    visit(*text);
  }
}

}  // namespace

void append_archive_event(const ArchiveEvent& event, std::string& out) {
  out.append(reinterpret_cast<const char*>(&event.numbers), sizeof event.numbers);
  for_each_text(event, [&](std::string_view text) {
    const auto size = static_cast<uint32_t>(text.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof size);
    out.append(text);
  });
}

ArchiveEvent take_archive_event(std::string_view& bytes) {
  ArchiveEvent event;
  NOCT_ASSERT(bytes.size() >= sizeof event.numbers);
  std::memcpy(&event.numbers, bytes.data(), sizeof event.numbers);
  bytes.remove_prefix(sizeof event.numbers);
  for_each_text(event, [&](std::string_view& text) {
    uint32_t size = 0;
    NOCT_ASSERT(bytes.size() >= sizeof size);
    std::memcpy(&size, bytes.data(), sizeof size);
    bytes.remove_prefix(sizeof size);
    NOCT_ASSERT(bytes.size() >= size);
    text = bytes.substr(0, size);
    bytes.remove_prefix(size);
  });
  return event;
}

}  // namespace noctule
