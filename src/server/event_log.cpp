// SPDX-License-Identifier: Apache-2.0
#include "event_log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <mutex>

#include "noctule/http/message.h"

namespace noctule {
namespace {

// The line is complete JSON but for what spdlog knows: the time and the level.
constexpr const char* kPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return spdlog::level::debug;
    case LogLevel::Info: return spdlog::level::info;
    case LogLevel::Warning: return spdlog::level::warn;
    case LogLevel::Error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

std::optional<LogLevel> log_level_named(std::string_view name) {
  if (name == "debug") return LogLevel::Debug;
  if (name == "info") return LogLevel::Info;
  if (name == "warning") return LogLevel::Warning;
  if (name == "error") return LogLevel::Error;
  return std::nullopt;
}

struct EventLog::State {
  std::string path;
  std::mutex mutex;  // of the logger while it is replaced
  std::shared_ptr<spdlog::logger> logger;  // spdlog hands it out shared

  Result<void> open() {
    try {
      spdlog::sink_ptr sink;
      if (path == "-") {
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
      } else {
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
      }
      auto made = std::make_shared<spdlog::logger>("noctule", sink);
      made->set_formatter(std::make_unique<spdlog::pattern_formatter>(kPattern, spdlog::pattern_time_type::utc));
      made->flush_on(spdlog::level::debug);
      if (logger) made->set_level(logger->level());
      const std::lock_guard lock(mutex);
      logger = std::move(made);
    } catch (const spdlog::spdlog_ex& error) {
      return fail(ErrorCode::Io, fmt::format("{}: the log cannot be written: {}", path, error.what()));
    }
    return {};
  }
};

EventLog::EventLog() : state_(std::make_unique<State>()) {}
EventLog::~EventLog() = default;

Result<std::unique_ptr<EventLog>> EventLog::open(const std::string& path, LogLevel level) {
  std::unique_ptr<EventLog> log(new EventLog());
  log->state_->path = path;
  if (auto opened = log->state_->open(); !opened) return std::unexpected(opened.error());
  log->set_level(level);
  return log;
}

void EventLog::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  std::shared_ptr<spdlog::logger> logger;
  {
    const std::lock_guard lock(state_->mutex);
    logger = state_->logger;
  }
  if (!logger->should_log(spdlog_level(level))) return;
  std::string line = fmt::format("\"event\":{}", json_quoted(event));
  for (const LogField& field : fields) {
    const auto* number = std::get_if<int64_t>(&field.value);
    line += fmt::format(",{}:{}", json_quoted(field.name), number ? fmt::to_string(*number) : json_quoted(std::get<std::string>(field.value)));
  }
  logger->log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

void EventLog::set_level(LogLevel level) { state_->logger->set_level(spdlog_level(level)); }

void EventLog::reopen() {
  if (state_->path != "-") static_cast<void>(state_->open());  // what cannot be opened leaves the old one in use
}

}  // namespace noctule
