// SPDX-License-Identifier: Apache-2.0
#include "record_builder.h"

namespace noctule {
namespace {

bool keep_first(std::string_view& field, std::string_view value) {
  if (field.empty()) field = value;
  return true;
}

bool keep_status(LogRecord& record, std::string_view value) {
  uint16_t status = 0;
  if (!read_status(value, status)) return false;
  if (record.status == 0) record.status = status;
  return true;
}

bool keep_bytes(LogRecord& record, std::string_view value) {
  if (record.bytes >= 0) return true;
  if (value.starts_with('+')) value.remove_prefix(1);  // HAProxy's mark of a count that was logged early
  return read_bytes(value, record.bytes);
}

bool keep_address(LogRecord& record, std::string_view value) {
  if (!record.address.empty()) return true;
  return read_address(value, record);
}

bool keep_method(LogRecord& record, std::string_view value) {
  if (is_method(value)) keep_first(record.method, value);
  return true;  // what is no method came from something that spoke no HTTP
}

}  // namespace

void RecordBuilder::begin(LogRecord& record, Scratch& scratch) {
  record_ = &record;
  scratch_ = &scratch;
  time_ = TimeParts{};
  path_ = query_ = {};
  is_url_ = false;
}

bool RecordBuilder::put(Role role, std::string_view value, size_t column, LineProblem& problem) {
  if (role == Role::Ignored) return true;
  if (value.empty() || value == "-") return true;
  LogRecord& record = *record_;
  bool good = true;
  switch (role) {
    case Role::AnyTime:
    case Role::Date:
    case Role::Clock:
    case Role::LocalDate:
    case Role::LocalClock: good = put_time(role, value); break;
    case Role::Address: good = keep_address(record, value); break;
    case Role::ForwardedFor: keep_first(record.forwarded_for, value); break;
    case Role::Request:
      if (value[0] == '/') put_target(Role::Target, value);
      else read_request(value, record);
      break;
    case Role::Method: good = keep_method(record, value); break;
    case Role::Protocol: keep_first(record.protocol, value); break;
    case Role::Host: keep_first(record.host, read_host(value)); break;
    case Role::Scheme: keep_first(record.scheme, value); break;
    case Role::Status: good = keep_status(record, value); break;
    case Role::Bytes: good = keep_bytes(record, value); break;
    case Role::Referrer: keep_first(record.referrer, value); break;
    case Role::UserAgent: keep_first(record.user_agent, value); break;
    case Role::RequestedWith: keep_first(record.requested_with, value); break;
    case Role::Purpose: keep_first(record.purpose, value); break;
    case Role::Target:
    case Role::Path:
    case Role::Query:
    case Role::Url:
    case Role::HostAndTarget: put_target(role, value); break;
    case Role::Ignored: break;
  }
  if (!good) problem = problem_of(role, column);
  return good;
}

bool RecordBuilder::put_time(Role role, std::string_view value) {
  if (role == Role::AnyTime) {
    if (has_time()) return true;
    TimeParts parts;
    if (read_any_time(value, parts) != value.size()) return false;
    time_ = parts;
    return true;
  }
  if (role == Role::Date || role == Role::Clock) time_.has_offset = true;  // of 0 minutes: UTC
  const bool is_date = role == Role::Date || role == Role::LocalDate;
  return (is_date ? read_date(value, time_) : read_clock(value, time_)) == value.size();
}

void RecordBuilder::put_target(Role role, std::string_view value) {
  switch (role) {
    case Role::Path: keep_first(path_, value); break;
    case Role::Query: keep_first(query_, value); break;
    case Role::HostAndTarget: put_host_and_target(value); break;
    case Role::Url:
      is_url_ = true;
      if (value[0] != '/' && value.find("://") == std::string_view::npos) put_host_and_target(value);
      else if (record_->target.empty()) read_target(value, *record_);
      break;
    default:
      if (record_->target.empty()) read_target(value, *record_);
  }
}

// "www.example.org/page?x=1"
void RecordBuilder::put_host_and_target(std::string_view value) {
  const size_t slash = value.find('/');
  keep_first(record_->host, read_host(value.substr(0, slash)));
  keep_first(record_->target, slash == std::string_view::npos ? std::string_view("/") : value.substr(slash));
}

void RecordBuilder::finish_time() {
  LogRecord& record = *record_;
  if (time_.has_instant) {
    record.instant_ms = time_.instant_ms + time_.civil.millisecond;  // a fraction of its own directive
    record.offset_minutes = time_.offset_minutes;
  } else if (time_.has_offset) {
    record.instant_ms = instant_ms_from_civil(time_.civil, time_.offset_minutes);
    record.offset_minutes = time_.offset_minutes;
  } else {
    const Stamp stamp = zone_.read(time_.civil);
    record.instant_ms = stamp.instant_ms;
    record.offset_minutes = stamp.offset_minutes;
  }
}

bool RecordBuilder::finish(LineProblem& problem) {
  if (!has_time() || (!time_.has_instant && !is_valid_civil(time_.civil))) {
    problem = problem_of(Role::AnyTime, 0);
    return false;
  }
  finish_time();
  finish_without_time();
  return true;
}

void RecordBuilder::finish_without_time() {
  LogRecord& record = *record_;
  const bool lacks_target = record.target.empty();
  if (lacks_target && !path_.empty()) read_target(path_, record);
  // A request line or a full target holds the query already.
  if (!query_.empty() && !record.target.empty() && record.target.find('?') == std::string_view::npos &&
      (lacks_target || is_url_)) {
    record.target = scratch_->join_target(record.target, query_);
  }
}

}  // namespace noctule
