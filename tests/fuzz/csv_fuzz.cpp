// SPDX-License-Identifier: Apache-2.0
// Any bytes as CSV: rows within the limits and then the end or an error that says where, the same whatever pieces they come in.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "csv.h"
#include "logs_check.h"

using namespace noctule;

namespace {

class PieceInput final : public ByteInput {
 public:
  PieceInput(std::string_view bytes, size_t piece) : rest_(bytes), piece_(piece) {}
  Result<size_t> read(std::span<char> into) override {
    const size_t size = std::min({piece_, into.size(), rest_.size()});
    std::ranges::copy(rest_.substr(0, size), into.begin());
    rest_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view rest_;
  size_t piece_;
};

struct Reading {
  std::vector<std::vector<std::string>> rows;
  std::string error;
  friend bool operator==(const Reading&, const Reading&) = default;
};

Reading read(std::string_view bytes, size_t piece) {
  PieceInput input(bytes, piece);
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
