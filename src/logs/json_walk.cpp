// SPDX-License-Identifier: Apache-2.0
#include "json_walk.h"

#include <simdjson.h>

#include <cstring>
#include <string>
#include <vector>

#include "field_values.h"

namespace noctule {

namespace dom = simdjson::dom;

struct JsonWalk::Impl {
  dom::parser parser;
  std::vector<char> padded;  // simdjson reads SIMDJSON_PADDING bytes past the text
  size_t size = 0;
  bool is_widened = false;
  std::string wide;
  Scratch scratch;  // of strings that were narrowed
  char path[kPathSizeMax];
  JsonVisitor* visitor = nullptr;

  void load(std::string_view text);
  void load_widened(std::string_view text);
  simdjson::error_code parse(dom::object& object);
  std::string_view narrow(std::string_view text);
  void walk_object(const dom::object& object, size_t path_size, int depth);
  void walk_value(const dom::element& value, size_t path_size, int depth);
  void visit_number(const dom::element& value, size_t path_size);
};

void JsonWalk::Impl::load(std::string_view text) {
  is_widened = false;
  size = text.size();
  if (padded.size() < size + simdjson::SIMDJSON_PADDING) padded.resize(2 * size + simdjson::SIMDJSON_PADDING);
  std::memcpy(padded.data(), text.data(), size);
  std::memset(padded.data() + size, ' ', simdjson::SIMDJSON_PADDING);
}

// For what is no JSON and yet is logged as JSON: bytes of another encoding (Big5, Latin 1), and nginx's own \xHH where
// escape=json was forgotten. Each such byte goes in as the character of its number and comes out as the byte again.
void JsonWalk::Impl::load_widened(std::string_view text) {
  wide.clear();
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x80) {
      wide.push_back(static_cast<char>(0xC0 | byte >> 6));
      wide.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    } else if (byte == '\\' && i + 1 < text.size()) {
      if (text[i + 1] == 'x') wide.append("\\u00");
      else wide.append(text.substr(i, 2));
      ++i;
    } else {
      wide.push_back(text[i]);
    }
  }
  load(wide);
  is_widened = true;
}

std::string_view JsonWalk::Impl::narrow(std::string_view text) {
  if (!is_widened) return text;
  wide.clear();
  for (size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if ((lead == 0xC2 || lead == 0xC3) && i + 1 < text.size()) {
      wide.push_back(static_cast<char>((lead & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F)));
    } else {
      wide.push_back(text[i]);
    }
  }
  return scratch.keep(wide);
}

simdjson::error_code JsonWalk::Impl::parse(dom::object& object) {
  return parser.parse(padded.data(), size, false).get_object().get(object);
}

void JsonWalk::Impl::walk_object(const dom::object& object, size_t path_size, int depth) {
  for (const auto item : object) {
    const size_t dot = path_size > 0 ? 1 : 0;
    if (path_size + dot + item.key.size() > kPathSizeMax) continue;
    if (dot > 0) path[path_size] = '.';
    std::memcpy(path + path_size + dot, item.key.data(), item.key.size());
    walk_value(item.value, path_size + dot + item.key.size(), depth);
  }
}

void JsonWalk::Impl::walk_value(const dom::element& value, size_t path_size, int depth) {
  const std::string_view where{path, path_size};
  switch (value.type()) {
    case dom::element_type::OBJECT:
      if (depth < kDepthMax) walk_object(value.get_object().value_unsafe(), path_size, depth + 1);
      break;
    case dom::element_type::ARRAY: {
      const dom::array array = value.get_array().value_unsafe();
      if (depth < kDepthMax && array.begin() != array.end()) walk_value(*array.begin(), path_size, depth + 1);
      break;
    }
    case dom::element_type::STRING: visitor->visit(where, narrow(value.get_string().value_unsafe())); break;
    case dom::element_type::BOOL: visitor->visit(where, value.get_bool().value_unsafe() ? "true" : "false"); break;
    case dom::element_type::NULL_VALUE: break;
    default: visit_number(value, path_size);
  }
}

// Whole numbers as they are, others to the microsecond: more digits than a double of a time stamp holds.
void JsonWalk::Impl::visit_number(const dom::element& value, size_t path_size) {
  char text[64];
  int length = 0;
  if (value.type() == dom::element_type::DOUBLE) {
    const double number = value.get_double().value_unsafe();
    if (number < -1e18 || number > 1e18) return;
    length = std::snprintf(text, sizeof text, "%.6f", number);
  } else if (value.type() == dom::element_type::INT64) {
    length = std::snprintf(text, sizeof text, "%lld", static_cast<long long>(value.get_int64().value_unsafe()));
  } else {
    length = std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(value.get_uint64().value_unsafe()));
  }
  visitor->visit({path, path_size}, scratch.keep({text, static_cast<size_t>(length)}));
}

JsonWalk::JsonWalk() : impl_(std::make_unique<Impl>()) {}
JsonWalk::~JsonWalk() = default;

bool JsonWalk::walk(std::string_view text, JsonVisitor& visitor) {
  impl_->visitor = &visitor;
  impl_->scratch.begin_line(text.size());
  impl_->load(text);
  dom::object object;
  auto error = impl_->parse(object);
  if (error == simdjson::UTF8_ERROR || error == simdjson::STRING_ERROR) {
    impl_->load_widened(text);
    error = impl_->parse(object);
  }
  if (error != simdjson::SUCCESS) return false;
  impl_->walk_object(object, 0, 1);
  return true;
}

}  // namespace noctule
