#pragma once
// SPDX-License-Identifier: Apache-2.0
// ArchiveEvent: one page view or named event of an export, cleaned, with its visitor's pseudonym in the session's place.
#include <cstdint>
#include <string>
#include <string_view>

#include "noctule/detect/knowledge.h"
#include "noctule/detect/software.h"

namespace noctule {

struct ArchiveEventNumbers {
  int64_t instant_ms = 0;
  uint64_t visitor = 0;         // 0: the export does not say
  uint64_t visit = 0;           // the export's own visit, hashed; 0: visits are told apart by pauses
  uint64_t id = 0;              // the export's own id, hashed: two events with the same are one; 0: it gives none
  AppId app = AppId::None;      // whose own browser it was
  DeviceKind device = DeviceKind::Unknown;
  bool is_named = false;        // an event with a name, not a page view
  friend bool operator==(const ArchiveEventNumbers&, const ArchiveEventNumbers&) = default;
};

// Texts are views.
struct ArchiveEvent {
  ArchiveEventNumbers numbers;
  std::string_view name, host, path, referrer, tags, source, browser, browser_version, os, os_version;
  friend bool operator==(const ArchiveEvent&, const ArchiveEvent&) = default;
};

// For the spool within one run. take: NOCT_ASSERTs that the bytes are append's.
void append_archive_event(const ArchiveEvent& event, std::string& out);
[[nodiscard]] ArchiveEvent take_archive_event(std::string_view& bytes);

}  // namespace noctule
