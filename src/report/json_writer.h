#pragma once
// SPDX-License-Identifier: Apache-2.0
// JsonWriter: JSON text, written front to back. Strings are made printable first, so that the text is valid UTF-8 whatever
// a log held, and '<', '>', '&' and the line separators of Unicode are escaped, so that it may stand inside a script
// element. One thread.
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace noctule {

class JsonWriter {
 public:
  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(double number);  // null when not finite: JSON has no word for it
  template <std::same_as<bool> Bool>
  void value(Bool truth) { raw(truth ? "true" : "false"); }
  template <std::integral Int>
    requires(!std::same_as<Int, bool>)
  void value(Int number) { raw(std::to_string(number)); }
  void null() { raw("null"); }

  template <typename T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void separate();
  void raw(std::string_view text);
  void quote(std::string_view text);

  std::string out_;
  bool first_ = true;
};

}  // namespace noctule
