#pragma once
// SPDX-License-Identifier: Apache-2.0
// RecordBuilder: a record from named values in any order. It puts together what formats write in parts (date and time,
// path and query) and says what is wrong with a value. Belongs to one parser; works on one line at a time.
#include "field_values.h"
#include "line_parser.h"
#include "role.h"
#include "zone_clock.h"

namespace noctule {

class RecordBuilder {
 public:
  explicit RecordBuilder(ZoneClock zone) : zone_(std::move(zone)) {}

  void begin(LogRecord& record, Scratch& scratch);
  // Takes one value, already unescaped. "-" and an empty one say nothing. Of two values for one role the first that says
  // something counts. False: problem says what was expected at the column.
  bool put(Role role, std::string_view value, size_t column, LineProblem& problem);
  void forget_address() { record_->address = {}; }
  // For time stamps that were read in place.
  TimeParts& time() { return time_; }
  // Whether the line said when it was.
  [[nodiscard]] bool has_time() const { return time_.has_instant || (time_.has_date && time_.has_clock); }
  // Completes the record's time and target.
  bool finish(LineProblem& problem);
  // Completes a record of a format without time, whose line was wrapped in one that has it.
  void finish_without_time();
  [[nodiscard]] const ZoneClock& zone() const { return zone_; }

 private:
  bool put_time(Role role, std::string_view value);
  void put_target(Role role, std::string_view value);
  void put_host_and_target(std::string_view value);
  void finish_time();

  ZoneClock zone_;
  LogRecord* record_ = nullptr;
  Scratch* scratch_ = nullptr;
  TimeParts time_;
  std::string_view path_, query_;
  bool is_url_ = false;  // the target came from a column that holds no query (Incapsula's cs-uri)
};

}  // namespace noctule
