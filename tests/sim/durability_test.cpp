// SPDX-License-Identifier: Apache-2.0
// Kills the chain of journal, loader and store again and again, on disks that fail, and counts what was acknowledged against
// what is stored: none is lost and none is counted twice.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "logs/temporary_folder.h"
#include "noctule/base/random.h"

namespace noctule {
namespace {

using testing::TemporaryFolder;

constexpr int kPatience_ms = 1'500;  // a program that says nothing for so long is killed: its disk may fail for ever

// A child process whose stdout is read line by line.
class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
      std::vector<char*> words;
      for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
      words.push_back(nullptr);
      ::execv(words[0], words.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { ::close(output_); }

  // False: it ended, or said nothing for the time given.
  bool next_line(std::string& line, int timeout_ms) {
    for (;;) {
      if (const size_t end = text_.find('\n'); end != std::string::npos) {
        line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return true;
      }
      pollfd ready{output_, POLLIN, 0};
      if (::poll(&ready, 1, timeout_ms) <= 0) return false;
      char bytes[65'536];
      const ssize_t size = ::read(output_, bytes, sizeof bytes);
      if (size <= 0) return false;
      text_.append(bytes, static_cast<size_t>(size));
    }
  }

  void kill() const { ::kill(child_, SIGKILL); }
  // The exit code; after a signal its number, negative.
  [[nodiscard]] int wait() const {
    int status = 0;
    ::waitpid(child_, &status, 0);
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return -WTERMSIG(status);
  }

 private:
  pid_t child_ = -1;
  int output_ = -1;
  std::string text_;
};

struct Fault {
  int error = 0;          // 0: the disk is well
  uint64_t first = 0, last = 0;
};

// A disk that is well in half of the runs; else full, broken or read-only from some operation on, for a while or for ever.
Fault draw_fault(Random& random) {
  if (random.chance(0.5)) return {};
  constexpr int kErrors[] = {ENOSPC, EIO, EROFS, ENOSPC};
  const uint64_t first = random.below(400);
  const uint64_t last = random.chance(0.3) ? 1'000'000'000 : first + random.below(60);
  return {kErrors[random.below(std::size(kErrors))], first, last};
}

class Witness {
 public:
  explicit Witness(uint64_t seed) : random_(seed) {}

  // Runs the program once and kills it after some of its lines.
  void run() {
    const Fault fault = draw_fault(random_);
    std::vector<std::string> arguments = {program(), "run", folder_.path(), std::to_string(random_.next() >> 1), std::to_string(next_)};
    if (fault.error != 0) {
      for (const uint64_t part : {static_cast<uint64_t>(fault.error), fault.first, fault.last}) arguments.push_back(std::to_string(part));
    }
    write_again();
    Child child(arguments);
    const uint64_t lines = random_.below(300);
    std::string line;
    for (uint64_t i = 0; i < lines && child.next_line(line, kPatience_ms); ++i) note(line);
    child.kill();
    while (child.next_line(line, kPatience_ms)) note(line);  // what it said before it died
    const int code = child.wait();
    // When a commit of the store fails and its log cannot be made shorter either, DuckDB 1.4 ends the process.
    const bool may_abort = fault.error == EROFS || fault.error == EIO;
    EXPECT_TRUE(code == -SIGKILL || code == 3 || (may_abort && code == -SIGABRT)) << "it ended by itself with " << code;
  }

  void count() {
    Child child({program(), "count", folder_.path()});
    std::map<uint64_t, uint64_t> stored;
    std::string line;
    while (child.next_line(line, 120'000)) {
      std::istringstream words(line);
      std::string kind;
      uint64_t number = 0, times = 0;
      words >> kind >> number >> times;
      EXPECT_EQ(kind, "n") << line;
      stored[number] = times;
    }
    ASSERT_EQ(child.wait(), 0);
    uint64_t lost = 0, doubled = 0, invented = 0;
    for (const uint64_t number : acknowledged_) lost += stored.contains(number) ? 0 : 1;
    for (const auto& [number, times] : stored) {
      doubled += times > 1 ? 1 : 0;
      invented += sent_.contains(number) ? 0 : 1;
    }
    EXPECT_EQ(lost, 0u);
    EXPECT_EQ(doubled, 0u);
    EXPECT_EQ(invented, 0u);
  }

  [[nodiscard]] size_t acknowledged() const { return acknowledged_.size(); }

 private:
  static std::string program() { return NOCTULE_BINARY_DIR "/durable_program"; }

  void note(const std::string& line) {
    std::istringstream words(line);
    char kind = 0;
    uint64_t first = 0, last = 0;
    if (!(words >> kind >> first >> last)) return;
    for (uint64_t number = first; number <= last; ++number) (kind == 'a' ? acknowledged_ : sent_).insert(number);
    next_ = std::max(next_, last + 1);
  }

  // As clients do that got no answer: what has an id is sent again.
  void write_again() {
    std::ofstream again(folder_.path("again"));
    int count = 0;
    for (const uint64_t number : sent_) {
      if (number % 2 == 0 && !acknowledged_.contains(number) && ++count <= 100) again << number << ' ' << number << '\n';
    }
  }

  TemporaryFolder folder_;
  Random random_;
  uint64_t next_ = 0;
  std::set<uint64_t> sent_, acknowledged_;
};

void kill_repeatedly(uint64_t first_seed, uint64_t seeds, int runs) {
  size_t acknowledged = 0;
  for (uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Witness witness(seed);
    for (int i = 0; i < runs; ++i) witness.run();
    witness.count();
    acknowledged += witness.acknowledged();
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(acknowledged, 0u);
  ::testing::Test::RecordProperty("acknowledged", std::to_string(acknowledged));
}

#ifdef NOCTULE_LONG
constexpr uint64_t kFirst = 1'000, kEnd = 1'050;  // 2,500 kills
#else
constexpr uint64_t kFirst = 1, kEnd = 5;          // 4 x 5 folders with 10 kills each; in parts, so that they run side by side
#endif
class Durability : public ::testing::TestWithParam<uint64_t> {};

TEST_P(Durability, no_acknowledged_event_is_lost_and_none_is_counted_twice_whenever_it_is_killed) { kill_repeatedly(GetParam() * 100, 5, 10); }

INSTANTIATE_TEST_SUITE_P(Seeds, Durability, ::testing::Range(kFirst, kEnd));

}  // namespace
}  // namespace noctule
