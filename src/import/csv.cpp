// SPDX-License-Identifier: Apache-2.0
#include "csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace noctule {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(ByteInput& input, std::string name) : input_(input), name_(std::move(name)) {}

std::unexpected<Error> CsvReader::problem(std::string_view what) {
  failed_ = true;
  return fail(ErrorCode::InvalidInput, fmt::format("{} line {}: {}", name_, line_, what));
}

Result<size_t> CsvReader::read_more(size_t have) {
  auto got = input_.read(std::span(buffer_).subspan(have));
  if (!got) failed_ = true;
  return got;
}

Result<bool> CsvReader::fill() {
  NOCT_TRY(size_t have, read_more(0));
  // The mark may come in pieces.
  while (!begun_ && have > 0 && have < kByteOrderMark.size()) {
    NOCT_TRY(const size_t more, read_more(have));
    if (more == 0) break;
    have += more;
  }
  rest_ = {buffer_.data(), have};
  const bool marked = !begun_ && rest_.starts_with(kByteOrderMark);
  begun_ = true;
  if (!marked) return !rest_.empty();
  rest_.remove_prefix(kByteOrderMark.size());
  return rest_.empty() ? fill() : Result<bool>(true);
}

void CsvReader::begin_row() {
  values_.clear();
  ends_.clear();
  fields_.clear();
  state_ = State::FieldStart;
  quoted_ = false;
  row_line_ = line_;
}

Result<void> CsvReader::append(std::string_view bytes) {
  const size_t field_begin = ends_.empty() ? 0 : ends_.back();
  if (values_.size() - field_begin + bytes.size() > kCsvFieldBytesMax) {
    return problem(fmt::format("a field is longer than {} bytes", kCsvFieldBytesMax));
  }
  if (values_.size() + bytes.size() > kCsvRowBytesMax) return problem(fmt::format("a row is longer than {} bytes", kCsvRowBytesMax));
  values_.append(bytes);
  return {};
}

Result<void> CsvReader::end_field() {
  if (ends_.size() == kCsvFieldsMax) return problem(fmt::format("a row has more than {} fields", kCsvFieldsMax));
  ends_.push_back(values_.size());
  state_ = State::FieldStart;
  return {};
}

// Everything up to the next byte that means something, at once.
Result<void> CsvReader::take_run() {
  const size_t end = state_ == State::Quoted ? std::min(rest_.find('"'), rest_.size()) : std::min(rest_.find_first_of(",\r\n\""), rest_.size());
  const std::string_view run = rest_.substr(0, end);
  rest_.remove_prefix(end);
  if (state_ == State::Quoted) line_ += static_cast<uint64_t>(std::ranges::count(run, '\n'));
  return append(run);
}

// A comma or the end of a line, wherever a field may end.
Result<CsvReader::Step> CsvReader::take_separator(char c) {
  if (c == '\r') {
    state_ = State::AfterReturn;
    return Step::GoOn;
  }
  if (auto ended = end_field(); !ended) return std::unexpected(std::move(ended).error());
  if (c == ',') return Step::GoOn;
  ++line_;
  return Step::RowEnds;
}

Result<CsvReader::Step> CsvReader::take_char() {
  const char c = rest_.front();
  const bool separates = c == ',' || c == '\n' || c == '\r';
  if (state_ == State::AfterReturn) {
    if (c != '\n') return problem("a carriage return stands alone; expected a line feed after it");
    rest_.remove_prefix(1);
    return take_separator('\n');
  }
  if (state_ == State::Plain || state_ == State::FieldStart) {
    if (separates) {
      rest_.remove_prefix(1);
      return take_separator(c);
    }
    if (c == '"' && state_ == State::Plain) return problem("a quote stands inside a field without quotes");
  }
  if (state_ == State::QuoteInQuoted) {
    if (separates) {
      rest_.remove_prefix(1);
      return take_separator(c);
    }
    if (c != '"') return problem("something follows the quote that ends a field; expected a comma or the end of the line");
    state_ = State::Quoted;  // two quotes are one
    rest_.remove_prefix(1);
    if (auto put = append("\""); !put) return std::unexpected(std::move(put).error());
    return Step::GoOn;
  }
  if (c == '"') {
    state_ = state_ == State::Quoted ? State::QuoteInQuoted : State::Quoted;
    quoted_ = true;
    rest_.remove_prefix(1);
    return Step::GoOn;
  }
  if (state_ == State::FieldStart) state_ = State::Plain;
  if (auto put = take_run(); !put) return std::unexpected(std::move(put).error());
  return Step::GoOn;
}

bool CsvReader::is_blank_row() const { return ends_.size() == 1 && values_.empty() && !quoted_; }

void CsvReader::publish() {
  size_t begin = 0;
  for (const size_t end : ends_) {
    fields_.push_back(std::string_view(values_).substr(begin, end - begin));
    begin = end;
  }
}

Result<bool> CsvReader::end_of_input() {
  if (state_ == State::Quoted) return problem(fmt::format("the file breaks off inside a quoted field that began on line {}", row_line_));
  if (state_ == State::FieldStart && ends_.empty()) return false;
  if (auto ended = end_field(); !ended) return std::unexpected(std::move(ended).error());
  if (is_blank_row()) return false;
  publish();
  return true;
}

Result<bool> CsvReader::next() {
  begin_row();
  if (failed_) return false;
  while (true) {
    if (rest_.empty()) {
      NOCT_TRY(const bool more, fill());
      if (!more) return end_of_input();
    }
    NOCT_TRY(const Step step, take_char());
    if (step == Step::GoOn) continue;
    if (!is_blank_row()) {
      publish();
      return true;
    }
    begin_row();
  }
}

}  // namespace noctule
