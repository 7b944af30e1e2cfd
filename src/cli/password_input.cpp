// SPDX-License-Identifier: Apache-2.0
#include "password_input.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "command.h"
#include "noctule/settings/settings.h"

namespace noctule {
namespace {

// The terminal does not show what is typed while this lives.
class HiddenTyping {
 public:
  HiddenTyping() : was_{} {
    hidden_ = ::tcgetattr(STDIN_FILENO, &was_) == 0;
    if (!hidden_) return;
    termios quiet = was_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;
  ~HiddenTyping() {
    if (!hidden_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &was_);
    tell("\n");
  }
  [[nodiscard]] bool hidden() const { return hidden_; }

 private:
  termios was_;
  bool hidden_ = false;
};

Result<std::string> ask(std::string_view prompt) {
  tell(prompt);
  const HiddenTyping quiet;
  if (!quiet.hidden()) return fail(ErrorCode::Io, "the terminal cannot be told to hide what is typed; use --password-stdin");
  return read_line(kPasswordBytesMax);
}

}  // namespace

Result<std::string> read_line(size_t bytes_max) {
  std::string line;
  for (;;) {
    char c = 0;
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorCode::Io, fmt::format("standard input cannot be read: {}", std::strerror(errno)));
    if (count == 0 || c == '\n') break;
    if (line.size() == bytes_max) return fail(ErrorCode::InvalidInput, fmt::format("the line on standard input has more than {} bytes", bytes_max));
    line.push_back(c);
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Result<std::string> read_password(PasswordSource source, std::string_view prompt) {
  if (source == PasswordSource::StandardInput) return read_line(kPasswordBytesMax);
  if (::isatty(STDIN_FILENO) == 0) return fail(ErrorCode::InvalidInput, "standard input is no terminal to ask for a password on; use --password-stdin");
  NOCT_TRY(std::string first, ask(fmt::format("{}: ", prompt)));
  NOCT_TRY(const std::string second, ask("Once more: "));
  if (first != second) return fail(ErrorCode::InvalidInput, "the two passwords differ");
  return first;
}

}  // namespace noctule
