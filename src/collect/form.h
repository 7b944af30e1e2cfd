#pragma once
// SPDX-License-Identifier: Apache-2.0
// Form: the names and values of a query string or of a body in that form, decoded.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace noctule {

inline constexpr size_t kFormFieldsMax = 256;  // more are not read

class Form {
 public:
  // Adds the fields of "a=1&b=2", with or without a '?' before it. '+' and %20 are spaces.
  void add(std::string_view encoded);
  void clear();
  // The value of the first field of that name; empty when there is none.
  [[nodiscard]] std::string_view find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;

 private:
  struct Field { std::string name, value; };
  std::vector<Field> fields_;
  size_t count_ = 0;  // fields in use: their memory is kept
};

// The reverse, for a name or a value.
[[nodiscard]] std::string percent_encode_field(std::string_view text);

}  // namespace noctule
