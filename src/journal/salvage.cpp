// SPDX-License-Identifier: Apache-2.0
#include "salvage.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace noctule {
namespace {

// Ids follow each other, so past a damaged page the next batch is found by asking for each id. Where nothing says which id
// was the last, or the first, so many are asked for.
constexpr int64_t kGapMax = 10'000;

Result<std::string> rename_all(const std::string& path, int64_t now_ms) {
  std::string name = fmt::format("{}.set-aside-{}", path, now_ms);
  for (int i = 1; std::filesystem::exists(name); ++i) name = fmt::format("{}.set-aside-{}-{}", path, now_ms, i);
  for (const char* part : {"", "-wal", "-shm"}) {
    std::error_code failed;
    const std::string from = fmt::format("{}{}", path, part);
    if (!std::filesystem::exists(from)) continue;
    std::filesystem::rename(from, fmt::format("{}{}", name, part), failed);
    if (failed) return fail(ErrorCode::Io, fmt::format("{}: is damaged and cannot be renamed: {}", from, failed.message()));
  }
  return name;
}

// The rows of a damaged file in order, as far as they can be read.
class Wreck {
 public:
  explicit Wreck(JournalFile file) : file_(std::move(file)) {
    if (auto holdings = file_.holdings()) last_ = static_cast<int64_t>(holdings->last);
    if (auto removed = file_.removed_through()) at_ = removed_ = static_cast<int64_t>(*removed);
  }

  [[nodiscard]] BatchId removed() const { return static_cast<BatchId>(removed_); }
  [[nodiscard]] BatchId last() const { return static_cast<BatchId>(std::max(last_, at_)); }
  [[nodiscard]] uint64_t lost() const { return lost_; }

  std::optional<StoredBatch> next() {
    if (auto row = file_.read_after(static_cast<BatchId>(at_))) {
      if (*row) at_ = static_cast<int64_t>((*row)->batch.id);
      return *std::move(row);
    }
    return search();
  }

 private:
  std::optional<StoredBatch> search() {
    if (last_ != 0) at_ = std::max(at_, last_ - kGapMax);
    const int64_t end = last_ != 0 ? last_ : at_ + kGapMax;
    for (int64_t id = at_ + 1; id <= end; ++id) {
      auto row = file_.read(static_cast<BatchId>(id));
      if (!row && last_ != 0) ++lost_;
      if (!row || !*row) continue;
      at_ = id;
      return *std::move(row);
    }
    return std::nullopt;
  }

  JournalFile file_;
  int64_t at_ = 0;       // the last id that was read
  int64_t removed_ = 0, last_ = 0;  // 0: not known
  uint64_t lost_ = 0;
};

Result<void> carry_over(Wreck& wreck, JournalFile& target, Salvaged& salvaged) {
  while (auto row = wreck.next()) {
    if (!row->intact) {
      ++salvaged.lost;
      continue;
    }
    const Batch& batch = row->batch;
    const Gathered rows[] = {{batch.events, batch.event_count}};
    if (auto added = target.add(rows, batch.id, batch.instant_ms); !added) return added;
    ++salvaged.batches;
  }
  salvaged.lost += wreck.lost();
  return {};
}

}  // namespace

Result<Salvaged> salvage_journal(const std::string& path, BatchId reserved, int64_t now_ms) {
  Salvaged salvaged;
  NOCT_TRY(salvaged.set_aside_as, rename_all(path, now_ms));
  NOCT_TRY(JournalFile target, JournalFile::open(path, sqlite::Access::Create, sqlite::Sync::Full));
  BatchId removed = BatchId::None;
  // Where it is no database at all there is nothing to carry over.
  if (auto file = JournalFile::open(salvaged.set_aside_as, sqlite::Access::ReadWrite, sqlite::Sync::Normal)) {
    Wreck wreck(*std::move(file));
    if (auto carried = carry_over(wreck, target, salvaged); !carried) return std::unexpected(std::move(carried).error());
    removed = wreck.removed();
    reserved = std::max(reserved, wreck.last());
  }
  if (auto marked = target.reserve(removed, reserved); !marked) return std::unexpected(std::move(marked).error());
  return salvaged;
}

}  // namespace noctule
