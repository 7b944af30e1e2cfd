#pragma once
// SPDX-License-Identifier: Apache-2.0
// Server: everything of `noctule serve` in one process: journal, store, loader, questions, HTTP. It owns the data folder while it runs.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/server/config.h"

namespace noctule {

class Server {
 public:
  // Takes the folder's lock, opens and migrates what is in it, listens. Error: Exhausted (another server has the folder),
  // InvalidInput (configuration), Io, Corrupt.
  static Result<std::unique_ptr<Server>> start(const Config& config);
  ~Server();  // stop()
  [[nodiscard]] std::vector<std::string> addresses() const;  // "http://127.0.0.1:8000"
  // Where to make the first account, once; empty when there are accounts.
  [[nodiscard]] std::string setup_address() const;
  // Takes up what may change while running: certificates, trusted proxies, rates, level of the log; sites are always followed.
  // Error: InvalidInput; then nothing was changed.
  Result<void> reload(const Config& config);
  // No new connections; answers what is under way, commits, loads what it can within stop_timeout, closes. What is not loaded
  // stays in the journal for the next start.
  void stop();

 private:
  Server();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noctule
