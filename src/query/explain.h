#pragma once
// SPDX-License-Identifier: Apache-2.0
// explain: which rules of data/ stand behind the rows of an answer, and how many visits each of them judged.
#include "answer.h"

namespace noctule {

// Fills the rules of the answer's rows. Error: InvalidInput, more than kExplainedRowsMax rows.
[[nodiscard]] Result<void> explain_rows(const Question& question, const AnswerContext& context, Store& store, Answer& answer);

}  // namespace noctule
