// SPDX-License-Identifier: Apache-2.0
#include "collect_answers.h"

#include <fmt/format.h>

namespace noctule {
namespace {

using namespace std::string_view_literals;

// One transparent dot: GIF89a, a palette of two colours of which the first is transparent, one pixel.
constexpr std::string_view kDot =
    "GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x21\xf9\x04\x01\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b"sv;

constexpr std::string_view kCommon =
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Expose-Headers: X-Noctule-Dropped, X-Plausible-Dropped, X-GoatCounter-Filter\r\n"
    "Cross-Origin-Resource-Policy: cross-origin\r\n"
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n";

// The answer of a protocol to events that were all kept, and to those that were all dropped.
struct Shape {
  int status;
  std::string_view type, kept, dropped;
};

constexpr std::array<Shape, kProtocols> kShapes = {{
    {202, "application/json", R"({"accepted":1,"dropped":0})", R"({"accepted":0,"dropped":1})"},
    {200, "image/gif", kDot, kDot},
    {202, "text/plain; charset=utf-8", "ok", "ok"},
    {200, "application/json", "{}", R"({"beep":"boop"})"},
    {200, "application/json", "{}", "{}"},
    {200, "image/gif", kDot, kDot},
    {202, "application/json", R"({"status":"ok"})", R"({"status":"ok"})"},
    {200, "image/gif", kDot, kDot},
}};

const Shape& shape_of(Protocol protocol) { return kShapes[static_cast<size_t>(protocol)]; }

bool is_goatcounter(Protocol protocol) { return protocol == Protocol::GoatCounterPixel || protocol == Protocol::GoatCounterCount; }

// The reason under noctule's own name and under the one that the product's clients look for.
std::string drop_headers(Protocol protocol, Drop drop) {
  if (drop == Drop::None) return {};
  std::string lines = fmt::format("X-Noctule-Dropped: {}\r\n", name_of(drop));
  if (protocol == Protocol::Plausible) lines += "x-plausible-dropped: 1\r\n";
  if (is_goatcounter(protocol)) lines += fmt::format("X-GoatCounter-Filter: {}\r\n", name_of(drop));
  return lines;
}

Prepared single_answer(Protocol protocol, Drop drop) {
  const Shape& shape = shape_of(protocol);
  return prepare_reply(shape.status, fmt::format("Content-Type: {}\r\n{}{}", shape.type, kCommon, drop_headers(protocol, drop)),
                       drop == Drop::None ? shape.kept : shape.dropped);
}

Prepared refusal(int status, std::string_view message) {
  return prepare_reply(status, fmt::format("Content-Type: application/json\r\nRetry-After: 2\r\n{}", kCommon), fmt::format("{{\"error\":{}}}", json_quoted(message)));
}

// Matomo's clients may ask for no picture, in the address or the form.
bool wants_no_image(const Request& request) {
  return request.query.find("send_image=0") != std::string_view::npos || request.body.find("send_image=0") != std::string_view::npos;
}

}  // namespace

CollectAnswers::CollectAnswers()
    : no_image_(prepare_reply(204, kCommon, {})), try_later_(refusal(503, "events cannot be kept at the moment; try again")),
      too_many_(refusal(429, "too many events; try again more slowly")) {
  for (size_t protocol = 0; protocol < kProtocols; ++protocol) {
    for (size_t drop = 0; drop < kDrops; ++drop) single_[protocol][drop] = single_answer(static_cast<Protocol>(protocol), static_cast<Drop>(drop));
  }
}

void CollectAnswers::fill(Protocol protocol, const Request& request, const CollectOutcome& outcome, Response& response) const {
  if (!outcome.debug.empty() || !outcome.reply_extra.empty() || outcome.kept + outcome.dropped != 1) return fill_built(protocol, outcome, response);
  if (protocol == Protocol::Matomo && outcome.first_drop == Drop::None && wants_no_image(request)) {
    response.prepared = &no_image_;
    return;
  }
  response.prepared = &single_[static_cast<size_t>(protocol)][static_cast<size_t>(outcome.first_drop)];
}

void CollectAnswers::fill_built(Protocol protocol, const CollectOutcome& outcome, Response& response) const {
  const Shape& shape = shape_of(protocol);
  response.page_security = false;
  response.status = shape.status;
  response.content_type = shape.type;
  response.headers = std::string(kCommon.substr(kCommon.find("\r\n") + 2)) + drop_headers(protocol, outcome.first_drop);
  if (!outcome.debug.empty()) {
    response.content_type = "application/json";
    response.body = outcome.debug;
  } else if (!outcome.reply_extra.empty()) {
    response.content_type = "application/json";
    response.body = outcome.reply_extra;
  } else if (protocol == Protocol::Events) {
    response.body = fmt::format("{{\"accepted\":{},\"dropped\":{}}}", outcome.kept, outcome.dropped);
  } else {
    response.body = outcome.kept > 0 || outcome.dropped == 0 ? shape.kept : shape.dropped;
  }
}

void CollectAnswers::fill_unreadable(const CollectOutcome& outcome, Response& response) const {
  response.fail_with(400, outcome.detail.empty() ? std::string_view("this is no request of this protocol") : std::string_view(outcome.detail));
}

}  // namespace noctule
