// SPDX-License-Identifier: Apache-2.0
#include "request_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/text.h"

namespace noctule {
namespace {

namespace json = simdjson::ondemand;
using simdjson::error_code;
using TextSlot = std::string_view ClassifyRequest::*;

constexpr std::string_view kExpectation =
    "expected an object with the strings user_agent, referrer, url and method and the object headers, all optional";
constexpr std::string_view kHeadersExpectation = "headers: expected an object or a list of pairs";

struct Name { std::string_view name; TextSlot slot; };
constexpr Name kHeaders[] = {
    {"user-agent", &ClassifyRequest::user_agent},       {"referer", &ClassifyRequest::referrer},
    {"referrer", &ClassifyRequest::referrer},           {"x-requested-with", &ClassifyRequest::requested_with},
    {"sec-purpose", &ClassifyRequest::purpose},         {"purpose", &ClassifyRequest::purpose},
    {"x-purpose", &ClassifyRequest::purpose},           {"x-moz", &ClassifyRequest::purpose},
    {"host", &ClassifyRequest::host}};
constexpr Name kMembers[] = {{"user_agent", &ClassifyRequest::user_agent}, {"referrer", &ClassifyRequest::referrer},
                             {"referer", &ClassifyRequest::referrer},      {"url", &ClassifyRequest::url},
                             {"method", &ClassifyRequest::method},         {"x_requested_with", &ClassifyRequest::requested_with}};

// Reads one object. An error of simdjson ends it; where a member is at fault, problem says which and what was expected.
class ObjectReader {
 public:
  explicit ObjectReader(std::string& problem) : problem_(problem) {}

  error_code read(json::document& document, ClassifyRequest& request) {
    json::object object;
    const auto opened = document.get_object().get(object);
    if (opened) return opened == simdjson::INCORRECT_TYPE ? wrong(kExpectation) : opened;
    ClassifyRequest headers;
    for (auto field : object) {
      std::string_view name;
      json::value value;
      if (const auto error = field.unescaped_key().get(name)) return error;
      if (const auto error = field.value().get(value)) return error;
      if (const auto error = name == "headers" ? read_headers(value, headers) : read_member(name, value, request)) return error;
    }
    const char* trailing = nullptr;  // an error means that nothing follows
    if (!document.current_location().get(trailing)) return simdjson::TRAILING_CONTENT;
    for (const TextSlot slot : {&ClassifyRequest::user_agent, &ClassifyRequest::referrer, &ClassifyRequest::requested_with,
                                &ClassifyRequest::purpose, &ClassifyRequest::host}) {
      if ((request.*slot).empty()) request.*slot = headers.*slot;  // headers fill what the request's own members leave empty
    }
    return simdjson::SUCCESS;
  }

 private:
  error_code wrong(std::string_view problem) {
    problem_ = problem;
    return simdjson::INCORRECT_TYPE;
  }

  error_code no_text(std::string_view prefix, std::string_view name) {
    return wrong(fmt::format("{}{}: expected a string", prefix, name));
  }

  // A string, or the first of a list of strings as some servers log repeated headers. null leaves what is there.
  error_code read_text(std::string_view prefix, std::string_view name, json::value value, std::string_view& out) {
    json::json_type type{};
    if (const auto error = value.type().get(type)) return error;
    if (type == json::json_type::null) return simdjson::SUCCESS;
    std::string_view text;
    if (type == json::json_type::string) {
      if (const auto error = value.get_string().get(text)) return error;
    } else if (type == json::json_type::array) {
      json::array list;
      if (const auto error = value.get_array().get(list)) return error;
      size_t count = 0;
      for (auto element : list) {
        std::string_view item;
        const auto error = element.get_string().get(item);
        if (error == simdjson::INCORRECT_TYPE) return no_text(prefix, name);
        if (error) return error;
        if (count++ == 0) text = item;
      }
    } else {
      return no_text(prefix, name);
    }
    if (!text.empty()) out = text;
    return simdjson::SUCCESS;
  }

  error_code read_member(std::string_view name, json::value value, ClassifyRequest& request) {
    for (const Name& known : kMembers) {
      if (name == known.name) return read_text("", known.name, value, request.*known.slot);
    }
    return simdjson::SUCCESS;
  }

  error_code read_header(std::string_view name, json::value value, ClassifyRequest& headers) {
    for (const Name& known : kHeaders) {
      if (equals_ignoring_case(name, known.name)) return read_text("headers.", known.name, value, headers.*known.slot);
    }
    return simdjson::SUCCESS;
  }

  error_code read_headers(json::value value, ClassifyRequest& headers) {
    json::json_type type{};
    if (const auto error = value.type().get(type)) return error;
    if (type == json::json_type::null) return simdjson::SUCCESS;
    if (type == json::json_type::array) return read_pairs(value, headers);
    if (type != json::json_type::object) return wrong(kHeadersExpectation);
    json::object object;
    if (const auto error = value.get_object().get(object)) return error;
    for (auto field : object) {
      std::string_view name;
      json::value header;
      if (const auto error = field.unescaped_key().get(name)) return error;
      if (const auto error = field.value().get(header)) return error;
      if (const auto error = read_header(name, header, headers)) return error;
    }
    return simdjson::SUCCESS;
  }

  // [["Referer","..."],...] and, as in HTTP archives, [{"name":"Referer","value":"..."},...].
  error_code read_pairs(json::value value, ClassifyRequest& headers) {
    json::array pairs;
    if (const auto error = value.get_array().get(pairs)) return error;
    for (auto element : pairs) {
      json::value pair;
      json::json_type type{};
      if (const auto error = element.get(pair)) return error;
      if (const auto error = pair.type().get(type)) return error;
      if (type != json::json_type::array && type != json::json_type::object) return wrong(kHeadersExpectation);
      if (const auto error = type == json::json_type::array ? read_pair(pair, headers) : read_named_pair(pair, headers)) return error;
    }
    return simdjson::SUCCESS;
  }

  error_code read_pair(json::value value, ClassifyRequest& headers) {
    json::array pair;
    if (const auto error = value.get_array().get(pair)) return error;
    std::string_view name;
    size_t count = 0;
    for (auto element : pair) {
      json::value part;
      if (const auto error = element.get(part)) return error;
      if (++count > 2) return wrong(kHeadersExpectation);
      if (const auto error = count == 1 ? read_name(part, name) : read_header(name, part, headers)) return error;
    }
    return count == 2 ? simdjson::SUCCESS : wrong(kHeadersExpectation);
  }

  error_code read_named_pair(json::value value, ClassifyRequest& headers) {
    json::object pair;
    if (const auto error = value.get_object().get(pair)) return error;
    json::value part;
    std::string_view name;
    if (pair.find_field_unordered("name").get(part)) return wrong(kHeadersExpectation);
    if (const auto error = read_name(part, name)) return error;
    if (pair.find_field_unordered("value").get(part)) return wrong(kHeadersExpectation);
    return read_header(name, part, headers);
  }

  error_code read_name(json::value value, std::string_view& name) {
    const auto error = value.get_string().get(name);
    return error == simdjson::INCORRECT_TYPE ? wrong(kHeadersExpectation) : error;
  }

  std::string& problem_;
};

// The code unit of "\uXXXX" at text[at]; -1 where there is none.
int code_unit(std::string_view text, size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int unit = 0;
  for (char c : text.substr(at + 2, 4)) {
    const int digit = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}
bool is_high(int unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(int unit) { return unit >= 0xDC00 && unit < 0xE000; }

// The line with "\ufffd" for each half of a surrogate pair that stands alone.
std::string without_halves(std::string_view line) {
  std::string out;
  out.reserve(line.size() + simdjson::SIMDJSON_PADDING);
  for (size_t at = 0; at < line.size();) {
    const int unit = code_unit(line, at);
    size_t size = line[at] != '\\' ? 1 : unit < 0 ? 2 : 6;
    if (is_high(unit) && is_low(code_unit(line, at + 6))) {
      size = 12;
    } else if (is_high(unit) || is_low(unit)) {
      out.append("\\ufffd");
      at += size;
      continue;
    }
    out.append(line.substr(at, size));
    at += size;
  }
  return out;
}

std::string_view phrase(error_code error) {
  if (error == simdjson::UTF8_ERROR) return "not UTF-8";
  if (error == simdjson::TRAILING_CONTENT) return "more than one value on the line";
  return "not valid JSON";
}

}  // namespace

error_code RequestReader::parse(std::string_view line, ClassifyRequest& request, std::string& problem) {
  json::document document;
  const simdjson::padded_string_view padded(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING);
  if (const auto error = parser_.iterate(padded).get(document)) return error;
  return ObjectReader(problem).read(document, request);
}

Result<ClassifyRequest> RequestReader::read(std::string_view line) {
  ClassifyRequest request;
  std::string problem;
  auto error = parse(line, request, problem);
  if (error == simdjson::STRING_ERROR) {
    repaired_ = without_halves(line);
    const size_t size = repaired_.size();
    repaired_.append(simdjson::SIMDJSON_PADDING, ' ');
    request = {};
    error = parse(std::string_view(repaired_).substr(0, size), request, problem);
  }
  if (!error) return request;
  if (problem.empty()) problem = fmt::format("{}; {}", phrase(error), kExpectation);
  return fail(ErrorCode::InvalidInput, problem);
}

}  // namespace noctule
