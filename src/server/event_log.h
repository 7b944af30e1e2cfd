#pragma once
// SPDX-License-Identifier: Apache-2.0
// EventLog: one line of JSON for each thing an operator may want to know, {"time":"...","level":"info","event":"started","port":8000}.
// It never holds an address, a URL, a user agent or a name of a person. Any thread.
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "noctule/base/result.h"

namespace noctule {

enum class LogLevel : uint8_t { Debug, Info, Warning, Error };
[[nodiscard]] std::optional<LogLevel> log_level_named(std::string_view name);  // "debug", "info", "warning", "error"

struct LogField {
  std::string_view name;
  std::variant<std::string, int64_t> value;
};

class EventLog {
 public:
  // path: a file that is appended to and opened anew by reopen(); "-" is stderr. Error: Io.
  static Result<std::unique_ptr<EventLog>> open(const std::string& path, LogLevel level);
  ~EventLog();
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
  void set_level(LogLevel level);
  void reopen();  // after the file was moved away

 private:
  EventLog();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noctule
