#pragma once
// SPDX-License-Identifier: Apache-2.0
// answer_text: an answer as JSON, in the shape of Plausible's, and as CSV (RFC 4180). Pure functions.
#include <string>
#include <vector>

#include "answer.h"
#include "question_parser.h"
#include "zone.h"

namespace noctule {

struct AnswerMeta {
  std::vector<std::string> time_labels;
  std::string imports_skipped;        // why archives were not counted; empty: they were
  int64_t withheld_below = 0;
};

[[nodiscard]] std::string to_json(const ParsedQuestion& parsed, const Answer& answer, const AnswerMeta& meta, const Zone& zone);
// A header line, then a row each. A cell that a spreadsheet would take for a formula begins with an apostrophe.
[[nodiscard]] std::string to_csv(const Question& question, const Answer& answer);

}  // namespace noctule
