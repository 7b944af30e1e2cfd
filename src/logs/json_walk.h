#pragma once
// SPDX-License-Identifier: Apache-2.0
// JsonWalk: the values of one JSON object by their dotted paths; the adapter for simdjson. Belongs to one parser.
#include <memory>
#include <string_view>

namespace noctule {

class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;
  // A string (unescaped), a number or a boolean as text, at e.g. "request.headers.User-Agent". Of an array the first value
  // stands for all. The value lasts until the next walk, the path until this returns.
  virtual void visit(std::string_view path, std::string_view value) = 0;
};

class JsonWalk {
 public:
  JsonWalk();
  ~JsonWalk();
  JsonWalk(const JsonWalk&) = delete;
  JsonWalk& operator=(const JsonWalk&) = delete;

  // Deeper than kDepthMax and longer paths than kPathSizeMax are passed over. False: the text is no JSON object.
  bool walk(std::string_view text, JsonVisitor& visitor);

  static constexpr int kDepthMax = 4;
  static constexpr size_t kPathSizeMax = 128;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace noctule
