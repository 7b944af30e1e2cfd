// SPDX-License-Identifier: Apache-2.0
#include "shards.h"

#include <sstream>

#include "noctule/base/hash.h"

namespace noctule {
namespace {

constexpr size_t kReplayHits = 16'384;

std::unexpected<Error> disk_error() {
  return fail(ErrorCode::Io, "a temporary file for --memory-limit cannot be written or read: is the disk of TMPDIR full?");
}

}  // namespace

Result<void> Shard::process(std::span<const Hit> hits) {
  if (!is_parked()) {
    tracker_.process(hits);
    return {};
  }
  if (std::fwrite(hits.data(), sizeof(Hit), hits.size(), parked_.get()) != hits.size()) return disk_error();
  return {};
}

void Shard::see_addresses(std::span<const AddressSeen> seen) {
  for (const AddressSeen& sight : seen) {
    const uint64_t key = combine_hashes(sight.address, sight.file) | 1;
    if (addresses_.find(key) != nullptr) continue;
    addresses_.find_or_add(key);
    if (address_counts_.size() <= sight.file) address_counts_.resize(sight.file + 1);
    ++address_counts_[sight.file];
  }
}

void Shard::release() {
  tracker_ = Tracker();
  addresses_.clear();
  parked_.reset();
}

size_t Shard::memory_bytes() const { return tracker_.memory_bytes() + addresses_.memory_bytes(); }

Result<void> Shard::park() {
  NOCT_ASSERT(!is_parked());
  parked_ = open_temporary_file();
  if (!parked_) return disk_error();
  std::ostringstream bytes;
  tracker_.write_to(bytes);
  const std::string text = std::move(bytes).str();
  const uint64_t size = text.size();
  if (std::fwrite(&size, sizeof size, 1, parked_.get()) != 1 ||
      std::fwrite(text.data(), 1, text.size(), parked_.get()) != text.size()) {
    return disk_error();
  }
  totals_when_parked_ = tracker_.totals();
  tracker_ = Tracker();
  return {};
}

Result<TrackerResult> Shard::finish() const {
  if (!is_parked()) return tracker_.finish();
  std::FILE* file = parked_.get();
  uint64_t size = 0;
  if (std::fflush(file) != 0 || std::fseek(file, 0, SEEK_SET) != 0 || std::fread(&size, sizeof size, 1, file) != 1) return disk_error();
  std::string text(size, '\0');
  if (std::fread(text.data(), 1, size, file) != size) return disk_error();
  std::istringstream bytes(std::move(text));
  NOCT_TRY(Tracker tracker, Tracker::read_from(bytes));
  std::vector<Hit> hits(kReplayHits);
  while (const size_t got = std::fread(hits.data(), sizeof(Hit), hits.size(), file)) tracker.process(std::span(hits).first(got));
  if (std::ferror(file) != 0 || std::fseek(file, 0, SEEK_END) != 0) return disk_error();
  return tracker.finish();
}

}  // namespace noctule
