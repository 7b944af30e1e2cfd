#pragma once
// SPDX-License-Identifier: Apache-2.0
// An import of an archive in a folder of its own, and the rows that came of it.
#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "logs/temporary_folder.h"
#include "noctule/import/archive.h"

namespace noctule::testing {

struct ImportedRows {
  ArchiveSummary summary;
  RowFileHead head;
  std::vector<EventRow> rows;
  std::deque<std::string> texts;  // that the rows point to
};

inline Site archive_site() {
  Site site;
  site.id = static_cast<SiteId>(7);
  site.domain = "example.org";
  site.time_zone = "Europe/Paris";
  site.query_parameters = {"id"};
  return site;
}

inline constexpr int64_t kArchiveNow_ms = 1'790'000'000'000;  // 2026-09-21

class ArchiveCase {
 public:
  ArchiveCase() { std::filesystem::create_directory(folder_.path("export")); }

  void write(const std::string& name, std::string_view text) const { std::ofstream(file(name), std::ios::binary) << text; }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.path("export") + "/" + name; }
  [[nodiscard]] std::string exported() const { return folder_.path("export"); }
  [[nodiscard]] std::string data() const { return folder_.path("data"); }

  [[nodiscard]] ArchiveOptions options() const {
    ArchiveOptions options;
    options.paths = {exported()};
    options.site = archive_site();
    options.now_ms = kArchiveNow_ms;
    return options;
  }

  // Imports and, as the owner of the store does, keeps the marks.
  [[nodiscard]] Result<ImportedRows> import(const ArchiveOptions& options) const {
    std::filesystem::create_directory(data());
    NOCT_TRY(Ledger ledger, Ledger::open(data()));
    const std::string path = ledger.next_file();
    NOCT_TRY(RowFileWriter writer, RowFileWriter::create(path));
    ImportedRows imported;
    NOCT_TRY(imported.summary, import_archive(options, ledger, writer));
    if (writer.rows() == 0) return imported;
    if (auto read = read_rows(path, imported); !read) return std::unexpected(std::move(read).error());
    if (auto kept = keep_marks(data(), imported.head); !kept) return std::unexpected(std::move(kept).error());
    std::filesystem::remove(path);
    return imported;
  }
  [[nodiscard]] Result<ImportedRows> import() const { return import(options()); }

 private:
  static Result<void> read_rows(const std::string& path, ImportedRows& out) {
    NOCT_TRY(RowFileReader reader, RowFileReader::open(path));
    out.head = reader.head();
    while (true) {
      NOCT_TRY(const std::span<EventRow> rows, reader.next());
      if (rows.empty()) return {};
      for (EventRow row : rows) {
        for_each_column(row, [&](const char*, auto& field) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, std::string_view>) field = out.texts.emplace_back(field);
        });
        out.rows.push_back(row);
      }
    }
  }

  TemporaryFolder folder_;
};

}  // namespace noctule::testing
