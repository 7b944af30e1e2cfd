#pragma once
// SPDX-License-Identifier: Apache-2.0
// Request and Response: what a handler reads and fills. A request is made of views into the connection's buffer, which hold
// until the response was given; nothing in it was copied. No type of the HTTP library is seen from here.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace noctule {

enum class Method : uint8_t { Get, Head, Post, Put, Patch, Delete, Options, Other };
[[nodiscard]] std::string_view name_of(Method method);

// Header fields that handlers ask for often, found without a search.
enum class Field : uint8_t {
  Accept, AcceptEncoding, AcceptLanguage, AccessControlRequestMethod, Authorization, Connection, ContentType, Cookie, Dnt, Expect,
  Forwarded, Host, IfNoneMatch, Origin, Purpose, Referer, SecFetchSite, SecGpc, SecPurpose, TransferEncoding, UserAgent, XCsrfToken,
  XDebugRequest, XForwardedFor, XForwardedProto
};
inline constexpr size_t kFields = 25;
// nullopt: none of them.
[[nodiscard]] std::optional<Field> find_field(std::string_view name);

// Where a request came in.
enum class Door : uint8_t {
  Public,   // a TCP address
  Control   // the unix socket beside the data: whoever can open it owns the data anyway
};

struct HeaderView {
  std::string_view name, value;
};

struct Request {
  Method method = Method::Get;
  Door door = Door::Public;
  bool secure = false;           // TLS here, or at a trusted proxy that says so
  int thread = 0;                // number of the I/O thread, from 0: for state of its own
  std::string_view target;       // as received: path, '?', query
  std::string_view path, query;  // not decoded
  std::string_view body;         // kBodyPadding bytes beyond its end are readable
  std::string_view address;      // of the client as text, after trusted proxies; empty for Control. Never to be stored or logged
  std::array<std::string_view, kFields> fields;  // first value of each, empty when absent
  std::vector<HeaderView> headers;               // all, in order
  std::vector<std::string> parameters;           // what stood for {names} in the route's pattern, decoded

  [[nodiscard]] std::string_view field(Field which) const { return fields[static_cast<size_t>(which)]; }
  [[nodiscard]] std::string_view header(std::string_view name) const;  // any other; case does not matter
  [[nodiscard]] std::string_view cookie(std::string_view name) const;
  // First value of a parameter of the query, decoded ('+' is a space); nullopt when absent.
  [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
};
inline constexpr size_t kRequestPadding = 64;

// A reply built once, of which every connection writes the same bytes. Lives as long as the server.
struct Prepared {
  int status = 204;
  std::string head;  // status line and header lines, without Date, Connection and the blank line
  std::string body;
};
// headers: complete lines, each ended by CR LF. Content-Length is added where the status allows a body.
[[nodiscard]] Prepared prepare_reply(int status, std::string_view headers, std::string_view body);
[[nodiscard]] std::string_view reason_of(int status);

// An answer without an end, for server-sent events: pieces may be sent by any thread while somebody listens.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  // False: nobody listens any more, or too slowly (more than kStreamPendingMax bytes wait); send nothing further.
  virtual bool send(std::string piece) = 0;
};
inline constexpr size_t kStreamPendingMax = 256 * 1024;

// A place in an order of things that must be settled before an answer may be given; 0: none.
using Ticket = uint64_t;

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  // static text; left out when there is no body
  std::string headers;                      // further complete lines; see add
  std::string body;
  std::string_view body_view;               // instead of body: bytes that live as long as the server
  const Prepared* prepared = nullptr;       // instead of all of the above
  // Sent only when HttpServer::settle said that this ticket is; when it failed, HttpOptions::unsettled is sent instead.
  Ticket hold = 0;
  // After the head was written: called on the connection's thread. The response must have no body.
  std::function<void(std::shared_ptr<StreamWriter>)> stream;
  bool close = false;                       // the connection ends after it
  bool page_security = true;                // the server's common security headers are added

  // Adds a header line. Control characters in the value become spaces: no header can be forged by a value.
  void add(std::string_view name, std::string_view value);
  void json(int status_code, std::string text);
  void text(int status_code, std::string_view type, std::string content);
  // {"error": message} with that status.
  void fail_with(int status_code, std::string_view message);
  void redirect(std::string_view location);  // 303
};
// Text as a JSON string with its quotes. What is no UTF-8 is replaced.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace noctule
