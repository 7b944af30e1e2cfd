#pragma once
// SPDX-License-Identifier: Apache-2.0
// Dimension: by what the answer can be broken down and filtered. One table of rows; the text of a dimension is an expression
// over the columns of events, and empty text is a value like others, shown under a name of its own.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace noctule {

enum class Level : uint8_t { Event, Visit, Time };
// What needs more than its expression.
enum class Special : uint8_t { None, Goal, Property, NotCollected, ExitPage };
enum class TimeUnit : uint8_t { Auto, Hour, Day, Week, Month };

struct Dimension {
  std::string_view name;        // "visit:source"; a custom property's is the prefix "event:props:"
  Level level = Level::Visit;
  std::string expression = {};  // over events, text; empty for Time, Goal, Property
  std::string_view empty = {};  // shown for empty text, and accepted for it in filters
  uint8_t rollup = 0;           // its number in the roll-ups; 0: not in them. Stable: they are stored.
  Special special = Special::None;
  TimeUnit unit = TimeUnit::Day;
  std::string_view archive = {};  // the table of other products' exports that has it; empty: none
  bool numbered = false;        // expression names the numbers of a stored enumeration
};

[[nodiscard]] std::span<const Dimension> dimensions();

// A dimension as a question names it.
struct DimensionUse {
  const Dimension* dimension = nullptr;
  std::string property = {};    // of event:props:
  [[nodiscard]] std::string name() const;
  friend bool operator==(const DimensionUse&, const DimensionUse&) = default;
};
// nullopt: no dimension has this name, or the property's name is empty.
[[nodiscard]] std::optional<DimensionUse> find_dimension(std::string_view name);

// Reasons for visits, for explanations; not one to ask for.
[[nodiscard]] const Dimension& rules_dimension();

}  // namespace noctule
