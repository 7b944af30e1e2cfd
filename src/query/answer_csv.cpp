// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "answer_text.h"
#include "noctule/base/csv_writer.h"

namespace noctule {
namespace {

void write_value(CsvWriter& csv, const MetricValue& value) {
  if (const auto* whole = std::get_if<int64_t>(&value)) return csv.number(*whole);
  if (const auto* real = std::get_if<double>(&value)) return csv.number(*real);
  const auto* money = std::get_if<Money>(&value);
  csv.cell(money == nullptr ? "" : fmt::format("{:.2f}", money->amount));
}

}  // namespace

std::string to_csv(const Question& question, const Answer& answer) {
  CsvWriter csv;
  for (const DimensionUse& use : question.dimensions) csv.text(use.name());
  for (const Metric* metric : question.metrics) {
    csv.cell(metric->name);
    if (metric->shape == MetricShape::Revenue) csv.cell(fmt::format("{}_currency", metric->name));
  }
  csv.end_row();
  for (const AnswerRow& row : answer.rows) {
    for (const std::string& value : row.dimensions) csv.text(value);
    for (size_t i = 0; i < row.metrics.size(); ++i) {
      write_value(csv, row.metrics[i]);
      if (question.metrics[i]->shape != MetricShape::Revenue) continue;
      const auto* money = std::get_if<Money>(&row.metrics[i]);
      csv.text(money == nullptr ? std::string_view() : std::string_view(money->currency));
    }
    csv.end_row();
  }
  return csv.take();
}

}  // namespace noctule
