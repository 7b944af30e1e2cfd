// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kKeptOutputMax = 64 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

Session::Session(SessionHost& host, Peer peer) : host_(host), peer_(std::move(peer)), parser_(host.options->limits) {
  count(host_.counters.connections);
  host_.open->fetch_add(1, std::memory_order_relaxed);
}

Session::~Session() { host_.open->fetch_sub(1, std::memory_order_relaxed); }

void Session::set_deadline(int seconds) { deadline_s_ = host_.now_s() + seconds; }

void Session::start() {
  set_deadline(host_.options->limits.header_timeout_s);
  read();
}

void Session::refuse() {
  count(host_.counters.refused);
  answer_failure(503, "too many connections");
  flush();
}

void Session::read() {
  state_ = State::Reading;
  ask_for_bytes();
}

void Session::ask_for_bytes() {
  if (reading_) return;
  reading_ = true;
  begin_read(parser_.room());
}

void Session::on_read(size_t size) {
  reading_ = false;
  if (state_ == State::Closed) return;
  if (size == 0) {
    if (state_ == State::Streaming) end_stream();
    return shut();
  }
  count(host_.counters.bytes_in, size);
  if (state_ != State::Reading) return ask_for_bytes();  // thrown away
  if (parser_.is_idle()) set_deadline(host_.options->limits.header_timeout_s);
  parser_.commit(size);
  go_on();
}

void Session::on_read_failed() {
  reading_ = false;
  shut();
}

// Handles everything that is buffered, then writes the answers together or waits for more.
void Session::go_on() {
  while (!closing_ && answered_ < host_.options->limits.pipelined_max && take_request()) {
    if (state_ == State::Working) return;
  }
  if (!held_.empty()) {
    state_ = State::Holding;
    return;
  }
  if (!out_.empty()) return flush();
  if (closing_) return drain();
  read();
}

bool Session::take_request() {
  switch (parser_.parse()) {
    case RequestParser::Step::NeedMore: return false;
    case RequestParser::Step::Head:
      set_deadline(host_.options->limits.body_timeout_s);
      if (check_body(parser_.body_size_known()) && parser_.expects_continue()) out_.append(kContinue);
      return false;
    case RequestParser::Step::Done: handle(); return true;
    case RequestParser::Step::Failed:
      count(host_.counters.unreadable);
      answer_failure(parser_.failure().status, parser_.failure().message);
      return false;
  }
  return false;
}

// Whether the route of the request at hand takes a body of that size; else it is answered.
bool Session::check_body(size_t size) {
  Request& request = parser_.request();
  request.door = peer_.door;
  const Router::Match match = host_.router->find(request);
  const size_t body_max = match.outcome == Router::Outcome::Found ? match.route->options.body_max : RouteOptions{}.body_max;
  parser_.set_body_max(body_max);
  if (size <= body_max) return true;
  answer_failure(413, fmt::format("the body is larger than {} bytes", body_max));
  return false;
}

void Session::handle() {
  Request& request = parser_.request();
  request.door = peer_.door;
  request.thread = host_.number;
  const Router::Match match = host_.router->find(request);
  head_only_ = request.method == Method::Head;
  route_ = match.route;
  if (match.outcome != Router::Outcome::Found) return handle_unrouted(match);
  if (request.body.size() > route_->options.body_max) {
    return answer_failure(413, fmt::format("the body is larger than {} bytes", route_->options.body_max));
  }
  Client client = find_client(host_.proxies(), peer_.address, peer_.secure, request);
  client_address_ = std::move(client.address);
  request.address = client_address_;
  request.secure = client.secure;
  if (route_->options.where == Where::Worker) {
    state_ = State::Working;
    if (host_.submit(shared_from_this(), *route_)) return;
    state_ = State::Reading;
    Response full;
    full.fail_with(503, "too many questions at once; try again in a moment");
    full.add("Retry-After", "2");
    return answer(full);
  }
  Response response;
  route_->handler(request, response);
  answer(response);
}

// No route, or not with this method; a preflight of a browser is answered here too.
void Session::handle_unrouted(const Router::Match& match) {
  Response response;
  if (match.outcome == Router::Outcome::NotFound) {
    response.fail_with(404, "there is nothing at this address");
    return answer(response);
  }
  response.add("Allow", match.allow);
  if (match.outcome == Router::Outcome::MethodNotAllowed) {
    response.fail_with(405, fmt::format("this address takes {}", match.allow));
    return answer(response);
  }
  response.status = 204;
  const Request& request = parser_.request();
  if (match.route->options.cors && !request.field(Field::Origin).empty()) {
    response.add("Access-Control-Allow-Methods", match.allow);
    response.add("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Debug-Request, X-Umami-Cache, X-Umami-Website-Id");
    response.add("Access-Control-Allow-Credentials", "true");
    response.add("Access-Control-Max-Age", "86400");
  }
  answer(response);
}

bool Session::keeps_alive() const { return !closing_ && !host_.stopping && parser_.keeps_alive(); }

void Session::answer(const Response& response) {
  const bool keep_alive = keeps_alive() && !response.close && !response.stream;
  if (response.hold != 0) {
    held_.push_back({out_.size(), response.hold, keep_alive});
    host_.hold(shared_from_this(), response.hold);
  }
  if (response.prepared) {
    append_reply(*response.prepared, keep_alive);
  } else {
    append_built(response);
    finish_head(keep_alive);
    if (!head_only_ && may_have_body(response.status)) out_.append(response.body).append(response.body_view);
  }
  if (response.hold != 0) held_end_ = out_.size();
  const int status = response.prepared ? response.prepared->status : response.status;
  count(host_.counters.responses[static_cast<size_t>(std::clamp(status / 100, 1, 5))]);
  stream_ = response.stream;
  if (!keep_alive) closing_ = true;
  ++answered_;
  if (reading_) return;
  parser_.next();
  if (parser_.has_more()) set_deadline(host_.options->limits.header_timeout_s);
}

void Session::answer_failure(int status, std::string_view message) {
  Response response;
  response.fail_with(status, message);
  response.close = true;
  if (status == 503) response.add("Retry-After", "2");
  head_only_ = false;
  route_ = nullptr;
  closing_ = true;
  if (!reading_) parser_.forget_buffered();
  answer(response);
}

void Session::append_reply(const Prepared& reply, bool keep_alive) {
  out_.append(reply.head);
  finish_head(keep_alive);
  if (!head_only_) out_.append(reply.body);
}

void Session::append_built(const Response& response) {
  fmt::format_to(std::back_inserter(out_), "HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  const size_t size = response.body.size() + response.body_view.size();
  if (may_have_body(response.status)) {
    if (size > 0 || response.stream) out_.append("Content-Type: ").append(response.content_type).append("\r\n");
    if (!response.stream) fmt::format_to(std::back_inserter(out_), "Content-Length: {}\r\n", size);
  }
  out_.append(response.headers);
  if (route_ && route_->options.cors) {
    const std::string_view origin = parser_.request().field(Field::Origin);
    Response cors;
    cors.add("Access-Control-Allow-Origin", origin.empty() || parser_.request().method != Method::Options ? "*" : origin);
    out_.append(cors.headers);
    if (parser_.request().method == Method::Options) out_.append("Vary: Origin\r\n");
  }
  if (response.page_security) out_.append(host_.options->common_headers);
}

void Session::finish_head(bool keep_alive) {
  out_.append(host_.date_line());
  if (!keep_alive) out_.append("Connection: close\r\n");
  out_.append("\r\n");
}

void Session::on_worked(Response response) {
  if (state_ != State::Working) return;
  state_ = State::Reading;
  answer(response);
  go_on();
}

// An answer whose ticket failed is replaced; those after it keep their order.
void Session::on_settled(Ticket ticket, bool ok) {
  if (state_ == State::Closed) return;
  NOCT_ASSERT(!held_.empty() && held_.front().ticket == ticket);
  const Held held = held_.front();
  held_.pop_front();
  if (!ok) {
    const size_t end = held_.empty() ? held_end_ : held_.front().at;
    const std::string rest = out_.substr(end);
    out_.resize(held.at);
    head_only_ = false;
    append_reply(host_.options->unsettled, held.keep_alive);
    const size_t shift = out_.size() - end;  // modulo 2^64: may be less than nothing
    for (Held& later : held_) later.at += shift;
    held_end_ += shift;
    out_.append(rest);
  }
  if (held_.empty() && state_ == State::Holding) flush();
}

void Session::flush() {
  state_ = State::Writing;
  set_deadline(host_.options->limits.write_timeout_s);
  count(host_.counters.bytes_out, out_.size());
  if (begin_write(out_)) after_write();
}

void Session::on_written(bool ok) {
  if (state_ == State::Closed) return;
  if (!ok) return shut();
  if (state_ == State::Streaming) {
    stream_writing_ = false;
    out_.clear();
    if (!stream_waiting_.empty()) on_stream({});
    return;
  }
  if (state_ == State::Writing) after_write();
}

void Session::after_write() {
  if (out_.capacity() > kKeptOutputMax) {
    out_ = {};
  } else {
    out_.clear();
  }
  answered_ = 0;
  if (stream_) return start_stream();
  if (closing_) return drain();
  if (parser_.has_more()) return go_on();
  if (parser_.is_idle()) {
    if (host_.stopping) return shut();
    set_deadline(host_.options->limits.idle_timeout_s);
  } else {
    set_deadline(host_.options->limits.body_timeout_s);
  }
  read();
}

// The answer was sent and nothing else will be. What still comes is read and thrown away for a moment: closing at once would make the
// kernel reset the connection, and the other side might lose the answer.
void Session::drain() {
  state_ = State::Draining;
  set_deadline(host_.options->limits.drain_timeout_s);
  if (!reading_) parser_.forget_buffered();
  end_sending();
  ask_for_bytes();
}

void Session::start_stream() {
  state_ = State::Streaming;
  parser_.forget_buffered();
  auto begin = std::move(stream_);
  stream_ = nullptr;
  begin(host_.make_stream(shared_from_this()));
  ask_for_bytes();
}

void Session::on_stream(std::string piece) {
  if (state_ != State::Streaming) return;
  stream_waiting_ += piece;
  if (stream_waiting_.size() > kStreamPendingMax) return shut();
  if (stream_writing_) return;
  out_.swap(stream_waiting_);
  stream_waiting_.clear();
  count(host_.counters.bytes_out, out_.size());
  set_deadline(host_.options->limits.write_timeout_s);
  stream_writing_ = !begin_write(out_);
  if (!stream_writing_) out_.clear();
}

void Session::end_stream() {
  if (state_ == State::Streaming) shut();
}

void Session::sweep() {
  if (state_ == State::Closed || state_ == State::Working || state_ == State::Holding) return;
  if (state_ == State::Streaming && !stream_writing_) return;
  if (host_.now_s() <= deadline_s_) return;
  if (state_ == State::Reading && !parser_.is_idle()) {
    count(host_.counters.timeouts);
    answer_failure(408, "the request did not come in time");
    return flush();
  }
  shut();
}

void Session::stop_soon() {
  if (state_ == State::Streaming || state_ == State::Draining || (state_ == State::Reading && parser_.is_idle())) shut();
}

void Session::shut() {
  if (state_ == State::Closed) return;
  state_ = State::Closed;
  close();
}

}  // namespace noctule
