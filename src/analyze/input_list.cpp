// SPDX-License-Identifier: Apache-2.0
#include "input_list.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "host_sample.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

// From here on files are closed between two reads: opening one anew costs a hundredth of reading a block.
constexpr size_t kOpenFilesMax = 32;

// The process may hold as many files open as its hard limit says; only growing files need them all at a time.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // where this fails the next file that is too many says so
}

// Tells files by what they are, not by how they are named.
class FileNames {
 public:
  // The index of the input that this path was before; `next` and remembered where it is new.
  Result<size_t> index_of(const std::string& path, size_t next) {
    struct stat status {};
    const int failed = path == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(path.c_str(), &status);
    if (failed != 0) return next;  // opening it says what is wrong
    const auto [place, is_new] = seen_.try_emplace({status.st_dev, status.st_ino}, next);
    if (is_new || (S_ISREG(status.st_mode) && path != "-")) return place->second;
    return fail(ErrorCode::InvalidInput, fmt::format("{} is named twice, and can be read only once",
                                                     path == "-" ? "standard input" : printable(path, 4'096)));
  }

 private:
  std::map<std::pair<uint64_t, uint64_t>, size_t> seen_;  // device and inode
};

// Copies of a log, one of them packed perhaps, begin alike; two servers' logs do not.
void mark_copies(std::vector<Input>& inputs) {
  std::map<uint64_t, size_t> by_first_lines;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const uint64_t hash = inputs[i].first_lines_hash();
    if (hash == 0) continue;
    const auto [place, is_new] = by_first_lines.try_emplace(hash, i);
    if (!is_new) inputs[i].set_begins_like(inputs[place->second].shown_path());
  }
}

}  // namespace

Result<InputList> open_inputs(const AnalyzeOptions& options, OpenInput open) {
  if (options.paths.empty()) return fail(ErrorCode::InvalidInput, "no log file is named");
  const bool are_many = options.paths.size() > kOpenFilesMax;
  if (are_many) raise_descriptor_limit();
  InputList list;
  HostSample sample(options);
  FileNames names;
  for (const std::string& path : options.paths) {
    NOCT_TRY(const size_t index, names.index_of(path, list.inputs.size()));
    if (index < list.inputs.size()) {
      list.inputs[index].add_other_name(path);
      continue;
    }
    NOCT_TRY(Input input, open(path, options));
    sample.add(input);
    input.drop_first_lines();
    if (are_many) input.hold_no_descriptor();
    list.inputs.push_back(std::move(input));
  }
  mark_copies(list.inputs);
  list.hosts = sample.hosts();
  return list;
}

}  // namespace noctule
