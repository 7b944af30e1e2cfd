#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the analysis says in a language, before any layout: the sentences of the headline, names of apps, plain words for
// codes. Shared by the terminal and the HTML report, so that both say the same. Pure functions.
#include <string>
#include <string_view>
#include <vector>

#include "noctule/analyze/analysis.h"
#include "noctule/report/messages.h"

namespace noctule {

// How much the estimate allows to be said.
enum class Verdict { Empty, NoSign, Exact, Wide, Range, NotEnough };
[[nodiscard]] Verdict verdict_of(const Analysis& analysis);
[[nodiscard]] std::string headline_text(Language language, const Analysis& analysis);

// "That is 14% to 40% of all visits."; empty when there is no range to speak of.
[[nodiscard]] std::string share_text(Language language, const Analysis& analysis);

// Arrivals that GA4 files under Direct although evidence of a private share stands behind them. From the cube.
[[nodiscard]] uint64_t private_but_direct(const Analysis& analysis);

// Whether a channel holds private shares for certain, may hold some, or holds none.
enum class Privacy { Shown, Possible, None };
[[nodiscard]] Privacy privacy_of(Channel channel);

// The name of an app that an id stands for; the id itself when the analysis does not name it. Fit to be shown.
[[nodiscard]] std::string app_name(const Analysis& analysis, std::string_view id);

// message_of_code with arguments that came out of a log, fit to be shown.
[[nodiscard]] std::string code_text(Language language, std::string_view family, std::string_view code,
                                    const std::vector<std::string>& args = {});
[[nodiscard]] std::vector<std::string> doubt_texts(Language language, const Analysis& analysis);

// What a rule says. Rules that are rows of a table ("referrer t.co: X") are put into the language by their shape; a
// parameter's own description, which only the table has, stays in English.
[[nodiscard]] std::string rule_text(Language language, const ExplainedArrival::Rule& rule);

// Evidence-backed arrivals are all that is known of a private channel: "812 or more".
[[nodiscard]] std::string at_least_text(Language language, uint64_t count);

}  // namespace noctule
