// SPDX-License-Identifier: Apache-2.0
// The classifier's lines of JSON: whatever comes in, every line that is not blank gets one line of JSON.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "noctule/detect/classify.h"

using namespace noctule;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

size_t filled_lines(const std::string& text) {
  size_t count = 0;
  const size_t first = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;  // a byte order mark is no part of the first line
  for (size_t at = first; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    count += text.find_first_not_of(" \t\r\v\f", at) < end;
    at = end + 1;
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const int in = memfd_create("in", 0), out = memfd_create("out", 0);
  expect(ftruncate(in, 0) == 0 && ftruncate(out, 0) == 0 && lseek(in, 0, SEEK_SET) == 0 && lseek(out, 0, SEEK_SET) == 0);
  expect(size == 0 || write(in, data, size) == static_cast<ssize_t>(size));
  expect(lseek(in, 0, SEEK_SET) == 0);
  const auto counts = classify_json_lines(Knowledge::builtin(), in, out);
  expect(counts.has_value());
  std::string answers(static_cast<size_t>(lseek(out, 0, SEEK_CUR)), '\0');
  expect(lseek(out, 0, SEEK_SET) == 0 && read(out, answers.data(), answers.size()) == static_cast<ssize_t>(answers.size()));
  size_t lines = 0;
  for (char c : answers) lines += c == '\n';
  expect(lines == filled_lines(std::string(reinterpret_cast<const char*>(data), size)));
  return 0;
}
