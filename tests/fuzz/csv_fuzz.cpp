// SPDX-License-Identifier: Apache-2.0
// Any bytes as CSV: rows within the limits and then the end or an error that says where, the same whatever pieces they come in.
#include <optional>
#include <string>
#include <vector>

#include "expect.h"
#include "piece_input.h"

using namespace noctule;

namespace {

struct Reading {
  std::vector<std::vector<std::string>> rows;
  std::string error;
  friend bool operator==(const Reading&, const Reading&) = default;
};

Reading read(std::string_view bytes, size_t piece) {
  testing::PieceInput input(bytes, piece);
  CsvReader reader(input, "fuzzed.csv");
  Reading reading;
  uint64_t line = 0;
  while (true) {
    const auto more = reader.next();
    if (!more) {
      fuzzing::expect(more.error().code == ErrorCode::InvalidInput && more.error().message.starts_with("fuzzed.csv line "));
      reading.error = more.error().message;
      fuzzing::expect(!reader.next().value_or(true));
      return reading;
    }
    if (!*more) return reading;
    fuzzing::expect(reader.line() > line);
    line = reader.line();
    size_t size = 0;
    for (const std::string_view field : reader.fields()) size += field.size();
    fuzzing::expect(!reader.fields().empty() && reader.fields().size() <= kCsvFieldsMax && size <= kCsvRowBytesMax);
    reading.rows.emplace_back(reader.fields().begin(), reader.fields().end());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  fuzzing::expect(read(bytes, size) == read(bytes, data[0] % 16 + size_t{1}));
  return 0;
}
