// SPDX-License-Identifier: Apache-2.0
#include "pattern.h"

#include <fmt/format.h>

#include <algorithm>

namespace noctule {
namespace {

using Kind = Piece::Kind;

struct HeaderRole {
  std::string_view name;
  Role role;
};
// The headers in which proxies hand the visitor's address on are one column: who may be believed is not the log's to say.
constexpr HeaderRole kHeaders[] = {
    {"referer", Role::Referrer},           {"referrer", Role::Referrer},         {"user-agent", Role::UserAgent},
    {"host", Role::Host},                  {"x-forwarded-for", Role::ForwardedFor}, {"x-real-ip", Role::ForwardedFor},
    {"cf-connecting-ip", Role::ForwardedFor}, {"true-client-ip", Role::ForwardedFor}, {"x-client-ip", Role::ForwardedFor},
    {"x-requested-with", Role::RequestedWith}, {"sec-purpose", Role::Purpose},     {"purpose", Role::Purpose},
    {"x-moz", Role::Purpose},              {"x-forwarded-proto", Role::Scheme},
};

bool is_value(const Piece& piece) { return piece.kind != Kind::Literal; }
bool is_role(const Piece& piece, Role role) { return piece.kind == Kind::Value && piece.role == role; }
bool ends_by_itself(const Piece& piece) { return piece.kind == Kind::AnyTime || piece.kind == Kind::CustomTime; }

void join(Piece& into, const Piece& from, Role role) {
  into.text += from.text;
  into.role = role;
}

// The pieces one by one onto a new list, each joined with what stands there already where the two are one value.
std::vector<Piece> join_neighbours(std::vector<Piece> pieces) {
  std::vector<Piece> joined;
  for (size_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    Piece* const last = joined.empty() ? nullptr : &joined.back();
    const bool is_port_colon = piece.kind == Kind::Literal && piece.text == ":" && i + 1 < pieces.size() &&
                               pieces[i + 1].kind == Kind::Port;
    if (last != nullptr && is_port_colon && (is_role(*last, Role::Host) || is_role(*last, Role::Address))) {
      ++i;  // both values may come with a port
    } else if (last != nullptr && is_role(*last, Role::Path) && (piece.kind == Kind::IsArgs || is_role(piece, Role::Query))) {
      join(*last, piece, is_role(piece, Role::Query) ? Role::Target : Role::Path);
    } else if (last != nullptr && is_role(*last, Role::Host) && (is_role(piece, Role::Target) || is_role(piece, Role::Path))) {
      join(*last, piece, Role::HostAndTarget);
    } else if (last != nullptr && is_role(*last, Role::HostAndTarget) &&
               (piece.kind == Kind::IsArgs || is_role(piece, Role::Query))) {
      join(*last, piece, Role::HostAndTarget);
    } else {
      joined.push_back(std::move(piece));
    }
  }
  for (Piece& piece : joined) {
    if (piece.kind == Kind::Port || piece.kind == Kind::IsArgs) piece.kind = Kind::Value;
  }
  return joined;
}

std::unexpected<Error> refuse(const Piece& piece, std::string_view why) {
  return fail(ErrorCode::InvalidInput,
              fmt::format("format string, character {}: {} {}", piece.place, printable(piece.text, 60), why));
}

// What the conversions of all pieces of the time tell together.
bool tells_whole_time(const std::vector<Piece>& pieces) {
  std::string told;
  for (const Piece& piece : pieces) {
    if (piece.kind == Kind::AnyTime) return true;
    for (const TimeItem& item : piece.time_items) {
      if (item.conversion != '\0') told.push_back(item.conversion);
    }
  }
  const auto has_any = [&](std::string_view of) { return told.find_first_of(of) != std::string::npos; };
  return has_any("s") || (has_any("de") && has_any("mbBh") && has_any("yY") && has_any("HkIl") && has_any("M") && has_any("S"));
}

bool tells_target(const std::vector<Piece>& pieces) {
  return std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
    return is_value(piece) && (piece.role == Role::Request || piece.role == Role::Target || piece.role == Role::Path ||
                               piece.role == Role::HostAndTarget);
  });
}

}  // namespace

Role role_of_header(std::string_view name) {
  for (const HeaderRole& row : kHeaders) {
    if (equals_ignoring_case(row.name, name)) return row.role;
  }
  return Role::Ignored;
}

void add_literal(Pattern& pattern, std::string_view text, size_t place) {
  if (pattern.pieces.empty() || pattern.pieces.back().kind != Kind::Literal) {
    pattern.pieces.push_back({.kind = Kind::Literal, .role = Role::Ignored, .text = {}, .place = place, .time_items = {}});
  }
  pattern.pieces.back().text.append(text);
}

Result<Pattern> simplify(Pattern pattern, bool needs_time) {
  pattern.pieces = join_neighbours(std::move(pattern.pieces));
  for (size_t i = 0; i + 1 < pattern.pieces.size(); ++i) {
    const Piece& piece = pattern.pieces[i];
    if (is_value(piece) && !ends_by_itself(piece) && is_value(pattern.pieces[i + 1])) {
      return refuse(piece, fmt::format("ends nowhere: {} follows it without anything between them",
                                       printable(pattern.pieces[i + 1].text, 60)));
    }
  }
  if (!tells_target(pattern.pieces)) {
    return fail(ErrorCode::InvalidInput, "format string: nothing in it says which page was asked for; expected is "
                                         "$request or $request_uri (nginx), %r or %U (Apache)");
  }
  if (needs_time && !tells_whole_time(pattern.pieces)) {
    return fail(ErrorCode::InvalidInput, "format string: nothing in it says day and time; expected is $time_local, "
                                         "$time_iso8601 or $msec (nginx), %t or a %{...}t with day and time (Apache)");
  }
  return pattern;
}

}  // namespace noctule
