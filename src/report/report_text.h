#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the analysis says in a language, before any layout: the sentences of the headline, names of apps, plain words for
// codes. Shared by the terminal and the HTML report, so that both say the same. Pure functions.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/analyze/analysis.h"
#include "noctule/report/messages.h"

namespace noctule {

// How much the estimate allows to be said. AtLeast: evidence shows some, and there is no upper end.
enum class Verdict { Empty, NoSign, Exact, AtLeast, Wide, Range, NotEnough };
[[nodiscard]] Verdict verdict_of(const Analysis& analysis);
[[nodiscard]] std::string headline_text(Language language, const Analysis& analysis);

// "That is 14% to 40% of all visits."; empty when there is no range to speak of.
[[nodiscard]] std::string share_text(Language language, const Analysis& analysis);

// How much of what GA4 would call Direct came by private shares; empty when GA4 would call nothing so.
[[nodiscard]] std::string direct_text(Language language, const Analysis& analysis);

// Whether evidence shows that arrivals came by private shares, whether they may have, or neither.
enum class Privacy { Shown, Possible, None };
[[nodiscard]] Privacy privacy_of(const CubeRow& row);

// The same visits, counted by GA4's channels and by what happened, the most first; the latter by privacy first.
struct Ga4Part {
  Ga4Said ga4;
  uint64_t arrivals = 0;
};
struct ChannelPart {
  Channel channel = Channel::Direct;
  Privacy privacy = Privacy::None;
  uint64_t arrivals = 0;
};
[[nodiscard]] std::vector<Ga4Part> ga4_parts(const Analysis& analysis);
[[nodiscard]] std::vector<ChannelPart> channel_parts(const Analysis& analysis);
[[nodiscard]] std::string ga4_text(Language language, Ga4Said ga4);
[[nodiscard]] std::string channel_text(Language language, const ChannelPart& part);

// Visits to home and section pages without a source: direct by all that a log tells, and yet some may have been shared. The
// pages that have some; where all are meant, whether there are any.
[[nodiscard]] std::set<std::string_view> pages_with_direct(const Analysis& analysis);
[[nodiscard]] bool has_direct(const Analysis& analysis);

// Whether any file tells which program asked: without, no preview fetch can be seen.
[[nodiscard]] bool knows_user_agents(const Analysis& analysis);

// The name of an app that an id stands for; the id itself when the analysis does not name it. Fit to be shown.
[[nodiscard]] std::string app_name(Language language, const Analysis& analysis, std::string_view id);

// message_of_code with arguments that came out of a log, fit to be shown.
[[nodiscard]] std::string code_text(Language language, std::string_view family, std::string_view code,
                                    const std::vector<std::string>& args = {});
[[nodiscard]] std::vector<std::string> doubt_texts(Language language, const Analysis& analysis);

// "116 strong", agreeing in number where the language wants it.
[[nodiscard]] std::string grade_count_text(Language language, Grade grade, uint64_t count);

// What a rule says. Rules that are rows of a table ("referrer t.co: X") are put into the language by their shape; a
// parameter's own description, which only the table has, stays in English.
[[nodiscard]] std::string rule_text(Language language, const ExplainedArrival::Rule& rule);

// "812+": more of it may be among what has no source.
[[nodiscard]] std::string at_least_text(Language language, std::string_view number);

}  // namespace noctule
