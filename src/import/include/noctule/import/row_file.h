#pragma once
// SPDX-License-Identifier: Apache-2.0
// RowFile: rows for the store, written by a process that may not open it and read by the one that owns it. A file under a
// temporary name until it is whole; every chunk carries its checksum. One thread writes or reads.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/model/event.h"
#include "noctule/store/event_row.h"

namespace noctule {

// Up to where a source has been imported, told by its mark: what an import took, the next one leaves out.
struct ImportMark {
  uint64_t source = 0;      // a log: hash of its first request without the address; an archive: of its content
  int64_t settled_ms = 0;   // visits that ended until then were imported; a log has further marks (log_import.cpp)
  friend bool operator==(const ImportMark&, const ImportMark&) = default;
};

struct RowFileHead {
  SiteId site = SiteId::None;
  EventOrigin origin = EventOrigin::Log;
  std::string label;        // what was imported, for people: file names
  int64_t first_ms = 0, last_ms = 0;  // of the rows
  std::vector<ImportMark> marks;
};

class RowFileWriter {
 public:
  // Creates path.tmp with mode 0600. Error: Io.
  static Result<RowFileWriter> create(const std::string& path);
  RowFileWriter(RowFileWriter&&) noexcept;
  RowFileWriter& operator=(RowFileWriter&&) noexcept;
  ~RowFileWriter();         // removes what was not finished
  [[nodiscard]] Result<void> write(const EventRow& row);
  // Writes the head and the end, syncs, gives the file its name and the folder's owner. Error: Io.
  [[nodiscard]] Result<void> finish(const RowFileHead& head);
  [[nodiscard]] uint64_t rows() const;

 private:
  RowFileWriter();
  struct State;
  std::unique_ptr<State> state_;
};

inline constexpr uint32_t kRowChunkMax = 16'384;  // rows that are in memory at a time

class RowFileReader {
 public:
  // Error: Io; Corrupt where the file is none or not whole.
  static Result<RowFileReader> open(const std::string& path);
  RowFileReader(RowFileReader&&) noexcept;
  RowFileReader& operator=(RowFileReader&&) noexcept;
  ~RowFileReader();
  [[nodiscard]] const RowFileHead& head() const;
  [[nodiscard]] uint64_t rows() const;
  // The next rows, valid until the next call; empty at the end. Error: Corrupt, Io.
  [[nodiscard]] Result<std::span<EventRow>> next();

 private:
  RowFileReader();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noctule
