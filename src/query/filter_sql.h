#pragma once
// SPDX-License-Identifier: Apache-2.0
// filter_sql: filters as conditions, with every value bound.
#include "events_sql.h"
#include "question.h"
#include "sql_text.h"

namespace noctule {

// The text of a dimension, over the columns of events.
[[nodiscard]] SqlText dimension_sql(const DimensionUse& use, const Dialect& dialect);

// A simple filter over an expression that holds its dimension's text.
[[nodiscard]] SqlText simple_filter_sql(const Filter& filter, const SqlText& text, const Dialect& dialect);

// All of the filters, over the columns of events; empty when there is none. scope: the events in which behavioral ones look.
[[nodiscard]] SqlText filters_sql(const std::vector<Filter>& filters, const Scope& scope, const Dialect& dialect);

}  // namespace noctule
