// SPDX-License-Identifier: Apache-2.0
#include "file_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "noctule/analyze/codes.h"

namespace noctule {
namespace {

// Above this share of lines that were not read, a log is another one than its format says, or a damaged one.
constexpr double kManyUnread = 0.1;

double share(uint64_t part, uint64_t whole) { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }

// Whole percents, but never 0 or 100 for some.
std::string percent(uint64_t part, uint64_t whole) {
  const double rounded = std::round(100 * share(part, whole));
  return fmt::format("{:.0f}", part == whole ? 100.0 : std::clamp(rounded, 1.0, 99.0));
}

}  // namespace

void warn_of_file(const Input& input, const FileTotals& totals, std::vector<Warning>& warnings) {
  const std::string path = input.shown_path();
  const auto warn = [&](std::string_view code, std::vector<std::string> args) { warnings.push_back({std::string(code), std::move(args)}); };
  for (const std::string& other : input.other_names()) warn(warning::kSameFileTwice, {other, path});
  if (!input.begins_like().empty()) warn(warning::kSameFirstLines, {path, input.begins_like()});
  const uint64_t read = totals.lines - totals.unparsed - totals.ignored;
  if (totals.lines == 0 && totals.error.empty()) warn(warning::kEmptyInput, {path});
  if (totals.lines > 0 && totals.ignored == totals.lines) warn(warning::kNoRequests, {path, std::to_string(totals.lines)});
  if (share(totals.unparsed, totals.lines) >= kManyUnread) warn(warning::kManyUnread, {path, percent(totals.unparsed, totals.lines)});
  // A line of a self-describing log that lacks a column says nothing in it; that is no column for part of the lines.
  if (input.is_self_describing()) return;
  if (totals.has_referrer() && totals.without_referrer_column > 0) {
    warn(warning::kPartlyNoReferrerField, {path, percent(totals.without_referrer_column, read)});
  }
  if (totals.has_user_agent() && totals.without_user_agent_column > 0) {
    warn(warning::kPartlyNoUserAgentField, {path, percent(totals.without_user_agent_column, read)});
  }
}

Result<void> check_that_any_line_was_read(const Engine& engine) {
  uint64_t lines = 0, unparsed = 0, ignored = 0;
  for (const FileTotals& totals : engine.file_totals()) {
    lines += totals.lines;
    unparsed += totals.unparsed;
    ignored += totals.ignored;
  }
  // A line that is not a request's is none that failed, but where most failed and none was read it makes no log.
  const bool any_read = unparsed + ignored < lines, most_failed = unparsed > ignored;
  if (any_read || !most_failed || engine.unparsed_examples().empty()) return {};
  const UnparsedExample& first = engine.unparsed_examples().front();
  const auto input = std::ranges::find(engine.inputs(), first.file, &Input::shown_path);
  return fail(ErrorCode::Unsupported,
              fmt::format("none of {} lines could be read as {}; {} line {}: {}: expected is {}. Without --format the "
                          "format is found by itself",
                          unparsed, input == engine.inputs().end() ? "given" : input->format_name(), first.file, first.line,
                          first.field, first.expected));
}

}  // namespace noctule
