// SPDX-License-Identifier: Apache-2.0
#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "noctule/base/text.h"

namespace noctule {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

}  // namespace

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

int terminal_width(int descriptor) {
  if (const auto columns = parse_decimal(environment("COLUMNS")); columns && *columns > 0 && *columns < 10'000) return static_cast<int>(*columns);
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

Color choose_color(const std::string& when, int descriptor) {
  if (when == "always") return Color::On;
  if (when == "never" || !environment("NO_COLOR").empty() || environment("TERM") == "dumb") return Color::Off;
  return is_terminal(descriptor) ? Color::On : Color::Off;
}

Language choose_language(const std::string& given) {
  if (!given.empty()) return parse_language(given).value_or(Language::English);
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (const std::string_view value = environment(name); !value.empty()) return parse_language(value).value_or(Language::English);
  }
  return Language::English;
}

}  // namespace noctule
