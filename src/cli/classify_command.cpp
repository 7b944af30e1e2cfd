// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "command.h"
#include "noctule/base/text.h"
#include "noctule/detect/classify.h"

namespace noctule {
namespace {

int classify_descriptor(int in) {
  const auto counts = classify_json_lines(Knowledge::builtin(), in, STDOUT_FILENO);
  if (!counts) return complain(counts.error());
  if (counts->errors > 0) {
    tell(fmt::format("noctule: {} of {} lines were answered with an error; the first is the first with \"error\" in the output\n",
                     counts->errors, counts->lines));
  }
  return kExitOk;
}

int classify_file(const std::string& path) {
  if (path == "-") return classify_descriptor(STDIN_FILENO);
  const int in = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (in < 0) return complain({ErrorCode::NotFound, fmt::format("{}: cannot be opened: {}", printable(path, 400), std::strerror(errno))});
  struct stat status{};
  const bool folder = ::fstat(in, &status) == 0 && S_ISDIR(status.st_mode);
  const int code = folder ? complain({ErrorCode::Unreadable, fmt::format("{}: is a folder; name a file in it", printable(path, 400))})
                          : classify_descriptor(in);
  ::close(in);
  return code;
}

}  // namespace

RunCommand add_classify(CLI::App& app) {
  CLI::App* command = app.add_subcommand("classify", "Classify requests: JSON lines in, JSON lines out");
  command->footer("Examples:\n"
                  "  echo '{\"user_agent\":\"WhatsApp/2.24 A\"}' | noctule classify\n"
                  "  noctule classify requests.jsonl > verdicts.jsonl");
  const auto path = std::make_shared<std::string>("-");  // shared by the parser's slot and the call below
  command->add_option("FILE", *path, "JSON lines with user_agent, referrer, url, headers, method, all optional; - is standard input")->capture_default_str();
  return [path] { return classify_file(*path); };
}

}  // namespace noctule
