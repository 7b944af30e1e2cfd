// SPDX-License-Identifier: Apache-2.0
#include "form.h"

#include <fmt/format.h>

#include "noctule/base/text.h"

namespace noctule {
namespace {

void decode(std::string_view encoded, std::string& out) {
  out.clear();
  for (size_t at = 0; at < encoded.size(); ++at) {
    const int byte = encoded[at] == '%' ? hex_byte(encoded, at + 1) : -1;
    if (byte >= 0) {
      out += static_cast<char>(byte);
      at += 2;
    } else {
      out += encoded[at] == '+' ? ' ' : encoded[at];
    }
  }
}

}  // namespace

void Form::add(std::string_view encoded) {
  if (encoded.starts_with('?')) encoded.remove_prefix(1);
  while (!encoded.empty() && count_ < kFormFieldsMax) {
    const size_t end = encoded.find('&');
    const std::string_view field = encoded.substr(0, end);
    encoded = end == std::string_view::npos ? std::string_view() : encoded.substr(end + 1);
    if (field.empty()) continue;
    if (count_ == fields_.size()) fields_.emplace_back();
    const size_t equals = field.find('=');
    decode(field.substr(0, equals), fields_[count_].name);
    decode(equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1), fields_[count_].value);
    ++count_;
  }
}

void Form::clear() { count_ = 0; }

std::string_view Form::find(std::string_view name) const {
  for (size_t i = 0; i < count_; ++i) {
    if (fields_[i].name == name) return fields_[i].value;
  }
  return {};
}

std::string percent_encode_field(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_alpha(c) || is_digit(c)) out += c;
    else out.append(fmt::format("%{:02X}", static_cast<unsigned char>(c)));
  }
  return out;
}

bool Form::has(std::string_view name) const {
  for (size_t i = 0; i < count_; ++i) {
    if (fields_[i].name == name) return true;
  }
  return false;
}

}  // namespace noctule
