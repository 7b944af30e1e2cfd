// SPDX-License-Identifier: Apache-2.0
// Scratch: the ways in which servers escape a field, undone.
#include <cstring>

#include "field_values.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

int hex_word(std::string_view text, size_t at) {
  const int high = hex_byte(text, at), low = hex_byte(text, at + 2);
  return high < 0 || low < 0 ? -1 : high * 256 + low;
}

char simple_escape(char c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'v': return '\v';
    case 'f': return '\f';
    case '"': case '\\': return c;
    default: return '\0';
  }
}

void append_utf8(std::string& out, uint32_t code_point) {
  const auto push = [&out](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) return push(code_point);
  if (code_point < 0x800) {
    push(0xC0 | code_point >> 6);
  } else if (code_point < 0x10000) {
    push(0xE0 | code_point >> 12);
    push(0x80 | (code_point >> 6 & 0x3F));
  } else {
    push(0xF0 | code_point >> 18);
    push(0x80 | (code_point >> 12 & 0x3F));
    push(0x80 | (code_point >> 6 & 0x3F));
  }
  push(0x80 | (code_point & 0x3F));
}

// \uXXXX or a pair of surrogates at raw[at]; says how many bytes were used, 0 where it is none. A lone surrogate stands
// for no character: U+FFFD.
size_t append_unicode_escape(std::string& out, std::string_view raw, size_t at) {
  const int first = at + 1 < raw.size() && raw[at + 1] == 'u' ? hex_word(raw, at + 2) : -1;
  if (first < 0) return 0;
  auto code_point = static_cast<uint32_t>(first);
  size_t used = 6;
  if (code_point >= 0xD800 && code_point < 0xDC00 && raw.substr(at + 6).starts_with("\\u")) {
    const int second = hex_word(raw, at + 8);
    if (second >= 0xDC00 && second < 0xE000) {
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (static_cast<uint32_t>(second) - 0xDC00);
      used = 12;
    }
  }
  append_utf8(out, code_point >= 0xD800 && code_point < 0xE000 ? 0xFFFD : code_point);
  return used;
}

bool holds(std::string_view text, char c) { return !text.empty() && std::memchr(text.data(), c, text.size()) != nullptr; }

}  // namespace

std::string_view Scratch::unescape(std::string_view raw) {
  if (!holds(raw, '\\') || !fits(raw.size())) return raw;
  const size_t begin = bytes_.size();
  for (size_t i = 0; i < raw.size(); ++i) {
    const char next = i + 1 < raw.size() ? raw[i + 1] : '\0';
    if (raw[i] != '\\') {
      bytes_.push_back(raw[i]);
    } else if (const int byte = next == 'x' ? hex_byte(raw, i + 2) : -1; byte >= 0) {
      bytes_.push_back(static_cast<char>(byte));
      i += 3;
    } else if (const char plain = simple_escape(next); plain != '\0') {
      bytes_.push_back(plain);
      ++i;
    } else {
      bytes_.push_back('\\');
    }
  }
  return std::string_view(bytes_).substr(begin);
}

std::string_view Scratch::unescape_json(std::string_view raw) {
  if (!holds(raw, '\\') || !fits(raw.size())) return raw;
  const size_t begin = bytes_.size();
  for (size_t i = 0; i < raw.size(); ++i) {
    const char next = i + 1 < raw.size() ? raw[i + 1] : '\0';
    if (raw[i] != '\\') {
      bytes_.push_back(raw[i]);
    } else if (const size_t used = append_unicode_escape(bytes_, raw, i); used > 0) {
      i += used - 1;
    } else if (const int byte = next == 'x' ? hex_byte(raw, i + 2) : -1; byte >= 0) {
      bytes_.push_back(static_cast<char>(byte));  // nginx's own escape inside JSON, where escape=json was forgotten
      i += 3;
    } else if (const char plain = next == '/' ? '/' : simple_escape(next); plain != '\0') {
      bytes_.push_back(plain);
      ++i;
    } else {
      bytes_.push_back('\\');
    }
  }
  return std::string_view(bytes_).substr(begin);
}

std::string_view Scratch::decode_percent(std::string_view raw) {
  if (!holds(raw, '%') || !fits(raw.size())) return raw;
  const size_t begin = bytes_.size();
  for (size_t i = 0; i < raw.size(); ++i) {
    const int byte = raw[i] == '%' ? hex_byte(raw, i + 1) : -1;
    bytes_.push_back(byte >= 0 ? static_cast<char>(byte) : raw[i]);
    if (byte >= 0) i += 2;
  }
  return std::string_view(bytes_).substr(begin);
}

// A blank became '+', and a '+' stayed one: in "++http" the first is the blank, and in "(+http" there is none.
std::string_view Scratch::decode_plus(std::string_view raw) {
  if (!holds(raw, '+') || holds(raw, ' ') || !fits(raw.size())) return raw;
  const size_t begin = bytes_.size();
  for (size_t i = 0; i < raw.size(); ++i) {
    const bool is_blank = raw[i] == '+' && !(i > 0 && (raw[i - 1] == '+' || raw[i - 1] == '('));
    bytes_.push_back(is_blank ? ' ' : raw[i]);
  }
  return std::string_view(bytes_).substr(begin);
}

std::string_view Scratch::decode_w3c_agent(std::string_view raw) {
  // Where a blank is %20 (SHOUTcast, CloudFront), a '+' is one.
  const bool has_encoded_blank = raw.find("%20") != std::string_view::npos || raw.find("%2520") != std::string_view::npos;
  return decode_percent(undo_double_percent(has_encoded_blank ? raw : decode_plus(raw)));
}

std::string_view Scratch::undo_double_percent(std::string_view raw) {
  if (raw.find("%25") == std::string_view::npos || !fits(raw.size())) return raw;
  const size_t begin = bytes_.size();
  for (size_t i = 0; i < raw.size(); ++i) {
    bytes_.push_back(raw[i]);
    if (raw.substr(i).starts_with("%25") && hex_byte(raw, i + 3) >= 0) i += 2;
  }
  return std::string_view(bytes_).substr(begin);
}

std::string_view Scratch::undouble_quotes(std::string_view raw) {
  if (raw.find("\"\"") == std::string_view::npos || !fits(raw.size())) return raw;
  const size_t begin = bytes_.size();
  for (size_t i = 0; i < raw.size(); ++i) {
    bytes_.push_back(raw[i]);
    if (raw[i] == '"' && i + 1 < raw.size() && raw[i + 1] == '"') ++i;
  }
  return std::string_view(bytes_).substr(begin);
}

std::string_view Scratch::keep(std::string_view text) {
  if (text.empty() || !fits(text.size())) return {};
  const size_t begin = bytes_.size();
  bytes_.append(text);
  return std::string_view(bytes_).substr(begin);
}

std::string_view Scratch::join_target(std::string_view stem, std::string_view query) {
  if (query.starts_with('?')) query.remove_prefix(1);
  if (query.empty() || !fits(stem.size() + 1 + query.size())) return stem;
  const size_t begin = bytes_.size();
  bytes_.append(stem);
  bytes_.push_back('?');
  bytes_.append(query);
  return std::string_view(bytes_).substr(begin);
}

}  // namespace noctule
