// SPDX-License-Identifier: Apache-2.0
#include "day_spool.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "noctule/base/civil_time.h"

namespace noctule {
namespace {

std::unexpected<Error> io_failure(std::string_view doing) {
  return fail(errno == ENOSPC ? ErrorCode::Exhausted : ErrorCode::Io,
              fmt::format("the temporary file cannot be {} (TMPDIR says where it is): {}", doing, std::strerror(errno)));
}

}  // namespace

Result<void> DaySpool::append(int64_t day, std::string_view bytes) {
  Day& into = days_[day];
  if (into.size + bytes.size() > kSpoolDayBytesMax) {
    return fail(ErrorCode::Exhausted, fmt::format("the events of {} take more than {} bytes", format_iso_day(day), kSpoolDayBytesMax));
  }
  into.held.append(bytes);
  into.size += bytes.size();
  held_ += bytes.size();
  return held_ > memory_max_ ? spill() : Result<void>();
}

Result<void> DaySpool::spill() {
  if (!file_) {
    NOCT_TRY(file_, open_temporary_file());
  }
  if (std::fseek(file_.get(), file_end_, SEEK_SET) != 0) return io_failure("written");
  for (auto& [day, into] : days_) {
    if (into.held.empty()) continue;
    if (std::fwrite(into.held.data(), 1, into.held.size(), file_.get()) != into.held.size()) return io_failure("written");
    into.spilled.push_back({file_end_, into.held.size()});
    file_end_ += static_cast<long>(into.held.size());
    into.held = {};
  }
  if (std::fflush(file_.get()) != 0) return io_failure("written");
  held_ = 0;
  return {};
}

std::vector<int64_t> DaySpool::days() const {
  std::vector<int64_t> out;
  for (const auto& [day, into] : days_) {
    if (into.size > 0) out.push_back(day);
  }
  return out;
}

Result<std::string> DaySpool::take(int64_t day) {
  Day from = std::exchange(days_[day], {});
  held_ -= from.held.size();
  std::string out;
  out.resize(from.size - from.held.size());
  size_t at = 0;
  for (const Piece& piece : from.spilled) {
    if (std::fseek(file_.get(), piece.offset, SEEK_SET) != 0 || std::fread(out.data() + at, 1, piece.size, file_.get()) != piece.size) {
      return io_failure("read");
    }
    at += piece.size;
  }
  out.append(from.held);
  return out;
}

}  // namespace noctule
