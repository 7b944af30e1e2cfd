// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace noctule::testing {
namespace {

std::atomic<uint64_t> operations{0}, fail_first{UINT64_MAX}, fail_last{0};
std::atomic<int> fail_error{0};

bool is_file(int descriptor) {
  struct stat status{};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

// Whether this operation fails; errno is set then. number: which one it is.
bool fails(int descriptor, uint64_t* number = nullptr) {
  if (fail_first.load() == UINT64_MAX || !is_file(descriptor)) return false;
  const uint64_t at = operations.fetch_add(1);
  if (number != nullptr) *number = at;
  if (at < fail_first.load() || at > fail_last.load()) return false;
  errno = fail_error.load();
  return true;
}

// A file can be made shorter on a full disk.
bool truncation_fails(int descriptor) { return fail_error.load() != ENOSPC && fails(descriptor); }

template <typename Function>
Function next(const char* name) { return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name)); }

using Pwrite = ssize_t (*)(int, const void*, size_t, off_t);

ssize_t write_at(Pwrite real, int descriptor, const void* bytes, size_t size, off_t offset) {
  uint64_t number = 0;
  if (!fails(descriptor, &number)) return real(descriptor, bytes, size, offset);
  if (number % 2 == 1) real(descriptor, bytes, size / 2, offset);
  errno = fail_error.load();
  return -1;
}

}  // namespace

void fail_disk(int error, uint64_t first, uint64_t last) {
  operations = 0;
  fail_error = error;
  fail_last = last;
  fail_first = first;
}

}  // namespace noctule::testing

using noctule::testing::fails;
using noctule::testing::next;
using noctule::testing::Pwrite;
using noctule::testing::truncation_fails;

extern "C" {

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  static const auto real = next<Pwrite>("pwrite");
  return noctule::testing::write_at(real, descriptor, bytes, size, offset);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  static const auto real = next<Pwrite>("pwrite64");
  return noctule::testing::write_at(real, descriptor, bytes, size, offset);
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  return fails(descriptor) ? -1 : real(descriptor, bytes, size);
}

int fsync(int descriptor) {
  static const auto real = next<int (*)(int)>("fsync");
  return fails(descriptor) ? -1 : real(descriptor);
}

int fdatasync(int descriptor) {
  static const auto real = next<int (*)(int)>("fdatasync");
  return fails(descriptor) ? -1 : real(descriptor);
}

int ftruncate(int descriptor, off_t size) noexcept {
  static const auto real = next<int (*)(int, off_t)>("ftruncate");
  return truncation_fails(descriptor) ? -1 : real(descriptor, size);
}

int ftruncate64(int descriptor, off64_t size) noexcept {
  static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
  return truncation_fails(descriptor) ? -1 : real(descriptor, size);
}

int fallocate(int descriptor, int mode, off_t offset, off_t size) {
  static const auto real = next<int (*)(int, int, off_t, off_t)>("fallocate");
  return fails(descriptor) ? -1 : real(descriptor, mode, offset, size);
}
}
