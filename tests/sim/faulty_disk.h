#pragma once
// SPDX-License-Identifier: Apache-2.0
// A disk that fails: what this process writes to regular files goes through here first (write, pwrite, fsync, fdatasync,
// ftruncate and fallocate of the C library are replaced), and fails from one operation to another. The libraries that the
// process uses see the same disk.
#include <cstdint>

namespace noctule::testing {

// Operations number first to last (counted from now) fail with this errno; every second of the failing writes is torn: half of it
// is written first.
void fail_disk(int error, uint64_t first, uint64_t last);

}  // namespace noctule::testing
