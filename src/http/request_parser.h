#pragma once
// SPDX-License-Identifier: Apache-2.0
// RequestParser: from the bytes of a connection to requests, one after the other, in one buffer without copying: a request is views
// into that buffer. The grammar is Boost.Beast's; what it lets pass and two servers could read differently is refused here.
// One connection owns one.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "noctule/http/http_server.h"
#include "noctule/http/message.h"

namespace noctule {

inline constexpr size_t kReadSize = 4096;  // bytes of free room for a read, at least

class RequestParser {
 public:
  explicit RequestParser(const HttpLimits& limits);
  ~RequestParser();

  // Where the next bytes go; then say how many came.
  [[nodiscard]] std::span<char> room();
  void commit(size_t count);

  enum class Step : uint8_t {
    NeedMore,
    Head,    // the header is complete and the body is not: set_body_max may be called; parse() goes on when more came
    Done,    // request() holds until next()
    Failed   // failure() says how to answer; the connection is of no use afterwards
  };
  Step parse();
  void set_body_max(size_t bytes) { body_max_ = bytes; }
  [[nodiscard]] size_t body_size_known() const;  // announced, or come so far in chunks
  [[nodiscard]] Request& request() { return request_; }
  [[nodiscard]] bool keeps_alive() const;
  [[nodiscard]] bool expects_continue() const;   // and has sent nothing of the body yet
  struct Failure {
    int status = 400;
    std::string_view message;
  };
  [[nodiscard]] const Failure& failure() const { return failure_; }
  void next();

  [[nodiscard]] bool is_idle() const { return parsed_ == size_ && !begun_; }  // between requests
  [[nodiscard]] bool is_head_done() const { return head_reported_; }
  [[nodiscard]] bool has_more() const { return parsed_ < size_; }
  void forget_buffered() { size_ = parsed_ = 0; }

 private:
  struct Grammar;
  // Part of the buffer.
  struct Slice {
    size_t at = 0, size = 0;
  };
  Step fail_with(int status, std::string_view message);
  Step fail_with_error(int code);  // of Beast
  Step finish();
  void drop_chunks();
  [[nodiscard]] Step check_head();
  [[nodiscard]] Step check_target();
  void fill_request();
  void grow(size_t capacity);
  [[nodiscard]] std::string_view view(Slice slice) const { return {buffer_.get() + slice.at, slice.size}; }

  const HttpLimits& limits_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0, size_ = 0, parsed_ = 0;  // of the buffer; parsed_ bytes of size_ were understood
  bool begun_ = false, head_reported_ = false;
  size_t announced_ = 0;                         // Content-Length
  size_t body_max_ = 0;
  std::unique_ptr<Grammar> grammar_;
  Request request_;
  Failure failure_;
};

}  // namespace noctule
