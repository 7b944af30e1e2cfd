// SPDX-License-Identifier: Apache-2.0
#include "shards.h"

#include <istream>
#include <ostream>
#include <streambuf>

#include "noctule/base/hash.h"

namespace noctule {
namespace {

constexpr size_t kReplayHits = 16'384;

// A stream over the C file, for blocks only: nothing is kept twice.
class FileBuffer : public std::streambuf {
 public:
  explicit FileBuffer(std::FILE* file) : file_(file) {}

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize size) override {
    if (size == 0) return 0;  // of an empty vector, whose bytes may be nowhere
    return static_cast<std::streamsize>(std::fwrite(bytes, 1, static_cast<size_t>(size), file_));
  }
  std::streamsize xsgetn(char* bytes, std::streamsize size) override {
    if (size == 0) return 0;
    return static_cast<std::streamsize>(std::fread(bytes, 1, static_cast<size_t>(size), file_));
  }

 private:
  std::FILE* file_;
};

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
  tracker_ = Tracker(previews_max_);
  addresses_.clear();
  parked_.reset();
}

size_t Shard::memory_bytes() const { return tracker_.memory_bytes() + addresses_.memory_bytes(); }

Result<void> Shard::park() {
  NOCT_ASSERT(!is_parked());
  NOCT_TRY(parked_, open_temporary_file());
  FileBuffer buffer(parked_.get());
  std::ostream out(&buffer);
  tracker_.write_to(out);
  if (!out) return disk_error();
  totals_when_parked_ = tracker_.totals();
  tracker_ = Tracker(previews_max_);
  return {};
}

Result<TrackerResult> Shard::finish() const {
  if (!is_parked()) return tracker_.finish();
  std::FILE* file = parked_.get();
  if (std::fflush(file) != 0 || std::fseek(file, 0, SEEK_SET) != 0) return disk_error();
  FileBuffer buffer(file);
  std::istream in(&buffer);
  NOCT_TRY(Tracker tracker, Tracker::read_from(in, previews_max_));
  std::vector<Hit> hits(kReplayHits);
  while (const size_t got = std::fread(hits.data(), sizeof(Hit), hits.size(), file)) tracker.process(std::span(hits).first(got));
  if (std::ferror(file) != 0 || std::fseek(file, 0, SEEK_END) != 0) return disk_error();
  return tracker.finish();
}

}  // namespace noctule
