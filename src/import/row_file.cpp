// SPDX-License-Identifier: Apache-2.0
// Layout, little-endian: magic; chunks of {size u32, rows u32, checksum u64, bytes}; a chunk of size 0; the head as a chunk of
// its own kind; its offset u64 and the magic again. Columns are written in the order of for_each_column.
#include "noctule/import/row_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "noctule/base/hash.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr std::string_view kMagic = "NOCTROW1";
constexpr size_t kChunkBytes = size_t{1} << 20, kChunkBytesMax = size_t{64} << 20, kHeadBytesMax = size_t{1} << 20, kMarksMax = 100'000;

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

std::unexpected<Error> io_failure(const std::string& path, std::string_view doing) {
  return fail(errno == ENOSPC ? ErrorCode::Exhausted : ErrorCode::Io, fmt::format("{}: {}: {}", path, doing, std::strerror(errno)));
}

std::unexpected<Error> broken(const std::string& path, std::string_view what) {
  return fail(ErrorCode::Corrupt, fmt::format("{}: {}", path, what));
}

template <typename T>
void put(const T& value, std::string& out) {
  std::array<char, sizeof(T)> bytes;
  std::memcpy(bytes.data(), &value, sizeof(T));
  out.append(bytes.data(), bytes.size());
}

void put(std::string_view text, std::string& out) {
  put(static_cast<uint32_t>(text.size()), out);
  out.append(text);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  template <typename T>
  void take(T& value) {
    if (rest_.size() < sizeof(T)) return give_up();
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_.remove_prefix(sizeof(T));
  }
  void take(std::string_view& text) {
    uint32_t size = 0;
    take(size);
    if (rest_.size() < size) return give_up();
    text = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  void take(bool& value) {
    uint8_t byte = 0;
    take(byte);
    value = byte != 0;
  }
  [[nodiscard]] bool is_whole() const { return ok_ && rest_.empty(); }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  void give_up() {
    ok_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  bool ok_ = true;
};

std::string encode(const RowFileHead& head, uint64_t rows) {
  std::string out;
  put(static_cast<uint32_t>(head.site), out);
  put(static_cast<uint8_t>(head.origin), out);
  put(std::string_view(head.label), out);
  put(head.first_ms, out);
  put(head.last_ms, out);
  put(rows, out);
  put(static_cast<uint32_t>(head.marks.size()), out);
  for (const ImportMark& mark : head.marks) {
    put(mark.source, out);
    put(mark.settled_ms, out);
  }
  return out;
}

bool decode(std::string_view bytes, RowFileHead& head, uint64_t& rows) {
  Reader reader(bytes);
  uint32_t site = 0, marks = 0;
  uint8_t origin = 0;
  std::string_view label;
  reader.take(site);
  reader.take(origin);
  reader.take(label);
  reader.take(head.first_ms);
  reader.take(head.last_ms);
  reader.take(rows);
  reader.take(marks);
  if (!reader.ok() || marks > kMarksMax || origin > static_cast<uint8_t>(EventOrigin::Archive)) return false;
  head.site = static_cast<SiteId>(site);
  head.origin = static_cast<EventOrigin>(origin);
  head.label = label;
  head.marks.resize(marks);
  for (ImportMark& mark : head.marks) {
    reader.take(mark.source);
    reader.take(mark.settled_ms);
  }
  return reader.is_whole();
}

// Files in a folder belong to whom the folder belongs to: root may import for a server that runs as somebody else.
void hand_over(const std::string& path) {
  struct stat folder {};
  if (::geteuid() != 0 || ::stat(std::filesystem::path(path).parent_path().c_str(), &folder) != 0) return;
  if (::chown(path.c_str(), folder.st_uid, folder.st_gid) != 0) return;  // the reader will say that it may not read it
}

}  // namespace

struct RowFileWriter::State {
  std::string path, temporary, chunk;
  File file;
  uint64_t rows = 0, offset = 0;
  uint32_t chunk_rows = 0;

  Result<void> put_bytes(std::string_view bytes) {
    offset += bytes.size();
    if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) return io_failure(temporary, "cannot write");
    return {};
  }

  Result<void> put_chunk() {
    std::string head;
    put(static_cast<uint32_t>(chunk.size()), head);
    put(chunk_rows, head);
    put(hash_bytes(chunk), head);
    if (auto done = put_bytes(head); !done) return done;
    if (auto done = put_bytes(chunk); !done) return done;
    chunk.clear();
    chunk_rows = 0;
    return {};
  }
};

RowFileWriter::RowFileWriter() : state_(std::make_unique<State>()) {}
RowFileWriter::RowFileWriter(RowFileWriter&&) noexcept = default;
RowFileWriter& RowFileWriter::operator=(RowFileWriter&&) noexcept = default;
RowFileWriter::~RowFileWriter() {
  if (state_ && state_->file) ::unlink(state_->temporary.c_str());
}

Result<RowFileWriter> RowFileWriter::create(const std::string& path) {
  RowFileWriter writer;
  writer.state_->path = path;
  writer.state_->temporary = path + ".tmp";
  const int descriptor = ::open(writer.state_->temporary.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0) return io_failure(writer.state_->temporary, "cannot create");
  writer.state_->file.reset(::fdopen(descriptor, "wb"));
  if (auto done = writer.state_->put_bytes(kMagic); !done) return std::unexpected(std::move(done).error());
  return writer;
}

Result<void> RowFileWriter::write(const EventRow& row) {
  for_each_column(row, [&](const char*, const auto& field) { put(field, state_->chunk); });
  ++state_->rows;
  if (++state_->chunk_rows < kRowChunkMax && state_->chunk.size() < kChunkBytes) return {};
  return state_->put_chunk();
}

Result<void> RowFileWriter::finish(const RowFileHead& head) {
  State& state = *state_;
  if (state.chunk_rows > 0) {
    if (auto done = state.put_chunk(); !done) return done;
  }
  if (auto done = state.put_chunk(); !done) return done;  // the empty one that ends the rows
  const uint64_t head_offset = state.offset;
  state.chunk = encode(head, state.rows);
  if (auto done = state.put_chunk(); !done) return done;
  std::string end;
  put(head_offset, end);
  end.append(kMagic);
  if (auto done = state.put_bytes(end); !done) return done;
  if (std::fflush(state.file.get()) != 0 || ::fsync(::fileno(state.file.get())) != 0) return io_failure(state.temporary, "cannot write");
  state.file.reset();
  hand_over(state.temporary);
  if (std::rename(state.temporary.c_str(), state.path.c_str()) != 0) {
    auto error = io_failure(state.path, "cannot rename");
    ::unlink(state.temporary.c_str());
    return error;
  }
  return {};
}

uint64_t RowFileWriter::rows() const { return state_->rows; }

struct RowFileReader::State {
  std::string path, chunk;
  File file;
  RowFileHead head;
  uint64_t rows = 0;
  std::vector<EventRow> decoded;
  bool ended = false;

  // Reads a chunk into `chunk` and gives its number of rows.
  Result<uint32_t> read_chunk(size_t bytes_max) {
    std::array<char, 16> bytes{};
    if (std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) return broken(path, "breaks off");
    Reader reader(std::string_view(bytes.data(), bytes.size()));
    uint32_t size = 0, count = 0;
    uint64_t checksum = 0;
    reader.take(size);
    reader.take(count);
    reader.take(checksum);
    if (size > bytes_max || count > kRowChunkMax) return broken(path, "has a chunk of impossible size");
    chunk.resize(size);
    if (std::fread(chunk.data(), 1, size, file.get()) != size) return broken(path, "breaks off");
    if (hash_bytes(chunk) != checksum) return broken(path, "was changed: a checksum differs");
    return count;
  }

  Result<void> read_head() {
    constexpr long kEndBytes = 16;
    std::array<char, 16> bytes{};
    if (std::fread(bytes.data(), 1, kMagic.size(), file.get()) != kMagic.size() || std::string_view(bytes.data(), kMagic.size()) != kMagic) {
      return broken(path, "is no file of rows");
    }
    if (std::fseek(file.get(), -kEndBytes, SEEK_END) != 0 || std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size() ||
        std::string_view(bytes.data() + 8, kMagic.size()) != kMagic) {
      return broken(path, "is not whole");
    }
    uint64_t offset = 0;
    std::memcpy(&offset, bytes.data(), sizeof offset);
    if (offset > LONG_MAX || std::fseek(file.get(), static_cast<long>(offset), SEEK_SET) != 0) return broken(path, "is not whole");
    NOCT_TRY(const uint32_t none, read_chunk(kHeadBytesMax));
    if (none != 0 || !decode(chunk, head, rows)) return broken(path, "has no readable head");
    if (std::fseek(file.get(), static_cast<long>(kMagic.size()), SEEK_SET) != 0) return io_failure(path, "cannot read");
    return {};
  }
};

RowFileReader::RowFileReader() : state_(std::make_unique<State>()) {}
RowFileReader::RowFileReader(RowFileReader&&) noexcept = default;
RowFileReader& RowFileReader::operator=(RowFileReader&&) noexcept = default;
RowFileReader::~RowFileReader() = default;

Result<RowFileReader> RowFileReader::open(const std::string& path) {
  RowFileReader reader;
  reader.state_->path = path;
  reader.state_->file.reset(std::fopen(path.c_str(), "rbe"));
  if (!reader.state_->file) return io_failure(path, "cannot open");
  if (auto read = reader.state_->read_head(); !read) return std::unexpected(std::move(read).error());
  return reader;
}

const RowFileHead& RowFileReader::head() const { return state_->head; }
uint64_t RowFileReader::rows() const { return state_->rows; }

Result<std::span<EventRow>> RowFileReader::next() {
  State& state = *state_;
  if (state.ended) return std::span<EventRow>();
  NOCT_TRY(const uint32_t count, state.read_chunk(kChunkBytesMax));
  state.decoded.assign(count, {});
  Reader reader(state.chunk);
  for (EventRow& row : state.decoded) {
    for_each_column(row, [&](const char*, auto& field) { reader.take(field); });
  }
  if (!reader.is_whole()) return broken(state.path, "has a chunk that does not hold its rows");
  state.ended = count == 0;
  return std::span(state.decoded);
}

}  // namespace noctule
