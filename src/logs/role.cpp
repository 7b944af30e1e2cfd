// SPDX-License-Identifier: Apache-2.0
#include "role.h"

namespace noctule {

std::optional<Field> field_of(Role role) {
  switch (role) {
    case Role::Ignored: return std::nullopt;
    case Role::AnyTime:
    case Role::Date:
    case Role::Clock:
    case Role::LocalDate:
    case Role::LocalClock: return Field::Time;
    case Role::Address: return Field::Address;
    case Role::ForwardedFor: return Field::ForwardedFor;
    case Role::Request:
    case Role::Target:
    case Role::Path:
    case Role::Query:
    case Role::HostAndTarget:
    case Role::Url: return Field::Target;
    case Role::Method: return Field::Method;
    case Role::Protocol: return Field::Protocol;
    case Role::Host: return Field::Host;
    case Role::Scheme: return Field::Scheme;
    case Role::Status: return Field::Status;
    case Role::Bytes: return Field::Bytes;
    case Role::Referrer: return Field::Referrer;
    case Role::UserAgent: return Field::UserAgent;
    case Role::RequestedWith: return Field::RequestedWith;
    case Role::Purpose: return Field::Purpose;
  }
  return std::nullopt;
}

void add_fields_of(Role role, FieldSet& set) {
  if (const auto field = field_of(role)) set.add(*field);
  if (role == Role::Request) set.add(Field::Method), set.add(Field::Protocol);
  if (role == Role::HostAndTarget || role == Role::Url) set.add(Field::Host);
  if (role == Role::Url) set.add(Field::Scheme);
}

LineProblem problem_of(Role role, size_t column) {
  switch (role) {
    case Role::AnyTime: return {"time", "a date and a time of day, or seconds since 1970", column};
    case Role::Date:
    case Role::LocalDate: return {"date", "year-month-day", column};
    case Role::Clock:
    case Role::LocalClock: return {"time", "hh:mm:ss", column};
    case Role::Address: return {"address", "an address or a host name", column};
    case Role::ForwardedFor: return {"forwarded for", "a list of addresses", column};
    case Role::Method: return {"method", "an HTTP method", column};
    case Role::Status: return {"status", "three digits", column};
    case Role::Bytes: return {"bytes", "a number or -", column};
    case Role::Host: return {"host", "a host name", column};
    case Role::Referrer: return {"referrer", "a referrer", column};
    case Role::UserAgent: return {"user agent", "a user agent", column};
    case Role::Protocol: return {"protocol", "a protocol", column};
    case Role::Scheme: return {"scheme", "http or https", column};
    case Role::RequestedWith: return {"requested with", "the value of X-Requested-With", column};
    case Role::Purpose: return {"purpose", "the value of Sec-Purpose", column};
    case Role::Request: return {"request", "a request line", column};
    case Role::Target:
    case Role::Path:
    case Role::Query:
    case Role::HostAndTarget:
    case Role::Url: return {"target", "a path or an address of a page", column};
    case Role::Ignored: break;
  }
  return {"field", "a value", column};
}

}  // namespace noctule
