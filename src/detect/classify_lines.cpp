// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "noctule/base/text.h"
#include "noctule/detect/classify.h"
#include "request_json.h"

namespace noctule {
namespace {

constexpr size_t kBlockSize = 1 << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class LineClassifier {
 public:
  explicit LineClassifier(const Knowledge& knowledge) : knowledge_(knowledge) {}
  [[nodiscard]] const ClassifyCounts& counts() const { return counts_; }

  // line: without its line feed; SIMDJSON_PADDING bytes behind it must be readable.
  void answer(std::string_view line, std::string& out) {
    ++counts_.lines;
    if (counts_.lines == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    if (line.size() > kClassifyLineSizeMax) return too_long(out);
    if (trim(line).empty()) return;
    const auto request = reader_.read(line);
    if (request) return append_classification(knowledge_, *request, out);
    fail_line(request.error().message, out);
  }
  void too_long(std::string& out) { fail_line(fmt::format("longer than {} bytes", kClassifyLineSizeMax), out); }
  void count_line() { ++counts_.lines; }

 private:
  void fail_line(std::string_view what, std::string& out) {
    ++counts_.errors;
    std::string escaped;
    for (char c : what) {
      if (c == '"' || c == '\\') escaped += '\\';
      if (static_cast<unsigned char>(c) >= 0x20) escaped += c;
    }
    fmt::format_to(std::back_inserter(out), "{{\"line\":{},\"error\":\"{}\"}}\n", counts_.lines, escaped);
  }
  const Knowledge& knowledge_;
  RequestReader reader_;
  ClassifyCounts counts_;
};

Result<void> write_all(int out, std::string& text) {
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t count = ::write(out, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorCode::Io, fmt::format("writing: {}", std::strerror(errno)));
    rest.remove_prefix(static_cast<size_t>(count));
  }
  text.clear();
  return {};
}

}  // namespace

Result<ClassifyCounts> classify_json_lines(const Knowledge& knowledge, int in, int out) {
  LineClassifier classifier(knowledge);
  const auto buffer = std::make_unique<char[]>(kBlockSize + simdjson::SIMDJSON_PADDING);
  std::string answers;
  size_t held = 0;       // bytes of a line that has not ended yet
  bool skipping = false;  // within a line that is too long
  for (;;) {
    const ssize_t count = ::read(in, buffer.get() + held, kBlockSize - held);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorCode::Io, fmt::format("reading: {}", std::strerror(errno)));
    std::string_view rest(buffer.get(), held + static_cast<size_t>(count));
    for (size_t end = rest.find('\n', held); end != std::string_view::npos; end = rest.find('\n')) {
      if (!skipping) classifier.answer(rest.substr(0, end), answers);
      skipping = false;
      rest.remove_prefix(end + 1);
      held = 0;
      if (answers.size() < kBlockSize) continue;
      if (auto written = write_all(out, answers); !written) return std::unexpected(std::move(written).error());
    }
    if (count == 0 && !rest.empty() && !skipping) classifier.answer(rest, answers);
    if (rest.size() > kClassifyLineSizeMax && count > 0) {
      if (!skipping) classifier.count_line(), classifier.too_long(answers);
      skipping = true;
      rest = {};
    }
    if (auto written = write_all(out, answers); !written) return std::unexpected(std::move(written).error());
    if (count == 0) return classifier.counts();
    held = rest.size();
    if (held > 0) std::memmove(buffer.get(), rest.data(), held);
  }
}

}  // namespace noctule
