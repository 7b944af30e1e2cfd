// SPDX-License-Identifier: Apache-2.0
#include "request_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>

#include "noctule/base/result.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

namespace http = boost::beast::http;
using BeastView = boost::beast::string_view;
using BeastError = boost::beast::error_code;
constexpr size_t kKeptCapacityMax = 64 * 1024;  // a buffer that grew beyond it for one body is given back
constexpr size_t kChunkHeaderMax = 4 * 1024;    // a chunk's size line with its extensions, or the trailers
constexpr size_t kBlankLinesMax = 8;            // before a request line; RFC 9112, 2.2 wants at least one to be ignored

std::string_view plain(BeastView text) { return {text.data(), text.size()}; }

std::optional<Field> known_field(http::field name, std::string_view text) {
  switch (name) {
    case http::field::accept: return Field::Accept;
    case http::field::accept_encoding: return Field::AcceptEncoding;
    case http::field::accept_language: return Field::AcceptLanguage;
    case http::field::access_control_request_method: return Field::AccessControlRequestMethod;
    case http::field::authorization: return Field::Authorization;
    case http::field::connection: return Field::Connection;
    case http::field::content_type: return Field::ContentType;
    case http::field::cookie: return Field::Cookie;
    case http::field::expect: return Field::Expect;
    case http::field::forwarded: return Field::Forwarded;
    case http::field::host: return Field::Host;
    case http::field::if_none_match: return Field::IfNoneMatch;
    case http::field::origin: return Field::Origin;
    case http::field::referer: return Field::Referer;
    case http::field::transfer_encoding: return Field::TransferEncoding;
    case http::field::user_agent: return Field::UserAgent;
    case http::field::content_length: return std::nullopt;
    default: return find_field(text);
  }
}

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::Get;
    case http::verb::head: return Method::Head;
    case http::verb::post: return Method::Post;
    case http::verb::put: return Method::Put;
    case http::verb::patch: return Method::Patch;
    case http::verb::delete_: return Method::Delete;
    case http::verb::options: return Method::Options;
    default: return Method::Other;
  }
}

// A field that two servers could weigh differently when it comes twice.
bool is_single(http::field name) {
  return name == http::field::host || name == http::field::transfer_encoding || name == http::field::content_length;
}

}  // namespace

// Beast's grammar with nothing kept but places in the buffer.
struct RequestParser::Grammar final : http::basic_parser<true> {
  struct Line {
    Slice name, value;
  };

  explicit Grammar(RequestParser& its_owner) : owner(its_owner) { restart(); }

  void restart() {
    lines.clear();
    seen_single = 0;
    first.fill(-1);
    body = {};
    chunks.clear();
    chunked_body = false;
    problem = {};
    head_done = false;
    verb = Method::Other;
  }

  // What a header line is in the buffer; a folded value lies elsewhere, and folding is refused.
  bool take(std::string_view text, Slice& slice) const {
    const char* begin = owner.buffer_.get();
    if (text.data() < begin || text.data() + text.size() > begin + owner.size_) {
      slice = {};
      return text.empty();
    }
    slice = {static_cast<size_t>(text.data() - begin), text.size()};
    return true;
  }

  // A line that begins with a space goes on with the header before it; which servers agree on only in part. The whole header is in
  // the buffer when its fields are told.
  [[nodiscard]] bool is_folded(const Line& line) const {
    const std::string_view buffer(owner.buffer_.get(), owner.size_);
    const size_t name_end = line.name.at + line.name.size;
    if (line.value.size > 0 && buffer.substr(name_end, line.value.at - name_end).find('\n') != std::string_view::npos) return true;
    const size_t line_end = buffer.find('\n', line.value.size > 0 ? line.value.at + line.value.size : name_end);
    return line_end + 1 < buffer.size() && (buffer[line_end + 1] == ' ' || buffer[line_end + 1] == '\t');
  }

  void refuse(int status, std::string_view message, BeastError& ec) {
    problem = {status, message};
    ec = http::error::bad_field;
  }

  void on_request_impl(http::verb method, BeastView, BeastView path, int http_version, BeastError& ec) override {
    verb = method_of(method);
    version = http_version;
    if (path.size() > owner.limits_.target_bytes_max) return refuse(414, "the address is too long", ec);
    take(plain(path), target);
  }

  void on_field_impl(http::field name, BeastView name_text, BeastView value, BeastError& ec) override {
    if (head_done) return;  // a trailer: never trusted as a header
    Line line;
    if (!take(plain(name_text), line.name) || !take(plain(value), line.value) || is_folded(line)) {
      return refuse(400, "a header is folded over several lines", ec);
    }
    if (lines.size() >= owner.limits_.headers_max) return refuse(431, "too many header lines", ec);
    if (is_single(name)) {
      const unsigned bit = name == http::field::host ? 1u : name == http::field::transfer_encoding ? 2u : 4u;
      if (seen_single & bit) return refuse(400, "Host, Content-Length or Transfer-Encoding stands there twice", ec);
      seen_single |= bit;
    }
    if (name == http::field::transfer_encoding && !equals_ignoring_case(plain(value), "chunked")) {
      return refuse(501, "the only transfer encoding understood is chunked", ec);
    }
    if (const auto known = known_field(name, plain(name_text)); known && first[static_cast<size_t>(*known)] < 0) {
      first[static_cast<size_t>(*known)] = static_cast<int>(lines.size());
    }
    lines.push_back(line);
  }

  void on_header_impl(BeastError& ec) override {
    head_done = true;
    chunked_body = chunked();
    if (const auto length = content_length()) owner.announced_ = static_cast<size_t>(*length);
    if (version == 11 && !(seen_single & 1u)) return refuse(400, "the Host header is missing", ec);
    if (version == 10 && chunked_body) refuse(400, "HTTP/1.0 has no chunks", ec);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}

  std::size_t on_body_impl(BeastView piece, BeastError&) override {
    Slice slice;
    NOCT_ASSERT(take(plain(piece), slice));
    if (body.size == 0) body.at = slice.at;
    body.size += slice.size;  // pieces follow each other in the buffer
    return piece.size();
  }

  void on_chunk_header_impl(std::uint64_t, BeastView, BeastError&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, BeastView piece, BeastError&) override {
    chunks.append(piece.data(), piece.size());
    return piece.size();
  }

  void on_finish_impl(BeastError&) override {}
  void on_response_impl(int, BeastView, int, BeastError&) override {}

  RequestParser& owner;
  std::vector<Line> lines;
  std::array<int, kFields> first{};
  unsigned seen_single = 0;
  Slice target, body;
  std::string chunks;
  bool chunked_body = false, head_done = false;
  Method verb = Method::Other;
  int version = 11;
  Failure problem;
};

RequestParser::RequestParser(const HttpLimits& limits) : limits_(limits) { next(); }
RequestParser::~RequestParser() = default;

void RequestParser::grow(size_t capacity) {
  if (capacity <= capacity_) return;
  auto larger = std::make_unique<char[]>(capacity + kRequestPadding);
  if (size_ > 0) std::memcpy(larger.get(), buffer_.get(), size_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

std::span<char> RequestParser::room() {
  // A body whose length is known gets its room at once; else the buffer doubles, which the limits of header and body end.
  if (head_reported_ && announced_ > 0) grow((grammar_->body.size > 0 ? grammar_->body.at : parsed_) + announced_ + kReadSize);
  if (capacity_ - size_ < kReadSize) grow(std::max(capacity_ * 2, size_ + kReadSize));
  return {buffer_.get() + size_, capacity_ - size_};
}

void RequestParser::commit(size_t count) {
  NOCT_ASSERT(size_ + count <= capacity_);
  size_ += count;
}

size_t RequestParser::body_size_known() const { return std::max(announced_, grammar_->chunks.size()); }
bool RequestParser::keeps_alive() const { return grammar_->keep_alive(); }

bool RequestParser::expects_continue() const {
  return grammar_->version == 11 && parsed_ == size_ && equals_ignoring_case(request_.field(Field::Expect), "100-continue");
}

void RequestParser::next() {
  // What was read beyond the request moves to the front.
  const size_t rest = size_ - parsed_;
  if (capacity_ > kKeptCapacityMax && rest < kReadSize) {
    auto smaller = std::make_unique<char[]>(kReadSize * 2 + kRequestPadding);
    std::memcpy(smaller.get(), buffer_.get() + parsed_, rest);
    buffer_ = std::move(smaller);
    capacity_ = kReadSize * 2;
  } else if (rest > 0 && parsed_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + parsed_, rest);
  }
  size_ = rest;
  parsed_ = 0;
  begun_ = head_reported_ = false;
  announced_ = 0;
  body_max_ = limits_.body_bytes_max;
  // Beast's parser cannot be used twice; its memory can: the lists keep what they allocated.
  if (grammar_) {
    auto lines = std::move(grammar_->lines);
    auto chunks = std::move(grammar_->chunks);
    Grammar* place = grammar_.get();
    place->~Grammar();
    new (place) Grammar(*this);
    lines.clear();
    place->lines = std::move(lines);
    chunks.clear();
    if (chunks.capacity() <= kKeptCapacityMax) place->chunks = std::move(chunks);
  } else {
    grammar_ = std::make_unique<Grammar>(*this);
  }
  grammar_->eager(true);
  grammar_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
  grammar_->body_limit(limits_.body_bytes_max);
}

RequestParser::Step RequestParser::fail_with(int status, std::string_view message) {
  failure_ = {status, message};
  return Step::Failed;
}

RequestParser::Step RequestParser::check_target() {
  std::string_view target = view(grammar_->target);
  if (const auto url = split_url(target); url && !target.starts_with('/')) {  // absolute form: what follows the host
    target = url->path.empty() ? std::string_view("/") : target.substr(static_cast<size_t>(url->path.data() - target.data()));
  }
  const bool asterisk = target == "*" && grammar_->verb == Method::Options;
  if (!target.starts_with('/') && !asterisk) return fail_with(400, "the address does not begin with a slash");
  request_.target = target.substr(0, target.find('#'));
  const size_t mark = std::min(request_.target.find('?'), request_.target.size());
  request_.path = request_.target.substr(0, mark);
  request_.query = request_.target.substr(std::min(mark + 1, request_.target.size()));
  return Step::Done;
}

void RequestParser::fill_request() {
  const Grammar& grammar = *grammar_;
  request_.method = grammar.verb;
  request_.headers.clear();
  for (const auto& line : grammar.lines) request_.headers.push_back({view(line.name), view(line.value)});
  for (size_t i = 0; i < kFields; ++i) {
    request_.fields[i] = grammar.first[i] < 0 ? std::string_view() : request_.headers[static_cast<size_t>(grammar.first[i])].value;
  }
  request_.body = {};
}

RequestParser::Step RequestParser::check_head() {
  fill_request();
  return check_target();
}

RequestParser::Step RequestParser::finish() {
  if (check_head() == Step::Failed) return Step::Failed;
  if (!grammar_->chunked_body) {
    request_.body = view(grammar_->body);
  } else {
    grammar_->chunks.reserve(grammar_->chunks.size() + kRequestPadding);
    request_.body = grammar_->chunks;
  }
  return Step::Done;
}

// Bytes of chunks that were understood leave the buffer; the header, into which the request looks, stays.
void RequestParser::drop_chunks() {
  size_t kept = grammar_->target.at + grammar_->target.size;
  for (const auto& line : grammar_->lines) kept = std::max({kept, line.name.at + line.name.size, line.value.at + line.value.size});
  std::memmove(buffer_.get() + kept, buffer_.get() + parsed_, size_ - parsed_);
  size_ = kept + (size_ - parsed_);
  parsed_ = kept;
}

RequestParser::Step RequestParser::fail_with_error(int code) {
  if (!grammar_->problem.message.empty()) return fail_with(grammar_->problem.status, grammar_->problem.message);
  switch (static_cast<http::error>(code)) {
    case http::error::body_limit: return fail_with(413, "the body is too large");
    case http::error::bad_version: return fail_with(505, "the HTTP version is not 1.0 or 1.1");
    case http::error::header_limit:
      return std::memchr(buffer_.get(), '\n', size_) == nullptr ? fail_with(414, "the address is too long") : fail_with(431, "the header is too large");
    default: return fail_with(400, "this is no HTTP/1.1 request");
  }
}

RequestParser::Step RequestParser::parse() {
  for (size_t lines = 0; !begun_ && size_ - parsed_ >= 2 && lines < kBlankLinesMax; ++lines) {
    if (buffer_[parsed_] != '\r' || buffer_[parsed_ + 1] != '\n') break;
    parsed_ += 2;
  }
  BeastError ec;
  if (parsed_ < size_) {
    begun_ = true;
    parsed_ += grammar_->put(boost::asio::const_buffer(buffer_.get() + parsed_, size_ - parsed_), ec);
  }
  if (ec && ec != http::error::need_more) return fail_with_error(ec.value());
  if (grammar_->is_done()) return finish();
  if (!grammar_->head_done) return Step::NeedMore;
  if (grammar_->chunked_body) {
    if (grammar_->chunks.size() > body_max_) return fail_with(413, "the body is too large");
    drop_chunks();
    if (size_ - parsed_ > kChunkHeaderMax) return fail_with(400, "a chunk's header is too long");
  }
  if (head_reported_) return Step::NeedMore;
  head_reported_ = true;
  return check_head() == Step::Failed ? Step::Failed : Step::Head;
}

}  // namespace noctule
