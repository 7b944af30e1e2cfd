#pragma once
// SPDX-License-Identifier: Apache-2.0
// Bodies in JSON, read by simdjson: the whole document is checked before anything of it is believed.
#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace noctule {

using JsonValue = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

// One per thread. Texts of a document are views that live until the next read.
class JsonReader {
 public:
  // body: readable kBodyPadding bytes beyond its end, at most kBodySizeMax. Halves of surrogate pairs, which a browser writes for
  // a text that was cut within an emoji, become U+FFFD. nullopt: no JSON.
  std::optional<JsonValue> read(std::string_view body);
  // The same for a text without such padding.
  std::optional<JsonValue> read_copy(std::string_view text);

 private:
  simdjson::dom::parser parser_;
  std::string copy_;
};

// Values as they are meant, whatever type a client gave them; empty or nullopt when they are nothing of the kind.
[[nodiscard]] std::string_view text_of(JsonValue value);          // of a string
[[nodiscard]] std::optional<double> number_of(JsonValue value);   // also of "1.5"
[[nodiscard]] bool is_true(JsonValue value);                      // true, 1, "1", "true", "on"
// A string, number or boolean as a text, into scratch where it is none; nullopt for null, lists and objects.
[[nodiscard]] std::optional<std::string_view> scalar_of(JsonValue value, std::string& scratch);

}  // namespace noctule
