// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/manifest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr std::string_view kFormat = "noctule backup 1";
constexpr size_t kPieceSize = 256 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

std::unexpected<Error> io_failure(const std::string& path, std::string_view doing) {
  const int error = errno;
  const ErrorCode code = error == ENOENT ? ErrorCode::NotFound : error == ENOSPC || error == EDQUOT ? ErrorCode::Exhausted : ErrorCode::Io;
  return fail(code, fmt::format("{}: cannot be {}: {}", path, doing, std::strerror(error)));
}

Result<void> write_all(int descriptor, const std::string& path, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t count = ::write(descriptor, bytes, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_failure(path, "written");
    bytes += count;
    size -= static_cast<size_t>(count);
  }
  return {};
}

class Sum {
 public:
  Sum() { crypto_hash_sha256_init(&state_); }
  void add(const char* bytes, size_t size) { crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(bytes), size); }
  std::string finish() {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256_final(&state_, digest.data());
    std::string text;
    for (const unsigned char byte : digest) text.append(fmt::format("{:02x}", byte));
    return text;
  }

 private:
  crypto_hash_sha256_state state_{};
};

// Reads a file to its end; each piece goes to take.
template <typename Take>
Result<ManifestEntry> read_through(const std::string& path, const std::string& name, const Take& take) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return io_failure(path, "opened");
  std::string piece(kPieceSize, '\0');
  Sum sum;
  ManifestEntry entry{.name = name, .bytes = 0, .sha256 = {}};
  for (;;) {
    const ssize_t count = ::read(file.number(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_failure(path, "read");
    if (count == 0) break;
    const auto size = static_cast<size_t>(count);
    sum.add(piece.data(), size);
    entry.bytes += size;
    if (Result<void> taken = take(piece.data(), size); !taken) return std::unexpected(std::move(taken).error());
  }
  entry.sha256 = sum.finish();
  return entry;
}

bool is_plain_name(std::string_view name) { return !name.empty() && name.find('/') == std::string_view::npos && !name.starts_with('.'); }

std::unexpected<Error> no_manifest(std::string_view why) { return fail(ErrorCode::Corrupt, fmt::format("{}: {}", kManifestFile, why)); }

}  // namespace

std::string to_json(const Manifest& manifest) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const ManifestEntry& file : manifest.files) files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  const nlohmann::ordered_json document = {
      {"format", kFormat}, {"program", manifest.program}, {"made_ms", manifest.made_ms}, {"files", std::move(files)}};
  return document.dump(2) + '\n';
}

Result<Manifest> parse_manifest(std::string_view text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object() || document.value("format", nlohmann::json()) != kFormat) {
    return no_manifest(fmt::format("is no manifest of a backup; expected \"format\": \"{}\"", kFormat));
  }
  Manifest manifest;
  const auto program = document.find("program"), made = document.find("made_ms"), files = document.find("files");
  if (program != document.end() && program->is_string()) manifest.program = *program;
  if (made != document.end() && made->is_number_integer()) manifest.made_ms = *made;
  if (files == document.end() || !files->is_array()) return no_manifest("has no list \"files\"");
  for (const auto& file : *files) {
    if (!file.is_object() || !file.contains("name") || !file["name"].is_string() || !file.contains("bytes") || !file["bytes"].is_number_unsigned() ||
        !file.contains("sha256") || !file["sha256"].is_string()) {
      return no_manifest("a file in it lacks \"name\", \"bytes\" or \"sha256\"");
    }
    ManifestEntry entry{.name = file["name"], .bytes = file["bytes"], .sha256 = file["sha256"]};
    if (!is_plain_name(entry.name)) return no_manifest(fmt::format("\"{}\" is no plain file name", printable(entry.name, 100)));
    manifest.files.push_back(std::move(entry));
  }
  return manifest;
}

Result<ManifestEntry> measure_file(const std::string& folder, const std::string& name) {
  return read_through(fmt::format("{}/{}", folder, name), name, [](const char*, size_t) { return Result<void>(); });
}

Result<ManifestEntry> copy_measured(const std::string& from, const std::string& to_folder, const std::string& name) {
  const std::string to = fmt::format("{}/{}", to_folder, name);
  const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (target.number() < 0) return io_failure(to, "created");
  NOCT_TRY(ManifestEntry entry, read_through(from, name, [&](const char* bytes, size_t size) { return write_all(target.number(), to, bytes, size); }));
  if (::fsync(target.number()) != 0) return io_failure(to, "synced");
  return entry;
}

Result<void> write_synced(const std::string& path, std::string_view content) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.number() < 0) return io_failure(path, "created");
  if (auto written = write_all(file.number(), path, content.data(), content.size()); !written) return written;
  if (::fsync(file.number()) != 0) return io_failure(path, "synced");
  return {};
}

Result<std::string> read_short_file(const std::string& path, size_t bytes_max) {
  std::string content;
  NOCT_TRY([[maybe_unused]] const ManifestEntry entry, read_through(path, "", [&](const char* bytes, size_t size) -> Result<void> {
    if (content.size() + size > bytes_max) return fail(ErrorCode::Corrupt, fmt::format("{}: is longer than {} bytes", path, bytes_max));
    content.append(bytes, size);
    return {};
  }));
  return content;
}

}  // namespace noctule
