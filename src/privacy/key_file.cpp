// SPDX-License-Identifier: Apache-2.0
#include "key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "noctule/privacy/key_days.h"

namespace noctule {
namespace {

// "noctule keys 1\n\n" | day number | day number of the echo key | three keys | BLAKE2b-192 of what stands before.
constexpr std::string_view kMagic = "noctule keys 1\n\n";
constexpr size_t kKeySize = sizeof(Key), kDayAt = kMagic.size(), kKeysAt = kDayAt + 2 * sizeof(int64_t);
constexpr size_t kSumAt = kKeysAt + 3 * kKeySize, kSumSize = 24, kFileSize = kSumAt + kSumSize;
using Image = std::array<unsigned char, kFileSize>;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { if (number_ >= 0) ::close(number_); }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

std::unexpected<Error> io_failure(std::string_view path, std::string_view doing) {
  return fail(ErrorCode::Io, fmt::format("{}: cannot {}: {}", path, doing, std::strerror(errno)));
}

Image encode(const StoredKeys& stored) {
  Image image{};
  std::memcpy(image.data(), kMagic.data(), kMagic.size());
  std::memcpy(image.data() + kDayAt, &stored.keys.day_number, sizeof(int64_t));
  std::memcpy(image.data() + kDayAt + sizeof(int64_t), &stored.echo_day_number, sizeof(int64_t));
  unsigned char* at = image.data() + kKeysAt;
  for (const Key* key : {&stored.keys.visitor, &stored.keys.echo, &stored.keys.event_id}) {
    std::memcpy(at, key->data(), kKeySize);
    at += kKeySize;
  }
  crypto_generichash(image.data() + kSumAt, kSumSize, image.data(), kSumAt, nullptr, 0);
  return image;
}

std::optional<StoredKeys> decode(const Image& image) {
  std::array<unsigned char, kSumSize> sum{};
  crypto_generichash(sum.data(), sum.size(), image.data(), kSumAt, nullptr, 0);
  if (std::memcmp(image.data(), kMagic.data(), kMagic.size()) != 0) return std::nullopt;
  if (sodium_memcmp(sum.data(), image.data() + kSumAt, kSumSize) != 0) return std::nullopt;
  StoredKeys stored;
  std::memcpy(&stored.keys.day_number, image.data() + kDayAt, sizeof(int64_t));
  std::memcpy(&stored.echo_day_number, image.data() + kDayAt + sizeof(int64_t), sizeof(int64_t));
  const unsigned char* at = image.data() + kKeysAt;
  for (Key* key : {&stored.keys.visitor, &stored.keys.echo, &stored.keys.event_id}) {
    std::memcpy(key->data(), at, kKeySize);
    at += kKeySize;
  }
  return stored;
}

// What one of the two files holds: nothing (no file), keys, or bytes that are none.
struct Found {
  bool exists = false;
  std::optional<StoredKeys> stored;
};

Result<Found> read_one(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) return errno == ENOENT ? Result<Found>(Found{}) : io_failure(path, "open");
  std::array<unsigned char, kFileSize + 1> bytes{};
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t count = ::read(file.number(), bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_failure(path, "read");
    if (count == 0) break;
    size += static_cast<size_t>(count);
  }
  Found found{.exists = true, .stored = std::nullopt};
  if (size == kFileSize) {
    Image image;
    std::copy_n(bytes.begin(), kFileSize, image.begin());
    found.stored = decode(image);
    sodium_memzero(image.data(), image.size());
  }
  sodium_memzero(bytes.data(), bytes.size());
  return found;
}

Result<void> write_all(const Descriptor& file, const std::string& path, const Image& image) {
  for (size_t written = 0; written < image.size();) {
    const ssize_t count = ::pwrite(file.number(), image.data() + written, image.size() - written, static_cast<off_t>(written));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_failure(path, "write");
    written += static_cast<size_t>(count);
  }
  if (::fsync(file.number()) != 0) return io_failure(path, "sync");
  return {};
}

Result<void> write_new(const std::string& path, const StoredKeys& stored) {
  ::unlink(path.c_str());
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return io_failure(path, "create");
  Image image = encode(stored);
  auto written = write_all(file, path, image);
  sodium_memzero(image.data(), image.size());
  return written;
}

// Every byte that the file has, in place and without making it longer.
Result<void> overwrite(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) return errno == ENOENT ? Result<void>() : io_failure(path, "overwrite");
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return io_failure(path, "overwrite");
  static constexpr Image kZeros{};
  for (off_t at = 0; at < status.st_size;) {
    const size_t size = std::min(kZeros.size(), static_cast<size_t>(status.st_size - at));
    const ssize_t count = ::pwrite(file.number(), kZeros.data(), size, at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_failure(path, "overwrite");
    at += count;
  }
  if (::fsync(file.number()) != 0) return io_failure(path, "sync");
  return {};
}

Result<void> sync_folder(const std::string& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open() || ::fsync(opened.number()) != 0) return io_failure(folder, "sync");
  return {};
}

}  // namespace

Result<std::optional<KeyDays>> read_key_days(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) {
    if (errno == ENOENT) return fail(ErrorCode::NotFound, fmt::format("{}: is not there", path));
    return io_failure(path, "open");
  }
  std::array<char, kKeysAt> head{};  // ends where the keys begin
  const ssize_t size = ::pread(file.number(), head.data(), head.size(), 0);
  if (size < 0) return io_failure(path, "read");
  if (static_cast<size_t>(size) < head.size() || std::memcmp(head.data(), kMagic.data(), kMagic.size()) != 0) return std::optional<KeyDays>();
  KeyDays days;
  std::memcpy(&days.day_number, head.data() + kDayAt, sizeof(int64_t));
  std::memcpy(&days.echo_day_number, head.data() + kDayAt + sizeof(int64_t), sizeof(int64_t));
  return std::optional<KeyDays>(days);
}

Result<std::optional<StoredKeys>> KeyFile::read() const {
  NOCT_TRY(const Found old, read_one(path_));
  NOCT_TRY(const Found fresh, read_one(new_path_));
  if (fresh.stored) {  // synced before anything happened to the old one
    if (auto erased = overwrite(path_); !erased) return std::unexpected(std::move(erased).error());
    if (::rename(new_path_.c_str(), path_.c_str()) != 0) return io_failure(new_path_, "rename");
    return fresh.stored;
  }
  if (old.exists && !old.stored) {
    return fail(ErrorCode::Corrupt, fmt::format("{}: expected {} bytes of keys with a matching sum; remove it to begin with new keys "
                                                "(today's visitors then count twice)", path_, kFileSize));
  }
  return old.stored;
}

Result<void> KeyFile::replace(const StoredKeys& stored) const {
  auto written = write_new(new_path_, stored);
  auto erased = overwrite(path_);
  if (!written) {
    if (::unlink(path_.c_str()) != 0 && errno != ENOENT && erased) erased = io_failure(path_, "remove");
    ::unlink(new_path_.c_str());
    if (!erased) written.error().message.append("; and ").append(erased.error().message);
    return written;
  }
  if (::rename(new_path_.c_str(), path_.c_str()) != 0) return io_failure(new_path_, "rename");
  if (!erased) return erased;
  return sync_folder(folder_);
}

}  // namespace noctule
