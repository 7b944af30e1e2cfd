// SPDX-License-Identifier: Apache-2.0
#include "json_writer.h"

#include <fmt/format.h>

#include <cmath>

#include "noctule/base/text.h"

namespace noctule {

// Longest text that one value holds: longer than any page name worth reading, short enough to bound a report.
constexpr size_t kTextBytesMax = 4'096;

void JsonWriter::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

void JsonWriter::raw(std::string_view text) {
  separate();
  out_ += text;
}

void JsonWriter::begin_object() {
  raw("{");
  first_ = true;
}

void JsonWriter::end_object() {
  out_ += '}';
  first_ = false;
}

void JsonWriter::begin_array() {
  raw("[");
  first_ = true;
}

void JsonWriter::end_array() {
  out_ += ']';
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  separate();
  quote(printable(name, kTextBytesMax));
  out_ += ':';
  first_ = true;  // no comma between a key and its value
}

void JsonWriter::value(std::string_view text) {
  separate();
  quote(printable(text, kTextBytesMax));
}

void JsonWriter::value(double number) {
  if (std::isfinite(number)) return raw(fmt::format("{}", number));
  null();
}

void JsonWriter::quote(std::string_view text) {
  out_ += '"';
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view three = text.substr(i, 3);
    if (three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9") {  // ends a line in old JavaScript
      out_ += three[2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (c == '<' || c == '>' || c == '&') {
      out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out_ += c;
    }
  }
  out_ += '"';
}

}  // namespace noctule
