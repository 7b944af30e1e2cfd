#pragma once
// SPDX-License-Identifier: Apache-2.0
// SqlText: a statement under construction. Text is ours, from tables and literals; whatever a question or a row says is bound.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "noctule/store/store.h"

namespace noctule {

class SqlText {
 public:
  SqlText() = default;
  explicit SqlText(std::string_view text) : sql_(text) {}
  SqlText& add(std::string_view text) {
    sql_ += text;
    return *this;
  }
  SqlText& add(const SqlText& other) {
    sql_ += other.sql_;
    parameters_.insert(parameters_.end(), other.parameters_.begin(), other.parameters_.end());
    return *this;
  }
  // A parameter, written as ?.
  SqlText& bind(Value value) {
    sql_ += '?';
    return note(std::move(value));
  }
  // A parameter whose ? is in text added already.
  SqlText& note(Value value) {
    parameters_.push_back(std::move(value));
    return *this;
  }
  // An instant (ms since 1970 UTC), and a day (days since then), as the tables' columns have them.
  SqlText& bind_instant(int64_t instant_ms);
  SqlText& bind_day(int64_t day);
  // "site = ? AND attribution = ?". Numbers have their columns' own types: DuckDB otherwise widens the column, row by row, and leaves
  // out no row group by its smallest and largest value.
  SqlText& of_site(uint32_t site, int attribution);
  SqlText& bind_small(int64_t number) { return add("CAST(").bind(number).add(" AS USMALLINT)"); }
  [[nodiscard]] const std::string& text() const { return sql_; }
  [[nodiscard]] const std::vector<Value>& parameters() const { return parameters_; }
  [[nodiscard]] bool empty() const { return sql_.empty(); }
  // The statement, which takes everything with it.
  [[nodiscard]] Statement statement() { return {std::move(sql_), std::move(parameters_)}; }

 private:
  std::string sql_;
  std::vector<Value> parameters_;
};

// "1, 2, 3": the first columns, to group by.
[[nodiscard]] std::string positions(size_t count);

}  // namespace noctule
