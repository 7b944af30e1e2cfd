// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "noctule/base/text.h"
#include "noctule/detect/classify.h"

namespace noctule {
namespace {

namespace json = simdjson::ondemand;

constexpr size_t kBlockSize = 1 << 20;
constexpr std::string_view kExpectation =
    "expected an object with the strings user_agent, referrer, url, method and the object headers, all optional";

// A string, or the first of an array of strings as some servers log repeated headers; empty for null.
simdjson::simdjson_result<std::string_view> read_text(json::value value) {
  json::json_type type{};
  if (const auto error = value.type().get(type)) return error;
  switch (type) {
    case json::json_type::null: return std::string_view{};
    case json::json_type::string: return value.get_string();
    case json::json_type::array: {
      std::string_view first;
      bool seen = false;
      for (auto element : value.get_array()) {
        std::string_view text;
        if (const auto error = element.get_string().get(text)) return error;
        if (!seen) first = text, seen = true;
      }
      return first;
    }
    default: return simdjson::INCORRECT_TYPE;
  }
}

struct HeaderName { std::string_view name; std::string_view ClassifyRequest::*slot; };
constexpr HeaderName kHeaders[] = {
    {"user-agent", &ClassifyRequest::user_agent},       {"referer", &ClassifyRequest::referrer},
    {"referrer", &ClassifyRequest::referrer},           {"x-requested-with", &ClassifyRequest::requested_with},
    {"sec-purpose", &ClassifyRequest::purpose},         {"purpose", &ClassifyRequest::purpose},
    {"x-purpose", &ClassifyRequest::purpose},           {"x-moz", &ClassifyRequest::purpose},
    {"host", &ClassifyRequest::host}};

// Headers fill what the request's own members leave empty.
simdjson::error_code read_headers(json::value value, ClassifyRequest& headers) {
  json::object object;
  if (const auto error = value.get_object().get(object)) return error;
  for (auto field : object) {
    std::string_view name;
    json::value header;
    if (const auto error = field.unescaped_key().get(name)) return error;
    if (const auto error = field.value().get(header)) return error;
    for (const HeaderName& known : kHeaders) {
      if (!equals_ignoring_case(name, known.name)) continue;
      if (const auto error = read_text(header).get(headers.*known.slot)) return error;
      break;
    }
  }
  return simdjson::SUCCESS;
}

struct MemberName { std::string_view name; std::string_view ClassifyRequest::*slot; };
constexpr MemberName kMembers[] = {{"user_agent", &ClassifyRequest::user_agent}, {"referrer", &ClassifyRequest::referrer},
                                   {"url", &ClassifyRequest::url},               {"method", &ClassifyRequest::method},
                                   {"x_requested_with", &ClassifyRequest::requested_with}};

simdjson::error_code read_request(json::document& document, ClassifyRequest& request, std::string_view& member) {
  json::object object;
  if (const auto error = document.get_object().get(object)) return error;
  ClassifyRequest headers;
  for (auto field : object) {
    json::value value;
    if (const auto error = field.unescaped_key().get(member)) return error;
    if (const auto error = field.value().get(value)) return error;
    if (member == "headers") {
      json::json_type type{};
      if (const auto error = value.type().get(type)) return error;
      if (type == json::json_type::null) continue;
      if (const auto error = read_headers(value, headers)) return error;
      continue;
    }
    for (const MemberName& known : kMembers) {
      if (member != known.name) continue;
      if (const auto error = read_text(value).get(request.*known.slot)) return error;
    }
  }
  member = {};
  const char* trailing = nullptr;  // an error means that nothing follows
  if (!document.current_location().get(trailing)) return simdjson::TRAILING_CONTENT;
  for (const auto slot : {&ClassifyRequest::user_agent, &ClassifyRequest::referrer, &ClassifyRequest::requested_with,
                          &ClassifyRequest::purpose, &ClassifyRequest::host}) {
    if ((request.*slot).empty()) request.*slot = headers.*slot;
  }
  return simdjson::SUCCESS;
}

class LineClassifier {
 public:
  explicit LineClassifier(const Knowledge& knowledge) : knowledge_(knowledge) {}
  [[nodiscard]] const ClassifyCounts& counts() const { return counts_; }

  // line: without its line feed; SIMDJSON_PADDING bytes behind it must be readable.
  void answer(std::string_view line, std::string& out) {
    ++counts_.lines;
    if (line.size() > kClassifyLineSizeMax) return too_long(out);
    if (trim(line).empty()) return;
    ClassifyRequest request;
    std::string_view member;
    json::document document;
    const simdjson::padded_string_view padded(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING);
    auto error = parser_.iterate(padded).get(document);
    if (!error) error = read_request(document, request, member);
    if (!error) return append_classification(knowledge_, request, out);
    fail_line(fmt::format("{}{}{}; {}", member.empty() ? "" : printable(member, 40), member.empty() ? "" : ": ",
                          simdjson::error_message(error), kExpectation), out);
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
  json::parser parser_;
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
