#pragma once
// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value, or an Error that says what failed, on which input and what was expected. Everything that a file, a
// network or a user can cause comes back this way; NOCT_ASSERT is for our own bugs only and stays on in release builds.
#include <expected>
#include <string>
#include <utility>

namespace noctule {

enum class ErrorCode { InvalidInput, NotFound, Unreadable, Unsupported, Corrupt, Exhausted, Io };

struct Error {
  ErrorCode code;
  std::string message;  // for an operator: what failed, where, what was expected
};

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}

[[noreturn]] void assert_failed(const char* condition, const char* file, int line);

}  // namespace noctule

#define NOCT_CONCAT_(a, b) a##b
#define NOCT_CONCAT(a, b) NOCT_CONCAT_(a, b)
#define NOCT_TRY_(result, declaration, expression)              \
  auto result = (expression);                                   \
  if (!result) return std::unexpected(std::move(result).error()); \
  declaration = *std::move(result)
// NOCT_TRY(auto visit, parse_visit(line)): hands the error upward, else binds the value.
#define NOCT_TRY(declaration, expression) NOCT_TRY_(NOCT_CONCAT(noct_result_, __LINE__), declaration, expression)
#define NOCT_ASSERT(condition) \
  (static_cast<bool>(condition) ? void(0) : ::noctule::assert_failed(#condition, __FILE_NAME__, __LINE__))
