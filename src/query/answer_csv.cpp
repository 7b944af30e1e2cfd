// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "answer_text.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kCellBytesMax = 4'096;

class CsvLines {
 public:
  // Values come from whoever visited: what begins like a formula (OWASP, "CSV Injection") gets an apostrophe before it.
  void text(std::string_view bytes) {
    std::string clean = printable(bytes, kCellBytesMax);
    const size_t first = clean.find_first_not_of(' ');
    if (first != std::string::npos && std::string_view("=+-@").find(clean[first]) != std::string_view::npos) clean = fmt::format("'{}", clean);
    cell(clean);
  }
  void value(const MetricValue& value) {
    if (const auto* whole = std::get_if<int64_t>(&value)) return cell(std::to_string(*whole));
    if (const auto* real = std::get_if<double>(&value)) return cell(fmt::format("{}", *real));
    const auto* money = std::get_if<Money>(&value);
    cell(money == nullptr ? "" : fmt::format("{:.2f}", money->amount));
  }
  void cell(std::string_view content) {
    if (!first_) out_ += ',';
    first_ = false;
    if (content.find_first_of(",\"\r\n") == std::string_view::npos) {
      out_ += content;
      return;
    }
    out_ += '"';
    for (const char c : content) out_.append(c == '"' ? 2 : 1, c);
    out_ += '"';
  }
  void end_line() {
    out_ += "\r\n";
    first_ = true;
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
  bool first_ = true;
};

}  // namespace

std::string to_csv(const Question& question, const Answer& answer) {
  CsvLines csv;
  for (const DimensionUse& use : question.dimensions) csv.text(use.name());
  for (const Metric* metric : question.metrics) {
    csv.cell(metric->name);
    if (metric->shape == MetricShape::Revenue) csv.cell(fmt::format("{}_currency", metric->name));
  }
  csv.end_line();
  for (const AnswerRow& row : answer.rows) {
    for (const std::string& value : row.dimensions) csv.text(value);
    for (size_t i = 0; i < row.metrics.size(); ++i) {
      csv.value(row.metrics[i]);
      if (question.metrics[i]->shape != MetricShape::Revenue) continue;
      const auto* money = std::get_if<Money>(&row.metrics[i]);
      csv.text(money == nullptr ? std::string_view() : std::string_view(money->currency));
    }
    csv.end_line();
  }
  return csv.take();
}

}  // namespace noctule
