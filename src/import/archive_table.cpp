// SPDX-License-Identifier: Apache-2.0
#include "archive_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr uint64_t kProgressStepBytes = 1U << 20;
constexpr size_t kValueShownMax = 60, kColumnShownMax = 40, kColumnsShown = 20;

// The letters and digits of a column's name.
std::string key_of(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c != ' ' && c != '_' && c != '-') out += to_lower(c);
  }
  return out;
}

// Takes exactly this many digits.
std::optional<int> take_digits(std::string_view& text, size_t count) {
  if (text.size() < count || !std::ranges::all_of(text.substr(0, count), is_digit)) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, count)) value = value * 10 + (c - '0');
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<CivilTime> take_day(std::string_view& text) {
  CivilTime civil;
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  civil.year = *year;
  civil.month = *month;
  civil.day = *day;
  return civil;
}

bool take_clock(std::string_view& text, CivilTime& civil) {
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return false;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ':')) return false;
  const auto second = take_digits(text, 2);
  if (!second) return false;
  civil.hour = *hour;
  civil.minute = *minute;
  civil.second = *second;
  if (!take(text, '.')) return true;
  int factor = 100;
  if (text.empty() || !is_digit(text.front())) return false;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), factor /= 10) civil.millisecond += factor * (text.front() - '0');
  return true;
}

// Z, +02, +0200, +02:00 or nothing, in minutes.
std::optional<int> take_offset(std::string_view& text) {
  if (text.empty() || take(text, 'Z') || text == " UTC") {
    text = {};
    return 0;
  }
  const bool behind = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours) return std::nullopt;
  const bool has_minutes = take(text, ':') || !text.empty();
  const int minutes = !has_minutes ? 0 : take_digits(text, 2).value_or(60);
  if (*hours > 18 || minutes > 59) return std::nullopt;
  return (behind ? -1 : 1) * (*hours * 60 + minutes);
}

// Counts what is read through it.
class CountedInput final : public ByteInput {
 public:
  CountedInput(std::unique_ptr<ByteInput> input, ArchiveProgress* progress) : input_(std::move(input)), progress_(progress) {}
  Result<size_t> read(std::span<char> into) override {
    auto got = input_->read(into);
    if (got && progress_ != nullptr) progress_->add(*got);
    return got;
  }

 private:
  std::unique_ptr<ByteInput> input_;
  ArchiveProgress* progress_;
};

}  // namespace

void ArchiveProgress::add(uint64_t bytes) {
  done_ = std::min(done_ + bytes, std::max(total_, done_));  // a packed file gives more than it takes on the disk
  if (!say_ || done_ - said_ < kProgressStepBytes) return;
  said_ = done_;
  say_(done_, total_);
}

void ArchiveProgress::finish() {
  if (say_) say_(total_, total_);
}

struct TableReader::State {
  State(std::unique_ptr<ByteInput> from, ArchiveProgress* progress, const std::string& shown) : input(std::move(from), progress), csv(input, shown) {}
  CountedInput input;
  CsvReader csv;
};

TableReader::TableReader() = default;
TableReader::TableReader(TableReader&&) noexcept = default;
TableReader& TableReader::operator=(TableReader&&) noexcept = default;
TableReader::~TableReader() = default;

Result<TableReader> TableReader::open(const ArchiveSource& source, const ArchiveFile& file, ArchiveProgress* progress) {
  NOCT_TRY(auto input, source.open_file(file));
  TableReader table;
  table.state_ = std::make_unique<State>(std::move(input), progress, file.shown);
  NOCT_TRY(const bool begun, table.state_->csv.next());
  if (!begun) return fail(ErrorCode::InvalidInput, fmt::format("{}: is empty; expected a first line with the names of columns", file.shown));
  for (const std::string_view field : table.state_->csv.fields()) table.columns_.push_back(printable(trim(field), kColumnShownMax));
  return table;
}

const std::string& TableReader::name() const { return state_->csv.name(); }

int TableReader::find(std::string_view column) const {
  const std::string wanted = key_of(column);
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (key_of(columns_[i]) == wanted) return static_cast<int>(i);
  }
  return -1;
}

Result<int> TableReader::need(std::string_view column) const {
  const int found = find(column);
  if (found >= 0) return found;
  const auto shown = std::span(columns_).first(std::min(columns_.size(), kColumnsShown));
  return fail(ErrorCode::InvalidInput, fmt::format("{} line 1: has no column \"{}\"; it has {}", name(), column, fmt::join(shown, ", ")));
}

Result<bool> TableReader::next() {
  NOCT_TRY(const bool more, state_->csv.next());
  if (!more) return false;
  if (const size_t fields = state_->csv.fields().size(); fields != columns_.size()) {
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} line {}: has {} fields, expected {} as on line 1", name(), state_->csv.line(), fields, columns_.size()));
  }
  return true;
}

std::string_view TableReader::text(int column) const {
  return column < 0 ? std::string_view() : state_->csv.fields()[static_cast<size_t>(column)];
}

std::unexpected<Error> TableReader::problem(int column, std::string_view expected) const {
  NOCT_ASSERT(column >= 0);
  return fail(ErrorCode::InvalidInput, fmt::format("{} line {}: {} is \"{}\", expected {}", name(), state_->csv.line(),
                                                   columns_[static_cast<size_t>(column)], printable(text(column), kValueShownMax), expected));
}

Result<uint64_t> TableReader::count(int column, uint64_t max) const {
  const std::string_view value = text(column);
  if (value.empty()) return uint64_t{0};
  const auto number = parse_decimal(value);
  if (!number || *number > max) return problem(column, fmt::format("a whole number up to {}", max));
  return *number;
}

Result<int64_t> TableReader::day(int column) const {
  const auto read = read_day(text(column));
  if (!read) return problem(column, "a date like 2026-03-01");
  return *read;
}

std::optional<int64_t> read_day(std::string_view text) {
  const auto civil = take_day(text);
  if (!civil || !text.empty() || !is_valid_civil(*civil)) return std::nullopt;
  return days_from_civil(civil->year, civil->month, civil->day);
}

std::optional<int64_t> read_instant(std::string_view text) {
  auto civil = take_day(text);
  if (!civil || (!take(text, ' ') && !take(text, 'T')) || !take_clock(text, *civil) || !is_valid_civil(*civil)) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return instant_ms_from_civil(*civil, *offset);
}

}  // namespace noctule
