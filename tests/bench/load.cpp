// SPDX-License-Identifier: Apache-2.0
// Load generator of the collection benchmark: connections that each send a request, wait for the answer and send the next. Counts
// answers, their time, and the processor time that the server's processes took meanwhile.
//   load PORT CONNECTIONS SECONDS single|batch|pixel PID[,PID...] [settle]
// settle: of noctule; the processor time counts until everything is loaded into the store.
// Prints one line of JSON. The bytes sent are the same whatever server is asked.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "noctule/base/random.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kBatchEvents = 50;
constexpr size_t kRequestsMade = 4'096;  // distinct ones, sent in turn

const char* const kAgents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"};
const char* const kReferrers[] = {"", "", "https://www.google.com/", "https://news.ycombinator.com/item", "https://t.co/abc", "https://example.net/post"};
const char* const kTags[] = {"", "", "", "?utm_source=newsletter&utm_medium=email&utm_campaign=autumn", "?fbclid=IwAR0aaaaaaaaaaaaaaaaaaaaa", "?igsh=MWQ1ZGUxMzBkMA=="};

template <size_t N>
const char* pick(Random& random, const char* const (&list)[N]) {
  return list[random.below(N)];
}

std::string make_event(Random& random) {
  return fmt::format(R"({{"type":"pageview","site":"example.org","url":"https://example.org/{}/article-{}{}","referrer":"{}","width":{}}})", random.below(20), random.below(2'000), pick(random, kTags),
                     pick(random, kReferrers), 320 + random.below(1'600));
}

std::string make_request(Random& random, std::string_view kind) {
  // 198.18.0.0/15 is for benchmarks (RFC 2544).
  const std::string client = fmt::format("198.{}.{}.{}", 18 + random.below(2), random.below(256), 1 + random.below(254));
  const std::string common = fmt::format("Host: stats.example.org\r\nUser-Agent: {}\r\nAccept: */*\r\nAccept-Language: en\r\nAccept-Encoding: gzip, deflate, br\r\n"
                                         "Origin: https://example.org\r\nReferer: https://example.org/\r\nX-Forwarded-For: {}\r\n", pick(random, kAgents), client);
  if (kind == "pixel") return fmt::format("GET /pixel.gif?site=example.org HTTP/1.1\r\n{}\r\n", common);
  std::string events;
  const int count = kind == "batch" ? kBatchEvents : 1;
  for (int i = 0; i < count; ++i) events.append(i > 0 ? "," : "").append(make_event(random));
  const std::string body = kind == "batch" ? fmt::format(R"({{"events":[{}]}})", events) : events;
  return fmt::format("POST /api/v1/events HTTP/1.1\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", common, body.size(), body);
}

// User and system time of a process and its threads, in seconds.
double processor_seconds(const std::vector<int>& processes) {
  double seconds = 0;
  for (const int process : processes) {
    std::ifstream file(fmt::format("/proc/{}/stat", process));
    std::string text((std::istreambuf_iterator<char>(file)), {});
    const size_t after_name = text.rfind(')');
    if (after_name == std::string::npos) continue;
    std::string_view rest = std::string_view(text).substr(after_name + 2);
    for (int field = 3; field <= 15 && !rest.empty(); ++field) {  // proc(5): utime is field 14, stime 15
      const size_t end = std::min(rest.find(' '), rest.size());
      if (field >= 14) seconds += static_cast<double>(parse_decimal(rest.substr(0, end)).value_or(0)) / static_cast<double>(sysconf(_SC_CLK_TCK));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return seconds;
}

struct Connection {
  int socket = -1;
  Clock::time_point sent_at;
  std::string answer;
};

class Load {
 public:
  Load(int port, int connections, std::string_view kind) : epoll_(epoll_create1(0)), port_(port), connections_(static_cast<size_t>(connections)) {
    Random random(1);
    for (size_t i = 0; i < kRequestsMade; ++i) requests_.push_back(make_request(random, kind));
  }

  bool run(double seconds) {
    for (size_t i = 0; i < connections_.size(); ++i) {
      if (!open(i)) return false;
    }
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    for (size_t i = 0; i < connections_.size(); ++i) send(connections_[i]);
    std::vector<epoll_event> events(connections_.size());
    while (Clock::now() < end) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < count; ++i) {
        if (!receive(connections_[events[static_cast<size_t>(i)].data.u64])) return false;
      }
    }
    return true;
  }

  std::vector<uint32_t> micros;
  uint64_t good = 0, shed = 0, bad = 0;

 private:
  bool open(size_t index) {
    Connection& connection = connections_[index];
    connection.socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection.socket, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) != 0) return false;
    const int on = 1;
    ::setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event) == 0;
  }

  void send(Connection& connection) {
    const std::string& request = requests_[next_++ % requests_.size()];
    connection.answer.clear();
    connection.sent_at = Clock::now();
    if (::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) ++bad;
  }

  bool receive(Connection& connection) {
    char bytes[4096];
    const ssize_t size = ::recv(connection.socket, bytes, sizeof bytes, 0);
    if (size <= 0) return false;
    connection.answer.append(bytes, static_cast<size_t>(size));
    const size_t head = connection.answer.find("\r\n\r\n");
    if (head == std::string::npos) return true;
    const size_t length_at = connection.answer.find("Content-Length: ");
    const size_t length = length_at < head ? static_cast<size_t>(std::strtoul(connection.answer.c_str() + length_at + 16, nullptr, 10)) : 0;
    if (connection.answer.size() < head + 4 + length) return true;
    const char status = connection.answer[9];
    (status == '2' ? good : connection.answer.substr(9, 3) == "503" ? shed : bad) += 1;
    micros.push_back(static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - connection.sent_at).count()));
    send(connection);
    return true;
  }

  int epoll_, port_;
  std::vector<Connection> connections_;
  std::vector<std::string> requests_;
  size_t next_ = 0;
};

// Asks /metrics until nothing waits in the journal.
void wait_until_loaded(int port) {
  for (;;) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    constexpr std::string_view kAsk = "GET /metrics HTTP/1.0\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n";
    std::string answer;
    if (::connect(socket, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) == 0 &&
        ::send(socket, kAsk.data(), kAsk.size(), MSG_NOSIGNAL) > 0) {
      char bytes[4096];
      for (ssize_t size; (size = ::recv(socket, bytes, sizeof bytes, 0)) > 0;) answer.append(bytes, static_cast<size_t>(size));
    }
    ::close(socket);
    if (answer.find("\nnoctule_journal_batches_waiting 0\n") != std::string::npos) return;
    ::usleep(50'000);
  }
}

double at_quantile(std::vector<uint32_t>& micros, double quantile) {
  if (micros.empty()) return 0;
  const auto place = micros.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(micros.size() - 1) * quantile);
  std::ranges::nth_element(micros, place);
  return *place / 1e3;
}

int run(int argc, char** argv) {
  if (argc != 6 && argc != 7) {
    fmt::print(stderr, "load PORT CONNECTIONS SECONDS single|batch|pixel PID[,PID...] [settle]\n");
    return 2;
  }
  std::vector<int> processes;
  for (const char* text = argv[5]; text && *text; text = std::strchr(text, ',') ? std::strchr(text, ',') + 1 : nullptr) processes.push_back(std::atoi(text));
  const std::string_view kind = argv[4];
  const double seconds = std::atof(argv[3]);
  Load load(std::atoi(argv[1]), std::atoi(argv[2]), kind);
  const double before = processor_seconds(processes);
  const auto began = Clock::now();
  if (!load.run(seconds)) {
    fmt::print(stderr, "the server on port {} ended a connection\n", argv[1]);
    return 1;
  }
  const double took = std::chrono::duration<double>(Clock::now() - began).count();
  if (argc == 7) wait_until_loaded(std::atoi(argv[1]));
  const double used = processor_seconds(processes) - before, loaded = std::chrono::duration<double>(Clock::now() - began).count();
  const double events = static_cast<double>(load.good) * (kind == "batch" ? kBatchEvents : 1);
  fmt::print("{{\"connections\":{},\"kind\":\"{}\",\"answers\":{},\"shed\":{},\"bad\":{},\"events\":{},\"per_second\":{:.0f},\"processor_seconds\":{:.2f},\"per_processor_second\":{:.0f},"
             "\"p50_ms\":{:.2f},\"p99_ms\":{:.2f},\"loaded_per_second\":{:.0f}}}\n", argv[2], kind, load.good, load.shed, load.bad, events, events / took, used, used > 0 ? events / used : 0,
             at_quantile(load.micros, 0.5), at_quantile(load.micros, 0.99), events / loaded);
  return load.bad == 0 ? 0 : 1;
}

}  // namespace
}  // namespace noctule

int main(int argc, char** argv) { return noctule::run(argc, argv); }
